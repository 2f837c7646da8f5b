"""A volume as plain arrays for the mosaic: the sweeps with reflectivity, one an elevation, rising."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr

from xiangtian.met.kernel import kernel
from xiangtian.radar.column import DRY_DBZ, FloatField
from xiangtian.radar.polar.model import BELOW_THRESHOLD, MEASURED, sweeps

_SAME_ELEVATION = 0.15
"""Sweeps nearer than this, degrees, look at the same place: the one that sees farther is taken."""
_STEEPEST = 60.0
_GATE_M = 600.0
"""Gates measured shorter than about this are averaged along the ray: a cell is about 1 km."""
_AZIMUTHS = 3600
_WIDEST_GAP = 1.5
"""A direction farther than this, in usual steps between rays, from its nearest ray is not seen."""
OTHERS = ("ZDR", "KDP", "RHOHV", "to_ground")
"""Fields that are taken along, the last from quality control: what is to be added to dBZ for the ground."""


@dataclass(frozen=True)
class Tilt:
    """One sweep.

    Attributes
    ----------
    elevation : float
        Degrees.
    rays : ndarray of int32
        (3600,) ray nearest to each tenth of a degree of azimuth, -1 where there is none near.
    first_m, gate_m : float
        Range of the middle of the first gate, and the step between gates, m.
    dbz, quality : FloatField
        (rays, gates) as in :class:`xiangtian.radar.column.Columns`.
    moments : Mapping
        (rays, gates) others of `OTHERS` by name, where there are any.
    """

    elevation: float
    rays: npt.NDArray[np.int32]
    first_m: float
    gate_m: float
    dbz: FloatField
    quality: FloatField
    moments: Mapping[str, FloatField]


def tilts(volume: xr.DataTree, usable: float = 0.0) -> list[Tilt]:
    """Take the tilts of a volume from which reflectivity can be had, the lowest first.

    A sweep gives DBZH, or DBTH where it has no other. A gate below the threshold is dry, and so is weaker echo than
    `DRY_DBZ`; one that was not measured,
    was folded in range, was emptied by quality control or has less than the least usable quality is not seen.

    Parameters
    ----------
    volume : DataTree
        As :mod:`xiangtian.radar.polar.model` has it; a sweep's `quality` (azimuth, range), 0 to 1, is honoured.
    usable : float
        Least quality of a gate that may be used.

    Returns
    -------
    list of Tilt
        One an elevation; empty where no sweep has reflectivity.
    """
    found = sorted((one for one in sweeps(volume) if _moment(one)), key=_elevation)
    kept: list[xr.Dataset] = []
    for one in found:
        if _elevation(one) > _STEEPEST or one.sizes["range"] < 2 or one.sizes["azimuth"] < 2:
            continue
        if kept and _elevation(one) - _elevation(kept[-1]) < _SAME_ELEVATION:
            if float(one.range[-1]) > float(kept[-1].range[-1]):
                kept[-1] = one
        else:
            kept.append(one)
    return [_tilt(one, usable) for one in kept]


def _moment(sweep: xr.Dataset) -> str:
    return next((name for name in ("DBZH", "DBTH") if name in sweep), "")


def _elevation(sweep: xr.Dataset) -> float:
    if "elevation" in sweep.coords and np.isfinite(sweep.elevation.values).any():
        return float(np.nanmedian(sweep.elevation.values))
    return float(sweep.sweep_fixed_angle)


def _tilt(sweep: xr.Dataset, usable: float) -> Tilt:
    found = np.ascontiguousarray(sweep[_moment(sweep)].values, np.float32)
    given = sweep["quality"].values if "quality" in sweep else np.ones(found.shape, np.float32)
    dbz, quality = np.empty(found.shape, np.float32), np.empty(found.shape, np.float32)
    _judge(found, _gate(sweep, found), np.ascontiguousarray(given, np.float32), np.float32(usable), dbz, quality)
    middle = np.asarray(sweep.range.values, np.float64)
    step = float(middle[1] - middle[0])
    native = float(sweep[_moment(sweep)].attrs.get("native_gate_m", step))
    fold = max(1, round(_GATE_M / max(step, native)))
    others = {name: np.asarray(sweep[name].values, np.float32) for name in OTHERS if name in sweep}
    return Tilt(
        _elevation(sweep),
        _nearest_rays(np.asarray(sweep.azimuth.values, np.float64)),
        float(middle[0]) + step * (fold - 1) / 2,
        step * fold,
        _folded_dbz(dbz, fold),
        _folded_mean(quality, fold),
        {name: _folded_mean(values, fold) for name, values in others.items()},
    )


def _gate(sweep: xr.Dataset, dbz: FloatField) -> npt.NDArray[np.uint8]:
    if "gate" in sweep:
        return np.ascontiguousarray(sweep["gate"].values, np.uint8)
    return np.where(np.isfinite(dbz), MEASURED, BELOW_THRESHOLD).astype(np.uint8)


@kernel
def _judge(
    found: FloatField,
    gate: npt.NDArray[np.uint8],
    given: FloatField,
    usable: np.float32,
    dbz: FloatField,
    quality: FloatField,
) -> None:
    """Fill reflectivity, NaN where not to be used, and quality between 0 and 1; unknown quality is 0."""
    for i in range(found.shape[0]):
        for j in range(found.shape[1]):
            good = min(max(given[i, j], np.float32(0)), np.float32(1)) if given[i, j] == given[i, j] else np.float32(0)
            quality[i, j] = good
            if good < usable:
                dbz[i, j] = np.nan
            elif gate[i, j] == BELOW_THRESHOLD:
                dbz[i, j] = DRY_DBZ
            elif gate[i, j] == MEASURED:
                dbz[i, j] = DRY_DBZ if found[i, j] < DRY_DBZ else found[i, j]
            else:
                dbz[i, j] = np.nan


def _nearest_rays(azimuth: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
    """Give the ray nearest to each tenth of a degree, over north too; azimuths rise."""
    order = np.argsort(azimuth, kind="stable")
    turned = azimuth[order]
    ring = np.concatenate([turned[-1:] - 360, turned, turned[:1] + 360])
    number = np.concatenate([order[-1:], order, order[:1]])
    asked = np.arange(_AZIMUTHS) * (360 / _AZIMUTHS)
    after = np.clip(np.searchsorted(ring, asked), 1, ring.size - 1)
    nearer = np.where(asked - ring[after - 1] <= ring[after] - asked, after - 1, after)
    usual = max(float(np.median(np.diff(turned))), 0.1)
    near = np.abs(ring[nearer] - asked) <= usual * _WIDEST_GAP
    return np.where(near, number[nearer], -1).astype(np.int32)


def _in_runs(values: FloatField, fold: int) -> FloatField:
    gates = values.shape[1] // fold * fold
    return values[:, :gates].reshape(values.shape[0], -1, fold)


def _folded_mean(values: FloatField, fold: int) -> FloatField:
    """Give the mean of each run of gates, of those that are known."""
    if fold == 1:
        return np.ascontiguousarray(values)
    runs = _in_runs(values, fold)
    known = np.isfinite(runs)
    count = known.sum(-1)
    total = np.where(known, runs, 0).sum(-1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan).astype(np.float32)


def _folded_dbz(dbz: FloatField, fold: int) -> FloatField:
    """Give the mean of the power of each run of gates; a run with nothing found is dry, one with nothing seen unseen.

    >>> import numpy as np
    >>> [round(float(v), 1) for v in _folded_dbz(np.float32([[20, 30, -32, -32, np.nan, 7]]), 2)[0]]
    [27.4, -32.0, 7.0]
    """
    if fold == 1:
        return np.ascontiguousarray(dbz)
    power = np.where(dbz > DRY_DBZ, 10 ** (dbz.astype(np.float64) / 10), np.where(np.isnan(dbz), np.nan, 0.0))
    mean = _folded_mean(power.astype(np.float32), fold)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(mean == 0, DRY_DBZ, np.maximum(10 * np.log10(mean), DRY_DBZ)).astype(np.float32)
