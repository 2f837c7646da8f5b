"""The flow of messages: what comes through which door, how late, what is refused, and who fell silent."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from xiangtian.core import clock
from xiangtian.core.home import Home
from xiangtian.observe.models import Quarantined
from xiangtian.observe.queries.account import readings
from xiangtian.observe.queries.arriving import BIN, SHOWN, Tally, bin_end, tally
from xiangtian.observe.queries.stations import sites
from xiangtian.observe.stream import kind_of, patience_min

LATE_DATA = dt.timedelta(hours=24)
"""Readings of the last so many hours are looked at for their delay; what was buffered for longer is not."""
REASONS = 20
MOST_REFUSED = 5000


@dataclass(frozen=True)
class Door:
    """One source of messages.

    Attributes
    ----------
    name : str
        The door: mqtt, folder, http, resend, and what else the journal names.
    counts : tuple of int
        Messages in each five minutes.
    formats : tuple
        (format, messages) of the hours shown, most first.
    last : datetime
        When it last brought something.
    patience_min : float or None
        How long it may say nothing; None: it speaks only now and then.
    silent : bool
        Whether it has said nothing for longer.
    """

    name: str
    counts: tuple[int, ...]
    formats: tuple[tuple[str, int], ...]
    last: dt.datetime
    patience_min: float | None
    silent: bool

    @property
    def total(self) -> int:
        """Messages of the hours shown."""
        return sum(self.counts)


@dataclass(frozen=True)
class Delay:
    """From the observation to its receipt, of readings that came in during the hours shown, seconds."""

    door: str
    network: str
    n: int
    p50_s: float
    p95_s: float
    most_s: float


@dataclass(frozen=True)
class Refused:
    """Messages put aside for one kind of reason within a day."""

    words: str
    n: int
    waiting: int
    last: dt.datetime
    newest: int


@dataclass(frozen=True)
class Flow:
    """How messages flow; `ends` are the ends of the five minutes, `since` how far back the account reaches."""

    moment: dt.datetime
    ends: tuple[dt.datetime, ...]
    doors: tuple[Door, ...]
    delays: tuple[Delay, ...]
    refused: tuple[Refused, ...]
    since: dt.datetime | None

    @property
    def silent(self) -> tuple[Door, ...]:
        """The doors to be alarmed about."""
        return tuple(door for door in self.doors if door.silent)


def flow(home: Home) -> Flow:
    """Give the state of the flow now.

    Raises
    ------
    SpoolError
        If the journal is damaged.
    """
    now, account = clock.now(), tally(home)
    account.refresh(now)
    last = bin_end(now)
    ends = tuple(last - BIN * n for n in reversed(range(int(SHOWN / BIN))))
    doors = tuple(_door(account, name, ends, now) for name in sorted(account.last))
    return Flow(now, ends, doors, delays(home, now, account.doors()), refused(now), account.since)


def _door(account: Tally, name: str, ends: tuple[dt.datetime, ...], now: dt.datetime) -> Door:
    bins: Counter[dt.datetime] = Counter()
    formats: Counter[str] = Counter()
    for (end, door, form), n in list(account.counts.items()):
        if door == name:
            bins[end] += n
            formats[form] += n
    patience = patience_min(account.minutes[name])
    last = account.last[name]
    silent = patience is not None and (now - last).total_seconds() > patience * 60
    return Door(name, tuple(bins[end] for end in ends), tuple(formats.most_common()), last, patience, silent)


def delays(home: Home, now: dt.datetime, doors: Mapping[str, str]) -> tuple[Delay, ...]:
    """Give how late readings came, by door and network.

    Parameters
    ----------
    home : Home
        Where.
    now : datetime
        The end of the hours shown, UTC.
    doors : Mapping
        Hash of a body to the door it came through.

    Returns
    -------
    tuple of Delay
        By door and network; a body that came twice counts for its last door.
    """
    rows = readings(home).read(now - LATE_DATA, now, elements=[], resolve=False)
    fresh = rows.filter(pl.col("received") > now - SHOWN, pl.col("received") <= now)
    if fresh.is_empty():
        return ()
    networks = {site.code: site.network for site in sites(now)}
    late = (pl.col("received") - pl.col("time")).dt.total_seconds(fractional=True)
    told = fresh.select(
        late=late,
        door=pl.col("source").replace_strict(dict(doors), default="", return_dtype=pl.String),
        network=pl.col("station").replace_strict(networks, default="", return_dtype=pl.String),
    )
    figures = (pl.len().alias("n"), pl.col("late").median().alias("p50"), pl.col("late").quantile(0.95).alias("p95"))
    found = told.group_by("door", "network").agg(*figures, most=pl.col("late").max()).sort("door", "network")
    return tuple(Delay(*row) for row in found.select("door", "network", "n", "p50", "p95", "most").iter_rows())


def refused(now: dt.datetime) -> tuple[Refused, ...]:
    """Give what was put aside within a day, by kind of reason, most first."""
    rows = Quarantined.objects.filter(received__gt=now - dt.timedelta(hours=24)).order_by("-id")
    told = rows.values_list("id", "reason", "state", "received")[:MOST_REFUSED]
    kinds: dict[str, list[tuple[int, str, dt.datetime]]] = {}
    for number, reason, state, received in told:
        kinds.setdefault(kind_of(reason), []).append((number, state, received))
    found = [
        Refused(words, len(each), sum(state == "waiting" for _, state, _ in each), each[0][2], each[0][0])
        for words, each in kinds.items()
    ]
    return tuple(sorted(found, key=lambda one: -one.n)[:REASONS])
