"""Polar volumes in CfRadial 1 and 2 (FM 301), read by xradar.

Standards: CfRadial data file format, version 1.4 (2016) and 2.1 (2019), National Center for Atmospheric Research;
WMO-No. 306, volume I.3, FM 301. Files in netCDF-4 are read, within bounds and without links to other files.
"""

from __future__ import annotations

import io

import h5py
import numpy as np
import xarray as xr

from xiangtian.radar import hdf5
from xiangtian.radar.errors import RadarError
from xiangtian.radar.polar import sites
from xiangtian.radar.polar.cuts import MOST
from xiangtian.radar.polar.gates import MAX_GATES, MAX_RAYS, MAX_VOLUME_CELLS
from xiangtian.radar.polar.model import MOMENTS, Site, sweep, volume

ALIASES = {
    "DBTH": "DBT DBT_H TOTAL_POWER total_power",
    "DBZH": "DBZ DBZ_H DZ REF reflectivity reflectivity_horizontal",
    "VRADH": "VRAD VEL VR V velocity mean_doppler_velocity radial_velocity",
    "WRADH": "WRAD WIDTH SW W spectrum_width doppler_spectrum_width",
    "ZDR": "DR diff_reflectivity differential_reflectivity",
    "RHOHV": "RHO CC cross_correlation_ratio copol_coeff",
    "PHIDP": "PHI PHI_DP differential_phase dp_phase_shift",
    "KDP": "specific_differential_phase diff_phase",
    "SNRH": "SNR signal_to_noise_ratio",
    "SQIH": "SQI NCP normalized_coherent_power",
}
"""Names of moments seen in files, by ours; tried after ours and after the standard names."""
_STANDARD = {standard: name for name, (_, standard) in MOMENTS.items()}
_OTHER = {other: name for name, others in ALIASES.items() for other in others.split()}


def sniff(head: bytes) -> bool:
    """Tell whether bytes may be such a file: HDF5 that names the convention."""
    return hdf5.looks_like_hdf5(head) and (b"/Radial" in head or b"sweep_fixed_angle" in head or b"FM301" in head)


def read(body: bytes, place: Site | None = None) -> xr.DataTree:
    """Read a volume.

    Parameters
    ----------
    body : bytes
        The whole file.
    place : Site, optional
        What the station table says; the file's own position is used.

    Returns
    -------
    DataTree
        The format does not tell a gate below the threshold from one that was not measured: gates without a value
        count as below the threshold, and `notes` says so. `left_out` names the fields that are not read.

    Raises
    ------
    RadarError
        If the file is damaged, too large, or of another kind.
    """
    with hdf5.opened(body) as file:
        grouped = _checked(file)
    try:
        with _tree(body, grouped) as tree:
            return _volume(tree, place)
    except RadarError:
        raise
    except Exception as error:
        raise RadarError(f"the CfRadial file is damaged or incomplete ({type(error).__name__}: {error})") from error


def _checked(file: h5py.File) -> bool:
    """Tell whether the sweeps stand in groups (CfRadial 2); refuse links to elsewhere and what is too large."""
    cells = 0
    pending: list[h5py.Group] = [file]
    seen = 0
    while pending:
        group = pending.pop()
        for name in group:
            member = hdf5.child(group, name)
            seen += 1
            if seen > 10_000:
                raise RadarError("more than 10000 members in one file")
            if isinstance(member, h5py.Group):
                pending.append(member)
            elif isinstance(member, h5py.Dataset):
                cells += _cells(member)
    if cells > MAX_VOLUME_CELLS:
        raise RadarError(f"{cells} cells in one volume; at most {MAX_VOLUME_CELLS} are read")
    return any(name.startswith("sweep_") and isinstance(file[name], h5py.Group) for name in file)


def _cells(field: h5py.Dataset) -> int:
    if field.is_virtual or field.external:
        raise RadarError(f"{field.name} stands in another file; only plain fields are read")
    return max(int(field.size or 0), int(np.prod(field.chunks or (1,), dtype=float)))


def _tree(body: bytes, grouped: bool) -> xr.DataTree:
    if grouped:  # CfRadial 2 has a sweep a group, as xradar's trees do; its own opener closes what is no file on a disk
        return xr.open_datatree(io.BytesIO(body), engine="h5netcdf")
    import xradar.io  # type: ignore[import-untyped]  # noqa: PLC0415 - three seconds, and only for this format

    tree: xr.DataTree = xradar.io.open_cfradial1_datatree(io.BytesIO(body), engine="h5netcdf")
    return tree


def _volume(tree: xr.DataTree, place: Site | None) -> xr.DataTree:
    names = sorted((name for name in tree.children if name.startswith("sweep_")), key=lambda name: int(name[6:]))
    if not 1 <= len(names) <= MOST:
        raise RadarError(f"the file holds {len(names)} sweeps; 1 to {MOST} are read")
    left_out: set[str] = set()
    found = [_sweep(tree[name].to_dataset(), number, left_out) for number, name in enumerate(names)]
    root = tree.to_dataset()
    longitude, latitude, altitude = (float(root[name]) for name in ("longitude", "latitude", "altitude"))
    own = Site(str(tree.attrs.get("instrument_name", "")).strip(), longitude, latitude, altitude)
    site, notes = sites.agreed(own, place)
    notes.append("the format does not tell a dry gate from an unseen one: gates without a value are taken for dry")
    about = {"source": "cfradial", "task": str(tree.attrs.get("scan_name", "")), "lost": [], "notes": notes}
    return volume(found, site, about | {"left_out": sorted(left_out)})


def _sweep(read: xr.Dataset, number: int, left_out: set[str]) -> xr.Dataset:
    rays, bins = read.sizes.get("azimuth", read.sizes.get("time", 0)), read.sizes.get("range", 0)
    if not (1 <= rays <= MAX_RAYS and 1 <= bins <= MAX_GATES):
        raise RadarError(f"sweep {number} has {rays} rays of {bins} gates; up to {MAX_RAYS} of {MAX_GATES} are read")
    moments = {}
    for name, field in read.data_vars.items():
        if field.shape != (rays, bins):
            continue
        ours = moment_of(str(name), str(field.attrs.get("standard_name", "")))
        if ours and ours not in moments:
            moments[ours] = np.asarray(field.values, np.float32)
        else:
            left_out.add(str(name))
    if not moments:
        raise RadarError(f"sweep {number} holds no moment that is read: {', '.join(sorted(left_out)) or 'none at all'}")
    nyquist = float(np.median(read["nyquist_velocity"])) if "nyquist_velocity" in read else float("nan")
    return sweep(
        number, float(read["sweep_fixed_angle"]), moments, read["azimuth"].values, read["elevation"].values,
        read["range"].values, read["time"].values, nyquist,
    )  # fmt: skip


def moment_of(name: str, standard: str = "") -> str | None:
    """Give our name of a field.

    Parameters
    ----------
    name, standard : str
        Its name in the file, and its CF standard name.

    Returns
    -------
    str or None
        A name of `model.MOMENTS`, None where it is none of them.
    """
    return name if name in MOMENTS else _STANDARD.get(standard) or _OTHER.get(name)
