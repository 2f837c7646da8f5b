"""The catalogue of elements: CF names, units, Chinese names, and what each may be.

A reading's values are held in these units everywhere inside; a decoder converts at the door.
Names follow the CF standard names; where a period is part of the meaning it is a suffix (`_1h`).
Limits are WMO-No. 8 / Zahumensky-type plausibility limits taken as defaults: an operator's dated rule
table replaces them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Element:
    """One observed quantity: its CF name, unit, names for people, plausible range and decimals shown."""

    name: str
    unit: str
    zh: str
    en: str
    low: float
    high: float
    decimals: int = 1


_TABLE = (
    Element("air_temperature", "degC", "气温", "Air temperature", -80, 60),
    Element("dew_point_temperature", "degC", "露点温度", "Dew point", -80, 35),
    Element("relative_humidity", "%", "相对湿度", "Relative humidity", 0, 100, 0),
    Element("vapor_pressure", "hPa", "水汽压", "Vapour pressure", 0, 80),
    Element("surface_air_pressure", "hPa", "本站气压", "Station pressure", 500, 1100),
    Element("air_pressure_at_mean_sea_level", "hPa", "海平面气压", "Sea-level pressure", 850, 1100),
    Element("wind_speed", "m s-1", "风速", "Wind speed", 0, 75),
    Element("wind_from_direction", "degree", "风向", "Wind direction", 0, 360, 0),
    Element("wind_speed_of_gust", "m s-1", "阵风", "Gust", 0, 150),
    Element("wind_gust_from_direction", "degree", "阵风风向", "Gust direction", 0, 360, 0),
    Element("precipitation_amount", "mm", "降水量", "Rain since the last report", 0, 300),
    Element("precipitation_period", "min", "降水时段", "Period of the rain amount", 0, 1440, 0),
    Element("precipitation_amount_1h", "mm", "小时降水量", "Rain in 1 h", 0, 300),
    Element("precipitation_amount_3h", "mm", "3小时降水量", "Rain in 3 h", 0, 600),
    Element("precipitation_amount_6h", "mm", "6小时降水量", "Rain in 6 h", 0, 900),
    Element("precipitation_amount_12h", "mm", "12小时降水量", "Rain in 12 h", 0, 1200),
    Element("precipitation_amount_24h", "mm", "24小时降水量", "Rain in 24 h", 0, 2000),
    Element("visibility_in_air", "m", "能见度", "Visibility", 0, 100000, 0),
    Element("surface_temperature", "degC", "地表温度", "Ground surface temperature", -90, 90),
    Element("grass_temperature", "degC", "草面温度", "Grass temperature", -90, 90),
    Element("soil_temperature_5cm", "degC", "5厘米地温", "Soil temperature 5 cm", -60, 80),
    Element("soil_temperature_10cm", "degC", "10厘米地温", "Soil temperature 10 cm", -60, 70),
    Element("soil_temperature_20cm", "degC", "20厘米地温", "Soil temperature 20 cm", -50, 60),
    Element("surface_downwelling_shortwave_flux", "W m-2", "总辐射", "Global radiation", -20, 1600, 0),
    Element("cloud_area_fraction", "%", "总云量", "Cloud cover", 0, 100, 0),
)

CATALOGUE: dict[str, Element] = {element.name: element for element in _TABLE}
"""All elements by CF name, in the order in which people read them."""

NAMES: tuple[str, ...] = tuple(CATALOGUE)


def element(name: str) -> Element:
    """Look up one element.

    Raises
    ------
    KeyError
        If the name is not in the catalogue; the message lists the names it knows.
    """
    try:
        return CATALOGUE[name]
    except KeyError:
        raise KeyError(f"no element {name!r} in the catalogue; it knows {', '.join(NAMES)}") from None
