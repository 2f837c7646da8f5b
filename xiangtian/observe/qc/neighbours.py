"""Neighbours: a value far from what the stations around it say.

Buddy check for temperature (adjusted for height), dew point, humidity and pressure (reduced to sea level).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xiangtian.core.elements import CATALOGUE
from xiangtian.core.flags import Verdict
from xiangtian.met.pressure import reduce_to_sea_level, standard_temperature
from xiangtian.observe.qc.around import Nearest, nearest, on_sphere, pool
from xiangtian.observe.qc.buddies import Departure, departures
from xiangtian.observe.qc.evidence import Finding, stations
from xiangtian.observe.qc.model import BoolArray, Case, FloatArray, Sheet, Verdicts, grade
from xiangtian.observe.qc.rules import Rules

STATION_PRESSURE = "surface_air_pressure"
TEMPERATURE = "air_temperature"


@dataclass(frozen=True)
class Compared:
    """One element of a sheet's stations (first) and those around them, comparable between places.

    Attributes
    ----------
    everyone : Sheet
        Who was asked.
    values : FloatArray
        (m,) comparable values, NaN missing.
    around : Nearest
        (m, k) the neighbours of each.
    departure : Departure
        (m,) how far each departs from them.
    """

    everyone: Sheet
    values: FloatArray
    around: Nearest
    departure: Departure


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
        answering = np.isfinite(everyone.of(name))
        key = answering.tobytes()
        if key not in found:
            found[key] = _all_nearest(place, answering, own, case.rules)
        score = compare(case, everyone, name, found[key]).departure.score[:own]
        verdicts[name] = grade(np.abs(score), rule.suspect, rule.fail)
    return verdicts


def compare(case: Case, everyone: Sheet, name: str, around: Nearest) -> Compared:
    """Compare one element of all stations with their neighbours.

    Parameters
    ----------
    case : Case
        The rules and the verdicts so far.
    everyone : Sheet
        The case's stations, and then those around them (`around.pool`).
    name : str
        The element.
    around : Nearest
        (m, k) the neighbours of each.

    Returns
    -------
    Compared
        The comparison, station by station.
    """
    rule, who = case.rules.buddies[name], case.rules.neighbourhood
    values = comparable(case, everyone, name)
    alt = everyone.alt if rule.lapse_per_m else np.where(np.isfinite(everyone.alt), everyone.alt, 0.0)
    departure = departures(
        values,
        alt,
        around,
        doubted(case, name, len(everyone)),
        rule.floor + rule.floor_per_100km * mean_distance(around) / 1e5,
        least=who.least,
        threshold=rule.suspect,
        lapse_per_m=rule.lapse_per_m,
        height_m=who.height_m,
    )
    return Compared(everyone, values, around, departure)


def explain(case: Case, row: int, element: str, said: Verdict) -> list[Finding]:
    """Give what the neighbours say, brought to the station's height, and how far from it a value may lie."""
    everyone, own = pool(case.sheet, case.context.neighbours)
    place = on_sphere(everyone.lon, everyone.lat)
    around = _all_nearest(place, np.isfinite(everyone.of(element)), own, case.rules)
    compared = compare(case, everyone, element, around)
    rule, departure = case.rules.buddies[element], compared.departure
    reach, mean = rule.suspect * float(departure.unit[row]), float(departure.mean[row])
    index = around.index[row]
    heard = (index >= 0) & ~departure.doubted[index]
    level = (everyone.alt[row] - everyone.alt[index]) * rule.lapse_per_m if rule.lapse_per_m else 0.0
    there = np.where(heard, compared.values[index] + level, np.nan)
    witnesses = stations(everyone, index, there, around.distance[row])
    value = float(compared.values[row])
    span, unit = (mean - reach, mean + reach), CATALOGUE[element].unit
    return [Finding("neighbours", "buddies", said, value, *span, unit, witnesses)]


def mean_distance(around: Nearest) -> FloatArray:
    """Give (n,) the mean distance of the neighbours, m; 0 where there are none."""
    there = around.index >= 0
    return np.asarray(np.where(there, around.distance, 0.0).sum(axis=1) / np.maximum(there.sum(axis=1), 1))


def comparable(case: Case, everyone: Sheet, name: str) -> FloatArray:
    """Give values that may be compared between places: station pressure reduced to sea level, others as they are."""
    values = everyone.of(name)
    if name != STATION_PRESSURE:
        return values
    own = len(case.sheet)
    temperature = everyone.of(TEMPERATURE).copy()
    temperature[:own] = case.sound(TEMPERATURE)
    known = np.where(np.isfinite(temperature), temperature, standard_temperature(everyone.alt))
    return reduce_to_sea_level(values, known, everyone.alt)


def doubted(case: Case, name: str, rows: int) -> BoolArray:
    """Give (rows,) whom an earlier test doubted; the case's stations stand first."""
    found = np.zeros(rows, bool)
    found[: len(case.sheet)] = case.worst(name) >= Verdict.SUSPECT
    return found


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
