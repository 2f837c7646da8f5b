"""Internal consistency: what one station says of itself must agree.

Only values that no earlier test doubted judge others: a spike of the thermometer is not charged to the dew point.
Of a relation between measured and derived values the derived one is doubted. A broken relation makes values suspect,
never wrong, because it does not say which of them is at fault.
Tolerances of humidity, pressure, rain and soil are those of the national centre's surface quality control.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from xiangtian.core.flags import Verdict
from xiangtian.met import humidity, pressure
from xiangtian.observe.qc.model import Case, FloatArray, VerdictArray, Verdicts, grade

RAIN_SUMS = tuple(f"precipitation_amount_{hours}h" for hours in (1, 3, 6, 12, 24))
ROUNDING_MM = 0.15
SOIL = (
    ("soil_temperature_5cm", "soil_temperature_10cm", 16.0),
    ("soil_temperature_10cm", "soil_temperature_20cm", 22.0),
)
"""Two depths and their largest difference, K: 16 at 10 cm; 12 at 15 cm and 10 at 20 cm, together 22 for 10 to 20 cm."""


def check(case: Case) -> Verdicts:
    """Judge all relations between the elements of a reading that the catalogue can express.

    Parameters
    ----------
    case : Case
        The sheet, the rules, and the verdicts so far.

    Returns
    -------
    Verdicts
        Element to (n,) verdicts, the worst of its relations; NOT_RUN where a relation lacks a sound value.
    """
    verdicts: Verdicts = {}
    for relation in RELATIONS:
        for name, verdict in relation(case).items():
            if name in case.sheet.values:
                verdicts[name] = np.maximum(verdicts.get(name, np.zeros(len(case.sheet), np.int8)), verdict)
    return verdicts


def dew_point(case: Case) -> Verdicts:
    """Compare the dew point with temperature and humidity: 1.2 K above -10 degC, 1.5 K above -30, 1.7 K below."""
    temperature, given = case.sound("air_temperature"), case.sound("dew_point_temperature")
    expected = humidity.dew_point(temperature, case.sound("relative_humidity"))
    tolerance = np.select([given >= -10.0, given >= -30.0], [1.2, 1.5], 1.7)
    derived = _within(given, expected, tolerance)
    above = grade(given - temperature, tolerance, np.inf)
    return {"dew_point_temperature": np.maximum(derived, above)}


def vapor_pressure(case: Case) -> Verdicts:
    """Compare the vapour pressure with temperature and humidity: 0.8 hPa, 1.0 hPa above 20 hPa."""
    given = case.sound("vapor_pressure")
    expected = humidity.vapor_pressure(case.sound("air_temperature"), case.sound("relative_humidity"))
    return {"vapor_pressure": _within(given, expected, np.where(given > 20.0, 1.0, 0.8))}


def sea_level_pressure(case: Case) -> Verdicts:
    """Compare with the reduced station pressure: 7 hPa below 500 m, 13 hPa below 1500 m, 30 hPa above."""
    altitude = case.sheet.alt
    expected = pressure.reduce_to_sea_level(case.sound("surface_air_pressure"), case.sound("air_temperature"), altitude)
    tolerance = np.select([altitude < 500.0, altitude < 1500.0], [7.0, 13.0], 30.0)
    name = "air_pressure_at_mean_sea_level"
    return {name: _within(case.sound(name), expected, tolerance)}


def gust(case: Case) -> Verdicts:
    """Ask that the gust is no weaker than the mean wind; either may be at fault, so both are suspect."""
    lack = case.sound("wind_speed") - case.sound("wind_speed_of_gust")
    verdict = grade(lack, case.rules.gust_slack_m_s, np.inf)
    return {"wind_speed": verdict, "wind_speed_of_gust": verdict}


def rain_sums(case: Case) -> Verdicts:
    """Ask that rain sums grow with their period: R1 <= R3 <= R6 <= R12 <= R24; a break makes the group suspect."""
    sums = {name: case.sound(name) for name in RAIN_SUMS if name in case.sheet.values}
    excess = np.full(len(case.sheet), np.nan)
    for shorter, longer in _pairs(list(sums.values())):
        excess = np.fmax(excess, shorter - longer)
    verdict = grade(excess, ROUNDING_MM, np.inf)
    return {name: np.where(np.isnan(values), Verdict.NOT_RUN, verdict) for name, values in sums.items()}


def rain_part(case: Case) -> Verdicts:
    """Ask that the rain of a period of an hour or less is no more than the rain of the hour it lies in."""
    period = case.sheet.of("precipitation_period")
    part = np.where(period <= 60.0, case.sound("precipitation_amount"), np.nan)
    verdict = grade(part - case.sound("precipitation_amount_1h"), ROUNDING_MM, np.inf)
    return {"precipitation_amount": verdict, "precipitation_amount_1h": verdict}


def soil(case: Case) -> Verdicts:
    """Ask that soil temperatures at neighbouring depths agree."""
    verdicts: Verdicts = {}
    for upper, lower, tolerance in SOIL:
        verdict = grade(np.abs(case.sound(upper) - case.sound(lower)), tolerance, np.inf)
        for name in (upper, lower):
            verdicts[name] = np.maximum(verdicts.get(name, verdict), verdict)
    return verdicts


RELATIONS: tuple[Callable[[Case], Verdicts], ...] = (
    dew_point,
    vapor_pressure,
    sea_level_pressure,
    gust,
    rain_sums,
    rain_part,
    soil,
)


def _within(given: FloatArray, expected: FloatArray, tolerance: FloatArray) -> VerdictArray:
    return grade(np.abs(given - expected), tolerance, np.inf)


def _pairs(sums: list[FloatArray]) -> list[tuple[FloatArray, FloatArray]]:
    """Give each sum with the next longer one, bridging sums that a station lacks."""
    filled = list(sums)
    for place in range(1, len(filled)):
        filled[place] = np.where(np.isnan(filled[place]), filled[place - 1], filled[place])
    return [(before, after) for before, after in pairwise([*filled])]
