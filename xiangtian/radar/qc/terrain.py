"""A model of the terrain: heights on a grid of longitude and latitude, from the plain files such models come in."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from xiangtian.met.grid import EARTH_RADIUS_M
from xiangtian.radar.errors import RadarError
from xiangtian.radar.hdf5 import looks_like_hdf5, opened
from xiangtian.radar.polar.model import Site
from xiangtian.radar.qc.scan import Cut, Floats, Heights

MAX_BYTES = 512 * 2**20
MAX_CELLS = 100_000_000
"""Largest terrain model that is read (10 000 x 10 000)."""
_HAIR = 1e-6
"""Cells: a position on the rim is inside whatever its last digits."""
_HEADER = ("ncols", "nrows", "xllcorner", "yllcorner", "xllcenter", "yllcenter", "cellsize", "nodata_value")
_NAMES = {"lon": ("lon", "longitude", "x"), "lat": ("lat", "latitude", "y")}
_HEIGHTS = ("z", "elevation", "height", "topo", "dem", "Band1", "altitude", "orog")


@dataclass(frozen=True)
class Terrain:
    """Heights of the land on a grid of longitude and latitude; call it with positions.

    Attributes
    ----------
    height : ndarray
        (rows, columns) float32 metres above the sea, row 0 in the north; NaN where unknown.
    west, north : float
        Longitude and latitude of the middle of the cell of row 0, column 0, degrees WGS-84.
    dlon, dlat : float
        Size of a cell, degrees, above 0.
    """

    height: npt.NDArray[np.float32]
    west: float
    north: float
    dlon: float
    dlat: float

    def __call__(self, lon: Floats, lat: Floats) -> Floats:
        """Give heights between the middles of cells, bilinear, m; NaN outside and beside unknown cells."""
        x, y = (np.asarray(lon) - self.west) / self.dlon, (self.north - np.asarray(lat)) / self.dlat
        rows, columns = self.height.shape
        inside = (x >= -_HAIR) & (x <= columns - 1 + _HAIR) & (y >= -_HAIR) & (y <= rows - 1 + _HAIR)
        j = np.clip(np.nan_to_num(x).astype(np.int64), 0, max(columns - 2, 0))
        i = np.clip(np.nan_to_num(y).astype(np.int64), 0, max(rows - 2, 0))
        a, b = y - i, x - j
        down, right = np.minimum(i + 1, rows - 1), np.minimum(j + 1, columns - 1)
        upper = (1 - b) * self.height[i, j] + b * self.height[i, right]
        lower = (1 - b) * self.height[down, j] + b * self.height[down, right]
        return np.asarray(np.where(inside, (1 - a) * upper + a * lower, np.nan), np.float64)


def places(site: Site, azimuth: Floats, distance: Floats) -> tuple[Floats, Floats]:
    """Give longitude and latitude, degrees, at distances along the ground from a radar, on the sphere.

    Parameters
    ----------
    site : Site
        Where the radar stands.
    azimuth : ndarray
        (rays,) degrees.
    distance : ndarray
        (gates,) metres.

    Returns
    -------
    tuple of ndarray
        (rays, gates) each. Great circles on a sphere of 6371 km.
    """
    arc, turn = distance[None, :] / EARTH_RADIUS_M, np.radians(azimuth)[:, None]
    home = np.radians(site.latitude)
    sine = np.sin(home) * np.cos(arc) + np.cos(home) * np.sin(arc) * np.cos(turn)
    east = np.arctan2(np.sin(turn) * np.sin(arc) * np.cos(home), np.cos(arc) - np.sin(home) * sine)
    return site.longitude + np.degrees(east), np.degrees(np.arcsin(sine))


def under_beam(site: Site, cut: Cut, terrain: Heights) -> npt.NDArray[np.float32]:
    """Give the height of the land under each gate of a cut, (rays, gates) m above the sea, NaN where unknown."""
    lon, lat = places(site, cut.azimuth, cut.ground_m)
    return np.asarray(terrain(lon, lat), np.float32)


def parse(body: bytes) -> Terrain:
    """Read a terrain model: an ESRI ASCII grid, or NetCDF (classic or HDF5) with one field on longitude and latitude.

    Parameters
    ----------
    body : bytes
        The whole file; longitudes and latitudes are WGS-84 degrees, heights metres.

    Returns
    -------
    Terrain
        Row 0 in the north, whatever the order of the file.

    Raises
    ------
    RadarError
        If it is none of these, too large, or its grid is not regular.
    """
    if len(body) > MAX_BYTES:
        raise RadarError(f"a terrain model of {len(body) / 2**20:.0f} MiB; at most {MAX_BYTES // 2**20} MiB are read")
    if looks_like_hdf5(body):
        return _hdf5(body)
    if body.startswith(b"CDF"):
        return _classic(body)
    if body[:5].lower() == b"ncols":
        return _ascii(body)
    raise RadarError(f"no terrain model: it begins with {body[:12]!r}; an ESRI ASCII grid ('ncols') or NetCDF is read")


def _ascii(body: bytes) -> Terrain:
    lines = io.BytesIO(body)
    head: dict[str, float] = {}
    at = 0
    try:
        for line in lines:
            words = line.split()
            if len(words) != 2 or words[0].decode("ascii", "replace").lower() not in _HEADER:
                break
            head[words[0].decode("ascii").lower()] = float(words[1])
            at += len(line)
        rows, columns, cell = int(head["nrows"]), int(head["ncols"]), head["cellsize"]
        _require_size(rows, columns)
        height = np.array(body[at:].split(), np.float32).reshape(rows, columns)
    except (KeyError, ValueError) as error:
        raise RadarError(f"a damaged ESRI ASCII grid ({error}); ask for it to be sent again") from error
    west = head.get("xllcenter", head.get("xllcorner", np.nan) + cell / 2)
    south = head.get("yllcenter", head.get("yllcorner", np.nan) + cell / 2)
    if not (np.isfinite([west, south]).all() and cell > 0):
        raise RadarError(f"an ESRI ASCII grid whose corner is ({west}, {south}) and cell {cell}; degrees are needed")
    height[height == head.get("nodata_value", -9999.0)] = np.nan
    return Terrain(height, west, south + (rows - 1) * cell, cell, cell)


def _require_size(rows: int, columns: int) -> None:
    if not (rows > 1 and columns > 1 and rows * columns <= MAX_CELLS):
        raise RadarError(f"a terrain model of {rows} x {columns} cells; 2 x 2 up to {MAX_CELLS} cells are read")


def _hdf5(body: bytes) -> Terrain:
    with opened(body) as file:
        axes = {axis: next((name for name in names if name in file), "") for axis, names in _NAMES.items()}
        field = next((name for name in _HEIGHTS if name in file), "")
        if not (all(axes.values()) and field):
            raise RadarError(
                f"a NetCDF terrain model holds {', '.join(file)}; lon, lat and one of {_HEIGHTS} are needed"
            )
        _require_size(*(int(size) for size in (*file[field].shape, 0, 0)[:2]))
        attrs = {name: np.ravel(value)[0] for name, value in file[field].attrs.items() if name in _PACKING}
        return _regular(file[axes["lon"]][()], file[axes["lat"]][()], file[field][()], attrs)


_PACKING = ("scale_factor", "add_offset", "_FillValue")


def _classic(body: bytes) -> Terrain:
    from scipy.io import netcdf_file  # noqa: PLC0415 (a fifth of a second, and only for terrain)

    try:
        with netcdf_file(io.BytesIO(body), "r", mmap=False) as file:
            held = file.variables
            axes = {axis: next(name for name in names if name in held) for axis, names in _NAMES.items()}
            field = held[next(name for name in _HEIGHTS if name in held)]
            _require_size(*(int(size) for size in (*field.shape, 0, 0)[:2]))
            attrs = {name: getattr(field, name) for name in _PACKING if hasattr(field, name)}
            return _regular(held[axes["lon"]][:].copy(), held[axes["lat"]][:].copy(), field[:].copy(), attrs)
    except (StopIteration, ValueError, TypeError, IndexError, KeyError, OverflowError, MemoryError) as error:
        if isinstance(error, RadarError):
            raise
        raise RadarError(
            f"a NetCDF terrain model that can't be read ({error!r}); lon, lat and one of {_HEIGHTS} are needed"
        ) from error


def _regular(lon: Any, lat: Any, height: Any, attrs: dict[str, Any]) -> Terrain:
    lon, lat, height = (np.asarray(part, np.float64) for part in (lon, lat, height))
    if height.shape != (lon.size, lat.size)[::-1] or lon.ndim != 1:
        raise RadarError(f"heights of {height.shape} on {lat.shape} latitudes and {lon.shape} longitudes")
    if "_FillValue" in attrs:
        height[height == attrs["_FillValue"]] = np.nan
    height = height * float(attrs.get("scale_factor", 1)) + float(attrs.get("add_offset", 0))
    if lat[0] < lat[-1]:
        lat, height = lat[::-1], height[::-1]
    steps = np.diff(lon), -np.diff(lat)
    if any(step.min() <= 0 or np.ptp(step) > 0.01 * step.mean() for step in steps):
        raise RadarError(
            "a terrain model whose longitudes or latitudes are not evenly spaced; put it on a regular grid"
        )
    dlon, dlat = (float(step.mean()) for step in steps)
    return Terrain(height.astype(np.float32), float(lon[0]), float(lat[0]), dlon, dlat)
