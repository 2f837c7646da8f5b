"""One climate day, judged and counted; a day is judged anew only when something it stands on has changed."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import os
import threading
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl

from xiangtian.core.home import Home
from xiangtian.lake import answers
from xiangtian.lake.columns import REVIEW
from xiangtian.lake.table import Table
from xiangtian.observe.assess.counts import Count, CountArray, grouped
from xiangtian.observe.assess.month import ALL, GROUPS, DayCounts, bounds_of
from xiangtian.observe.assess.owners import Place, Roster
from xiangtian.observe.assess.plan import Plan, plan
from xiangtian.observe.assess.rules import Rules
from xiangtian.observe.assess.states import Heard, Said, States, judge
from xiangtian.observe.assess.tally import Exempt, alone, exempted, tally
from xiangtian.observe.metadata.tasks import Task
from xiangtian.observe.models import Exemption
from xiangtian.observe.queries.account import readings

HALF = dt.timedelta(seconds=30)
"""A reading belongs to the nearest minute."""
FOLDER = "assess"
FORMAT = 2
"""To be raised when what is kept means something else than before."""
Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Basis:
    """What a stretch is judged on, besides the readings.

    Attributes
    ----------
    rules : Rules
        The table.
    tasks : tuple of Task
        Observing tasks.
    exemptions : tuple of Exemption
        Approved ones.
    roster : Roster
        Who owns which minutes.
    districts : Mapping
        Station to the district it stands in.
    """

    rules: Rules
    tasks: tuple[Task, ...]
    exemptions: tuple[Exemption, ...]
    roster: Roster
    districts: Mapping[str, str]


@dataclass(frozen=True)
class Judged:
    """A judged stretch, with exemptions marked."""

    plan: Plan
    states: States


_ONE = threading.Lock()


@lru_cache(maxsize=4)
def _table(home: Home) -> Table:
    return Table(home.lake / "observations")


def stretch(home: Home, basis: Basis, start: dt.datetime, end: dt.datetime, until: dt.datetime) -> Judged:
    """Judge the time later than `start` and up to `end`, as far as deadlines lie before `until`."""
    laid = plan(basis.tasks, basis.rules, start, end, until)
    states = judge(laid, heard(home, laid), basis.rules.wrong_flags)
    return Judged(laid, exempted(laid, states, exempt_slots(basis.exemptions, laid)))


def exempt_slots(exemptions: Sequence[Exemption], laid: Plan) -> list[Exempt]:
    """Give the slots of a plan that exemptions cover."""
    found = []
    for one in exemptions:
        first, last = ((moment - laid.start).total_seconds() / 60 for moment in (one.starts, one.ends))
        span = max(int(-(-first // 1)) - 1, 0), min(int(last // 1), laid.minutes)
        if span[0] < span[1]:
            found += [Exempt(station, one.element, *span) for station in one.stations]
    return found


def heard(home: Home, laid: Plan) -> Heard:
    """Read what the stations of a plan said, all versions."""
    elements = [str(name) for name in np.unique(laid.elements)]
    codes = [str(code) for code in laid.stations]
    last = laid.start + dt.timedelta(minutes=laid.minutes)
    told = readings(home).read(laid.start + HALF, last + HALF, codes, elements, resolve=False)
    places = pl.DataFrame({"station": codes, "at": range(len(codes))}, schema={"station": pl.String, "at": pl.Int64})
    since = (pl.col("time") - laid.start).dt.total_milliseconds() / 60_000
    rows = (
        told.join(places, on="station")
        .with_columns(slot=(since - 1).round().cast(pl.Int64))
        .filter(pl.col("slot").is_between(0, laid.minutes - 1))
        .sort("received")
    )
    rows = pl.concat([rows.with_columns(version=True), _resolved(rows)], how="diagonal")
    said = {name: _said(rows, name) for name in elements}
    received = rows.select((pl.col("received") - laid.start).dt.total_microseconds() / 60_000_000)
    return Heard(
        rows["at"].to_numpy(),
        rows["slot"].to_numpy(),
        received.to_series().to_numpy(),
        (rows["version"] & ~rows["source"].str.starts_with(REVIEW)).to_numpy(),
        said,
    )


def _resolved(rows: pl.DataFrame) -> pl.DataFrame:
    """Give what counts, by the lake's rule, of the times that have several versions; it stands after all of them."""
    several = rows.filter(answers.repeated(rows))
    at = several.select("station", "time", "at", "slot").unique()
    counts = answers.resolve(several.drop("at", "slot")).join(at, on=("station", "time"))
    return counts.with_columns(version=False)


def _said(rows: pl.DataFrame, name: str) -> Said:
    present = rows[name].is_not_null().to_numpy()
    speaks = rows.select(pl.any_horizontal(pl.col(name, f"{name}_qc", f"{name}_tests").is_not_null()))
    flags = rows[f"{name}_qc"].fill_null(9).to_numpy().astype(np.int8)
    return Said(present, flags, speaks.to_series().to_numpy())


def day_counts(home: Home, day: dt.date, basis: Basis, until: dt.datetime) -> DayCounts:
    """Count a climate day; kept in the cache of the home until anything it stands on changes.

    Parameters
    ----------
    home : Home
        The home.
    day : date
        The climate day.
    basis : Basis
        What it is judged on.
    until : datetime
        Aware; reports with a deadline after it are not judged yet.

    Returns
    -------
    DayCounts
        Counts by network, district, station, element and person.
    """
    start, end = bounds_of(day)
    key = _key(home, day, basis, min(until, end + dt.timedelta(days=1)))
    path = home.cache / FOLDER / f"{day.isoformat()}.npz"
    kept = _kept(path, key)
    if kept is None:
        judged = stretch(home, basis, start, end, until)
        kept = _counted(judged, basis)
        _keep(path, key, kept)
    return DayCounts(
        day,
        basis.rules,
        {group: kept[f"{group}_keys"] for group in (*GROUPS, ALL)},
        {group: kept[f"{group}_counts"] for group in (*GROUPS, ALL)},
    )


def _counted(judged: Judged, basis: Basis) -> Arrays:
    laid = judged.plan
    networks = {str(laid.stations[of]): str(name) for of, name in zip(laid.of_stream, laid.networks, strict=True)}
    places = [Place(str(code), basis.districts.get(str(code), ""), networks[str(code)]) for code in laid.stations]
    duties = [basis.rules.owner_duty(place.network) for place in places]
    owned = basis.roster.owned(places, duties, laid.start, laid.minutes)
    told = tally(laid, judged.states, owned.cuts)
    reports, values = told.reports.sum(axis=1), told.values.sum(axis=1)
    of_all = np.concatenate([laid.of_stream, laid.of_value]).astype(np.int64)
    both = np.concatenate([reports, values])
    network = np.concatenate([laid.networks, laid.networks[laid.stream_of]])
    districts = np.array([place.district for place in places], dtype=str)
    own = alone(values, told.punctual.sum(axis=1), laid.interval_min[laid.stream_of])
    each = np.concatenate([told.reports, told.values]).reshape(-1, len(Count))
    persons = owned.persons[of_all].reshape(-1).astype(str)
    return {
        **_group("network", network, both),
        **_group("district", districts[of_all], both),
        **_group("station", laid.stations[of_all], both),
        **_group("element", laid.elements, own),
        **_group("person", persons, each),
        **_group(ALL, np.full(len(both), ALL), both),
    }


def _group(name: str, keys: np.ndarray, counts: CountArray) -> Arrays:
    unique, sums = grouped(keys, counts)
    told = sums.any(axis=1)
    unique, sums = unique[told], sums[told]
    return {f"{name}_keys": unique, f"{name}_counts": sums}


def _key(home: Home, day: dt.date, basis: Basis, until: dt.datetime) -> str:
    start, end = bounds_of(day)
    with _ONE:
        files = _table(home).files()
    files = files.filter(pl.col("day").is_between(start.date(), end.date()))
    named = [
        FORMAT,
        int(files["rows"].sum()),
        basis.rules.version,
        until.isoformat(),
        _digest(basis.tasks),
        [(one.pk, one.element, one.starts, one.ends, sorted(one.stations)) for one in basis.exemptions],
        sorted(repr(turn) for turn in basis.roster.between(start, end)),
        sorted(basis.districts.items()),
    ]
    return hashlib.sha256(repr(named).encode()).hexdigest()


@lru_cache(maxsize=64)
def _digest(tasks: tuple[Task, ...]) -> str:
    return hashlib.sha256("\n".join(sorted(map(repr, tasks))).encode()).hexdigest()


def _kept(path: Path, key: str) -> Arrays | None:
    try:
        with np.load(io.BytesIO(path.read_bytes())) as held:
            return dict(held) if str(held["key"]) == key else None
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None


def _keep(path: Path, key: str, arrays: Arrays) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    body = io.BytesIO()
    np.savez(body, allow_pickle=False, key=np.array(key), **arrays)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_bytes(body.getvalue())
    aside.replace(path)
