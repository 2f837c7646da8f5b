"""Pictures of a field for the map: palette PNG in the colours of a scale, its rows spaced as on Mercator maps."""

from __future__ import annotations

import io
import math

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

from xiangtian.core.scales import Scale
from xiangtian.met.lonlat import LonLat

Bounds = tuple[float, float, float, float]
OPACITY = 190
"""Of 255: the districts' names shall be read through the field."""
ROUNDED_CELLS = 2.0
"""The edge of what is known is rounded over so many cells."""


def bounds(grid: LonLat) -> Bounds:
    """Give the outer edges of a grid's cells: west, south, east, north, degrees."""
    half = grid.step / 2
    lat, lon = grid.lat, grid.lon
    return float(lon[0] - half), float(lat[-1] - half), float(lon[-1] + half), float(lat[0] + half)


def paint(values: npt.NDArray[np.floating], grid: LonLat, scale: Scale, width: int = 640) -> bytes:
    """Draw a field.

    Parameters
    ----------
    values : FloatArray
        (rows, columns) in the unit of the scale; NaN is left clear, as is all below the first level.
    grid : LonLat
        Where the values lie; the picture covers `bounds(grid)`.
    scale : Scale
        Levels and colours; at most 255.
    width : int
        Pixels across, 16 to 4096; the height follows from the Mercator map.

    Returns
    -------
    bytes
        PNG, 8-bit palette with transparency; values are interpolated between cells, so that classes end smoothly.

    Raises
    ------
    ValueError
        If shape or width don't fit.
    """
    if values.shape != grid.shape:
        raise ValueError(f"a field of {values.shape} on a grid of {grid.shape}; they must be the same")
    if not 16 <= width <= 4096:
        raise ValueError(f"a picture {width} pixels wide; allowed are 16 to 4096")
    seen = _warped(values, grid, width)
    painted = np.zeros(seen.shape, np.uint8)
    for level in scale.levels:
        painted += seen >= np.float32(level)
    picture = Image.fromarray(painted, mode="P")
    colours = [bytes.fromhex(colour[1:]) for colour in scale.colours]
    picture.putpalette(bytes(3) + b"".join(colours))
    out = io.BytesIO()
    picture.save(out, "PNG", transparency=bytes([0]) + bytes([OPACITY] * len(colours)))
    return out.getvalue()


def _mercator(lat: float) -> float:
    return math.asinh(math.tan(math.radians(lat)))


def _warped(values: npt.NDArray[np.floating], grid: LonLat, width: int) -> npt.NDArray[np.float32]:
    """Give the value at the middle of each pixel, interpolated between cells; NaN beyond a rounded edge."""
    across, down = _places(grid, width)
    there = np.isfinite(values)
    if not there.any():
        return np.full(across.shape, np.nan, np.float32)
    _, (row, column) = ndimage.distance_transform_edt(~there, return_indices=True)
    known = cv2.GaussianBlur(there.astype(np.float32), (0, 0), ROUNDED_CELLS)
    layers = (np.asarray(values, np.float32)[row, column], known)
    seen, edge = (cv2.remap(one, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) for one in layers)
    return np.asarray(np.where(edge >= 0.5, seen, np.nan), np.float32)


def _places(grid: LonLat, width: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Give the (height, width) columns and rows of the grid that the pixels' middles lie on."""
    west, south, east, north = bounds(grid)
    top, bottom = _mercator(north), _mercator(south)
    height = max(1, round((top - bottom) / math.radians(east - west) * width))
    lon = west + (np.arange(width) + 0.5) / width * (east - west)
    lat = np.degrees(np.arctan(np.sinh(top - (np.arange(height) + 0.5) / height * (top - bottom))))
    column, row = (lon - grid.west) / grid.step, (grid.north - lat) / grid.step
    across, down = np.meshgrid(column.astype(np.float32), row.astype(np.float32))
    return across, down
