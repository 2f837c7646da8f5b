"""Polar volumes and single sweeps in ODIM_H5, the information model of Europe's radar network.

Standard: EUMETNET OPERA weather radar information model for implementation with the HDF5 file format, version 2.4
(2021), sections 4.1 to 4.6; files of version 2.0 to 2.4 are read.
"""

from __future__ import annotations

import datetime as dt
import re

import h5py
import numpy as np
import numpy.typing as npt
import xarray as xr

from xiangtian.radar import hdf5
from xiangtian.radar.errors import RadarError
from xiangtian.radar.polar import sites
from xiangtian.radar.polar.cuts import MOST
from xiangtian.radar.polar.gates import DOPPLER, MAX_GATES, MAX_RAYS, MAX_VOLUME_CELLS
from xiangtian.radar.polar.model import BELOW_THRESHOLD, MEASURED, NOT_MEASURED, Site, sweep, volume

QUANTITIES = {
    "TH": "DBTH", "DBZH": "DBZH", "VRADH": "VRADH", "VRAD": "VRADH", "WRADH": "WRADH", "WRAD": "WRADH", "ZDR": "ZDR",
    "RHOHV": "RHOHV", "PHIDP": "PHIDP", "KDP": "KDP", "SNRH": "SNRH", "SNR": "SNRH", "SQIH": "SQIH", "SQI": "SQIH",
}  # fmt: skip
"""The quantities that are read, by the names of the standard."""
OBJECTS = ("PVOL", "SCAN")
_LIGHT_M_S = 299_792_458.0
_DAMAGE = (RadarError, OSError, RuntimeError, KeyError, ValueError, TypeError, OverflowError, MemoryError)
"""What a damaged part of a file may raise; the others are still read."""

Field = tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]


def sniff(head: bytes) -> bool:
    """Tell whether bytes may be such a file: HDF5 with the groups of the convention, and an object with sweeps."""
    if not hdf5.looks_like_hdf5(head) or not (b"ODIM_H5" in head or b"dataset1" in head):
        return False
    try:
        with hdf5.opened(head) as file:
            return hdf5.text(hdf5.child(file, "what"), "object") in OBJECTS
    except RadarError:
        return any(kind.encode() in head for kind in OBJECTS)


def read(body: bytes, place: Site | None = None) -> xr.DataTree:
    """Read a volume (PVOL) or a single sweep (SCAN).

    Parameters
    ----------
    body : bytes
        The whole file.
    place : Site, optional
        What the station table says; the file's own position is used.

    Returns
    -------
    DataTree
        `undetect` is a gate below the threshold, `nodata` one that was not measured. Sweeps that can't be read, and
        those that are no full turn of the antenna, are named in `lost`; quantities that are not read in `left_out`.

    Raises
    ------
    RadarError
        If the file is damaged, of another kind, or holds no usable sweep.
    """
    with hdf5.opened(body) as file:
        kind = hdf5.text(hdf5.child(file, "what"), "object")
        if kind not in OBJECTS:
            raise RadarError(f"the file holds a {kind}; volumes (PVOL) and sweeps (SCAN) are read here")
        site, notes = sites.agreed(_site(file), place)
        found, lost, left_out = _sweeps(file)
        version = hdf5.text(hdf5.child(file, "what"), "version", "")
    if not found:
        raise RadarError(f"no sweep of the volume can be used ({'; '.join(lost) or 'it holds none'})")
    about = {"source": "odim-h5", "task": version, "lost": lost, "notes": notes, "left_out": sorted(left_out)}
    return volume(found, site, about)


def _site(file: h5py.File) -> Site:
    where = hdf5.child(file, "where")
    said = dict(part.split(":", 1) for part in re.split("[,;]", _source(file)) if ":" in part)
    code = next((said[name].strip() for name in ("NOD", "RAD", "WMO", "WIGOS") if said.get(name)), "")
    wavelength_cm = _how(file, None, "wavelength")
    band = sites.band(_LIGHT_M_S / (wavelength_cm / 100.0)) if wavelength_cm > 0 else ""
    longitude, latitude, height = (hdf5.number(where, name) for name in ("lon", "lat", "height"))
    return Site(code, longitude, latitude, height, band)


def _source(file: h5py.File) -> str:
    return hdf5.text(hdf5.child(file, "what"), "source", "")


def _how(file: h5py.File, dataset: h5py.Group | None, name: str) -> float:
    """Give a number of `how`, the sweep's own before the file's; NaN where nobody says."""
    for group in (dataset, file):
        if group is not None and "how" in group and name in hdf5.child(group, "how").attrs:
            return hdf5.number(hdf5.child(group, "how"), name)
    return float("nan")


def _sweeps(file: h5py.File) -> tuple[list[xr.Dataset], list[str], set[str]]:
    names = sorted((name for name in file if re.fullmatch(r"dataset\d{1,3}", name)), key=lambda name: int(name[7:]))
    found: list[xr.Dataset] = []
    lost: list[str] = []
    left_out: set[str] = set()
    room = MAX_VOLUME_CELLS
    for name in names[:MOST]:
        try:
            built, other = _sweep(file, hdf5.child(file, name), len(found), room)
        except _DAMAGE as error:
            lost.append(f"{name}: {error}")
            continue
        room -= sum(field.size for field in built.data_vars.values())
        found.append(built)
        left_out |= other
    if len(names) > MOST:
        lost.append(f"{len(names) - MOST} sweeps more than the {MOST} that are read")
    return found, lost, left_out


def _sweep(file: h5py.File, dataset: h5py.Group, number: int, room: int) -> tuple[xr.Dataset, set[str]]:
    where, what = hdf5.child(dataset, "where"), hdf5.child(dataset, "what")
    product = hdf5.text(what, "product", "SCAN")
    if product != "SCAN":
        raise RadarError(f"a {product}; full turns of the antenna (SCAN) are read")
    rays, bins = int(hdf5.number(where, "nrays")), int(hdf5.number(where, "nbins"))
    length = hdf5.number(where, "rscale")
    if not (1 <= rays <= MAX_RAYS and 1 <= bins <= MAX_GATES and 1.0 <= length <= 10_000.0):
        raise RadarError(
            f"{rays} rays of {bins} gates of {length:g} m; up to {MAX_RAYS} rays of {MAX_GATES} gates of 1 to 10000 m"
        )
    fields, other = _fields(dataset, (rays, bins), room)
    range_m = hdf5.number(where, "rstart", 0.0) * _rstart_unit(file) + length * (np.arange(bins) + 0.5)
    azimuth = _azimuth(dataset, rays)
    fixed = hdf5.number(where, "elangle")
    time = _times(dataset, what, where, rays)
    first = next((name for name in ("DBZH", "DBTH") if name in fields), next(iter(fields)))
    gates = {"gate": fields[first][1]}
    doppler = next((name for name in DOPPLER if name in fields), None)
    if doppler:
        gates["gate_velocity"] = fields[doppler][1]
    moments = {name: values for name, (values, _) in fields.items()}
    elevation = _per_ray(dataset, "elangles", rays)
    nyquist = _how(file, dataset, "NI")
    built = sweep(
        number, fixed, moments, azimuth, fixed if elevation is None else elevation, range_m, time, nyquist, gates
    )
    return built, other


def _rstart_unit(file: h5py.File) -> float:
    """Give the metres of the unit of `rstart`: kilometres before version 2.4 of the standard, metres from then on."""
    version = re.match(r"ODIM_H5/V(\d+)_(\d+)", hdf5.text(file, "Conventions", ""))
    return 1.0 if version and (int(version[1]), int(version[2])) >= (2, 4) else 1000.0


def _fields(dataset: h5py.Group, shape: tuple[int, int], room: int) -> tuple[dict[str, Field], set[str]]:
    fields: dict[str, Field] = {}
    other = set()
    for name in sorted(name for name in dataset if re.fullmatch(r"data\d{1,3}", name)):
        group = hdf5.child(dataset, name)
        what = hdf5.child(group if "what" in group else dataset, "what")
        quantity = hdf5.text(what, "quantity", "")
        moment = QUANTITIES.get(quantity)
        if moment is None or moment in fields:
            other.add(quantity or name)
            continue
        room -= 2 * shape[0] * shape[1]
        if room < 0:
            raise RadarError(f"more than {MAX_VOLUME_CELLS} cells in one volume")
        raw = hdf5.field(group, "data")
        if raw.shape != shape:
            raise RadarError(f"{quantity} has the shape {raw.shape}, its sweep {shape[0]} rays of {shape[1]} gates")
        fields[moment] = _scaled(raw, what)
    if not fields:
        raise RadarError(f"no quantity that is read: {', '.join(sorted(other)) or 'none at all'}")
    return fields, other


def _scaled(raw: npt.NDArray[np.generic], what: h5py.Group) -> Field:
    stored = raw.astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):  # a damaged file may scale to anything
        values = (stored * hdf5.number(what, "gain", 1.0) + hdf5.number(what, "offset", 0.0)).astype(np.float32)
    state = np.full(raw.shape, MEASURED, np.uint8)
    state[stored == hdf5.number(what, "undetect", float("nan"))] = BELOW_THRESHOLD
    unseen = (stored == hdf5.number(what, "nodata", float("nan"))) | (~np.isfinite(values) & (state == MEASURED))
    state[unseen] = NOT_MEASURED
    values[state != MEASURED] = np.nan
    return values, state


def _per_ray(dataset: h5py.Group, name: str, rays: int) -> npt.NDArray[np.float64] | None:
    """Give an attribute of `how` that has a finite number for each ray; None where there is none such."""
    how = hdf5.child(dataset, "how") if "how" in dataset else None
    if how is None or name not in how.attrs:
        return None
    found = np.asarray(how.attrs[name])
    if found.shape != (rays,) or found.dtype.kind not in "iuf" or not np.isfinite(found).all():
        return None
    return found.astype(np.float64)


def _azimuth(dataset: h5py.Group, rays: int) -> npt.NDArray[np.float64]:
    """Give the middle of each ray; evenly from the north where the file does not say."""
    start, stop = (_per_ray(dataset, name, rays) for name in ("startazA", "stopazA"))
    if start is None or stop is None:
        return (np.arange(rays) + 0.5) * 360.0 / rays
    turned = (stop - start + 180.0) % 360.0 - 180.0
    return (start + turned / 2.0) % 360.0


def _times(dataset: h5py.Group, what: h5py.Group, where: h5py.Group, rays: int) -> npt.NDArray[np.datetime64]:
    """Give the time of each ray: its own, or even steps from the start to the end, the ray `a1gate` first."""
    start, stop = (_per_ray(dataset, name, rays) for name in ("startazT", "stopazT"))
    begin, end = (_moment(what, part) for part in ("start", "end"))
    if start is not None and stop is not None:
        seconds = (start + stop) / 2.0
        if np.abs(seconds - begin.timestamp()).max() <= 3600.0:
            return (seconds * 1e6).astype("datetime64[us]")
    if not dt.timedelta(0) <= end - begin <= dt.timedelta(hours=1):
        raise RadarError(f"a sweep from {begin} to {end}; it must not run backwards nor take an hour")
    since = (np.arange(rays) - int(hdf5.number(where, "a1gate", 0.0))) % rays
    micros = (since + 0.5) / rays * (end - begin).total_seconds() * 1e6
    return np.datetime64(begin.replace(tzinfo=None), "us") + micros.astype("timedelta64[us]")


def _moment(what: h5py.Group, part: str) -> dt.datetime:
    date, time = hdf5.text(what, f"{part}date"), hdf5.text(what, f"{part}time")
    try:
        return dt.datetime.strptime(date + time, "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC)
    except ValueError:
        raise RadarError(f"date {date!r} and time {time!r} are not written like 20260701 and 101500") from None
