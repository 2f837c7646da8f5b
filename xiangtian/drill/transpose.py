"""Storm transposition: a storm that a radar saw elsewhere, moved onto the city.

The frames stay as they are, cell by cell and minute by minute; only the place changes, and the rain may be
multiplied. Cells keep their nominal size, and the storm's grid north becomes the city's north.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter, uniform_filter

from xiangtian.met.grid import Grid, RainFrame

CITY_SCALE_M = 25_000.0
"""Standard deviation of the smoothing: rain that lies over a city of about 8,700 km2, not in one cell."""
CITY_REACH_M = 60_000.0
"""Half the side of the square that must be measured around the middle: the city reaches no farther."""
LEAST_SHARE = 0.9
"""Least share of that square that the radar must have measured."""
HALF_WIDTH_M = 256_000.0
"""Half the side of what is moved: enough for rain that arrives within two hours."""


@dataclass(frozen=True)
class Placement:
    """Where a storm was taken from and where it was put.

    Attributes
    ----------
    grid : Grid
        The new grid around the city, with the cells of the old one.
    first_row : int
        The part of the old grid that is moved begins at this row and has the shape of `grid`.
    first_column : int
        It begins at this column.
    row : int
        Row of the old grid's cell that now lies over the middle of the city.
    column : int
        Its column.
    source_lon : float
        Longitude of that cell, degrees WGS-84.
    source_lat : float
        Its latitude.
    total_mm : float
        The storm's total rain there, smoothed at the city's scale, before any factor, mm.
    peak_mm : float
        The largest total of one cell in the moved part, before any factor, mm.
    measured_share : float
        Share of the square around the city that was measured, 0 to 1.
    frames : int
        Frames that were looked at.
    """

    grid: Grid
    first_row: int
    first_column: int
    row: int
    column: int
    source_lon: float
    source_lat: float
    total_mm: float
    peak_mm: float
    measured_share: float
    frames: int

    def sentence(self) -> str:
        """Say in one line where the storm came from."""
        north, east = ("N" if self.source_lat >= 0 else "S"), ("E" if self.source_lon >= 0 else "W")
        return f"{abs(self.source_lat):.2f} {north} {abs(self.source_lon):.2f} {east}"


@dataclass(frozen=True)
class _Total:
    """The sum of a storm: its grid, total rain (mm, 0 where missing), share of frames measured, number of frames."""

    grid: Grid
    rain_mm: npt.NDArray[np.float64]
    measured: npt.NDArray[np.float64]
    frames: int


def place(frames: Iterable[RainFrame], lon: float, lat: float, half_width_m: float = HALF_WIDTH_M) -> Placement:
    """Choose how a storm is moved: its greatest smoothed total rain comes over the middle of the city.

    Parameters
    ----------
    frames : iterable of RainFrame
        The whole storm on one grid, in any order; read once.
    lon : float
        Longitude of the city's middle, degrees WGS-84.
    lat : float
        Its latitude.
    half_width_m : float
        Half the side of the square that is moved, m; cut where the old grid ends.

    Returns
    -------
    Placement
        The same for the same storm, always.

    Raises
    ------
    ValueError
        If there is no frame, the frames are on different grids, nothing rained, or the measured area is too small.
    """
    total = _total(frames)
    cell_m = total.grid.cell_m
    smooth = gaussian_filter(total.rain_mm, [CITY_SCALE_M / side for side in cell_m], mode="constant")
    weight = gaussian_filter(total.measured, [CITY_SCALE_M / side for side in cell_m], mode="constant")
    share = uniform_filter(total.measured, [2 * CITY_REACH_M / side for side in cell_m], mode="constant")
    if share.max() < LEAST_SHARE:
        raise ValueError(
            f"the radar measured at most {share.max():.0%} of any square of {2 * CITY_REACH_M / 1000:.0f} km, "
            f"{LEAST_SHARE:.0%} is needed to cover a city: take a storm from a larger composite"
        )
    mean_mm = np.where(share >= LEAST_SHARE, smooth / np.maximum(weight, 0.5), 0.0)
    if not mean_mm.max() > 0:
        raise ValueError("no rain fell where the radar measured enough: take frames with rain in them")
    row, column = (int(place) for place in np.unravel_index(np.argmax(mean_mm), mean_mm.shape))
    return _placed(total, row, column, (lon, lat), half_width_m, float(mean_mm[row, column]), float(share[row, column]))


def move(frame: RainFrame, placement: Placement, factor: float = 1.0) -> RainFrame:
    """Move one frame of the storm onto the city.

    Parameters
    ----------
    frame : RainFrame
        A frame on the storm's grid.
    placement : Placement
        From `place`.
    factor : float
        What the rain is multiplied by, above 0.

    Returns
    -------
    RainFrame
        Same time and quality; its notes hold `transposed_from` and `rain_factor`.

    Raises
    ------
    ValueError
        If the factor is not above 0, or the frame is smaller than the part that is moved.
    """
    if not (math.isfinite(factor) and factor > 0):
        raise ValueError(f"the rain factor is {factor}; allowed is a number above 0 (1 leaves the storm as it was)")
    rows = slice(placement.first_row, placement.first_row + placement.grid.rows)
    columns = slice(placement.first_column, placement.first_column + placement.grid.columns)
    rate = frame.rate[rows, columns]
    if rate.shape != placement.grid.shape:
        raise ValueError(f"a frame of {frame.rate.shape} was not placed: all frames of a storm need one grid")
    notes = {**frame.notes, "transposed_from": placement.sentence(), "rain_factor": f"{factor:g}"}
    quality = frame.quality[rows, columns].copy()
    return replace(frame, grid=placement.grid, rate=rate * np.float32(factor), quality=quality, notes=notes)


def _total(frames: Iterable[RainFrame]) -> _Total:
    grid: Grid | None = None
    rain_mm = measured = np.zeros((0, 0))
    count = 0
    for frame in frames:
        if grid is None:
            grid, rain_mm, measured = frame.grid, np.zeros(frame.grid.shape), np.zeros(frame.grid.shape)
        if frame.grid != grid:
            raise ValueError(f"the frame of {frame.time:%Y-%m-%d %H:%M} UTC has another grid than the first one")
        known = np.isfinite(frame.rate)
        rain_mm += np.where(known, frame.rate, 0.0) * (frame.interval_s / 3600)
        measured += known
        count += 1
    if grid is None:
        raise ValueError("the storm has no frames: give a folder with radar composites")
    return _Total(grid, rain_mm, measured / count, count)


def _placed(
    total: _Total, row: int, column: int, city: tuple[float, float], half_m: float, mean_mm: float, share: float
) -> Placement:
    grid = total.grid
    tall, broad = grid.cell_m
    top, bottom = _span(row, round(half_m / tall), grid.rows)
    left, right = _span(column, round(half_m / broad), grid.columns)
    crs = f"+proj=laea +lat_0={city[1]:.4f} +lon_0={city[0]:.4f} +datum=WGS84 +units=m +no_defs"
    x0, y0 = (left - column) * broad, (row - top) * tall
    lon, lat = grid.lonlat(np.array([row]), np.array([column]))
    return Placement(
        grid=Grid(crs, x0, y0, broad, tall, bottom - top, right - left),
        first_row=top,
        first_column=left,
        row=row,
        column=column,
        source_lon=round(float(lon[0]), 4),
        source_lat=round(float(lat[0]), 4),
        total_mm=mean_mm,
        peak_mm=float(total.rain_mm[top:bottom, left:right].max()),
        measured_share=share,
        frames=total.frames,
    )


def _span(middle: int, half: int, size: int) -> tuple[int, int]:
    return max(0, middle - half), min(size, middle + half + 1)
