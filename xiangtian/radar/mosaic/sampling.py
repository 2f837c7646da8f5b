"""From the gates of a radar to columns above the cells of a grid."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel
from xiangtian.radar import beam
from xiangtian.radar.column import BIN_M, Columns, FloatField, IntField, Rules
from xiangtian.radar.mosaic.reach import Reach
from xiangtian.radar.mosaic.tilts import Tilt
from xiangtian.radar.polar.model import Site

_TOP_M = 12_000.0
"""Top of the layer whose cover by the beams is judged."""


def columns(found: list[Tilt], place: Site, near: Reach, rules: Rules) -> Columns:
    """Take the gates above each cell in reach: of each tilt the nearest ray and gate.

    Parameters
    ----------
    found : list of Tilt
        The tilts of the volume, the lowest first, one or more.
    place : Site
        Where the radar stands.
    near : Reach
        The cells it reaches.
    rules : Rules
        Weights and the width of the beam.

    Returns
    -------
    Columns
        A tilt is not seen beyond its last gate, in the gate nearer than its first, and where no ray is near.
    """
    ground = np.arange(round(rules.reach_m / BIN_M) + 2) * BIN_M
    elevations = np.array([tilt.elevation for tilt in found])
    slant, height = beam.over(ground[:, None], elevations[None, :], place.altitude)
    half = beam.width(slant[:, 0], rules.beamwidth) / 2
    shape = near.cells.size, len(found)
    dbz, quality = np.empty(shape, np.float32), np.empty(shape, np.float32)
    moments = {name: np.full(shape, np.nan, np.float32) for tilt in found for name in tilt.moments}
    for number, tilt in enumerate(found):
        gates = _gates(slant[:, number], tilt)
        _take(near.azimuths, near.bins, tilt.rays, gates, tilt.dbz, number, np.float32(np.nan), dbz)
        _take(near.azimuths, near.bins, tilt.rays, gates, tilt.quality, number, np.float32(0), quality)
        for name, values in tilt.moments.items():
            _take(near.azimuths, near.bins, tilt.rays, gates, values, number, np.float32(np.nan), moments[name])
    whole = np.empty(near.cells.size, np.float32)
    _wholeness(dbz, quality, near.bins, _cover(height, half), whole)
    return Columns(
        near.cells,
        near.bins,
        dbz,
        quality,
        height.astype(np.float32),
        half.astype(np.float32),
        np.exp(-((ground / rules.scale_m) ** 2)).astype(np.float32),
        whole,
        place.altitude,
        place.band,
        moments,
    )


def _gates(slant: npt.NDArray[np.float64], tilt: Tilt) -> IntField:
    """Give the gate above each distance, -1 where there is none."""
    gate = np.rint((np.nan_to_num(slant, nan=-1e9) - tilt.first_m) / tilt.gate_m)
    return np.where((gate >= 0) & (gate < tilt.dbz.shape[1]), gate, -1).astype(np.int32)


def _cover(height: npt.NDArray[np.float64], half: npt.NDArray[np.float64]) -> FloatField:
    """Give the share of the layer from the sea to 12 km between the edges of the lowest and of the highest beam."""
    low = np.clip(height[:, 0] - half, 0, _TOP_M)
    high = np.clip(height[:, -1] + half, 0, _TOP_M)
    return np.asarray(np.clip((high - low) / _TOP_M, 0.01, 1), np.float32)


@kernel
def _take(
    azimuths: npt.NDArray[np.int16],
    bins: IntField,
    rays: IntField,
    gates: IntField,
    values: FloatField,
    number: int,
    missing: np.float32,
    out: FloatField,
) -> None:
    """Write into column `number` of `out` the value of the gate above each cell."""
    for k in range(bins.size):
        ray, gate = rays[azimuths[k]], gates[bins[k]]
        out[k, number] = values[ray, gate] if ray >= 0 and gate >= 0 else missing


@kernel
def _wholeness(dbz: FloatField, quality: FloatField, bins: IntField, cover: FloatField, out: FloatField) -> None:
    """Fill `out` (cells,) with the mean quality of the gates above each cell, unseen ones 0, times the cover."""
    tilts = dbz.shape[1]
    for k in range(bins.size):
        total = np.float32(0)
        for t in range(tilts):
            if dbz[k, t] == dbz[k, t]:
                total += quality[k, t]
        out[k] = total / np.float32(tilts) * cover[bins[k]]
