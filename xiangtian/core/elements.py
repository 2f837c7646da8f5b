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
    Element("air_temperature_maximum_1h", "degC", "小时最高气温", "Highest temperature in 1 h", -80, 60),
    Element("air_temperature_minimum_1h", "degC", "小时最低气温", "Lowest temperature in 1 h", -80, 60),
    Element("air_temperature_maximum_24h", "degC", "24小时最高气温", "Highest temperature in 24 h", -80, 60),
    Element("air_temperature_minimum_24h", "degC", "24小时最低气温", "Lowest temperature in 24 h", -80, 60),
    Element("dew_point_temperature", "degC", "露点温度", "Dew point", -80, 35),
    Element("relative_humidity", "%", "相对湿度", "Relative humidity", 0, 100, 0),
    Element("relative_humidity_minimum_1h", "%", "小时最小相对湿度", "Lowest humidity in 1 h", 0, 100, 0),
    Element("vapor_pressure", "hPa", "水汽压", "Vapour pressure", 0, 80),
    Element("surface_air_pressure", "hPa", "本站气压", "Station pressure", 500, 1100),
    Element("surface_air_pressure_maximum_1h", "hPa", "小时最高本站气压", "Highest pressure in 1 h", 500, 1100),
    Element("surface_air_pressure_minimum_1h", "hPa", "小时最低本站气压", "Lowest pressure in 1 h", 500, 1100),
    Element("air_pressure_at_mean_sea_level", "hPa", "海平面气压", "Sea-level pressure", 850, 1100),
    Element("tendency_of_surface_air_pressure_3h", "hPa", "3小时变压", "Pressure change in 3 h", -50, 50),
    Element("wind_speed", "m s-1", "风速", "Wind speed", 0, 75),
    Element("wind_from_direction", "degree", "风向", "Wind direction", 0, 360, 0),
    Element("wind_speed_of_gust", "m s-1", "阵风", "Gust", 0, 150),
    Element("wind_gust_from_direction", "degree", "阵风风向", "Gust direction", 0, 360, 0),
    Element("wind_speed_2min", "m s-1", "2分钟平均风速", "Wind speed, 2 min mean", 0, 75),
    Element("wind_speed_10min", "m s-1", "10分钟平均风速", "Wind speed, 10 min mean", 0, 75),
    Element("wind_speed_maximum_1h", "m s-1", "小时最大风速", "Highest 10 min wind in 1 h", 0, 75),
    Element("wind_speed_of_gust_1h", "m s-1", "小时极大风速", "Highest gust in 1 h", 0, 150),
    Element("precipitation_amount", "mm", "降水量", "Rain since the last report", 0, 300),
    Element("precipitation_period", "min", "降水时段", "Period of the rain amount", 0, 1440, 0),
    Element("precipitation_amount_1h", "mm", "小时降水量", "Rain in 1 h", 0, 300),
    Element("precipitation_amount_3h", "mm", "3小时降水量", "Rain in 3 h", 0, 600),
    Element("precipitation_amount_6h", "mm", "6小时降水量", "Rain in 6 h", 0, 900),
    Element("precipitation_amount_12h", "mm", "12小时降水量", "Rain in 12 h", 0, 1200),
    Element("precipitation_amount_24h", "mm", "24小时降水量", "Rain in 24 h", 0, 2000),
    Element("visibility_in_air", "m", "能见度", "Visibility", 0, 100000, 0),
    Element("visibility_in_air_minimum_1h", "m", "小时最小能见度", "Lowest visibility in 1 h", 0, 100000, 0),
    Element("present_weather", "1", "现在天气现象", "Present weather (code)", 0, 511, 0),
    Element("surface_temperature", "degC", "地表温度", "Ground surface temperature", -90, 90),
    Element("grass_temperature", "degC", "草面温度", "Grass temperature", -90, 90),
    Element("soil_temperature_5cm", "degC", "5厘米地温", "Soil temperature 5 cm", -60, 80),
    Element("soil_temperature_10cm", "degC", "10厘米地温", "Soil temperature 10 cm", -60, 70),
    Element("soil_temperature_15cm", "degC", "15厘米地温", "Soil temperature 15 cm", -55, 65),
    Element("soil_temperature_20cm", "degC", "20厘米地温", "Soil temperature 20 cm", -50, 60),
    Element("soil_temperature_40cm", "degC", "40厘米地温", "Soil temperature 40 cm", -45, 50),
    Element("soil_temperature_80cm", "degC", "80厘米地温", "Soil temperature 80 cm", -40, 45),
    Element("soil_temperature_160cm", "degC", "160厘米地温", "Soil temperature 160 cm", -35, 40),
    Element("soil_temperature_320cm", "degC", "320厘米地温", "Soil temperature 320 cm", -30, 40),
    Element("surface_downwelling_shortwave_flux", "W m-2", "总辐射", "Global radiation", -20, 1600, 0),
    Element("cloud_area_fraction", "%", "总云量", "Cloud cover", 0, 100, 0),
    Element("cloud_base_altitude", "m", "云底高度", "Height of the cloud base", 0, 25000, 0),
    Element("surface_snow_thickness", "cm", "积雪深度", "Snow depth", 0, 1000, 0),
    Element("duration_of_sunshine_1h", "min", "小时日照时数", "Sunshine in 1 h", 0, 60, 0),
    Element("duration_of_sunshine_24h", "min", "日照时数", "Sunshine in 24 h", 0, 1440, 0),
    Element("lwe_thickness_of_evaporation_1h", "mm", "小时蒸发量", "Evaporation in 1 h", 0, 20),
    Element("mass_concentration_of_pm2p5", "ug m-3", "PM2.5浓度", "PM2.5", 0, 2000, 0),
    Element("mass_concentration_of_pm10", "ug m-3", "PM10浓度", "PM10", 0, 10000, 0),
    Element("mass_concentration_of_ozone", "ug m-3", "臭氧浓度", "Ozone", 0, 1200, 0),
    Element("mass_concentration_of_nitrogen_dioxide", "ug m-3", "二氧化氮浓度", "Nitrogen dioxide", 0, 1000, 0),
    Element("mass_concentration_of_sulfur_dioxide", "ug m-3", "二氧化硫浓度", "Sulphur dioxide", 0, 3000, 0),
    Element("mass_concentration_of_carbon_monoxide", "mg m-3", "一氧化碳浓度", "Carbon monoxide", 0, 150, 2),
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
