"""Neighbours: a value far from what the stations around it say.

Buddy check for temperature (adjusted for height), dew point, humidity and pressure (reduced to sea level);
doubted temperatures get a second opinion from titanlib's spatial consistency test.
"""

from __future__ import annotations

import numpy as np
import titanlib

from xiangtian.core.flags import Verdict
from xiangtian.met.pressure import reduce_to_sea_level, standard_temperature
from xiangtian.observe.qc.around import Nearest, nearest, on_sphere, pool, within
from xiangtian.observe.qc.buddies import departures
from xiangtian.observe.qc.model import BoolArray, Case, FloatArray, Sheet, VerdictArray, Verdicts, grade
from xiangtian.observe.qc.rules import Rules
from xiangtian.observe.qc.tolerances import Buddy, Consistency

STATION_PRESSURE = "surface_air_pressure"
SECOND_OPINION = "air_temperature"


def check(case: Case) -> Verdicts:
    """Judge every element that has a buddy rule against the stations around.

    Parameters
    ----------
    case : Case
        The sheet, the neighbours of the context, the rules and the verdicts so far: a value doubted by an earlier
        test is judged, but is nobody's buddy.

    Returns
    -------
    Verdicts
        Element to (n,) verdicts; NOT_RUN where position, height or enough neighbours are missing.
    """
    everyone, own = pool(case.sheet, case.context.neighbours)
    place = on_sphere(everyone.lon, everyone.lat)
    found: dict[bytes, Nearest] = {}
    verdicts: Verdicts = {}
    for name, rule in case.rules.buddies.items():
        if name not in case.sheet.values:
            continue
        values, doubted = _comparable(case, everyone, name), _doubted(case, name, len(everyone))
        answering = np.isfinite(values)
        key = answering.tobytes()
        if key not in found:
            found[key] = _all_nearest(place, answering, own, case.rules)
        verdicts[name] = judge(values, everyone, place, found[key], doubted, rule, case.rules)[:own]
        if name == SECOND_OPINION:
            _ask_again(verdicts[name], values, everyone, place, doubted, case.rules)
    return verdicts


def judge(
    values: FloatArray,
    stations: Sheet,
    place: FloatArray,
    around: Nearest,
    doubted: BoolArray,
    rule: Buddy,
    rules: Rules,
) -> VerdictArray:
    """Judge one element of all stations.

    Parameters
    ----------
    values : FloatArray
        (n,) comparable values (pressure reduced to sea level), NaN missing.
    stations : Sheet
        Where they stand; only the altitude is used.
    place : FloatArray
        (n, 3) positions, m.
    around : Nearest
        (n, k) the neighbours of each.
    doubted : BoolArray
        (n,) who is nobody's buddy.
    rule : Buddy
        The element's tolerances.
    rules : Rules
        Who is a neighbour.

    Returns
    -------
    VerdictArray
        (n,) int8.
    """
    who = rules.neighbourhood
    alt = stations.alt if rule.lapse_per_m else np.where(np.isfinite(stations.alt), stations.alt, 0.0)
    departure = departures(
        values,
        alt,
        around,
        doubted,
        rule.floor + rule.floor_per_100km * mean_distance(around) / 1e5,
        least=who.least,
        threshold=rule.suspect,
        lapse_per_m=rule.lapse_per_m,
        height_m=who.height_m,
    )
    return grade(np.abs(departure), rule.suspect, rule.fail)


def mean_distance(around: Nearest) -> FloatArray:
    """Give (n,) the mean distance of the neighbours, m; 0 where there are none."""
    there = around.index >= 0
    return np.asarray(np.where(there, around.distance, 0.0).sum(axis=1) / np.maximum(there.sum(axis=1), 1))


def _all_nearest(place: FloatArray, answering: BoolArray, own: int, rules: Rules) -> Nearest:
    """Find the neighbours of all stations; where few ask, only of those that can matter to them."""
    who = rules.neighbourhood
    near = nearest(place, answering, np.arange(own), who.most, who.radius_km * 1000.0)
    if own == len(place):
        return near
    matter = np.unique(near.index[near.index >= own])
    index = np.full((len(place), who.most), -1, np.intp)
    distance = np.full((len(place), who.most), np.inf)
    index[:own], distance[:own] = near.index, near.distance
    theirs = nearest(place, answering, matter, who.most, who.radius_km * 1000.0)
    index[matter], distance[matter] = theirs.index, theirs.distance
    return Nearest(index, distance)


def _comparable(case: Case, everyone: Sheet, name: str) -> FloatArray:
    """Give values that may be compared between places: station pressure reduced to sea level, others as they are."""
    values = everyone.of(name)
    if name != STATION_PRESSURE:
        return values
    own = len(case.sheet)
    temperature = everyone.of(SECOND_OPINION).copy()
    temperature[:own] = case.sound(SECOND_OPINION)
    known = np.where(np.isfinite(temperature), temperature, standard_temperature(everyone.alt))
    return reduce_to_sea_level(values, known, everyone.alt)


def _doubted(case: Case, name: str, rows: int) -> BoolArray:
    doubted = np.zeros(rows, bool)
    doubted[: len(case.sheet)] = case.worst(name) >= Verdict.SUSPECT
    return doubted


def _ask_again(
    verdict: VerdictArray,
    values: FloatArray,
    stations: Sheet,
    place: FloatArray,
    doubted: BoolArray,
    rules: Rules,
) -> None:
    """Turn SUSPECT into FAIL where the spatial consistency test doubts the value too."""
    asked = np.flatnonzero(verdict == Verdict.SUSPECT)
    if not len(asked):
        return
    rule = rules.consistency
    usable = np.isfinite(values) & np.isfinite(stations.alt)
    others = usable & ~doubted
    others[asked] = usable[asked]
    part = within(place, others, asked, rule.outer_km * 1000.0)
    if rule.least <= len(part) <= rule.most:
        wrong = part[inconsistent(values[part], stations.take(part), np.isin(part, asked), rule)]
        verdict[wrong] = Verdict.FAIL


def inconsistent(values: FloatArray, stations: Sheet, ask: BoolArray, rule: Consistency) -> BoolArray:
    """Run titanlib's spatial consistency test on temperatures.

    Parameters
    ----------
    values : FloatArray
        (n,) degC, none missing.
    stations : Sheet
        Where they stand; positions and altitudes known.
    ask : BoolArray
        (n,) which of them to judge.
    rule : Consistency
        Its parameters.

    Returns
    -------
    BoolArray
        (n,) judged and found inconsistent.

    References
    ----------
    Lussana, Uboldi, Salvati 2010, doi:10.1002/qj.622; titanlib `sct`.
    """
    count = len(values)
    points = titanlib.Points(stations.lat, stations.lon, stations.alt, np.zeros(count))
    flags = titanlib.sct(
        points, values, 5, 100, rule.inner_km * 1000.0, rule.outer_km * 1000.0, 2, 20, 100.0, 10000.0, 200.0,
        np.full(count, rule.threshold), np.full(count, rule.threshold), np.full(count, rule.error_ratio),
        ask.astype(int),
    )[0]  # fmt: skip
    result: BoolArray = (np.asarray(flags) == 1) & ask
    return result
