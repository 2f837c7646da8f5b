"""Human review: decide about reported values, and let the lake know."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from django.db import transaction

from xiangtian.core import clock, facts, ledger
from xiangtian.core.elements import CATALOGUE
from xiangtian.core.flags import Flag
from xiangtian.core.home import Home
from xiangtian.core.models import Person
from xiangtian.core.people import require
from xiangtian.core.places import city
from xiangtian.lake.columns import REVIEW
from xiangtian.observe import queries
from xiangtian.observe.models import Review

DOUBTED = (int(Flag.SUSPECT), int(Flag.WRONG))
WITH_VALUE = (int(Flag.CORRECTED), int(Flag.MODIFIED))
ALLOWED = (int(Flag.GOOD), int(Flag.WRONG), *WITH_VALUE)
MOST_VALUES = 3000
"""So many values may be decided at once: two days of minutes."""
AT_ONCE = 5000


@dataclass(frozen=True)
class Decision:
    """What a person decides about a run of values.

    Attributes
    ----------
    station, element : str
        Whose values.
    first, last : datetime
        Observing times between which the values lie, both included.
    flag : int
        0 correct, 2 wrong, 3 corrected (a bias is taken away), 4 modified (an estimate stands in its place).
    reason : str
        Why.
    value : float, optional
        The estimate, with 4.
    offset : float, optional
        What is added to each value, with 3.
    every : bool
        True: all values of the run; False: only those that are suspect or wrong.
    """

    station: str
    element: str
    first: dt.datetime
    last: dt.datetime
    flag: int
    reason: str
    value: float | None = None
    offset: float | None = None
    every: bool = False


def review(home: Home, person: Person, decision: Decision) -> list[Review]:
    """Decide about the values of a run; what was reported is kept beside the decision.

    Parameters
    ----------
    home : Home
        Where the readings are.
    person : Person
        Who decides.
    decision : Decision
        What.

    Returns
    -------
    list of Review
        One for each value.

    Raises
    ------
    NotAllowed
        If the person has no right to, or not for the station's district.
    ValueError
        If the flag is not one that a person may set, something is lacking, or there is nothing to decide about.
    """
    district = _district(decision.station)
    require(person, "observe.review", sorted(city().by_code) if not district else [district])
    _check(decision)
    values = _values(home, decision)
    made = _write(person, decision, district, values)
    store(home)
    return made


def store(home: Home) -> int:
    """Bring decisions into the lake that are not there yet; give how many values that were.

    A kill between the decision and this loses nothing: the job calls it again. A value that a correction has changed
    since it was reviewed is left as it is.
    """
    stored = 0
    while waiting := list(Review.objects.filter(state="decided").order_by("id")[:AT_ONCE]):
        now = _now(home, waiting)
        standing = [one for one in waiting if _stands(one, now)]
        if standing:
            queries.readings(home).amend(_rows(standing))
        _settle({one.pk for one in standing}, waiting)
        stored += len(standing)
    return stored


def _check(decision: Decision) -> None:
    if decision.flag not in ALLOWED:
        raise ValueError("人工审核只能设为：0 正确、2 错误、3 订正、4 修改 (a review sets 0, 2, 3 or 4)")
    if not decision.reason.strip():
        raise ValueError("审核必须写明原因 (a reason is needed)")
    if decision.element not in CATALOGUE:
        raise ValueError(f"没有要素“{decision.element}” (no such element)")
    if decision.last < decision.first:
        raise ValueError("结束时间早于开始时间 (the end is before the start)")
    if decision.flag == Flag.CORRECTED and not decision.offset:
        raise ValueError("订正必须给出订正量，且不为零 (a correction needs what is added to the value)")
    if decision.flag == Flag.MODIFIED and decision.value is None:
        raise ValueError("修改必须给出新值 (a modification needs the new value)")


def _district(station: str) -> str:
    found = next((site for site in queries.sites() if site.code == station), None)
    if found is None:
        raise ValueError(f"站点 {station} 未登记，请先登记再审核 (the station is not registered)")
    return found.district


def _values(home: Home, decision: Decision) -> pl.DataFrame:
    name = decision.element
    rows = queries.readings(home).series(decision.station, decision.first, decision.last, [name])
    rows = rows.filter(pl.col(name).is_not_null())
    rows = rows if decision.every else rows.filter(pl.col(f"{name}_qc").is_in(DOUBTED))
    if not rows.height:
        raise ValueError("这段时间没有可审核的值：可能已有更正报，请刷新 (nothing to review there any more)")
    if rows.height > MOST_VALUES:
        raise ValueError(f"一次最多审核 {MOST_VALUES} 个值，现有 {rows.height} 个：请缩短时段 (too many at once)")
    told = rows.select("time", value=name, flag=pl.col(f"{name}_qc").fill_null(9), tests=f"{name}_tests")
    told = told.with_columns(pl.col("tests").fill_null(0), new=_new(decision))
    _check_limits(decision, told)
    return told


def _new(decision: Decision) -> pl.Expr:
    if decision.flag == Flag.CORRECTED:
        return (pl.col("value") + decision.offset).round(6)
    return pl.lit(decision.value if decision.flag == Flag.MODIFIED else None, pl.Float64)


def _check_limits(decision: Decision, told: pl.DataFrame) -> None:
    one = CATALOGUE[decision.element]
    beyond = told.filter(pl.col("new").is_not_null(), ~pl.col("new").is_between(one.low, one.high))
    if beyond.height:
        found = beyond["new"][0]
        raise ValueError(
            f"新值 {found:g} 超出 {one.zh} 允许的 {one.low:g} 至 {one.high:g} {one.unit} (outside the limits)"
        )


@transaction.atomic
def _write(person: Person, decision: Decision, district: str, values: pl.DataFrame) -> list[Review]:
    number, now = uuid.uuid4().hex, clock.now()
    made = Review.objects.bulk_create(
        Review(
            decision=number, station=decision.station, district=district, element=decision.element, time=time,
            value=value, old_flag=flag, tests=tests, new_flag=decision.flag, new_value=new,
            reason=decision.reason.strip(), person=person, decided=now,
        )
        for time, value, flag, tests, new in values.select("time", "value", "flag", "tests", "new").iter_rows()
    )  # fmt: skip
    told = {
        "station": decision.station, "element": decision.element, "values": len(made), "flag": decision.flag,
        "first": made[0].time.isoformat(), "last": made[-1].time.isoformat(), "reason": decision.reason.strip(),
        "value": decision.value, "offset": decision.offset,
    }  # fmt: skip
    ledger.write(person.username, "observe.review", f"review:{number}", told)
    facts.tell("observations.reviewed", f"review:{number}", told)
    return made


def _now(home: Home, waiting: Sequence[Review]) -> dict[tuple[str, str, dt.datetime], float | None]:
    """Give the values that count now, of the stations, elements and times of some reviews."""
    names = sorted({one.element for one in waiting})
    times = [one.time for one in waiting]
    stations = sorted({one.station for one in waiting})
    rows = queries.readings(home).read(min(times), max(times), stations, names)
    wanted = rows.filter(pl.col("time").is_in(sorted(set(times))))
    return {
        (station, name, time): value
        for name in names
        for station, time, value in wanted.select("station", "time", name).iter_rows()
    }


def _stands(one: Review, now: dict[tuple[str, str, dt.datetime], float | None]) -> bool:
    """Tell whether a reviewed value is still what counts, or what the review (or one with it) made of it."""
    found = now.get((one.station, one.element, one.time))
    return found is not None and found in (one.value, one.new_value)


def _rows(reviews: Sequence[Review]) -> pl.DataFrame:
    frames = []
    for name in sorted({one.element for one in reviews}):
        part = [one for one in reviews if one.element == name]
        columns = {
            "station": [one.station for one in part],
            "time": [one.time for one in part],
            "received": [one.decided for one in part],
            "source": [f"{REVIEW}{one.pk}" for one in part],
            name: [one.value if one.new_value is None else one.new_value for one in part],
            f"{name}_qc": [one.new_flag for one in part],
            f"{name}_tests": [one.tests for one in part],
        }
        frames.append(pl.DataFrame(columns))
    return pl.concat(frames, how="diagonal")


def _settle(standing: set[int], waiting: Sequence[Review]) -> None:
    Review.objects.filter(pk__in=standing).update(state="stored")
    Review.objects.filter(pk__in={one.pk for one in waiting} - standing).update(state="overtaken")
