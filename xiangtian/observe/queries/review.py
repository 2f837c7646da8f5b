"""Questions of the review: which values are in doubt, what speaks for and against one, what was decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from django.db.models import Count, Max, Min

from xiangtian.core.elements import NAMES
from xiangtian.core.flags import TESTS, Flag, Verdict, unpack
from xiangtian.core.home import Home
from xiangtian.observe.models import Review
from xiangtian.observe.qc.around import on_sphere
from xiangtian.observe.queries.account import readings
from xiangtian.observe.queries.stations import Site, sites

DOUBTED = (int(Flag.SUSPECT), int(Flag.WRONG))
GAP = dt.timedelta(minutes=65)
"""Doubted values of one station and element that follow each other so closely are one run."""
BEFORE = dt.timedelta(hours=3)
AFTER = dt.timedelta(minutes=30)
NEIGHBOURS = 5
NEAR_KM = 60.0
DOUBTS = int(Verdict.SUSPECT)
"""The bit that suspect and failed have in common."""
SAME_TIME = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Run:
    """Values in doubt of one station and element that follow each other.

    Attributes
    ----------
    station, element : str
        Whose.
    first, last : datetime
        Observing times of the first and the last of them.
    values : int
        How many.
    low, high : float
        The lowest and the highest of them.
    flag : int
        The worst flag.
    tests : tuple of str
        The tests that doubted any of them.
    """

    station: str
    element: str
    first: dt.datetime
    last: dt.datetime
    values: int
    low: float
    high: float
    flag: int
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Value:
    """A value with what the tests said of it; `reviewed` tells whether a person has decided about it."""

    time: dt.datetime
    value: float | None
    flag: int | None
    said: tuple[tuple[str, int], ...]
    reviewed: bool = False

    @property
    def doubted(self) -> bool:
        """Whether it is suspect or wrong."""
        return self.flag in DOUBTED


@dataclass(frozen=True)
class Neighbour:
    """What another station said at about the same time."""

    site: Site
    km: float
    time: dt.datetime
    value: float
    flag: int | None


def doubted(
    home: Home, start: dt.datetime, end: dt.datetime, elements: Sequence[str] = (), test: str = ""
) -> list[Run]:
    """Give what is in doubt and nobody has decided about, newest first.

    Parameters
    ----------
    home : Home
        Where.
    start, end : datetime
        Observing times.
    elements : Sequence of str
        Only these; empty: all.
    test : str
        Only runs that this test doubted (`core.flags.TESTS`); empty: any.

    Returns
    -------
    list of Run
        By their last value.
    """
    rows = readings(home).held(start, end)
    wanted = [name for name in elements or NAMES if name in rows.columns and f"{name}_qc" in rows.columns]
    frames = [_doubted(rows, name) for name in wanted]
    found = pl.concat([frame for frame in frames if frame.height] or [_NOTHING])
    found = _undecided(found, start, end)
    runs = [run for run in _runs(found) if not test or test in run.tests]
    return sorted(runs, key=lambda run: (run.last, run.station, run.element), reverse=True)


def series(home: Home, station: str, element: str, start: dt.datetime, end: dt.datetime) -> list[Value]:
    """Give the values of one element with what each test said, oldest first."""
    rows = readings(home).series(station, start, end, [element])
    told = rows.select("time", element, f"{element}_qc", f"{element}_tests").iter_rows()
    decided = _decided(station, element, start, end)
    return [
        Value(time, value, flag, _said(tests or 0), (time, value, flag) in decided)
        for time, value, flag, tests in told
        if flag is not None or value is not None
    ]


def neighbours(home: Home, station: str, element: str, moment: dt.datetime) -> list[Neighbour]:
    """Give what the nearest stations said of an element at about a moment, nearest first."""
    known = sites(moment)
    here = next((site for site in known if site.code == station), None)
    if here is None:
        return []
    others = [site for site in known if site.code != station]
    place = on_sphere(np.array([s.lon for s in (here, *others)]), np.array([s.lat for s in (here, *others)]))
    km = np.linalg.norm(place[1:] - place[0], axis=1) / 1000
    near = {others[row].code: (others[row], float(km[row])) for row in np.argsort(km) if km[row] <= NEAR_KM}
    rows = readings(home).read(moment - SAME_TIME, moment + SAME_TIME, list(near), [element])
    rows = rows.filter(pl.col(element).is_not_null())
    rows = rows.sort((pl.col("time") - moment).abs()).unique("station", keep="first", maintain_order=True)
    told = {row[0]: row[1:] for row in rows.select("station", "time", element, f"{element}_qc").iter_rows()}
    return [Neighbour(site, distance, *told[code]) for code, (site, distance) in near.items() if code in told][
        :NEIGHBOURS
    ]


def decisions(station: str = "", limit: int = 50) -> list[Review]:
    """Give the first value of each decision, newest decision first, with `values` and `until` (its last value)."""
    rows = Review.objects.filter(station=station) if station else Review.objects.all()
    firsts = rows.filter(pk__in=rows.order_by().values("decision").annotate(first=Min("id")).values("first"))
    spans = Count("id"), Max("time")
    shown = list(firsts.select_related("person").order_by("-decided", "-id")[:limit])
    counted = Review.objects.filter(decision__in=[one.decision for one in shown]).order_by().values("decision")
    told = {row["decision"]: row for row in counted.annotate(values=spans[0], until=spans[1])}
    for one in shown:
        one.values, one.until = told[one.decision]["values"], told[one.decision]["until"]  # type: ignore[attr-defined]
    return shown


_NOTHING = pl.DataFrame(
    schema={
        "station": pl.String, "element": pl.String, "time": pl.Datetime("us", "UTC"), "value": pl.Float64,
        "flag": pl.Int8, "tests": pl.Int32,
    }
)  # fmt: skip


def _doubted(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    tests = pl.col(f"{name}_tests") if f"{name}_tests" in rows.columns else pl.lit(0)
    return rows.filter(pl.col(f"{name}_qc").is_in(DOUBTED), pl.col(name).is_not_null()).select(
        "station",
        pl.lit(name).alias("element"),
        "time",
        pl.col(name).alias("value"),
        pl.col(f"{name}_qc").alias("flag"),
        tests.fill_null(0).cast(pl.Int32).alias("tests"),
    )


def _undecided(found: pl.DataFrame, start: dt.datetime, end: dt.datetime) -> pl.DataFrame:
    """Leave out what a person called wrong; a value that was corrected and doubted again since is another one."""
    wrong = Review.objects.filter(time__gte=start, time__lte=end, new_flag=Flag.WRONG).exclude(state="overtaken")
    told = wrong.values_list("station", "element", "time", "value")
    keys = {name: _NOTHING.schema[name] for name in ("station", "element", "time", "value")}
    return found.join(pl.DataFrame(list(told), keys, orient="row"), on=list(keys), how="anti")


def _decided(station: str, element: str, start: dt.datetime, end: dt.datetime) -> set[tuple[object, ...]]:
    rows = Review.objects.filter(station=station, element=element, time__gte=start, time__lte=end, state="stored")
    told = rows.values_list("time", "value", "new_value", "new_flag")
    return {(time, value if new is None else new, flag) for time, value, new, flag in told}


def _runs(found: pl.DataFrame) -> list[Run]:
    found = found.sort("station", "element", "time")
    new = (pl.col("time").diff().over("station", "element") > GAP).fill_null(True)
    grouped = found.with_columns(run=new.cum_sum().over("station", "element")).group_by("station", "element", "run")
    told = grouped.agg(
        first=pl.col("time").min(),
        last=pl.col("time").max(),
        values=pl.len(),
        low=pl.col("value").min(),
        high=pl.col("value").max(),
        flag=pl.col("flag").max(),
        tests=pl.col("tests").bitwise_or(),
    )
    return [
        Run(tests=tuple(test for place, test in enumerate(TESTS) if tests >> 2 * place & DOUBTS), **row)
        for row in told.drop("run").iter_rows(named=True)
        for tests in (row.pop("tests"),)
    ]


def _said(packed: int) -> tuple[tuple[str, int], ...]:
    verdicts, _ = unpack(packed)
    return tuple((test, int(said)) for test, said in verdicts.items())
