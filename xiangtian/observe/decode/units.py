"""Units at the door: what a station may send, turned into the unit of the catalogue."""

from __future__ import annotations

from collections.abc import Callable

from xiangtian.core.elements import element

Convert = Callable[[float], float]

ZERO_CELSIUS_K = 273.15
KNOT_M_S = 1852 / 3600
MILE_PER_HOUR_M_S = 0.44704
INCH_MM = 25.4
FOOT_M = 0.3048
INCH_OF_MERCURY_HPA = 33.8638866667
"""Conversion factors of WMO-No. 8 (2021), volume I, annex 1.A, and NIST SP 811 (2008), appendix B."""

DECIMALS = 6
"""Converted values are rounded so far: finer than any instrument, coarse enough to hide binary noise."""


def _same(value: float) -> float:
    return value


_TO: dict[str, dict[str, Convert]] = {
    "degC": {
        "K": lambda value: value - ZERO_CELSIUS_K,
        "degF": lambda value: (value - 32) * 5 / 9,
        "0.1 degC": lambda value: value / 10,
    },
    "hPa": {
        "Pa": lambda value: value / 100,
        "kPa": lambda value: value * 10,
        "mbar": _same,
        "inHg": lambda value: value * INCH_OF_MERCURY_HPA,
        "0.1 hPa": lambda value: value / 10,
    },
    "m s-1": {
        "m/s": _same,
        "km/h": lambda value: value / 3.6,
        "km h-1": lambda value: value / 3.6,
        "knot": lambda value: value * KNOT_M_S,
        "mph": lambda value: value * MILE_PER_HOUR_M_S,
        "0.1 m s-1": lambda value: value / 10,
    },
    "mm": {
        "kg m-2": _same,
        "cm": lambda value: value * 10,
        "m": lambda value: value * 1000,
        "inch": lambda value: value * INCH_MM,
        "0.1 mm": lambda value: value / 10,
    },
    "m": {"km": lambda value: value * 1000, "ft": lambda value: value * FOOT_M},
    "%": {"1": lambda value: value * 100},
    "W m-2": {"W/m2": _same, "J m-2 h-1": lambda value: value / 3600},
    "min": {"s": lambda value: value / 60, "h": lambda value: value * 60},
    "degree": {"deg": _same},
}

UNITS: tuple[str, ...] = tuple(sorted({unit for table in _TO.values() for unit in table} | set(_TO)))
"""All unit names that any element may come in."""


def allowed(name: str) -> tuple[str, ...]:
    """List the units in which an element of the catalogue may come, its own unit first."""
    own = element(name).unit
    return (own, *_TO.get(own, {}))


def converter(name: str, unit: str) -> Convert:
    """Give the function that turns values of `unit` into the catalogue's unit of element `name`.

    Raises
    ------
    KeyError
        If the element is not in the catalogue.
    ValueError
        If `unit` can't be turned into the element's unit; the message lists those that can.
    """
    own = element(name).unit
    if unit == own:
        return _same
    table = _TO.get(own, {})
    if unit not in table:
        raise ValueError(f"unit {unit!r} of {name} is not known; it may come in {', '.join(allowed(name))}")
    convert = table[unit]
    return lambda value: round(convert(value), DECIMALS)
