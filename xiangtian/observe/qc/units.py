"""Wrong units: what unit would make a doubted value fit?

A hint for the person who looks at the flag; it never changes a value.
"""

from __future__ import annotations

from collections.abc import Callable

Conversion = Callable[[float], float]

CANDIDATES: dict[str, tuple[tuple[str, Conversion], ...]] = {
    "air_temperature": (("K", lambda v: v - 273.15), ("°F", lambda v: (v - 32.0) / 1.8), ("0.1 °C", lambda v: v / 10)),
    "dew_point_temperature": (("K", lambda v: v - 273.15), ("°F", lambda v: (v - 32.0) / 1.8)),
    "surface_air_pressure": (("Pa", lambda v: v / 100), ("0.1 hPa", lambda v: v / 10), ("kPa", lambda v: v * 10)),
    "air_pressure_at_mean_sea_level": (("Pa", lambda v: v / 100), ("0.1 hPa", lambda v: v / 10)),
    "wind_speed": (("km/h", lambda v: v / 3.6), ("0.1 m/s", lambda v: v / 10), ("kn", lambda v: v * 0.514444)),
    "precipitation_amount": (("0.1 mm", lambda v: v / 10), ("inch", lambda v: v * 25.4)),
    "precipitation_amount_1h": (("0.1 mm", lambda v: v / 10), ("inch", lambda v: v * 25.4)),
    "relative_humidity": (("1", lambda v: v * 100),),
}
"""Element to units it is known to arrive in, with the conversion to the catalogue's unit."""

TOLERANCE = {
    "air_temperature": 3.0,
    "dew_point_temperature": 4.0,
    "surface_air_pressure": 5.0,
    "air_pressure_at_mean_sea_level": 5.0,
    "wind_speed": 2.0,
    "precipitation_amount": 0.3,
    "precipitation_amount_1h": 1.0,
    "relative_humidity": 10.0,
}
"""How near a converted value must come to what is expected, units of the catalogue."""


def suspected_unit(element: str, value: float, expected: float) -> str | None:
    """Name the unit in which a value would be what is expected of it.

    Parameters
    ----------
    element : str
        CF name.
    value : float
        The doubted value, read as the catalogue's unit.
    expected : float
        What neighbours, radar or the station's last trusted value make of it, catalogue's unit.

    Returns
    -------
    str or None
        The unit whose conversion comes nearest, if it comes near enough; None if the value fits as it is, or none does.

    Examples
    --------
    >>> suspected_unit("air_temperature", 298.4, 25.0)
    'K'
    >>> suspected_unit("air_temperature", 25.3, 25.0) is None
    True
    """
    if element not in CANDIDATES:
        return None
    tolerance = TOLERANCE[element]
    off = {unit: abs(convert(value) - expected) for unit, convert in CANDIDATES[element]}
    best = min(off, key=lambda unit: off[unit])
    return best if off[best] <= tolerance < abs(value - expected) else None
