"""FMI's radar composites as gzipped PGM pictures: reflectivity over Finland, metadata in comment lines."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np
import numpy.typing as npt
import pyproj

from xiangtian.met.grid import Grid, RainFrame
from xiangtian.radar import unpack
from xiangtian.radar.column import DRY_DBZ, Relation
from xiangtian.radar.errors import RadarError
from xiangtian.radar.hdf5 import MAX_BYTES, MAX_CELLS
from xiangtian.radar.reflectivity import ReflectivityFrame, rain_of, said

_HEADER = re.compile(rb"P5\s+((?:#[^\n]*\n\s*)*)(\d+)\s+(\d+)\s+((?:#[^\n]*\n\s*)*)(\d+)\s")
_NO_DATA = 255
_NO_ECHO = 0
_EARTH_RADIUS_M = 6371288.0
"""Radius of FMI's sphere; with it the corners in the header lie rows x metres per pixel apart, as they should."""
_INTERVAL_S = 300
_RELATION = Relation(223.0, 1.53)


def sniff(head: bytes) -> bool:
    """Tell whether bytes may be an FMI composite: a PGM, gzipped or not, whose comments name the observing time."""
    start = unpack.start(head)
    return start.startswith(b"P5") and b"# obstime" in start


def read(body: bytes) -> RainFrame:
    """Read a composite of reflectivity and turn it into rain.

    Reflectivity is dBZ = (value - 64) / 2, 255 is "no data", 0 "no echo". Rain rate R (mm/h) follows from
    Z = 223 R^1.53 (Leinonen, Moisseev, Leskinen, Petersen 2012, JAMC 51, 392-404, doi:10.1175/JAMC-D-11-056.1).

    Parameters
    ----------
    body : bytes
        The whole file, gzipped or not.

    Returns
    -------
    RainFrame
        Rain rate, mm/h; NaN (quality 0) where there is no data.

    Raises
    ------
    RadarError
        If the file is damaged, cut off or of another kind.
    """
    time, grid, values, product = _unpacked(body)
    rate = _RATES[values]
    quality = np.isfinite(rate).astype(np.float32)
    return RainFrame(time, grid, rate, quality, _INTERVAL_S, product, {"rain_from": said(_RELATION)})


def reflectivity(body: bytes) -> ReflectivityFrame:
    """Read a composite of reflectivity as it is.

    Parameters
    ----------
    body : bytes
        The whole file, gzipped or not.

    Returns
    -------
    ReflectivityFrame
        Reflectivity, dBZ.

    Raises
    ------
    RadarError
        If the file is damaged, cut off or of another kind.
    """
    time, grid, values, product = _unpacked(body)
    return ReflectivityFrame(time, grid, _DBZ[values], _INTERVAL_S, product)


def _unpacked(body: bytes) -> tuple[dt.datetime, Grid, npt.NDArray[np.uint8], str]:
    picture = unpack.gunzip(body, MAX_BYTES)
    header = _HEADER.match(picture)
    if not header:
        raise RadarError(f"no PGM picture with a header: it begins with {picture[:16]!r}, a PGM with b'P5'")
    columns, rows, largest = int(header[2]), int(header[3]), int(header[5])
    if largest != 255 or not 0 < rows * columns <= MAX_CELLS:
        raise RadarError(f"a PGM of {columns}x{rows}, largest value {largest}; 8 bit and {MAX_CELLS} cells are allowed")
    values = np.frombuffer(picture, np.uint8, offset=header.end())
    if values.size < rows * columns:
        raise RadarError(f"the picture is cut off: {values.size} of {rows * columns} cells are there; send it again")
    comments = _comments(header[1] + header[4])
    product = f"{comments.get('producttype', '')} {comments.get('productname', '')}".strip()
    time, grid = _moment(_said(comments, "obstime")), _grid(comments, rows, columns)
    return time, grid, values[: rows * columns].reshape(rows, columns), f"fmi-pgm {product}"


def _levels() -> npt.NDArray[np.float64]:
    dbz = (np.arange(256) - 64) / 2.0
    dbz[_NO_ECHO], dbz[_NO_DATA] = DRY_DBZ, np.nan
    return dbz


_DBZ = _levels().astype(np.float32)
_RATES = rain_of(_levels(), _RELATION).astype(np.float32)


def _comments(block: bytes) -> dict[str, str]:
    lines = (line.lstrip("# ").split(None, 1) for line in block.decode("ascii", "replace").splitlines())
    return {pair[0]: pair[1].strip() for pair in lines if len(pair) == 2}


def _said(comments: dict[str, str], name: str) -> str:
    if name not in comments:
        raise RadarError(
            f"the picture's comments have no {name!r}; they have {', '.join(sorted(comments)) or 'nothing'}"
        )
    return comments[name]


def _numbers(comments: dict[str, str], name: str) -> list[float]:
    try:
        return [float(part) for part in _said(comments, name).split()]
    except ValueError:
        raise RadarError(f"the comment {name} is {comments[name]!r} where numbers are needed") from None


def _moment(text: str) -> dt.datetime:
    try:
        return dt.datetime.strptime(text, "%Y%m%d%H%M").replace(tzinfo=dt.UTC)
    except ValueError:
        raise RadarError(f"the observing time {text!r} is not written like 201609281600") from None


def _grid(comments: dict[str, str], rows: int, columns: int) -> Grid:
    if _said(comments, "type") != "stereographic":
        raise RadarError(f"the projection is {comments['type']!r}; only stereographic is read")
    lon_0, lat_0, lat_ts, dx, dy = (
        _numbers(comments, name)[0]
        for name in ("centrallongitude", "centrallatitude", "truelatitude", "metersperpixel_x", "metersperpixel_y")
    )
    crs = f"+proj=stere +lat_0={lat_0:g} +lon_0={lon_0:g} +lat_ts={lat_ts:g} +R={_EARTH_RADIUS_M:.0f} +units=m +no_defs"
    corners = [_numbers(comments, name) for name in ("bottomleft", "topright")]
    if any(len(corner) != 2 for corner in corners):
        raise RadarError(f"the corners are {corners}; a longitude and a latitude each are needed")
    (left, bottom), (right, top) = (pyproj.Proj(crs)(corner[0], corner[1]) for corner in corners)
    if not (abs(right - left - columns * dx) < dx / 2 and abs(top - bottom - rows * dy) < dy / 2):
        raise RadarError(
            f"the corners span {right - left:.0f} x {top - bottom:.0f} m, "
            f"the cells {columns * dx:.0f} x {rows * dy:.0f} m: the header contradicts itself"
        )
    return Grid(crs, left + dx / 2, top - dy / 2, dx, dy, rows, columns)
