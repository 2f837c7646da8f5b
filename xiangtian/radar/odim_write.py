"""Writing a frame of rain as an ODIM_H5 composite.

Standard: EUMETNET OPERA weather radar information model for implementation with the HDF5 file format,
version 2.4 (2021): root `what`, geographical `where`, dataset `what` and quality groups for the object COMP.
Texts are fixed-length and null-terminated, real numbers 64-bit, whole numbers 64-bit, as it prescribes.
"""

from __future__ import annotations

import datetime as dt
import io

import h5py
import numpy as np
import numpy.typing as npt

from xiangtian.met.grid import Grid, RainFrame
from xiangtian.radar.projection import as_proj

_NODATA = 65535
_UNDETECT = 0
_GAIN = 0.01
"""Steps of rain rate, mm/h; up to 655 mm/h fit into 16 bits, beyond that the steps grow."""
_QUALITY_STEPS = 254
_CORNERS = {"LL": (0, 1), "UL": (0, 0), "UR": (1, 0), "LR": (1, 1)}


def encode(frame: RainFrame, source: str = "CMT:Xiangtian") -> bytes:
    """Write a frame as an ODIM_H5 2.4 file: object COMP, product SURF, quantity RATE.

    Parameters
    ----------
    frame : RainFrame
        Rain rate, mm/h; NaN becomes `nodata`, what rounds to 0.00 becomes `undetect`. Notes become attributes of
        `/how`, the frame's own source `how/origin_product`, its quality `data1/quality1` in steps of 1/254.
    source : str
        The standard's source identifiers, e.g. "ORG:38,PLC:Suzhou".

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    ValueError
        If the rate does not fit the grid.
    """
    if frame.rate.shape != frame.grid.shape:
        raise ValueError(f"a field of {frame.rate.shape} on a grid of {frame.grid.shape}; they must be the same")
    body = io.BytesIO()
    with h5py.File(body, "w") as file:
        _write(file, {"Conventions": "ODIM_H5/V2_4"})
        _write(file.create_group("what"), _root_what(frame, source))
        _write(file.create_group("where"), _where(frame.grid))
        _write(file.create_group("how"), {"origin_product": frame.source or "unknown", **frame.notes})
        dataset = file.create_group("dataset1")
        _write(dataset.create_group("what"), _dataset_what(frame))
        _fields(dataset.create_group("data1"), frame)
    return body.getvalue()


def _write(group: h5py.Group, attributes: dict[str, str | float | int]) -> None:
    for name, value in attributes.items():
        if isinstance(value, str):
            _write_text(group, name, value)
        else:
            group.attrs[name] = np.int64(value) if isinstance(value, int) else np.float64(value)


def _write_text(place: h5py.Group | h5py.Dataset, name: str, value: str) -> None:
    raw = value.encode("utf-8")
    kind = h5py.h5t.C_S1.copy()
    kind.set_size(len(raw) + 1)
    kind.set_strpad(h5py.h5t.STR_NULLTERM)
    attribute = h5py.h5a.create(place.id, name.encode("utf-8"), kind, h5py.h5s.create(h5py.h5s.SCALAR))
    attribute.write(np.array(raw, dtype=f"S{len(raw) + 1}"))


def _date(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y%m%d")


def _time(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%H%M%S")


def _root_what(frame: RainFrame, source: str) -> dict[str, str | float | int]:
    return {
        "object": "COMP",
        "version": "H5rad 2.4",
        "date": _date(frame.time),
        "time": _time(frame.time),
        "source": source,
    }


def _dataset_what(frame: RainFrame) -> dict[str, str | float | int]:
    start = frame.time - dt.timedelta(seconds=frame.interval_s)
    return {
        "product": "SURF",
        "startdate": _date(start),
        "starttime": _time(start),
        "enddate": _date(frame.time),
        "endtime": _time(frame.time),
    }


def _where(grid: Grid) -> dict[str, str | float | int]:
    corners: dict[str, str | float | int] = {}
    for name, (right, low) in _CORNERS.items():
        lon, lat = grid.lonlat(np.array(low * grid.rows - 0.5), np.array(right * grid.columns - 0.5))
        corners |= {f"{name}_lon": float(lon), f"{name}_lat": float(lat)}
    size: dict[str, str | float | int] = {"xsize": int(grid.columns), "ysize": int(grid.rows)}
    return {"projdef": as_proj(grid.crs), **size, "xscale": float(grid.dx), "yscale": float(grid.dy), **corners}


def _fields(group: h5py.Group, frame: RainFrame) -> None:
    gain, stored = _packed(frame.rate)
    _image(group, stored)
    scale: dict[str, str | float | int] = {"gain": gain, "offset": 0.0}
    marks: dict[str, str | float | int] = {"nodata": float(_NODATA), "undetect": float(_UNDETECT)}
    _write(group.create_group("what"), {"quantity": "RATE", **scale, **marks})
    quality = group.create_group("quality1")
    share = np.nan_to_num(np.clip(frame.quality, 0.0, 1.0))
    _image(quality, np.rint(share * _QUALITY_STEPS).astype(np.uint8))
    _write(quality.create_group("what"), {"quantity": "QIND", "gain": 1 / _QUALITY_STEPS, "offset": 0.0})
    _write(quality.create_group("how"), {"task": "xiangtian.quality"})


def _packed(rate: npt.NDArray[np.float32]) -> tuple[float, npt.NDArray[np.uint16]]:
    measured = np.isfinite(rate)
    known = np.where(measured, np.maximum(rate, 0.0), 0.0)
    gain = max(_GAIN, float(known.max(initial=0.0)) / (_NODATA - 1))
    stored = np.rint(known / gain).astype(np.uint16)
    stored[~measured] = _NODATA
    return gain, stored


def _image(group: h5py.Group, values: npt.NDArray[np.generic]) -> None:
    field = group.create_dataset("data", data=values, compression="gzip", compression_opts=4, shuffle=True)
    _write_text(field, "CLASS", "IMAGE")
    _write_text(field, "IMAGE_VERSION", "1.2")
