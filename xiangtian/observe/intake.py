"""The intake: reads the arrival journal, decodes, judges and stores, batch by batch.

Its place in the journal is stored in the same commit as the readings, so that a kill at any instant loses nothing and
doubles nothing: what was not committed is read again, what was committed is not. One intake works on a home.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import polars as pl
from django.db import transaction

from xiangtian.core import clock, facts
from xiangtian.core.elements import NAMES
from xiangtian.core.flags import Flag
from xiangtian.core.home import Home
from xiangtian.core.models import Fact
from xiangtian.lake import raw
from xiangtian.lake.journal import Kept
from xiangtian.lake.observations import Appended
from xiangtian.observe import actions, queries
from xiangtian.observe.judging import Judge
from xiangtian.observe.mappings import Shelf
from xiangtian.observe.models import Batch
from xiangtian.observe.reading import Decoded, Envelope, Reading, Refusal
from xiangtian.observe.wire import Job
from xiangtian.observe.workshop import workshop

log = logging.getLogger(__name__)
MOST_ARRIVALS = 4000
HOUR = dt.timedelta(hours=1)
DOUBTED = (int(Flag.SUSPECT), int(Flag.WRONG))
NOTHING = pl.DataFrame(
    schema={
        "station": pl.String,
        "time": pl.Datetime("us", "UTC"),
        "received": pl.Datetime("us", "UTC"),
        "source": pl.String,
    }
)
ELSEWHERE = ("radar/", "observe/edge-status/")
"""Names that begin so hold no readings: composites, which the radar room reads from the same journal, and the states of
smart stations, which a job reads."""


@dataclass(frozen=True)
class Arrived:
    """A reading with the message it came in."""

    reading: Reading
    kept: Kept


class Intake:
    """One reader of the journal with what it remembers between sweeps (recent readings for the time checks)."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._mappings = Shelf(home.root / "mappings")
        self._lake = queries.readings(home)
        raw.repair(home)
        for damage in self._lake.repair():
            log.warning("set aside after a power cut, and read again from the spool: %s", damage)
        self._judge = Judge(home)
        self._cursor = self._lake.cursor()
        self._tidied = clock.now().replace(minute=0, second=0, microsecond=0)
        self._workshop = workshop(home.root / "tables")
        self._catch_up()

    def sweep(self) -> int:
        """Take in what has arrived since the last sweep; give how many messages that were."""
        kept = list(islice(raw.arrivals(self._home, self._cursor), MOST_ARRIVALS))
        if not kept:
            return 0
        begun = clock.wall()
        arrived, refused = self._decode([one for one in kept if not one.name.startswith(ELSEWHERE)])
        appended, doubted = self._store(arrived, kept[-1].offset)
        self._account(len(kept), appended, (refused, doubted), clock.wall() - begun)
        self._cursor = kept[-1].offset
        return len(kept)

    def tidy(self) -> int:
        """Once an hour join the many small files of the day (and of a day just closed); give how many were joined."""
        hour = clock.now().replace(minute=0, second=0, microsecond=0)
        if hour == self._tidied:
            return 0
        days = {hour.date(), (hour - HOUR).date()}
        self._tidied = hour
        return sum(self._lake.compact(day) for day in sorted(days))

    def _decode(self, kept: Sequence[Kept]) -> tuple[list[Arrived], int]:
        arrived: list[Arrived] = []
        refused = 0
        for one, found in self._read(kept):
            arrived += (Arrived(reading, one) for reading in found.readings)
            if found.refusals:
                refused += len(found.refusals)
                actions.quarantine(one, [(refusal.part, refusal.reason) for refusal in found.refusals])
        return arrived, refused

    def _read(self, kept: Sequence[Kept]) -> Iterator[tuple[Kept, Decoded]]:
        """Give what each message held: those that can be read from the spool in their order, then those that can't."""
        asked: deque[Kept] = deque()
        lost: list[tuple[Kept, Decoded]] = []

        def jobs() -> Iterator[Job]:
            for one in kept:
                try:
                    body = raw.body(self._home, one.sha256)
                except raw.BodyLost as error:
                    lost.append((one, Decoded("", (), (Refusal(str(error)),))))
                else:
                    asked.append(one)
                    yield body, Envelope(one.received, one.name)

        for found in self._workshop.decode(jobs(), self._mappings.now()):
            yield asked.popleft(), found
        yield from lost

    def _catch_up(self) -> None:
        """Tell of what was stored when a kill came before it was told."""
        version = self._lake.version()
        told = Fact.objects.filter(kind="observations.appended").order_by("-id").first()
        if version > (int(told.subject) if told else 0):
            facts.tell("observations.appended", str(version), {"version": version, "rows": 0, "wall": clock.wall()})

    def _store(self, arrived: Sequence[Arrived], offset: int) -> tuple[Appended, int]:
        frames = [self._judge.judge(group) for group in _by_time(arrived)]
        frame = pl.concat(frames, how="diagonal") if frames else NOTHING
        doubted = sum(int(frame[f"{name}_qc"].is_in(DOUBTED).sum()) for name in _judged(frame))
        return self._lake.append(frame, cursor=offset), doubted

    @transaction.atomic
    def _account(self, arrivals: int, appended: Appended, bad: tuple[int, int], seconds: float) -> None:
        refused, doubted = bad
        Batch.objects.create(
            time=clock.now(),
            arrivals=arrivals,
            readings=appended.rows,
            duplicates=appended.duplicates,
            corrections=appended.corrections,
            refused=refused,
            doubted=doubted,
            seconds=seconds,
            version=appended.version,
        )
        if appended.rows:
            detail = {"version": appended.version, "rows": appended.rows, "wall": clock.wall()}
            facts.tell("observations.appended", str(appended.version), detail)


def _by_time(arrived: Sequence[Arrived]) -> list[list[Arrived]]:
    """Group readings by observing time, oldest first, each station at most once in a group."""
    groups: dict[tuple[dt.datetime, int], list[Arrived]] = defaultdict(list)
    seen: dict[tuple[str, dt.datetime], int] = defaultdict(int)
    for one in arrived:
        key = (one.reading.station, one.reading.time)
        groups[one.reading.time, seen[key]].append(one)
        seen[key] += 1
    return [groups[key] for key in sorted(groups)]


def _judged(frame: pl.DataFrame) -> list[str]:
    return [name for name in NAMES if f"{name}_qc" in frame.columns]
