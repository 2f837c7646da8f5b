"""The intake: reads the arrival journal, decodes, judges and stores, batch by batch.

Its place in the journal is stored in the same commit as the readings, so that a kill at any instant loses nothing and
doubles nothing: what was not committed is read again, what was committed is not. One intake works on a home.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import polars as pl
from django.db import transaction

from xiangtian.core import clock, facts
from xiangtian.core.elements import NAMES
from xiangtian.core.home import Home
from xiangtian.lake import observations, raw
from xiangtian.observe import actions, decode
from xiangtian.observe.judging import Judge
from xiangtian.observe.mappings import load_mappings
from xiangtian.observe.models import Batch, Cursor
from xiangtian.observe.reading import Envelope, Reading

log = logging.getLogger(__name__)
READER = "observe"
MOST_ARRIVALS = 4000
RADAR = "radar/"
"""Names that begin so are composites; the radar room reads them from the same journal."""


@dataclass(frozen=True)
class Arrived:
    """A reading with the message it came in."""

    reading: Reading
    kept: raw.Kept


class Intake:
    """One reader of the journal with what it remembers between sweeps (recent readings for the time checks)."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._judge = Judge(home)
        self._mappings = load_mappings(home.root / "mappings")
        self._cursor = max(observations.cursor(home), _stored_cursor())

    def sweep(self) -> int:
        """Take in what has arrived since the last sweep; give how many messages that were."""
        kept = list(islice(raw.arrivals(self._home, self._cursor), MOST_ARRIVALS))
        if not kept:
            return 0
        begun = clock.wall()
        arrived, refused = self._decode([one for one in kept if not one.name.startswith(RADAR)])
        appended = self._store(arrived, kept[-1].offset) if arrived else None
        self._account(kept, appended, refused, clock.wall() - begun)
        self._cursor = kept[-1].offset
        return len(kept)

    def _decode(self, kept: Sequence[raw.Kept]) -> tuple[list[Arrived], int]:
        arrived: list[Arrived] = []
        refused = 0
        for one in kept:
            found = decode.decode(raw.body(self._home, one.sha256), Envelope(one.received, one.name), self._mappings)
            arrived += (Arrived(reading, one) for reading in found.readings)
            if found.refusals:
                refused += len(found.refusals)
                actions.quarantine(one, [(refusal.part, refusal.reason) for refusal in found.refusals])
        return arrived, refused

    def _store(self, arrived: Sequence[Arrived], offset: int) -> tuple[observations.Appended, int]:
        frames = [self._judge.judge(group) for group in _by_time(arrived)]
        frame = pl.concat(frames, how="diagonal")
        appended = observations.append(self._home, frame, cursor=offset)
        doubted = int(sum(((frame[f"{name}_qc"] == 1) | (frame[f"{name}_qc"] == 2)).sum() for name in _judged(frame)))
        return appended, doubted

    @transaction.atomic
    def _account(
        self, kept: Sequence[raw.Kept], stored: tuple[observations.Appended, int] | None, refused: int, seconds: float
    ) -> None:
        Cursor.objects.update_or_create(reader=READER, defaults={"offset": kept[-1].offset})
        appended, doubted = stored or (None, 0)
        Batch.objects.create(
            time=clock.now(),
            arrivals=len(kept),
            readings=appended.rows if appended else 0,
            duplicates=appended.duplicates if appended else 0,
            corrections=appended.corrections if appended else 0,
            refused=refused,
            doubted=doubted,
            seconds=seconds,
            version=appended.version if appended else observations.version(self._home),
        )
        if appended and appended.rows:
            detail = {"version": appended.version, "rows": appended.rows, "wall": clock.wall()}
            facts.tell("observations.appended", str(appended.version), detail)


def _stored_cursor() -> int:
    return Cursor.objects.filter(reader=READER).values_list("offset", flat=True).first() or 0


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


def columns(group: Sequence[Arrived]) -> dict[str, np.ndarray]:
    """Give the values of a group as one (n,) float64 array for each element that any of them has; NaN where missing."""
    names = [name for name in NAMES if any(name in one.reading.values or name in one.reading.marks for one in group)]
    return {name: np.array([one.reading.values.get(name, np.nan) for one in group], float) for name in names}
