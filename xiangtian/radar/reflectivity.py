"""Reflectivity on a grid, and the rain it stands for."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from xiangtian.met.grid import Grid, RainFrame
from xiangtian.radar.column import CONVECTIVE, DRY_DBZ, Relation
from xiangtian.radar.errors import RadarError

FloatField = npt.NDArray[np.float32]
HAIL_DBZ = 53.0
"""Higher reflectivity is hail and not more rain, so it counts as this (103.8 mm/h by Z = 300 R^1.4): Fulton,
Breidenbach, Seo, Miller, O'Bannon 1998, Weather and Forecasting 13, 377-395."""
_WRITTEN = re.compile(r"Z=([\d.]+)R\^([\d.]+)")


@dataclass(frozen=True)
class ReflectivityFrame:
    """One moment of reflectivity on a grid.

    Attributes
    ----------
    time : datetime
        UTC.
    grid : Grid
        Where.
    dbz : FloatField
        (rows, columns) float32 dBZ; `DRY_DBZ` where nothing was found, NaN where nothing was measured.
    interval_s : int
        Time between frames of this product, s.
    source : str
        The format and product it came from.
    notes : dict
        What else a reader must know.
    """

    time: dt.datetime
    grid: Grid
    dbz: FloatField
    interval_s: int = 300
    source: str = ""
    notes: dict[str, str] = field(default_factory=dict)


def said(relation: Relation, cap_dbz: float = math.inf) -> str:
    """Write a relation as products state it.

    >>> said(Relation(300.0, 1.4), 53.0), said(Relation(223.0, 1.53))
    ('Z=300R^1.4, capped at 53 dBZ', 'Z=223R^1.53')
    """
    cap = f", capped at {cap_dbz:g} dBZ" if math.isfinite(cap_dbz) else ""
    return f"Z={relation.factor:g}R^{relation.exponent:g}{cap}"


def stated(notes: dict[str, str]) -> Relation | None:
    """Give the relation by which a frame's rain was made, as its notes state it; None where they don't.

    >>> stated({"rain_from": "Z=223R^1.53"})
    Relation(factor=223.0, exponent=1.53)
    """
    found = _WRITTEN.match(notes.get("rain_from", ""))
    return Relation(float(found[1]), float(found[2])) if found else None


def rain_of(dbz: npt.ArrayLike, relation: Relation = CONVECTIVE, cap_dbz: float = math.inf) -> npt.NDArray[np.float64]:
    """Give the rain rate of reflectivity, R = (10^(dBZ/10) / factor)^(1/exponent); 0 at or below `DRY_DBZ`.

    Parameters
    ----------
    dbz : ArrayLike
        Any shape, dBZ; NaN stays NaN.
    relation : Relation
        Which Z-R relation.
    cap_dbz : float
        Higher reflectivity counts as this.

    Returns
    -------
    ndarray
        Float64, mm/h.

    >>> rain_of([53.0, 70.0, -32.0], CONVECTIVE, HAIL_DBZ).round(1).tolist()
    [103.8, 103.8, 0.0]
    """
    found = np.asarray(dbz, np.float64)
    rate = (10.0 ** (np.minimum(found, cap_dbz) / 10.0) / relation.factor) ** (1.0 / relation.exponent)
    return np.where(found <= DRY_DBZ, 0.0, rate)


def dbz_of(rate: npt.ArrayLike, relation: Relation = CONVECTIVE) -> npt.NDArray[np.float64]:
    """Give the reflectivity that stands for a rain rate, 10 lg(factor R^exponent); `DRY_DBZ` where that is lower.

    Parameters
    ----------
    rate : ArrayLike
        Any shape, mm/h, not below 0; NaN stays NaN.
    relation : Relation
        Which Z-R relation.

    Returns
    -------
    ndarray
        Float64, dBZ.

    >>> dbz_of([1.0, 0.0]).round(2).tolist()
    [24.77, -32.0]
    """
    least = (10.0 ** (DRY_DBZ / 10.0) / relation.factor) ** (1.0 / relation.exponent)
    known = np.log10(np.maximum(np.asarray(rate, np.float64), least))
    return np.asarray(10.0 * (np.log10(relation.factor) + relation.exponent * known), np.float64)


def of_rain(frame: RainFrame, relation: Relation | None = None) -> ReflectivityFrame:
    """Give the reflectivity that a frame of rain stands for.

    Parameters
    ----------
    frame : RainFrame
        Rain rate, mm/h.
    relation : Relation or None
        None: the one stated in the frame's notes.

    Returns
    -------
    ReflectivityFrame
        The same moment and grid; `notes` say by which relation.

    Raises
    ------
    RadarError
        If no relation is given or stated.
    """
    by = relation or stated(frame.notes)
    if by is None:
        raise RadarError(
            f"the frame of {frame.time:%Y-%m-%d %H:%M} UTC ({frame.source}) does not state the Z-R relation its rain "
            "was made by; give one"
        )
    dbz = dbz_of(frame.rate, by).astype(np.float32)
    notes = {**frame.notes, "reflectivity_from": said(by)}
    return ReflectivityFrame(frame.time, frame.grid, dbz, frame.interval_s, frame.source, notes)
