"""The polar model: one volume scan of one radar, an xarray DataTree by the names and conventions of xradar.

The root holds the site and the volume; `sweep_0`, `sweep_1`, ... hold one sweep each, in the order of the scan, with
the dimensions (azimuth, range). Moments have the names of WMO's CfRadial 2 / ODIM: DBTH and DBZH dBZ (total and
corrected), VRADH m/s (positive away from the radar), WRADH m/s, ZDR dB, RHOHV, PHIDP degrees, KDP degrees/km.

A moment is NaN both where nothing was measured and where nothing was found; `gate` (and `gate_velocity` for VRADH and
WRADH) tells which, because a dry gate and an unseen one are different things to a mosaic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

NOT_MEASURED, BELOW_THRESHOLD, MEASURED, RANGE_FOLDED = 0, 1, 2, 3
"""States of a gate: `gate` and `gate_velocity`."""
MOMENTS: dict[str, tuple[str, str]] = {
    "DBTH": ("dBZ", "total_power_reflectivity"),
    "DBZH": ("dBZ", "equivalent_reflectivity_factor"),
    "VRADH": ("m s-1", "radial_velocity_of_scatterers_away_from_instrument"),
    "WRADH": ("m s-1", "doppler_spectrum_width"),
    "ZDR": ("dB", "log_differential_reflectivity_hv"),
    "RHOHV": ("1", "cross_correlation_ratio_hv"),
    "PHIDP": ("degrees", "differential_phase_hv"),
    "KDP": ("degrees km-1", "specific_differential_phase_hv"),
    "SNRH": ("dB", "signal_to_noise_ratio"),
    "SQIH": ("1", "normalized_coherent_power"),
}
"""Moments by name: unit and standard name."""
_FLAGS = {
    "flag_values": np.array([NOT_MEASURED, BELOW_THRESHOLD, MEASURED, RANGE_FOLDED], np.uint8),
    "flag_meanings": "not_measured below_threshold measured range_folded",
}
GATES = ("gate", "gate_velocity")


@dataclass(frozen=True)
class Site:
    """Where a radar stands.

    Attributes
    ----------
    code : str
        Its code, e.g. "Z9512"; empty where nobody says.
    longitude, latitude : float
        Degrees WGS-84; NaN where nobody says.
    altitude : float
        Of the antenna, metres above the sea.
    band : str
        "S", "C" or "X"; empty where unknown.
    """

    code: str
    longitude: float
    latitude: float
    altitude: float
    band: str = ""


def sweep(
    number: int,
    fixed_angle: float,
    moments: Mapping[str, npt.NDArray[Any]],
    azimuth: npt.ArrayLike,
    elevation: npt.ArrayLike,
    range_m: npt.ArrayLike,
    time: npt.NDArray[np.datetime64],
    nyquist: float = float("nan"),
    gates: Mapping[str, npt.NDArray[np.uint8]] | None = None,
    attrs: Mapping[str, Any] | None = None,
) -> xr.Dataset:
    """Build one sweep.

    Parameters
    ----------
    number : int
        Its place in the scan, from 0.
    fixed_angle : float
        Nominal elevation, degrees.
    moments : Mapping of str to ndarray
        (rays, gates) float32 by name, in the order of the azimuths given; NaN where there is no value.
    azimuth, elevation : ArrayLike
        (rays,) degrees at the middle of each ray.
    range_m : ArrayLike
        (gates,) metres to the middle of each gate, rising evenly.
    time : ndarray of datetime64
        (rays,) UTC.
    nyquist : float
        Unambiguous velocity, m/s; NaN where unknown.
    gates : Mapping of str to ndarray, optional
        `gate`, `gate_velocity`: (rays, gates) uint8 states. Without `gate`: measured where reflectivity is finite,
        below the threshold elsewhere.
    attrs : Mapping, optional
        What else is known of the sweep.

    Returns
    -------
    Dataset
        Rays sorted by azimuth.

    Raises
    ------
    ValueError
        If a moment is not of the shape of rays and gates.
    """
    turn = np.argsort(np.asarray(azimuth, np.float64), kind="stable")
    shape = len(turn), len(np.asarray(range_m))
    states = dict(gates or {})
    if "gate" not in states:
        first = next((moments[name] for name in ("DBZH", "DBTH", *moments) if name in moments), np.full(shape, np.nan))
        states["gate"] = np.where(np.isfinite(first), MEASURED, BELOW_THRESHOLD).astype(np.uint8)
    wrong = {name: np.shape(field) for name, field in {**moments, **states}.items() if np.shape(field) != shape}
    if wrong:
        raise ValueError(f"fields of the shapes {wrong}; rays and gates are {shape}")
    plane = ("azimuth", "range")
    fields = {name: (plane, np.asarray(field, np.float32)[turn], _about(name)) for name, field in moments.items()} | {
        name: (plane, np.asarray(field, np.uint8)[turn], dict(_FLAGS)) for name, field in states.items()
    }
    said = {
        "sweep_number": number,
        "sweep_mode": "azimuth_surveillance",
        "follow_mode": "none",
        "prt_mode": "fixed",
        "sweep_fixed_angle": float(fixed_angle),
        "nyquist_velocity": float(nyquist),
    }
    height = np.broadcast_to(np.asarray(elevation, np.float64), shape[:1])
    places = {
        "azimuth": ("azimuth", np.asarray(azimuth, np.float64)[turn], {"units": "degrees"}),
        "elevation": ("azimuth", height[turn], {"units": "degrees"}),
        "time": ("azimuth", np.asarray(time, "datetime64[ns]")[turn], {"standard_name": "time"}),
        "range": ("range", np.asarray(range_m, np.float64), {"units": "metres"}),
    }
    return xr.Dataset({**fields, **said}, places, dict(attrs or {}))


def _about(name: str) -> dict[str, Any]:
    unit, standard = MOMENTS.get(name, ("", ""))
    return {"units": unit, "standard_name": standard} if unit else {}


def volume(sweeps: Sequence[xr.Dataset], place: Site, attrs: Mapping[str, Any] | None = None) -> xr.DataTree:
    """Build a volume of its sweeps.

    Parameters
    ----------
    sweeps : sequence of Dataset
        As from `sweep`, in the order of the scan; one or more.
    place : Site
        Where the radar stands.
    attrs : Mapping, optional
        What else is known: `source` (format), `task`, `lost` (a list of what could not be used), ...

    Returns
    -------
    DataTree
        `latitude`, `longitude`, `altitude` stand in the root and in each sweep, as xradar has it.

    Raises
    ------
    ValueError
        If there is no sweep.
    """
    if not sweeps:
        raise ValueError("a volume without a sweep; one or more are needed")
    here = {"latitude": place.latitude, "longitude": place.longitude, "altitude": place.altitude}
    times = np.concatenate([np.asarray(one.time.values) for one in sweeps])
    start, end = (np.datetime_as_string(moment, "s") + "Z" for moment in (times.min(), times.max()))
    root = xr.Dataset(
        {
            "volume_number": 0,
            "platform_type": "fixed",
            "instrument_type": "radar",
            "time_coverage_start": start,
            "time_coverage_end": end,
            "sweep_group_name": ("sweep", [f"sweep_{number}" for number in range(len(sweeps))]),
            "sweep_fixed_angle": ("sweep", [float(one.sweep_fixed_angle) for one in sweeps]),
        },
        coords=here,
        attrs={"Conventions": "Cf/Radial", "instrument_name": place.code, "band": place.band, **(attrs or {})},
    )
    leaves = {f"sweep_{number}": one.assign_coords(here) for number, one in enumerate(sweeps)}
    return xr.DataTree.from_dict({"/": root, **leaves})


def site(tree: xr.DataTree) -> Site:
    """Give where the radar of a volume stands."""
    longitude, latitude, altitude = (float(tree[name]) for name in ("longitude", "latitude", "altitude"))
    return Site(
        str(tree.attrs.get("instrument_name", "")), longitude, latitude, altitude, str(tree.attrs.get("band", ""))
    )


def sweeps(tree: xr.DataTree) -> list[xr.Dataset]:
    """Give the sweeps of a volume in the order of the scan."""
    names = sorted((name for name in tree.children if name.startswith("sweep_")), key=lambda name: int(name[6:]))
    return [tree[name].to_dataset() for name in names]


def replaced(tree: xr.DataTree, changed: Sequence[xr.Dataset], attrs: Mapping[str, Any] | None = None) -> xr.DataTree:
    """Give a volume with other sweeps, the root kept; as many as there were."""
    root = tree.to_dataset(inherit=False).assign_attrs(attrs or {})
    return xr.DataTree.from_dict({"/": root, **{f"sweep_{number}": one for number, one in enumerate(changed)}})
