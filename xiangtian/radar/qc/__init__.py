"""Quality control of base data: a volume in, the same volume out with corrected moments and what they are worth.

The steps stand in :mod:`xiangtian.radar.qc.steps`, one file each; `scan.py` holds the arrays they work on,
`exchange.py` brings them from the polar model and back, `texture.py`, `patches.py`, `regions.py`, `rings.py` and
`phase.py` are the kernels, `terrain.py` is the model of the land.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from xiangtian.radar.polar.model import replaced, site, sweeps
from xiangtian.radar.qc.exchange import changed, on_sweep, scan_of
from xiangtian.radar.qc.scan import Cut, Field, Heights, Scan, Verdict
from xiangtian.radar.qc.steps import STEPS

if TYPE_CHECKING:
    import xarray as xr

DEFAULT = tuple(STEPS)
"""All steps, in their order."""
NOT_OF_RAIN = ("unfold",)
"""Steps that judge velocities: they have their quality field, but no part in `quality`."""
_ECHO = ("DBTH", "DBZH", "VRADH", "WRADH", "ZDR", "RHOHV", "PHIDP", "SNRH", "SQIH")
_MOTION = ("VRADH",)
Watch = Callable[[str, bool], None]


def clean(
    volume: xr.DataTree,
    terrain: Heights | None = None,
    steps: Sequence[str] = DEFAULT,
    settings: Mapping[str, Any] | None = None,
    watch: Watch | None = None,
) -> xr.DataTree:
    """Run quality control over a volume.

    Parameters
    ----------
    volume : DataTree
        As :mod:`xiangtian.radar.polar.model` has it; it is not changed.
    terrain : Heights, optional
        Longitudes and latitudes (degrees WGS-84) to metres above the sea, e.g.
        :class:`xiangtian.radar.qc.terrain.Terrain`; without it blockage and sea clutter are not judged.
    steps : sequence of str
        Names of `STEPS` to run; they run in the order of that table, whatever the order here. Others are off.
    settings : Mapping, optional
        Settings of steps by name, e.g. `{"unfold": unfold.Settings(wind=...)}`; defaults for the rest.
    watch : Callable, optional
        Called with the name of a step and True before it, False after it; for measuring.

    Returns
    -------
    DataTree
        In each sweep that was judged: DBTH as it came, DBZH and VRADH corrected, `quality_<step>` for each step that
        judged it, and `quality`, the product of those that judge reflectivity, (azimuth, range) float32, 0 to 1. The
        attribute `qc` of the root names the steps that ran and their settings, that of a sweep what they found.

    Raises
    ------
    ValueError
        If a step is not known, or is given settings of another kind.
    """
    wanted = _settings(steps, settings or {})
    held = sweeps(volume)
    place = site(volume)
    coarse, fine = scan_of(place, held, _ECHO, terrain), scan_of(place, held, _MOTION, terrain, fine=True)
    before = coarse, fine
    judged: list[dict[str, Verdict]] = [{} for _ in held]
    for name, chosen in wanted.items():
        if watch:
            watch(name, True)
        verdicts = STEPS[name].apply(fine if STEPS[name].fine else coarse, chosen)
        if STEPS[name].fine:
            fine = _after(fine, verdicts)
        else:
            coarse = _after(coarse, verdicts)
        for one, verdict in zip(judged, verdicts, strict=True):
            one[name] = verdict
        if watch:
            watch(name, False)
    out = [
        _written(
            sweep, [(old.cuts[k], new.cuts[k]) for old, new in zip(before, (coarse, fine), strict=True)], judged[k]
        )
        for k, sweep in enumerate(held)
    ]
    return replaced(volume, out, {"qc": _said(wanted)})


def _settings(steps: Sequence[str], given: Mapping[str, Any]) -> dict[str, Any]:
    unknown = [name for name in (*steps, *given) if name not in STEPS]
    if unknown:
        raise ValueError(f"no steps of quality control named {', '.join(unknown)}; there are {', '.join(STEPS)}")
    wrong = [name for name, one in given.items() if not isinstance(one, STEPS[name].settings)]
    if wrong:
        raise ValueError(f"settings of {', '.join(wrong)} are not of the step's own class Settings")
    return {name: given.get(name, step.settings()) for name, step in STEPS.items() if name in steps}


def _after(scan: Scan, verdicts: Sequence[Verdict]) -> Scan:
    cuts = tuple(cut.with_fields(one.fields, one.states) for cut, one in zip(scan.cuts, verdicts, strict=True))
    return dataclasses.replace(scan, cuts=cuts)


def _written(sweep: xr.Dataset, pairs: Sequence[tuple[Cut, Cut]], judged: Mapping[str, Verdict]) -> xr.Dataset:
    """Write what changed into a sweep, with the quality fields."""
    plane = ("azimuth", "range")
    new: dict[str, Any] = {}
    for before, after in pairs:
        new |= changed(sweep, before, after)
    cut = pairs[0][0]
    quality: Field | None = None
    for name, verdict in judged.items():
        if verdict.quality is None:
            continue
        spread = verdict.quality if STEPS[name].fine else on_sweep(cut, verdict.quality)
        new[f"quality_{name}"] = (plane, spread, {"units": "1", "long_name": f"quality by the step {name}"})
        if name not in NOT_OF_RAIN:
            quality = spread if quality is None else quality * spread
    if quality is not None:
        new["quality"] = (plane, quality, {"units": "1", "long_name": "product of the steps that judge reflectivity"})
    found = {
        name: {key: round(value, 6) for key, value in one.found.items()} for name, one in judged.items() if one.found
    }
    return sweep.assign(new).assign_attrs(qc=json.dumps(found))


def _said(wanted: Mapping[str, Any]) -> str:
    """Give the steps that ran and their settings as JSON: the evidence of what was done to the volume."""
    return json.dumps({name: dataclasses.asdict(one) for name, one in wanted.items()}, default=str)
