"""Evidence: what a value was compared with, what was allowed, and who bore witness.

Nothing of it is stored: the checks are pure, so the same sheet, history, context and rules give the same findings.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import starmap

import numpy as np

from xiangtian.core.flags import Verdict
from xiangtian.observe.qc.around import IndexArray
from xiangtian.observe.qc.model import FloatArray, Sheet

RADAR = "radar"


@dataclass(frozen=True)
class Witness:
    """Something that a value was compared with.

    Attributes
    ----------
    who : str
        A station, an element of the same reading, an ISO time (UTC) of an earlier reading, or "radar".
    value : float
        What it said, units of the finding.
    distance_km : float | None
        How far off, for stations.
    """

    who: str
    value: float
    distance_km: float | None = None


@dataclass(frozen=True)
class Finding:
    """What one test found of one value.

    Attributes
    ----------
    test : str
        Of `core.flags.TESTS`.
    relation : str
        What was looked at; `told` puts it in words.
    verdict : Verdict
        What the test said.
    found : float
        What was found: the value itself, or a figure made of it.
    low : float
        Least that is allowed, minus infinity where there is no lower end.
    high : float
        Most that is allowed, infinity where there is no upper end.
    unit : str
        Of all three.
    witnesses : tuple[Witness, ...]
        With what it was compared.
    """

    test: str
    relation: str
    verdict: Verdict
    found: float
    low: float
    high: float
    unit: str
    witnesses: tuple[Witness, ...] = ()

    def outside(self) -> bool:
        """Tell whether what was found is not allowed."""
        return not self.low <= self.found <= self.high

    def told(self) -> str:
        """Give the finding in words, Chinese first."""
        chinese, english = WORDS[self.relation]
        span = _span(self.low, self.high)
        unit = "" if self.unit == "1" else f" {self.unit}"
        return f"{chinese} {self.found:.4g}{unit}，允许 {span} ({english}; allowed {span})"


WORDS: dict[str, tuple[str, str]] = {
    "limits": ("数值", "value against what the instrument and the air can give"),
    "record_rain": ("时段降水量", "rain against the world's record for its period"),
    "climate": ("数值", "value against the station's own climate of the month"),
    "step": ("与前一可信值相比", "value against the last trusted one"),
    "change": ("与60分钟前相比", "value against that of sixty minutes before"),
    "unchanged": ("保持不变的时间", "minutes without change"),
    "buddies": ("与邻站相比", "value against the stations around, brought to its height"),
    "consistency": ("空间一致性得分", "score of the spatial consistency test"),
    "dry": ("小时降水量，周围有雨", "hour's rain; it rains around"),
    "large": ("小时降水量，邻站与雷达", "hour's rain against neighbours and radar"),
    "six_hours": ("六小时降水量，邻站与雷达", "six hours' rain against neighbours and radar"),
    "dew_point": ("露点与气温、湿度", "dew point against temperature and humidity"),
    "dew_point_below_temperature": ("露点与气温", "dew point against temperature"),
    "vapor_pressure": ("水汽压与气温、湿度", "vapour pressure against temperature and humidity"),
    "sea_level_pressure": ("海平面气压与本站气压", "sea-level pressure against the reduced station pressure"),
    "gust_above_mean": ("阵风与平均风", "gust against the mean wind"),
    "mean_winds": ("2分钟与10分钟平均风速", "2 min against 10 min mean wind"),
    "extreme_winds": ("最大与极大风速", "highest mean wind against highest gust"),
    "humidity_minimum": ("湿度与小时最小湿度", "humidity against the hour's lowest"),
    "extremes": ("数值与其时段极值", "value against the extremes of its period"),
    "rain_sums": ("短时段累计降水多于长时段", "excess of a shorter rain sum over a longer one"),
    "rain_part": ("时段降水与小时降水", "rain of a period against its hour"),
    "soil": ("相邻深度地温", "soil temperatures at neighbouring depths"),
    "sunshine_day": ("日照时数与各小时之和", "day's sunshine against the sum of its hours"),
    "sunshine_night": ("日照时数与可照时数", "sunshine against the time the sun was up"),
}
"""What can be looked at, in Chinese and English."""


def stations(sheet: Sheet, rows: IndexArray, values: FloatArray, distance_m: FloatArray) -> tuple[Witness, ...]:
    """Give stations as witnesses.

    Parameters
    ----------
    sheet : Sheet
        Where they stand.
    rows : IndexArray
        (k,) their rows; -1 is nobody.
    values : FloatArray
        (k,) what they say; NaN is nothing.
    distance_m : FloatArray
        (k,) how far off they are, m.
    """
    use = (rows >= 0) & np.isfinite(values)
    named = sheet.station[rows[use]].tolist()
    return tuple(starmap(Witness, zip(named, values[use].tolist(), (distance_m[use] / 1000.0).tolist(), strict=True)))


def _span(low: float, high: float) -> str:
    if np.isinf(low):
        return f"≤ {high:.4g}"
    return f"≥ {low:.4g}" if np.isinf(high) else f"{low:.4g} … {high:.4g}"
