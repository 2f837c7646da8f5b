"""Criteria that a forecaster judges: comparisons of elements, and conditions that no instrument measures; in words."""

from __future__ import annotations

from dataclasses import dataclass

JUDGED = "judgement"
"""The variable of a condition that only a person can tell."""
VARIABLES: dict[str, tuple[str, str, str, str]] = {
    "snow_sum": ("{h}小时降雪量（水当量）", "{h} h snowfall (water equivalent)", "毫米", "mm"),
    "wind_mean": ("平均风力", "mean wind", "级", "Beaufort"),
    "wind_gust": ("阵风", "gusts", "级", "Beaufort"),
    "tmin_drop": ("{h}小时最低气温降幅", "fall of the minimum temperature in {h} h", "℃", "°C"),
    "tmin": ("最低气温", "minimum temperature", "℃", "°C"),
    "tmax_daily": ("日最高气温", "daily maximum temperature", "℃", "°C"),
    "days": ("连续天数", "days in a row", "天", "days"),
    "ground_tmin": ("地面最低温度", "minimum ground temperature", "℃", "°C"),
    "visibility": ("能见度", "visibility", "米", "m"),
    "humidity": ("相对湿度", "relative humidity", "%", "%"),
    "pm25": ("PM2.5浓度", "PM2.5", "微克/立方米", "µg/m³"),
    "road_temperature": ("路表温度", "road surface temperature", "℃", "°C"),
    "crop_drought": ("受旱农作物比例", "share of crops under drought", "%", "%"),
}
"""Elements by name: Chinese and English name ("{h}" is the window in hours), Chinese and English unit."""
OPERATORS = {">=": "≥", "<=": "≤", ">": ">", "<": "<"}


@dataclass(frozen=True)
class Condition:
    """One part of a criterion.

    Attributes
    ----------
    variable : str
        A name of `VARIABLES`, or `JUDGED`.
    op : str
        One of `OPERATORS`; empty for what is judged. Order 16's "以上" and "以下" include the number.
    value : float
        Threshold, in the unit of the variable; 0 for what is judged.
    window_h : float
        Hours over which a sum or a change is taken; 0 for others.
    zh, en : str
        What is judged, in words; empty for comparisons.
    """

    variable: str
    op: str = ""
    value: float = 0.0
    window_h: float = 0.0
    zh: str = ""
    en: str = ""


@dataclass(frozen=True)
class Criterion:
    """One way to meet a colour: all its conditions hold, already (observed) or within the lead (forecast).

    Attributes
    ----------
    basis : str
        "observed" or "forecast".
    all : tuple of Condition
        At least one.
    lead_h : float
        How far ahead, h; 0 for observed criteria.
    continuing : bool
        Whether it must also be expected to continue.
    """

    basis: str
    all: tuple[Condition, ...]
    lead_h: float = 0.0
    continuing: bool = False

    @property
    def zh(self) -> str:
        """The criterion as the desk shows it."""
        head = f"未来{self.lead_h:g}小时内：" if self.basis == "forecast" else "已经出现："
        tail = "，且可能持续" if self.continuing else ""
        return head + "，".join(told(one) for one in self.all) + tail

    @property
    def en(self) -> str:
        """The same in English."""
        head = f"Within {self.lead_h:g} h: " if self.basis == "forecast" else "Already: "
        tail = ", and likely to continue" if self.continuing else ""
        return head + ", ".join(told(one, english=True) for one in self.all) + tail


def told(condition: Condition, *, english: bool = False) -> str:
    """Say a condition in words.

    >>> told(Condition("wind_gust", ">=", 9)), told(Condition("snow_sum", ">=", 10, 6), english=True)
    ('阵风≥9级', '6 h snowfall (water equivalent) ≥ 10 mm')
    """
    if condition.variable == JUDGED:
        return condition.en if english else condition.zh
    zh, en, unit_zh, unit_en = VARIABLES[condition.variable]
    sign = OPERATORS[condition.op]
    hours = f"{condition.window_h:g}"
    if english:
        return f"{en.format(h=hours)} {sign} {condition.value:g} {unit_en}"
    return f"{zh.format(h=hours)}{sign}{condition.value:g}{unit_zh}"
