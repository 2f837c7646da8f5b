"""From a composite as received to rain that may be used: suspect cells are damped, and always marked."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from xiangtian.met.grid import RainFrame

_NEIGHBOURS = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], np.uint8)
FloatField = npt.NDArray[np.float32]
BoolField = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Limits:
    """What a believable field of rain looks like on cells of about 1 km.

    Attributes
    ----------
    largest_mm_h : float
        Rates above it are cut to it: reflectivity that high is hail or clutter, not rain.
    wet_mm_h : float
        A cell with at least this rate counts as wet.
    wet_neighbours : int
        A wet cell with fewer wet cells among its 8 neighbours is speckle.
    spike_mm_h, spike_ratio : float
        A cell above `spike_mm_h` that exceeds its highest neighbour `spike_ratio` times is a spike.
    doubt : float
        What the quality of a cell is multiplied by for each thing found.
    """

    largest_mm_h: float = 300.0
    wet_mm_h: float = 0.1
    wet_neighbours: int = 1
    spike_mm_h: float = 20.0
    spike_ratio: float = 10.0
    doubt: float = 0.5


DEFAULT = Limits()


def rate(frame: RainFrame, limits: Limits = DEFAULT) -> RainFrame:
    """Give the rain rate to compute with: nothing impossible, no lone cells, no spikes; each change lowers quality.

    Speckle (after Gabella and Notarpietro 2002, ERAD, 305-311: wet cells are counted around each cell) becomes dry;
    a spike takes its highest neighbour's rate; a rate beyond the limit is cut to it. Negative and infinite rates,
    and cells of quality 0, become NaN. Cells beside "no data" are judged by the neighbours that are known.

    Parameters
    ----------
    frame : RainFrame
        A composite, rate in mm/h, NaN where nothing was measured.
    limits : Limits
        What is believable.

    Returns
    -------
    RainFrame
        The same moment and grid; `notes` count the cells that were changed ("speckle_cells", "spike_cells",
        "cut_cells", "impossible_cells"), where there are any.
    """
    found = frame.rate
    with np.errstate(invalid="ignore"):
        impossible = (found < 0) | np.isinf(found)
    known = np.isfinite(found) & ~impossible & (frame.quality > 0)
    rain: FloatField = np.where(known, found, np.float32(0))
    spike = _spike(rain, limits)
    speckle = ~spike & _speckle(rain, limits)
    cut = ~spike & (rain > limits.largest_mm_h)
    rain = np.where(spike, _highest_neighbour(rain), rain)
    rain = np.minimum(np.where(speckle, np.float32(0), rain), np.float32(limits.largest_mm_h))
    doubted = spike | speckle | cut
    quality = np.where(doubted, frame.quality * np.float32(limits.doubt), frame.quality)
    counts = {"speckle": speckle, "spike": spike, "cut": cut, "impossible": impossible}
    changes = {f"{name}_cells": str(int(cells.sum())) for name, cells in counts.items() if cells.any()}
    return replace(
        frame,
        rate=np.where(known, rain, np.float32(np.nan)),
        quality=np.where(known, quality, np.float32(0)),
        notes={**frame.notes, **changes},
    )


def _highest_neighbour(rain: FloatField) -> FloatField:
    return np.asarray(cv2.dilate(rain, _NEIGHBOURS, borderType=cv2.BORDER_CONSTANT, borderValue=0), np.float32)


def _spike(rain: FloatField, limits: Limits) -> BoolField:
    return (rain > limits.spike_mm_h) & (rain > limits.spike_ratio * _highest_neighbour(rain))


def _speckle(rain: FloatField, limits: Limits) -> BoolField:
    wet = (rain >= limits.wet_mm_h).astype(np.uint8)
    around = cv2.filter2D(wet, -1, _NEIGHBOURS, borderType=cv2.BORDER_CONSTANT)
    lone: BoolField = (wet > 0) & (around < limits.wet_neighbours)
    return lone
