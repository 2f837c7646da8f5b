"""From sweeps of the polar model to plain arrays, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from xiangtian.radar.polar.model import MOMENTS, Site
from xiangtian.radar.qc.scan import Cut, Field, Heights, Indices, Scan


def _blocks(values: Field, size: int) -> tuple[Indices, Indices]:
    """Find blocks of gates that carry one value: the block of each gate, and the middle gate of each block."""
    bits = values.view(np.int32)
    edges = (bits[:, 1:] != bits[:, :-1]).sum(axis=0)
    first = int(np.argmax([edges[phase::size].sum() for phase in range(min(size, len(edges)))])) + 1
    spread = (np.arange(values.shape[1]) - first % size + size) // size
    spread -= spread[0]
    return spread, np.asarray([int(np.median(np.flatnonzero(spread == k))) for k in range(int(spread[-1]) + 1)])


def _cut(sweep: xr.Dataset, names: Sequence[str], fine: bool) -> Cut:
    fields = {name: np.ascontiguousarray(sweep[name].values, np.float32) for name in names if name in sweep}
    given = next((name for name in ("DBZH", "DBTH") if name in fields), None)
    states = {name: np.asarray(sweep[name].values) for name in ("gate", "gate_velocity") if name in sweep}
    azimuth, elevation, range_m = (
        np.asarray(sweep[name].values, np.float64) for name in ("azimuth", "elevation", "range")
    )
    spread = None
    if given and not fine:
        size = round(float(sweep[given].attrs.get("native_gate_m", 0.0)) / (range_m[1] - range_m[0]))
        if size > 1:
            spread, middle = _blocks(fields[given], size)
            fields = {name: np.ascontiguousarray(values[:, middle]) for name, values in fields.items()}
            states = {name: np.ascontiguousarray(values[:, middle]) for name, values in states.items()}
            range_m = np.bincount(spread, range_m) / np.bincount(spread)
    if given:
        fields["DBTH"] = fields.get("DBTH", fields[given])
        fields["DBZH"] = fields[given]
    nyquist, unambiguous = float(sweep["nyquist_velocity"]), float(sweep.attrs.get("unambiguous_range_m", np.nan))
    return Cut(azimuth, elevation, range_m, nyquist, fields, states, spread, unambiguous)


def scan_of(
    place: Site,
    sweeps: Sequence[xr.Dataset],
    names: Sequence[str],
    terrain: Heights | None = None,
    fine: bool = False,
) -> Scan:
    """Take the arrays of sweeps of the polar model.

    Parameters
    ----------
    place : Site
        Where the radar stands.
    sweeps : sequence of Dataset
        As from :func:`xiangtian.radar.polar.model.sweeps`.
    names : sequence of str
        The moments to take, where a sweep holds them.
    terrain : Heights, optional
        Heights of the land.
    fine : bool
        Keep the gates of the sweep even where several carry one value of reflectivity: for velocities.

    Returns
    -------
    Scan
        Reflectivity stands in both DBTH (as it came) and DBZH (to be corrected).
    """
    return Scan(place, tuple(_cut(sweep, names, fine) for sweep in sweeps), terrain)


def on_sweep(cut: Cut, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Give values of a cut at all gates of its sweep."""
    return values if cut.spread is None else values[:, cut.spread]


def changed(sweep: xr.Dataset, before: Cut, after: Cut) -> dict[str, Any]:
    """Give the variables that differ between two states of a cut, as xarray takes them."""
    plane = ("azimuth", "range")
    pairs: list[tuple[Mapping[str, npt.NDArray[Any]], Mapping[str, npt.NDArray[Any]]]] = [
        (after.fields, before.fields),
        (after.states, before.states),
    ]
    return {
        name: (plane, on_sweep(after, values), _attrs(sweep, name))
        for new, old in pairs
        for name, values in new.items()
        if name not in sweep or values is not old.get(name)
    }


def _attrs(sweep: xr.Dataset, name: str) -> dict[str, Any]:
    """Give the attributes of a moment: its own, those of the moment it was copied from, or those of the model."""
    if name in sweep:
        return dict(sweep[name].attrs)
    near = {"DBTH": "DBZH", "DBZH": "DBTH"}.get(name, "")
    unit, standard = MOMENTS.get(name, ("", ""))
    said = dict(sweep[near].attrs) if near in sweep else {}
    return said | ({"units": unit, "standard_name": standard} if unit else {})
