"""The record of a storm cell: everything that is known of it at one moment, in plain values; and what it is made from.

What can't be known for want of an input is None; nothing is guessed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, field

import numpy as np
import numpy.typing as npt

FloatField = npt.NDArray[np.float32]
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Fields:
    """What is known of the moment of a :class:`xiangtian.radar.cells.follow.Sky`, on its grid.

    Attributes
    ----------
    rain : FloatField or None
        (rows, columns) mm/h, NaN where unknown.
    vil, echo_top, posh, mehs : FloatField or None
        (rows, columns) products of single columns: kg m-2, m, %, mm; NaN where unknown.
    radial : FloatField or None
        (rows, columns) greatest amount of the unfolded radial velocity near the ground, m/s, NaN where unknown.
    levels : FloatField or None
        (levels, rows, columns) reflectivity at constant heights, dBZ, NaN where unseen.
    heights_m : tuple of float
        (levels,) heights of `levels`, m above the ground at the radar.
    freezing_m, minus20_m : float or None
        Heights of 0 and -20 degC, in the same frame.
    """

    rain: FloatField | None = None
    vil: FloatField | None = None
    echo_top: FloatField | None = None
    posh: FloatField | None = None
    mehs: FloatField | None = None
    radial: FloatField | None = None
    levels: FloatField | None = None
    heights_m: tuple[float, ...] = ()
    freezing_m: float | None = None
    minus20_m: float | None = None


@dataclass(frozen=True)
class Lightning:
    """Flashes of the last minutes.

    Attributes
    ----------
    lon, lat : FloatArray
        (flashes,) degrees WGS-84.
    minutes_ago : FloatArray
        (flashes,) before the moment of the cells.
    complete_min : float
        For how many minutes back all flashes are there; a jump needs 14, a rate 2.
    """

    lon: FloatArray
    lat: FloatArray
    minutes_ago: FloatArray
    complete_min: float


@dataclass(frozen=True)
class Ahead:
    """Where a cell's centre is expected: an ellipse of one standard deviation.

    Attributes
    ----------
    minutes : float
        After the moment of the cell.
    lon, lat : float
        Middle, degrees WGS-84.
    along_km, across_km : float
        Half axes along and across the motion.
    """

    minutes: float
    lon: float
    lat: float
    along_km: float
    across_km: float


@dataclass(frozen=True)
class StormCell:
    """A storm cell at one moment; units stand in the names.

    Attributes
    ----------
    id : str
        Its name for life.
    time, born : datetime
        This moment and its first sight, UTC.
    sights : int
        Moments in which it was seen.
    parents, merged, children : tuple of str
        Cells it split from at birth, and those that merged into it and split from it at this moment.
    lon, lat : float
        Centre, degrees WGS-84.
    speed_m_s, toward_deg : float
        Smoothed motion, and the direction it goes to, degrees from north.
    area_km2, highest_dbz, mean_dbz : float
        Of its footprint.
    length_km, width_km, bow : float or None
        Its shape, see :class:`xiangtian.radar.cells.measure.Shape`; None where it is too small to have one.
    rain_mm_h : float or None
        Highest rain rate.
    rain_volume_m3_h : float or None
        Rain that falls from the whole cell.
    echo_top_m, hail_top_m : float or None
        Heights that 18 and 45 dBZ reach.
    vil_kg_m2, vil_cell_kg_m2 : float or None
        Liquid water of its richest column, and of the highest values of all levels.
    vil_density_g_m3 : float or None
        Cell-based liquid water (else that of the richest column) over the echo top's height.
    posh_percent, mehs_mm : float or None
        Probability of hail of 19 mm and more; largest hail to be expected.
    freezing_m : float or None
        Height of 0 degC that hail was judged by.
    radial_m_s : float or None
        Greatest radial velocity near the ground.
    flash_rate_min : float or None
        Flashes a minute in the last 2 minutes.
    flash_jump : bool or None
        Whether the flash rate jumps.
    growth_per_h : dict
        Change in an hour, by the straight line through its last 10 to 30 minutes, of some of its attributes
        by name; None where it can't be told.
    outline : tuple
        (longitude, latitude) of a closed ring, simplified.
    ahead : tuple of Ahead
        Where it will be.
    """

    id: str
    time: dt.datetime
    born: dt.datetime
    sights: int
    parents: tuple[str, ...]
    merged: tuple[str, ...]
    children: tuple[str, ...]
    lon: float
    lat: float
    speed_m_s: float
    toward_deg: float
    area_km2: float
    highest_dbz: float
    mean_dbz: float
    length_km: float | None
    width_km: float | None
    bow: float | None
    rain_mm_h: float | None
    rain_volume_m3_h: float | None
    echo_top_m: float | None
    hail_top_m: float | None
    vil_kg_m2: float | None
    vil_cell_kg_m2: float | None
    vil_density_g_m3: float | None
    posh_percent: float | None
    mehs_mm: float | None
    freezing_m: float | None
    radial_m_s: float | None
    flash_rate_min: float | None
    flash_jump: bool | None
    outline: tuple[tuple[float, float], ...]
    ahead: tuple[Ahead, ...]
    growth_per_h: dict[str, float | None] = field(default_factory=dict)

    @property
    def age_min(self) -> float:
        """Minutes since its first sight."""
        return (self.time - self.born).total_seconds() / 60

    def plain(self) -> dict[str, object]:
        """Give the record as JSON has it: texts, numbers, lists and None."""
        told: dict[str, object] = asdict(self)
        return told | {"time": self.time.isoformat(), "born": self.born.isoformat(), "age_min": self.age_min}
