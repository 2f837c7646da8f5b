"""The tolerances of the checks, with defaults and where they come from; a dated rule table may replace any of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

from xiangtian.core.elements import CATALOGUE
from xiangtian.observe.qc.tolerances import Buddy, Change, Consistency, Gauge, Limit, Neighbourhood, Rain, Step, Stuck


def _limits() -> dict[str, Limit]:
    slack = {"relative_humidity": 3.0, "surface_downwelling_shortwave_flux": 200.0}
    return {name: Limit(one.low, one.high, slack.get(name, 0.0)) for name, one in CATALOGUE.items()}


def _steps() -> dict[str, Step]:
    return {
        "air_temperature": Step(3.0, 4.0, 0.25),
        "dew_point_temperature": Step(2.0, 4.0, 0.5),
        "relative_humidity": Step(10.0, 15.0, 0.5),
        "surface_air_pressure": Step(0.8, 2.0, 0.5),
        "air_pressure_at_mean_sea_level": Step(0.8, 2.0, 0.5),
        "wind_speed": Step(10.0, 20.0, 0.2),
    }


def _changes() -> dict[str, Change]:
    return {
        "air_temperature": Change(12.0, 20.0),
        "dew_point_temperature": Change(15.0, 25.0),
        "relative_humidity": Change(60.0, 85.0),
        "surface_air_pressure": Change(6.0, 12.0),
        "air_pressure_at_mean_sea_level": Change(6.0, 12.0),
    }


def _stuck() -> dict[str, Stuck]:
    return {
        "air_temperature": Stuck(0.05),
        "dew_point_temperature": Stuck(0.05, 90.0),
        "surface_air_pressure": Stuck(0.05, 90.0),
        "air_pressure_at_mean_sea_level": Stuck(0.05, 90.0),
        "relative_humidity": Stuck(0.5, 90.0),
        "wind_speed": Stuck(0.1),
        "wind_from_direction": Stuck(1.0, 90.0),
        "precipitation_amount": Stuck(0.05),
    }


def _buddies() -> dict[str, Buddy]:
    return {
        "air_temperature": Buddy(1.0, 1.5, 2.75, 4.5, -0.0065),
        "dew_point_temperature": Buddy(2.0, 2.0, 4.0, 5.0),
        "relative_humidity": Buddy(8.0, 6.0, 4.0, 5.0),
        "surface_air_pressure": Buddy(0.5, 1.0, 3.5, 5.0),
        "air_pressure_at_mean_sea_level": Buddy(0.5, 1.0, 3.5, 5.0),
    }


@dataclass(frozen=True)
class Rules:
    """All tolerances of one version of the rule table.

    Limits are WMO-No. 8 / Zahumensky plausibility limits (the catalogue's). Steps for one minute are those of the
    same guides (T 3 K, Td 2/4 K, RH 10/15 %, p 0.5/2 hPa, wind 10/20 m/s), widened with the interval so that a day of
    the West Texas Mesonet (5 min) passes. Persistence follows the same guides (a change of at least one unit of the
    last place in 60 min); wind needs only 0.1 m/s, because five-minute means of a steady wind vary by less than the
    0.5 m/s asked of one-minute values. Changes in sixty minutes are the house's own guess at what fronts and squalls
    reach here; no standard with numbers could be read. The neighbour thresholds were fitted on labelled Norwegian
    temperatures and on the same mesonet, those for rain on errors planted among Norwegian rain and on Dutch radar
    rain. Those of the gauge over six hours are the house's own guess again.
    """

    version: str = "default"
    limits: Mapping[str, Limit] = field(default_factory=_limits)
    steps: Mapping[str, Step] = field(default_factory=_steps)
    changes: Mapping[str, Change] = field(default_factory=_changes)
    stuck: Mapping[str, Stuck] = field(default_factory=_stuck)
    buddies: Mapping[str, Buddy] = field(default_factory=_buddies)
    neighbourhood: Neighbourhood = field(default_factory=Neighbourhood)
    consistency: Consistency = field(default_factory=Consistency)
    rain: Rain = field(default_factory=Rain)
    gauge: Gauge = field(default_factory=Gauge)
    climate_fail_share: float = 0.5
    step_longest_min: float = 65.0
    saturated_percent: float = 95.0
    drizzle_mm: float = 0.2
    calm_m_s: float = 0.3
    gust_slack_m_s: float = 0.5

    @classmethod
    def from_mapping(cls, table: Mapping[str, Any]) -> Self:
        """Give the defaults changed by a nested mapping, as a rule table holds it.

        Parameters
        ----------
        table : Mapping[str, Any]
            Names of this class to values; `limits`, `steps`, `changes`, `stuck`, `buddies` map an element to some of
            its tolerances, `neighbourhood`, `consistency`, `rain`, `gauge` map names to values, e.g.
            ``{"version": "2026-05", "steps": {"air_temperature": {"fail": 5}}}``.

        Returns
        -------
        Rules
            The new tolerances; what the table does not name keeps its default.

        Raises
        ------
        ValueError
            If a name is not known, or a value is not a number; the message lists what is allowed.
        """
        rules = cls()
        _known(table, [one.name for one in fields(cls)], "rule table")
        changes: dict[str, Any] = {}
        for name, given in table.items():
            present = getattr(rules, name)
            if isinstance(present, Mapping):
                changes[name] = {**present, **{key: _row(name, present, key, row) for key, row in given.items()}}
            elif isinstance(present, Neighbourhood | Consistency | Rain | Gauge):
                changes[name] = _replaced(present, given, name)
            else:
                changes[name] = str(given) if name == "version" else _number(given, name)
        return replace(rules, **changes)


_KINDS: dict[str, type] = {"limits": Limit, "steps": Step, "changes": Change, "stuck": Stuck, "buddies": Buddy}


def _row(kind: str, present: Mapping[str, Any], element: str, row: Mapping[str, Any]) -> Any:
    _known({element: row}, list(CATALOGUE), f"{kind}: elements")
    if element in present:
        return _replaced(present[element], row, f"{kind}.{element}")
    made = _KINDS[kind]
    _known(row, [one.name for one in fields(made)], f"{kind}.{element}")
    try:
        return made(**{name: _number(value, f"{kind}.{element}.{name}") for name, value in row.items()})
    except TypeError as short:
        raise ValueError(f"{kind}.{element} has no default, so give it whole: {short}") from None


def _replaced(present: Any, row: Mapping[str, Any], where: str) -> Any:
    _known(row, [one.name for one in fields(present)], where)
    cast = {name: type(getattr(present, name)) for name in row}
    return replace(present, **{name: cast[name](_number(value, f"{where}.{name}")) for name, value in row.items()})


def _number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{where} is {value!r}; a rule table takes a number here")  # noqa: TRY004 (a bad value)
    return float(value)


def _known(given: Mapping[str, Any], allowed: list[str], where: str) -> None:
    if not isinstance(given, Mapping):
        raise ValueError(f"{where} is {given!r}; give names and values")  # noqa: TRY004 (a bad value)
    strange = sorted(set(given) - set(allowed))
    if strange:
        raise ValueError(f"{where} does not know {', '.join(strange)}; it knows {', '.join(allowed)}")
