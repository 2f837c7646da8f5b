"""How the catalogue's elements are called in CF files: standard name, cell method, units."""

from __future__ import annotations

import re
from dataclasses import dataclass

_RENAMED = {
    "precipitation_amount": "lwe_thickness_of_precipitation_amount",
    "vapor_pressure": "water_vapor_partial_pressure_in_air",
    "wind_speed_2min": "wind_speed",
    "wind_speed_10min": "wind_speed",
    "surface_downwelling_shortwave_flux": "surface_downwelling_shortwave_flux_in_air",
    "lwe_thickness_of_evaporation": "lwe_thickness_of_water_evaporation_amount",
    "duration_of_sunshine": "duration_of_sunshine",
    "mass_concentration_of_pm2p5": "mass_concentration_of_pm2p5_ambient_aerosol_particles_in_air",
    "mass_concentration_of_pm10": "mass_concentration_of_pm10_ambient_aerosol_particles_in_air",
    "mass_concentration_of_ozone": "mass_concentration_of_ozone_in_air",
    "mass_concentration_of_nitrogen_dioxide": "mass_concentration_of_nitrogen_dioxide_in_air",
    "mass_concentration_of_sulfur_dioxide": "mass_concentration_of_sulfur_dioxide_in_air",
    "mass_concentration_of_carbon_monoxide": "mass_concentration_of_carbon_monoxide_in_air",
}
_NAMELESS = (
    "wind_gust_from_direction", "present_weather", "grass_temperature", "precipitation_period",
    "tendency_of_surface_air_pressure_3h",
)  # fmt: skip
"""Elements for which the CF table of standard names has none, or one in another unit (a tendency in Pa s-1)."""
_SUMS = ("precipitation_amount", "duration_of_sunshine", "lwe_thickness_of_evaporation")
_PERIOD = re.compile(r"(_(?P<how>maximum|minimum))?_(?P<hours>\d+)h$")
_HOWS = {"max": "maximum", "min": "minimum", "mean": "mean", "sum": "sum"}


@dataclass(frozen=True)
class CfName:
    """A variable's `standard_name` ("": none), `cell_methods`, and the period in h it holds for."""

    standard: str
    cell_methods: str
    hours: float = 0.0


def cf_name(element: str, how: str = "now", hours: float = 0.0) -> CfName:
    """Give the CF names of an element shown in some way.

    Parameters
    ----------
    element : str
        A name in the catalogue.
    how : str
        "now", "max", "min", "mean", "sum" or "change".
    hours : float
        Length of the window, h; not looked at for "now".

    Returns
    -------
    CfName
        By the CF standard name table (version 79 and later) and CF-1.8 section 7.3. A change over time has a
        standard name (`change_over_time_in_...`) only for a few quantities, and gets none here.

    >>> cf_name("air_temperature_maximum_1h")
    CfName(standard='air_temperature', cell_methods='time: maximum', hours=1.0)
    >>> cf_name("precipitation_amount", "sum", 24)
    CfName(standard='lwe_thickness_of_precipitation_amount', cell_methods='time: sum', hours=24)
    """
    period = _PERIOD.search(element)
    plain = element[: period.start()] if period else element
    standard = "" if element in _NAMELESS or how == "change" else _RENAMED.get(plain, _without_depth(plain))
    if how in _HOWS:
        return CfName(standard, f"time: {_HOWS[how]}", hours)
    if how == "change":
        return CfName(standard, "", hours)
    if period:
        own = period["how"] or ("sum" if plain in _SUMS else "maximum" if plain.startswith("wind") else "point")
        return CfName(standard, f"time: {own}", 0.0 if own == "point" else float(period["hours"]))
    return CfName(standard, "time: sum" if plain in _SUMS else "time: point")


def _without_depth(name: str) -> str:
    return "soil_temperature" if name.startswith("soil_temperature") else name
