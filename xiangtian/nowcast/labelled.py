"""Nowcasts of labelled arrays: xarray in, xarray out, with units, coordinates and attributes kept.

    import xarray as xr
    from xiangtian.nowcast import forecast

    rain = xr.open_dataset("rain.nc")["rain_rate"]
    ahead = forecast(rain, leads=24)

Nothing here needs settings, a database or a home.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from xiangtian.met.grid import EARTH_RADIUS_M
from xiangtian.nowcast import forecasting

FloatField = npt.NDArray[np.float32]
RATES = {"mm/h": 1.0, "mm h-1": 1.0, "mm hr-1": 1.0, "mm/hr": 1.0, "kg m-2 h-1": 1.0, "mm/s": 3600.0, "mm s-1": 3600.0,
         "kg m-2 s-1": 3600.0, "m s-1": 3.6e6, "mm/min": 60.0, "mm min-1": 60.0}  # fmt: skip
"""Units of a rain rate, and mm/h in one of each."""
AMOUNTS = {"mm": 1.0, "kg m-2": 1.0, "kg/m2": 1.0, "cm": 10.0, "m": 1000.0}
"""Units of an amount that fell between two frames, and mm in one of each."""
_LENGTHS_KM = {"km": 1.0, "kilometre": 1.0, "kilometer": 1.0, "m": 1e-3, "metre": 1e-3, "meter": 1e-3, "metres": 1e-3,
               "meters": 1e-3}  # fmt: skip


@dataclass(frozen=True)
class _Laid:
    """What a labelled array says of its frames."""

    frames: FloatField
    factor: float
    cell_km: float
    step: np.timedelta64
    time: str
    plane: tuple[str, str]


def forecast(
    rain: xr.DataArray,
    leads: int = 24,
    members: int = 0,
    seed: int = 1,
    method: str = "advect",
    cell_km: float | None = None,
    tile: int = 0,
) -> xr.DataArray:
    """Forecast rain from the frames of a labelled array.

    Parameters
    ----------
    rain : DataArray
        (time, y, x) rain rate, or amount between two frames, at equal steps, the oldest first; NaN where unknown. The
        attribute `units` is one of `RATES` or `AMOUNTS`; without one it is taken as mm/h. `y` and `x` have
        coordinates in metres, kilometres or degrees. 2 frames or more (3 for members), an hour or more is best.
    leads : int
        Steps to forecast, 1 or more; a step is the time between frames.
    members : int
        0: one future. 1 or more: that many, each as likely as the others.
    seed : int
        The same seed gives the same members.
    method : str
        Of one future: a name of `nowcast.methods`.
    cell_km : float, optional
        Size of a cell, where the coordinates don't tell.
    tile : int
        Of members: 0 makes them now; 8 or more makes tiles of that side when they are asked for (a Dask array), for
        ensembles larger than memory: write them with `to_zarr`. The values are the same.

    Returns
    -------
    DataArray
        (lead, y, x) or (member, lead, y, x) in the unit of `rain`, with its plane coordinates, name and attributes;
        `lead` is a time difference, `time` the moment it is for, `forecast_reference_time` that of the last frame.

    Raises
    ------
    ValueError
        If dimensions, steps, units or coordinates don't allow it; the message says what is needed.
    """
    laid = _lay(rain, cell_km)
    step_min = float(laid.step / np.timedelta64(1, "s")) / 60
    if members:
        ahead = forecasting.many(laid.frames, leads, members, seed, laid.cell_km, step_min, tile)
    else:
        ahead = forecasting.deterministic(laid.frames, leads, laid.cell_km, step_min, method)
    last = rain[laid.time].values[-1]
    lead = laid.step * np.arange(1, leads + 1)
    kept = {name: one for name, one in rain.coords.items() if laid.time not in one.dims and name != laid.time}
    coords: dict[Any, Any] = {
        **kept,
        "lead": ("lead", lead),
        "time": ("lead", last + lead),
        "forecast_reference_time": last,
    }
    dims: tuple[str, ...] = ("lead", *laid.plane)
    if members:
        coords["member"], dims = ("member", np.arange(members)), ("member", *dims)
    return xr.DataArray(ahead / np.float32(laid.factor), coords, dims, name=rain.name, attrs=dict(rain.attrs))


def chance(ahead: xr.DataArray, threshold: float) -> xr.DataArray:
    """Give the share of members that reach or pass a threshold.

    Parameters
    ----------
    ahead : DataArray
        (member, ...) as from `forecast` with members.
    threshold : float
        In the unit of `ahead`.

    Returns
    -------
    DataArray
        (...) 0 to 1, NaN where a member is unknown.

    Raises
    ------
    ValueError
        If there is no dimension `member`.
    """
    if "member" not in ahead.dims:
        raise ValueError(f"dimensions {ahead.dims}; a probability needs members: ask forecast(..., members=24)")
    share = (ahead >= threshold).mean("member").where(ahead.notnull().all("member"))
    return share.assign_attrs(
        units="1", long_name=f"probability of at least {threshold:g} {ahead.attrs.get('units', '')}"
    )


def _lay(rain: xr.DataArray, cell_km: float | None) -> _Laid:
    if rain.ndim != 3:
        raise ValueError(f"dimensions {rain.dims}; (time, y, x) is needed: choose one variable and one level first")
    time, rows, columns = (str(name) for name in rain.dims)
    if time not in rain.coords or not np.issubdtype(rain[time].dtype, np.datetime64):
        raise ValueError(f"the first dimension {time!r} has no moments of time; give it a datetime64 coordinate")
    step = _step(rain[time].values)
    factor = _factor(str(rain.attrs.get("units", "mm/h")).strip(), step)
    frames = np.asarray(rain.values, np.float32) * np.float32(factor)
    return _Laid(frames, factor, cell_km or _cell_km(rain, rows, columns), step, time, (rows, columns))


def _step(times: npt.NDArray[np.datetime64]) -> np.timedelta64:
    steps = np.diff(times)
    if not len(steps) or steps[0] <= np.timedelta64(0, "ns") or np.any(steps != steps[0]):
        said = ", ".join(sorted({str(one.astype("timedelta64[s]")) for one in steps})) or "none"
        raise ValueError(f"steps between frames: {said}; two or more frames at equal, rising steps are needed")
    first: np.timedelta64 = steps[0]
    return first


def _factor(unit: str, step: np.timedelta64) -> float:
    if unit in RATES:
        return RATES[unit]
    if unit in AMOUNTS:
        return AMOUNTS[unit] * 3600.0 / float(step / np.timedelta64(1, "s"))
    raise ValueError(
        f"the unit {unit!r}; allowed are {', '.join([*RATES, *AMOUNTS])}. Reflectivity (dBZ) is to be made rain first"
    )


def _cell_km(rain: xr.DataArray, rows: str, columns: str) -> float:
    sizes = []
    for name in (rows, columns):
        if name not in rain.coords or rain[name].ndim != 1 or rain[name].size < 2:
            raise ValueError(f"{name!r} has no coordinate that tells the size of a cell; say cell_km=")
        values = rain[name].values.astype(float)
        size = abs(values[-1] - values[0]) / (len(values) - 1)
        sizes.append(size * _kilometres(str(rain[name].attrs.get("units", "")), name, rain, rows))
    return float(np.sqrt(sizes[0] * sizes[1]))


def _kilometres(unit: str, name: str, rain: xr.DataArray, rows: str) -> float:
    if unit in _LENGTHS_KM:
        return _LENGTHS_KM[unit]
    if unit.startswith("degree") or (not unit and name.startswith(("lat", "lon"))):
        shrunk = 1.0 if name == rows else float(np.cos(np.radians(np.mean(rain[rows].values.astype(float)))))
        return float(np.radians(1.0)) * EARTH_RADIUS_M / 1000 * shrunk
    raise ValueError(f"{name!r} has the unit {unit!r}; allowed are metres, kilometres and degrees, or say cell_km=")
