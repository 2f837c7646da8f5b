"""Colour scales of the trade: what colour a value of an element has, on maps, in legends and in pictures.

Every scale is stepped: a colour paints values from its level up to the next. Rain over 12 and 24 h has the grades of
GB/T 28592-2012, wind the lower ends of the Beaufort forces (GB/T 28591-2012), visibility the grades of fog of
GB/T 27964-2011, air quality the classes of HJ 633-2012 with their six colours. The variant for colour-blind readers is
cividis, light for little, dark for much: its lightness alone tells the order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from xiangtian.core.colours import CIVIDIS, blend
from xiangtian.core.elements import element


@dataclass(frozen=True)
class Scale:
    """A stepped scale.

    Attributes
    ----------
    key : str
        Its name.
    levels : tuple of float
        Lower ends of the classes in the element's unit, rising; below the first nothing is painted.
    colours : tuple of str
        #rrggbb of each class.
    words : tuple of str
        Chinese names of the classes, where they have any.
    lines : tuple of float
        Values that isolines are drawn at; empty: round values that fit the field.
    fitted : bool
        Whether the classes may be fitted to the values shown (see `fit`).
    """

    key: str
    levels: tuple[float, ...]
    colours: tuple[str, ...]
    words: tuple[str, ...] = ()
    lines: tuple[float, ...] = ()
    fitted: bool = False

    def __post_init__(self) -> None:
        if len(self.levels) != len(self.colours) or (self.words and len(self.words) != len(self.levels)):
            raise ValueError(f"scale {self.key}: {len(self.levels)} levels, {len(self.colours)} colours; one each")


_RAIN = ("#a6f28e", "#3dba3d", "#61b8ff", "#0a3cf0", "#f000f0", "#a10063", "#5c0038")
_GRADES = ("小雨", "中雨", "大雨", "暴雨", "大暴雨", "特大暴雨")
_GRADE_COLOURS = ("#a6f28e", "#3dba3d", "#61b8ff", "#0a3cf0", "#f000f0", "#800040")
_HEAT = ("#31349b", "#3b8ad9", "#4fc0b5", "#8fcf5a", "#f2d43c", "#f59a2f", "#e2492f", "#9e1b57")
_SEA = ("#6a2c91", "#4a78c9", "#8fc7c2", "#e8c66a", "#b8632f")
_DRY_WET = ("#9a5f2a", "#e4d08c", "#7cc4b8", "#1d6f9c", "#123f66")
_CHANGE = ("#1f4e9e", "#5b9bd5", "#bcd9ee", "#f2f2f2", "#f8cfa6", "#e8843c", "#a83a12")
_SUN = ("#3b3f72", "#7c5a94", "#c96a86", "#f2965c", "#fbd75b")
_AIR = ("#00e400", "#ffff00", "#ff7e00", "#ff0000", "#99004c", "#7e0023")
_AIR_WORDS = ("优", "良", "轻度污染", "中度污染", "重度污染", "严重污染")
_FORCES = (0.0, 0.3, 1.6, 3.4, 5.5, 8.0, 10.8, 13.9, 17.2, 20.8, 24.5, 28.5, 32.7)
_WIND = (
    "#dfe6ee", "#c3d3e3", "#9fc4e0", "#5fb3e6", "#4cbf9a", "#3dba4f", "#c9d63a", "#f5b52e", "#f07a2c", "#d9342b",
    "#b5195f", "#8e1470", "#4d0f5c",
)  # fmt: skip
_VISIBLE = ("#5a0f3c", "#8c1450", "#c4222c", "#ef7b26", "#f2c230", "#a9cf6a", "#5fa8d8")


def _ramp(key: str, levels: Sequence[float], colours: Sequence[str]) -> Scale:
    return Scale(key, tuple(levels), blend(colours, len(levels)), fitted=True)


def _air(key: str, *levels: float) -> Scale:
    return Scale(key, levels, _AIR[: len(levels)], _AIR_WORDS[: len(levels)])


def _rain(key: str, *levels: float) -> Scale:
    return Scale(key, levels, _RAIN, lines=levels[1:])


def _graded(key: str, *levels: float) -> Scale:
    return Scale(key, levels, _GRADE_COLOURS, _GRADES, levels[1:])


_BEAUFORT = Scale("wind", _FORCES, _WIND, tuple(f"{force}级" for force in range(13)))
_FOG = (0, 50, 200, 500, 1000, 3000, 10000)
_FOG_WORDS = ("特强浓雾", "强浓雾", "浓雾", "大雾", "轻雾", "轻雾", "良好")
_ONE_H = _rain("rain-1h", 0.1, 2, 5, 10, 20, 30, 50)

SCALES: dict[str, Scale] = {
    one.key: one
    for one in (
        _ONE_H,
        _rain("rain-3h", 0.1, 3, 10, 20, 30, 50, 70),
        _rain("rain-6h", 0.1, 4, 13, 25, 40, 60, 120),
        _graded("rain-12h", 0.1, 5, 15, 30, 70, 140),
        _graded("rain-24h", 0.1, 10, 25, 50, 100, 250),
        _rain("rain-long", 0.1, 25, 50, 100, 200, 300, 500),
        _ramp("temperature", (-15, -10, -6, -3, 0, 4, 8, 12, 16, 20, 24, 28, 32, 35, 37, 40), _HEAT),
        _ramp("temperature-change", (-12, -8, -6, -4, -2, -0.5, 0.5, 2, 4, 6, 8), _CHANGE),
        _ramp("change", (), _CHANGE),
        _ramp("pressure", (980, 990, 1000, 1005, 1010, 1015, 1020, 1025, 1030, 1040), _SEA),
        _ramp("pressure-change", (-10, -6, -4, -2, -0.5, 0.5, 2, 4, 6, 10), _CHANGE),
        _ramp("vapour", (0, 5, 10, 15, 20, 25, 30, 35), _DRY_WET),
        _ramp("humidity", (0, 20, 30, 40, 50, 60, 70, 80, 90, 95), _DRY_WET),
        Scale("share", (0, 10, 30, 50, 70, 90), blend(("#f4f7fb", "#6b7f99"), 6)),
        _BEAUFORT,
        Scale("visibility", _FOG, _VISIBLE, _FOG_WORDS, (200, 500, 1000, 3000, 10000)),
        _ramp("sunlight", (0, 100, 200, 400, 600, 800, 1000), _SUN),
        Scale("sunshine", (0, 6, 15, 30, 45, 54), blend(_SUN, 6)),
        _ramp("height", (0, 300, 600, 1000, 2000, 4000, 6000), ("#6d3b7c", "#8fb7e0", "#eef4fa")),
        Scale("snow", (0.1, 1, 5, 10, 20, 30), blend(("#d8ecf8", "#3a6ea8", "#5b2a86"), 6)),
        Scale("evaporation", (0.05, 0.1, 0.2, 0.4, 0.6, 1), blend(("#e6f3dd", "#2d7f5e"), 6)),
        Scale("direction", (0, 45, 90, 135, 180, 225, 270, 315), ("#5b6b80",) * 8),
        _air("pm2p5", 0, 35, 75, 115, 150, 250),
        _air("pm10", 0, 50, 150, 250, 350, 420),
        _air("ozone", 0, 160, 200, 300, 400, 800),
        _air("nitrogen_dioxide", 0, 100, 200, 700, 1200, 2340),
        _air("sulfur_dioxide", 0, 150, 500, 650, 800),
        _air("carbon_monoxide", 0, 5, 10, 35, 60, 90),
    )
}
"""All scales by name. Those of air quality are for hourly means (of PM there are 24 h classes only: these)."""

_OF = (
    ("precipitation_amount", ""),
    ("tendency_of_surface_air_pressure", "pressure-change"),
    ("surface_air_pressure", "pressure"),
    ("air_pressure_at_mean_sea_level", "pressure"),
    ("vapor_pressure", "vapour"),
    ("relative_humidity", "humidity"),
    ("wind_speed", "wind"),
    ("visibility", "visibility"),
    ("surface_downwelling", "sunlight"),
    ("duration_of_sunshine", "sunshine"),
    ("cloud_area", "share"),
    ("cloud_base", "height"),
    ("surface_snow", "snow"),
    ("lwe_thickness_of_evaporation", "evaporation"),
    ("temperature", "temperature"),
    ("from_direction", "direction"),
    ("mass_concentration_of_", ""),
)
"""Which scale an element has, by a part of its name; the first that fits."""


def scale(name: str, how: str = "now", hours: float = 1.0) -> Scale:
    """Give the scale of an element.

    Parameters
    ----------
    name : str
        CF name in the catalogue.
    how : str
        "change" asks for the scale of differences, "sum" for that of rain over `hours`; else values as they are.
    hours : float
        Length of the window.

    Returns
    -------
    Scale
        One of `SCALES`; for a difference that has none of its own, one to be fitted to the values.

    Raises
    ------
    KeyError
        If the element is not in the catalogue.
    """
    kind = _kind(element(name).name)
    if how == "change":
        return SCALES.get(f"{kind}-change", SCALES["change"])
    if "precipitation_amount" in name:
        return _of_rain(hours if how == "sum" else _own_hours(name))
    air = name.removeprefix("mass_concentration_of_")
    return SCALES.get(kind or air, replace(SCALES["change"], key="plain"))


def _kind(name: str) -> str:
    return next((key for part, key in _OF if part in name), "")


def _own_hours(name: str) -> float:
    tail = name.rpartition("_")[2]
    return float(tail[:-1]) if tail.endswith("h") and tail[:-1].isdigit() else 1.0


def _of_rain(hours: float) -> Scale:
    names = ((1.5, "rain-1h"), (4, "rain-3h"), (8, "rain-6h"), (18, "rain-12h"), (36, "rain-24h"))
    return SCALES[next((name for most, name in names if hours <= most), "rain-long")]


def fit(chosen: Scale, low: float, high: float, around_zero: bool = False, most: int = 10) -> Scale:
    """Spread the colours of a scale over the values shown, in round steps.

    Parameters
    ----------
    chosen : Scale
        Any; one whose classes are fixed by a standard is given back as it is.
    low, high : float
        Least and greatest value shown.
    around_zero : bool
        Whether the middle colour shall stand at 0 (differences).
    most : int
        At most so many classes.

    Returns
    -------
    Scale
        Classes of one size that begin at or below `low`.

    >>> fit(SCALES["temperature"], 21.3, 24.1, most=6).levels
    (21.0, 21.5, 22.0, 22.5, 23.0, 23.5, 24.0)
    """
    if not (chosen.fitted and math.isfinite(low) and math.isfinite(high)):
        return chosen
    if around_zero:
        high = max(abs(low), abs(high))
        low = -high
    size = _round_size(max(high - low, 0.1), most)
    first, last = math.floor(low / size), max(math.floor(high / size), math.floor(low / size) + 1)
    levels = tuple(round(number * size, 10) for number in range(first, last + 1))
    ramp = chosen.colours or _CHANGE
    return replace(chosen, levels=levels, colours=blend(ramp, len(levels)), words=(), lines=())


def _round_size(span: float, most: int) -> float:
    power = 10.0 ** math.floor(math.log10(span / most))
    return next(unit * power for unit in (1, 2, 5, 10) if span / (unit * power) <= most)


def safe(chosen: Scale) -> Scale:
    """Give a scale in colours that every reader can put in order, by lightness alone."""
    colours = blend(CIVIDIS, len(chosen.levels))
    low_is_bad = chosen.key == "visibility"
    return replace(chosen, colours=tuple(reversed(colours)) if low_is_bad else colours)
