"""Pictures of a field for the map: palette PNG, its rows spaced as Mercator maps space them."""

from __future__ import annotations

import math
import struct
import zlib
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from xiangtian.met.grid import Grid

Bounds = tuple[float, float, float, float]
"""West, south, east, north in degrees (WGS-84)."""
Colour = tuple[int, int, int, int]
_MESH = 16
"""Pixels between the points whose position on the grid is computed exactly; between them it is interpolated."""
_DRY, _VEIL, _HATCH, _FIRST = 0, 1, 2, 3
_LIMIT_LAT = 85.0


@dataclass(frozen=True)
class Scale:
    """A colour scale: `colours[i]` paints values from `levels[i]` up to the next level, below the first is clear."""

    title: str
    unit: str
    levels: tuple[float, ...]
    colours: tuple[Colour, ...]


@dataclass(frozen=True)
class Swatch:
    """One line of a legend: the colour (#rrggbb) of values from `low` up to `high` (None: and more)."""

    low: float
    high: float | None
    colour: str


_RAIN = (
    (166, 242, 143, 200),
    (120, 218, 110, 210),
    (61, 186, 61, 220),
    (97, 184, 255, 225),
    (40, 120, 245, 230),
    (0, 0, 225, 235),
    (250, 0, 250, 235),
    (190, 0, 140, 240),
    (128, 0, 64, 240),
    (80, 0, 30, 245),
)
"""The national services' order of rain colours: greens, blues, magenta, dark red, with steps between."""
_ECHO = (
    (0, 160, 246, 200),
    (0, 236, 236, 205),
    (0, 216, 0, 210),
    (1, 144, 0, 220),
    (255, 255, 0, 225),
    (231, 192, 0, 230),
    (255, 144, 0, 230),
    (255, 0, 0, 235),
    (214, 0, 0, 235),
    (192, 0, 0, 240),
    (255, 0, 240, 240),
    (150, 0, 180, 240),
    (173, 144, 240, 245),
)
"""The colours in which China's weather service draws reflectivity, from 10 dBZ in steps of 5."""
_CHANCE = (
    (255, 237, 160, 190),
    (254, 201, 95, 205),
    (253, 141, 60, 220),
    (236, 60, 40, 230),
    (170, 10, 50, 240),
)

SCALES: dict[str, Scale] = {
    "rate": Scale("雨强", "mm/h", (0.1, 1, 2.5, 5, 10, 20, 30, 50, 70, 100), _RAIN),
    "amount": Scale("雨量", "mm", (0.1, 1, 5, 10, 20, 30, 50, 70, 100, 150), _RAIN),
    "reflectivity": Scale("反射率", "dBZ", tuple(range(10, 75, 5)), _ECHO),
    "probability": Scale("概率", "%", (10, 30, 50, 70, 90), _CHANCE),
}
"""The scales by name; probabilities are drawn from fields of 0 to 1 times 100."""


def legend(scale: str = "rate") -> tuple[Swatch, ...]:
    """Give the legend of a scale, the lowest class first.

    >>> legend("probability")[0]
    Swatch(low=10, high=30, colour='#ffeda0')
    """
    chosen = _scale(scale)
    highs: tuple[float | None, ...] = (*chosen.levels[1:], None)
    return tuple(
        Swatch(low, high, "#{:02x}{:02x}{:02x}".format(*colour[:3]))
        for low, high, colour in zip(chosen.levels, highs, chosen.colours, strict=True)
    )


def render(
    values: npt.NDArray[np.floating], grid: Grid, bounds: Bounds, width: int = 600, scale: str = "rate"
) -> bytes:
    """Draw a field as a PNG for a box of longitude and latitude.

    Parameters
    ----------
    values : FloatArray
        (rows, columns) in the unit of the scale; NaN is drawn as a grey hatch, as is all that lies off the grid.
    grid : Grid
        Where the field lies.
    bounds : Bounds
        West, south, east, north of the picture's outer edges, degrees; latitudes within 85.
    width : int
        Pixels across, 16 to 4096; the height follows from the Mercator map.
    scale : str
        A name in `SCALES`.

    Returns
    -------
    bytes
        PNG, 8-bit palette with transparency; each pixel shows the cell that contains it (nothing is smoothed).

    Raises
    ------
    ValueError
        If the box, width, scale or shape can't be drawn.
    """
    chosen = _scale(scale)
    if values.shape != grid.shape:
        raise ValueError(f"a field of {values.shape} on a grid of {grid.shape}; they must be the same")
    if not 16 <= width <= 4096:
        raise ValueError(f"a picture {width} pixels wide; allowed are 16 to 4096")
    across, down = _lookup(grid, bounds, width)
    seen = cv2.remap(
        np.ascontiguousarray(values, np.float32),
        across,
        down,
        cv2.INTER_NEAREST,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=math.nan,
    )
    return _png(_classes(np.asarray(seen, np.float32), chosen), _palette(chosen))


def size(bounds: Bounds, width: int) -> tuple[int, int]:
    """Give (height, width) in pixels of a Mercator picture of a box.

    >>> size((0.0, -1.0, 2.0, 1.0), 200)
    (200, 200)
    """
    west, south, east, north = bounds
    if not (-180 <= west < east <= 180 and -_LIMIT_LAT <= south < north <= _LIMIT_LAT):
        raise ValueError(f"the box {bounds} is none: west < east, south < north, latitudes within {_LIMIT_LAT:g}")
    height = (_mercator(north) - _mercator(south)) / math.radians(east - west) * width
    if height > 8192:
        raise ValueError(f"the box {bounds} is {height:.0f} pixels high at a width of {width}; at most 8192 are drawn")
    return max(1, round(height)), width


def _scale(name: str) -> Scale:
    if name not in SCALES:
        raise ValueError(f"no colour scale {name!r}; there are {', '.join(SCALES)}")
    return SCALES[name]


def _mercator(lat: float) -> float:
    return math.asinh(math.tan(math.radians(lat)))


@lru_cache(maxsize=16)
def _lookup(grid: Grid, bounds: Bounds, width: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    height, _ = size(bounds, width)
    west, south, east, north = bounds
    rows, columns = (np.arange(0, length + _MESH, _MESH, dtype=float) for length in (height, width))
    lon = west + (columns + 0.5) / width * (east - west)
    climb = _mercator(north) - (rows + 0.5) / height * (_mercator(north) - _mercator(south))
    lat = np.degrees(np.arctan(np.sinh(climb)))
    row, column = grid.position(*np.meshgrid(lon, lat))
    spread = (_weights(height, rows.size), _weights(width, columns.size).T)
    across, down = ((spread[0] @ mesh @ spread[1]).astype(np.float32) for mesh in (column, row))
    return across, down


def _weights(pixels: int, nodes: int) -> npt.NDArray[np.float64]:
    place = np.arange(pixels) / _MESH
    return np.maximum(0.0, 1.0 - np.abs(place[:, None] - np.arange(nodes)))


def _classes(seen: npt.NDArray[np.float32], scale: Scale) -> npt.NDArray[np.uint8]:
    painted = np.zeros(seen.shape, np.uint8)
    for level in scale.levels:
        painted += seen >= level
    painted[painted > 0] += _FIRST - 1
    unknown = np.isnan(seen)
    if unknown.any():
        painted[unknown] = _hatch(*seen.shape)[unknown]
    return painted


@lru_cache(maxsize=16)
def _hatch(height: int, width: int) -> npt.NDArray[np.uint8]:
    lines = (np.arange(height)[:, None] + np.arange(width)) % 8 < 1
    return np.where(lines, _HATCH, _VEIL).astype(np.uint8)


def _palette(scale: Scale) -> tuple[Colour, ...]:
    return (0, 0, 0, 0), (128, 128, 128, 36), (110, 110, 110, 130), *scale.colours


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _png(painted: npt.NDArray[np.uint8], palette: tuple[Colour, ...]) -> bytes:
    """Write a palette PNG (ISO/IEC 15948: IHDR colour type 3, PLTE, tRNS, IDAT with filter 0)."""
    height, width = painted.shape
    lines = np.zeros((height, width + 1), np.uint8)
    lines[:, 1:] = painted
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", bytes(part for colour in palette for part in colour[:3])),
        (b"tRNS", bytes(colour[3] for colour in palette)),
        (b"IDAT", zlib.compress(lines.tobytes(), 4)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)
