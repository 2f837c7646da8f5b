"""Flashes of the Geostationary Lightning Mapper: GOES-R level 2 LCFA, NetCDF-4, 20 seconds a file.

Format: GOES-R Product Definition and Users' Guide, volume 5 (level 2+ products), section 5.24; packed variables by
the CF conventions, 8.1, with `_Unsigned` as the NetCDF users' guide defines it.
"""

from __future__ import annotations

import datetime as dt

import h5py
import numpy as np
import numpy.typing as npt

from xiangtian.radar import hdf5
from xiangtian.radar.chunks import require_whole
from xiangtian.radar.errors import RadarError
from xiangtian.radar.strokes import MOST, Strokes, moments, strokes

_SINCE = "seconds since "


def sniff(head: bytes) -> bool:
    """Tell whether bytes may be a file of the mapper: HDF5 that names the product's variables."""
    return hdf5.looks_like_hdf5(head) and b"flash_time_offset_of_first_event" in head


def read(body: bytes) -> Strokes:
    """Read the flashes of a file.

    Parameters
    ----------
    body : bytes
        The whole file.

    Returns
    -------
    Strokes
        One a flash: the time of its first event, its energy-weighted position, its energy in J; quality as the
        product flags it (0 good, 1 out of order, 3 more groups or 5 events than could be sorted).

    Raises
    ------
    RadarError
        If the file is damaged or of another kind.
    """
    with hdf5.opened(body) as file:
        offset = hdf5.child(file, "flash_time_offset_of_first_event")
        begin = _begin(hdf5.text(offset, "units"))
        time = moments(begin, packed(offset))
        lon, lat, energy = (packed(hdf5.child(file, f"flash_{name}")) for name in ("lon", "lat", "energy"))
        quality = packed(hdf5.child(file, "flash_quality_flag"))
        platform = hdf5.text(file, "platform_ID", "")
    _require_equal(time, lon, lat, energy, quality)
    flags = np.where(np.isfinite(quality), np.clip(quality, 0, 255), 255).astype(np.uint8)
    return strokes(time, lon, lat, energy, "J", f"glm-lcfa {platform}".strip(), quality=flags)


def packed(variable: h5py.Dataset) -> npt.NDArray[np.float64]:
    """Unpack a variable of one dimension by its own attributes.

    Parameters
    ----------
    variable : h5py.Dataset
        Stored numbers with `_Unsigned`, `_FillValue`, `scale_factor` and `add_offset` where there are any.

    Returns
    -------
    ndarray
        (n,) float64; NaN where filled.

    Raises
    ------
    RadarError
        If it is not a plain row of numbers, or too long.
    """
    plain = isinstance(variable, h5py.Dataset) and not variable.is_virtual and not variable.external
    if not plain or variable.ndim != 1 or variable.dtype.kind not in "iuf":
        raise RadarError(f"{variable.name} is not a plain row of numbers")
    largest = max(variable.size, int(np.prod(variable.chunks or (1,), dtype=float)))
    if largest > MOST:
        raise RadarError(f"{variable.name} has {largest} values; at most {MOST} are read")
    require_whole(variable)
    stored = np.asarray(variable[...])
    filled = np.zeros(stored.shape, bool)
    if "_FillValue" in variable.attrs:
        filled = stored == np.asarray(variable.attrs["_FillValue"]).reshape(-1)[:1]
    if hdf5.text(variable, "_Unsigned", "").lower() == "true" and stored.dtype.kind == "i":
        stored = stored.view(stored.dtype.str.replace("i", "u"))
    values = stored.astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):  # a damaged file may scale to anything
        values = values * hdf5.number(variable, "scale_factor", 1.0) + hdf5.number(variable, "add_offset", 0.0)
    values[filled | ~np.isfinite(values)] = np.nan
    return values


def _begin(units: str) -> np.datetime64:
    try:
        moment = dt.datetime.fromisoformat(units.removeprefix(_SINCE))
    except ValueError:
        raise RadarError(f"times in {units!r}; they must be in 'seconds since' a date") from None
    return np.datetime64(moment.replace(tzinfo=None), "ns")


def _require_equal(*rows: npt.NDArray[np.generic]) -> None:
    if len({row.shape for row in rows}) != 1:
        raise RadarError(f"the flashes' rows have the lengths {[row.size for row in rows]}; they must be equal")
