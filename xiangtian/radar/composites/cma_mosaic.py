"""The national mosaic of China (天气雷达拼图 3.0): reflectivity over 73-135 E, 12.2-54.2 N on 0.01 degree.

Format: China Meteorological Administration, Meteorological Observation Centre, mosaic products 3.0: a header of
256 bytes (little-endian; edges in thousandths, cells in ten-thousandths of a degree), then 16-bit values, rows from
the north, packed with bzip2, gzip or not at all.
"""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiangtian.met.grid import Grid, RainFrame
from xiangtian.radar import unpack
from xiangtian.radar.column import CONVECTIVE, DRY_DBZ
from xiangtian.radar.errors import RadarError
from xiangtian.radar.hdf5 import MAX_BYTES, MAX_CELLS
from xiangtian.radar.reflectivity import HAIL_DBZ, ReflectivityFrame, rain_of, said

_HEADER = struct.Struct("<4s4sihh8s64siii6hiHHi10ihhiihh8s8s60s")
_PRODUCTS = ("CREF", "CRF", "UCR", "QREF", "CAP")
"""Products whose values are reflectivity: composite (column maximum), at the lowest level, on a height."""
_DEGREES = 3
_NO_ECHO = -1000
"""Stored values from here to -1290 mean "nothing found" (the files have -1280); below, "nothing measured"."""
_NO_DATA = -1290
_BELIEVABLE = range(-400, 1001)
"""Stored values of reflectivity: tenths of a dBZ from -40 to 100."""
_INTERVAL_S = 360
_BEIJING_S = 28800


@dataclass(frozen=True)
class _Head:
    """What is used of the header."""

    product: str
    time: dt.datetime
    grid: Grid
    begin: int
    length: int
    compress: int
    scale: int
    radars: int
    zone_s: int


def sniff(head: bytes) -> bool:
    """Tell whether bytes may be a mosaic: the mark MOC, and a number where a single radar's file has its code."""
    return head.startswith(b"MOC\x00") and head[12:13] != b"Z"


def read(body: bytes) -> RainFrame:
    """Read a mosaic of reflectivity and turn it into rain by Z = 300 R^1.4, capped at 53 dBZ.

    The relation is that of convective rain (`xiangtian.radar.column.CONVECTIVE`); a composite holds the highest
    reflectivity of the column, so rain below a bright band or under virga is overestimated. Both are stated in the
    notes.

    Parameters
    ----------
    body : bytes
        The whole file.

    Returns
    -------
    RainFrame
        Rain rate, mm/h; NaN (quality 0) where there is no coverage.

    Raises
    ------
    RadarError
        If the file is damaged, cut off or of another product.
    """
    head, stored = _unpacked(body)
    rate = rain_of(_dbz_table(head.scale), CONVECTIVE, HAIL_DBZ).astype(np.float32)[stored]
    quality = np.isfinite(rate).astype(np.float32)
    notes = {**_notes(head), "rain_from": said(CONVECTIVE, HAIL_DBZ)}
    return RainFrame(head.time, head.grid, rate, quality, _INTERVAL_S, f"cma-mosaic {head.product}", notes)


def reflectivity(body: bytes) -> ReflectivityFrame:
    """Read a mosaic of reflectivity as it is.

    Parameters
    ----------
    body : bytes
        The whole file.

    Returns
    -------
    ReflectivityFrame
        Reflectivity, dBZ.

    Raises
    ------
    RadarError
        If the file is damaged, cut off or of another product.
    """
    head, stored = _unpacked(body)
    dbz = _dbz_table(head.scale).astype(np.float32)[stored]
    return ReflectivityFrame(head.time, head.grid, dbz, _INTERVAL_S, f"cma-mosaic {head.product}", _notes(head))


def _notes(head: _Head) -> dict[str, str]:
    notes = {"radars": str(head.radars)} if head.radars > 0 else {}
    if head.zone_s == _BEIJING_S:
        notes["clock"] = "UTC, as its file name; the header's field TimeZone says 28800 (Beijing)"
    if not head.product.startswith("CAP"):
        notes["level"] = "highest reflectivity of the column"
    return notes


def _dbz_table(scale: int) -> npt.NDArray[np.float64]:
    """Give the reflectivity of each 16-bit value, in the order of the unsigned number with the same bits."""
    stored = np.arange(2**16).astype(np.uint16).view(np.int16).astype(np.int64)
    dbz = np.where(np.isin(stored * 10 // scale, _BELIEVABLE), stored / scale, np.nan)
    silent = (stored > _NO_DATA) & (stored <= _NO_ECHO)
    return np.where(silent, DRY_DBZ, np.where(np.isfinite(dbz), np.maximum(dbz, DRY_DBZ), np.nan))


def _unpacked(body: bytes) -> tuple[_Head, npt.NDArray[np.uint16]]:
    if len(body) > MAX_BYTES:
        raise RadarError(f"a radar file of {len(body) / 2**20:.1f} MiB; at most {MAX_BYTES // 2**20} MiB are read")
    head = _head(body)
    packed = body[head.begin : head.begin + head.length]
    if len(packed) < head.length:
        raise RadarError(f"the mosaic is cut off: {len(packed)} of {head.length} packed bytes are there; send it again")
    needed = 2 * head.grid.rows * head.grid.columns
    content = _UNPACKERS[head.compress](packed, needed + 1)
    if len(content) != needed:
        raise RadarError(
            f"the mosaic holds {len(content)} bytes; {head.grid.rows}x{head.grid.columns} cells need {needed}"
        )
    return head, np.frombuffer(content, "<u2").reshape(head.grid.shape)


def _plain(content: bytes, most: int) -> bytes:
    return content[:most]


_UNPACKERS: dict[int, Callable[[bytes, int], bytes]] = {0: _plain, 1: unpack.bunzip2, 2: unpack.gunzip}


def _head(body: bytes) -> _Head:
    if len(body) < _HEADER.size or not sniff(body):
        raise RadarError(f"no national mosaic: {len(body)} bytes that begin with {body[:13]!r}")
    part = _HEADER.unpack_from(body)
    product = part[5].split(b"\x00")[0].decode("ascii", "replace").strip()
    coordinate, compress, scale = part[4], part[31], part[34]
    if part[7] < _HEADER.size or part[8] <= 0:
        raise RadarError(f"the values should lie at byte {part[7]} and have {part[8]} bytes; send the file again")
    if coordinate != _DEGREES or not product.startswith(_PRODUCTS) or compress not in _UNPACKERS or scale <= 0:
        raise RadarError(
            f"a mosaic of {product!r}, coordinates {coordinate}, packing {compress}, scale {scale}; read are "
            f"{', '.join(_PRODUCTS)} on longitude and latitude (3), packing 0 to 2, a scale above 0"
        )
    return _Head(product, _time(part[10:16]), _grid(part[20:30]), part[7], part[8], compress, scale, part[32], part[9])


def _time(numbers: tuple[int, ...]) -> dt.datetime:
    year, month, day, hour, minute, second = numbers
    try:
        return dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.UTC)
    except ValueError:
        raise RadarError(f"the time {numbers} is not year, month, day, hour, minute and second") from None


def _grid(numbers: tuple[int, ...]) -> Grid:
    south, west, north, east, _, _, columns, rows, dx, dy = numbers
    if not (rows > 0 < columns and rows * columns <= MAX_CELLS and dx > 0 < dy):
        raise RadarError(f"a grid of {rows}x{columns} cells of {dx}x{dy}; 1 to {MAX_CELLS} cells are read")
    if abs((east - west) * 10 - columns * dx) > dx or abs((north - south) * 10 - rows * dy) > dy:
        raise RadarError(
            f"the edges {south}..{north}, {west}..{east} thousandths of a degree don't hold {rows}x{columns} cells of "
            f"{dx}x{dy} ten-thousandths: the geography contradicts itself"
        )
    across, down = dx / 10_000, dy / 10_000
    return Grid("EPSG:4326", west / 1000 + across / 2, north / 1000 - down / 2, across, down, rows, columns)
