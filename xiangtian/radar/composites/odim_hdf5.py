"""Composites and images in ODIM_H5, the information model of Europe's radar network.

Standard: EUMETNET OPERA weather radar information model for implementation with the HDF5 file format,
version 2.4 (2021); files of version 2.0 to 2.4 are read.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass

import h5py
import numpy as np
import numpy.typing as npt

from xiangtian.met.grid import Grid, RainFrame
from xiangtian.radar import hdf5
from xiangtian.radar.errors import RadarError
from xiangtian.radar.projection import geographic, in_metres_or_degrees

_QUANTITIES = ("RATE", "ACRR", "DBZH", "TH")
"""What is read, the best first."""
MARSHALL_PALMER = (200.0, 1.6)
"""Z = 200 R^1.6, used for reflectivity where the file states no `how/zr_a`, `how/zr_b` (WMO-No. 8, part III, ch. 7)."""
_INTERVAL_S = 300


@dataclass(frozen=True)
class _Layer:
    """One quantity of a file: its dataset, its data group, its name."""

    dataset: h5py.Group
    data: h5py.Group
    quantity: str


def sniff(head: bytes) -> bool:
    """Tell whether bytes may be an ODIM file: HDF5 that names the convention, or holds its groups."""
    named = b"ODIM_H5" in head or (b"dataset1" in head and b"where" in head)
    return hdf5.looks_like_hdf5(head) and named


def read(body: bytes) -> RainFrame:
    """Read a composite (COMP) or image (IMAGE) of rain rate, rain amount or reflectivity.

    Parameters
    ----------
    body : bytes
        The whole file.

    Returns
    -------
    RainFrame
        Rain rate, mm/h: RATE as it is, ACRR divided by its interval, DBZH or TH by Z = a R^b with the a and b of the
        file or Marshall and Palmer's (stated in `notes`). `undetect` is 0, `nodata` NaN. Quality is the lowest of
        the file's quality indices (0 to 1), 1 where none is given, 0 where nothing was measured.
        Text attributes of `/how` become `notes`. Grid positions are rounded to 1 cm (0.0000001 degree).

    Raises
    ------
    RadarError
        If the file is damaged, of another kind, or its geography contradicts itself.
    """
    with hdf5.opened(body) as file:
        what = hdf5.child(file, "what")
        kind = hdf5.text(what, "object")
        if kind not in ("COMP", "IMAGE"):
            raise RadarError(f"the file holds a {kind}; composites (COMP) and images (IMAGE) are read here")
        layer = _best(file)
        raw = hdf5.field(layer.data, "data")
        grid = _grid(file, layer.dataset, raw.shape)
        start, end = _interval(what, layer)
        notes = _notes(file)
        rate = _rate(layer, raw, end - start, _relation(file, layer), notes)
        quality = _quality(layer, rate)
        product = hdf5.text(_what(layer.dataset), "product", "") if "what" in layer.dataset else ""
    interval_s = round((end - start).total_seconds()) or _INTERVAL_S
    source = " ".join(f"odim-hdf5 {kind} {product} {layer.quantity}".split())
    return RainFrame(end, grid, rate, quality, interval_s, source, notes)


def _what(group: h5py.Group) -> h5py.Group:
    return hdf5.child(group, "what")


def _numbered(group: h5py.Group, stem: str) -> list[h5py.Group]:
    names = [name for name in group if re.fullmatch(rf"{stem}\d+", name)]
    return [hdf5.child(group, name) for name in sorted(names, key=lambda name: int(name[len(stem) :]))]


def _best(file: h5py.File) -> _Layer:
    found = []
    for dataset in _numbered(file, "dataset"):
        for inside in _numbered(dataset, "data"):
            holder = next((group for group in (inside, dataset) if "what" in group), None)
            if holder is not None:
                found.append(_Layer(dataset, inside, hdf5.text(_what(holder), "quantity", "")))
    for wanted in _QUANTITIES:
        for layer in found:
            if layer.quantity == wanted:
                return layer
    said = ", ".join(layer.quantity or "unnamed" for layer in found) or "none"
    raise RadarError(f"the file has no rain to read: quantities {said}; allowed are {', '.join(_QUANTITIES)}")


def _attribute(layer: _Layer, name: str, default: float) -> float:
    for group in (layer.data, layer.dataset):
        if "what" in group and name in _what(group).attrs:
            return hdf5.number(_what(group), name)
    return default


def _relation(file: h5py.File, layer: _Layer) -> tuple[float, float]:
    for group in (layer.data, layer.dataset, file):
        if "how" in group and {"zr_a", "zr_b"} <= set(hdf5.child(group, "how").attrs):
            how = hdf5.child(group, "how")
            return hdf5.number(how, "zr_a"), hdf5.number(how, "zr_b")
    return MARSHALL_PALMER


def _rate(
    layer: _Layer,
    raw: npt.NDArray[np.generic],
    interval: dt.timedelta,
    relation: tuple[float, float],
    notes: dict[str, str],
) -> npt.NDArray[np.float32]:
    stored = raw.astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):  # a damaged file may scale to anything
        values = stored * _attribute(layer, "gain", 1.0) + _attribute(layer, "offset", 0.0)
    if layer.quantity == "ACRR":
        if interval.total_seconds() <= 0:
            raise RadarError("a rain amount (ACRR) whose start and end time are the same; its interval is needed")
        values *= 3600.0 / interval.total_seconds()
    elif layer.quantity != "RATE":
        a, b = relation
        if a <= 0 or b <= 0:
            raise RadarError(f"the file says Z = {a} R^{b}; both numbers must be above 0")
        with np.errstate(over="ignore"):  # what is infinite becomes unknown below
            values = (10.0 ** (values / 10.0) / a) ** (1 / b)
        notes.setdefault("rain_from", f"Z={a:g}R^{b:g}")
    values[stored == _attribute(layer, "undetect", math.nan)] = 0.0
    values[(stored == _attribute(layer, "nodata", math.nan)) | ~np.isfinite(values)] = np.nan
    return np.maximum(values, 0.0).astype(np.float32)


def _moment(date: str, time: str) -> dt.datetime:
    try:
        return dt.datetime.strptime(date + time, "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC)
    except ValueError:
        raise RadarError(f"date {date!r} and time {time!r} are not written like 20260701 and 101500") from None


def _interval(what: h5py.Group, layer: _Layer) -> tuple[dt.datetime, dt.datetime]:
    nominal = _moment(hdf5.text(what, "date"), hdf5.text(what, "time"))
    inside = _what(layer.dataset) if "what" in layer.dataset else None
    if inside is None or "enddate" not in inside.attrs:
        return nominal, nominal
    start, end = (_moment(hdf5.text(inside, f"{at}date"), hdf5.text(inside, f"{at}time")) for at in ("start", "end"))
    if not dt.timedelta(0) <= end - start <= dt.timedelta(days=1):
        raise RadarError(f"an interval from {start} to {end}; it must not run backwards nor exceed a day")
    return start, end


def _notes(file: h5py.File) -> dict[str, str]:
    if "how" not in file:
        return {}
    how = hdf5.child(file, "how")
    return {name: hdf5.text(how, name) for name in sorted(how.attrs) if np.asarray(how.attrs[name]).dtype.kind in "SUO"}


def _quality(layer: _Layer, rate: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    quality = np.ones(rate.shape, np.float32)
    for group in _numbered(layer.data, "quality") + _numbered(layer.dataset, "quality"):
        what = _what(group)
        stored = hdf5.field(group, "data").astype(np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            index = stored * hdf5.number(what, "gain", 1.0) + hdf5.number(what, "offset", 0.0)
        for name in ("nodata", "undetect"):
            if name in what.attrs:
                index[stored == hdf5.number(what, name)] = 0.0
        if index.shape == rate.shape and index.min() >= 0.0 and index.max() <= 1.0 + 1e-6:
            quality = np.minimum(quality, index.astype(np.float32))
    quality[np.isnan(rate)] = 0.0
    return np.minimum(quality, np.float32(1.0))


def _grid(file: h5py.File, dataset: h5py.Group, shape: tuple[int, ...]) -> Grid:
    where = next((hdf5.child(group, "where") for group in (file, dataset) if "where" in group), None)
    if where is None:
        raise RadarError("the file does not say where it is: no group /where")
    rows, columns = (int(hdf5.number(where, name)) for name in ("ysize", "xsize"))
    if (rows, columns) != shape:
        raise RadarError(f"the field has {shape[0]}x{shape[1]} cells, /where says {rows}x{columns}")
    crs, unit, digits = in_metres_or_degrees(hdf5.text(where, "projdef"))
    dx, dy = (hdf5.number(where, name) * unit for name in ("xscale", "yscale"))
    if dx <= 0 or dy <= 0:
        raise RadarError(f"cells of {dx} x {dy}; both must be above 0")
    if geographic(crs) and (columns * dx > 360.0 or rows * dy > 180.0):
        raise RadarError(f"{rows}x{columns} cells of {dx} x {dy} degrees leave the earth; scales must be in degrees")
    left, top = _upper_left(where, crs, rows * dy)
    _require_agreement(where, crs, (left + columns * dx, top), (dx, dy))
    return Grid(crs, round(left + dx / 2, digits), round(top - dy / 2, digits), dx, dy, rows, columns)


def _corner(where: h5py.Group, crs: str, name: str) -> tuple[float, float]:
    lon, lat = hdf5.number(where, f"{name}_lon"), hdf5.number(where, f"{name}_lat")
    row, column = Grid(crs, 0.0, 0.0, 1.0, 1.0, 1, 1).position(np.array(lon), np.array(lat))
    x, y = float(column), -float(row)
    if not (math.isfinite(x) and math.isfinite(y)):
        raise RadarError(f"the corner {name} at {lon}, {lat} lies outside the projection {crs}")
    return x, y


def _upper_left(where: h5py.Group, crs: str, height: float) -> tuple[float, float]:
    if "UL_lon" in where.attrs:
        return _corner(where, crs, "UL")
    left, bottom = _corner(where, crs, "LL")
    return left, bottom + height


def _require_agreement(
    where: h5py.Group, crs: str, upper_right: tuple[float, float], cell: tuple[float, float]
) -> None:
    if "UR_lon" not in where.attrs:
        return
    stated = _corner(where, crs, "UR")
    if any(abs(stated[axis] - upper_right[axis]) > 2 * cell[axis] for axis in (0, 1)):
        raise RadarError(
            f"the corner UR lies at ({stated[0]:.7g}, {stated[1]:.7g}), size and scale put it at "
            f"({upper_right[0]:.7g}, {upper_right[1]:.7g}) in the projection's unit: the geography contradicts itself"
        )
