"""A field from the values of stations: background, structure, mask and the error that leaving stations out shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from xiangtian.met import barnes, optimal
from xiangtian.met.lonlat import LonLat, plane

FloatArray = npt.NDArray[np.floating]
Method = Literal["optimal", "barnes"]
LEAST = 5
"""Fewer stations make no field."""
RADII = (1.0, 1.5, 2.5, 4.0, 7.0)
"""Radii of the structure that are tried, in mean spacings."""
NOISES = (0.05, 0.3)
"""Error variances that are tried, as parts of the background's."""
TRIED_MOST = 200
"""The structure is chosen on at most so many stations, those nearest to the middle."""
PER_TERM = 8
"""Stations needed for each term of the background."""
RELIEF_M = 60.0
"""A slope with height is fitted when the stations' heights spread by at least this."""
REACH = 2.0
"""A cell further from its nearest station than so many mean spacings says nothing..."""
REACH_KM = (8.0, 40.0)
"""...but not less and not more than these."""


@dataclass(frozen=True)
class Analysis:
    """A field and what is known of its quality.

    Attributes
    ----------
    field : FloatArray
        (rows, columns) in the unit of the values; NaN far from every station.
    left_out : FloatArray
        (stations,) each value less the analysis without it, in the order of the stations given.
    mae : float
        Mean absolute value of `left_out`.
    plain_mae : float
        The same of the plain mean of all other stations: what the analysis must beat.
    method : str
        "optimal" or "barnes".
    radius_km : float
        Radius of the structure function: of L for optimal interpolation, sqrt(k0) for Barnes.
    """

    field: npt.NDArray[np.float64]
    left_out: npt.NDArray[np.float64]
    mae: float
    plain_mae: float
    method: Method
    radius_km: float


def analyse(
    stations: FloatArray,
    values: FloatArray,
    grid: LonLat,
    method: Method = "optimal",
    allowed: tuple[float, float] = (-np.inf, np.inf),
) -> Analysis:
    """Make a field from values at stations.

    Parameters
    ----------
    stations : FloatArray
        (3, stations) longitude, latitude (degrees), height (m; NaN where unknown).
    values : FloatArray
        (stations,) NaN where missing.
    grid : LonLat
        Where the field is wanted.
    method : str
        "optimal" (`met.optimal`) for what varies smoothly, "barnes" (`met.barnes`) for amounts that are mostly 0.
    allowed : tuple
        Lowest and highest value the quantity can have; the field is cut to them.

    Returns
    -------
    Analysis
        Stations with missing values take no part, and have NaN in `left_out`.

    Raises
    ------
    ValueError
        If fewer than 5 stations have values.
    """
    here = np.isfinite(values)
    if here.sum() < LEAST:
        raise ValueError(f"{here.sum()} 个站有可用的值，至少 {LEAST} 个才能分析成场 (too few stations for a field)")
    lon, lat, height = (row[here] for row in stations)
    middle = (float(lon.mean()), float(lat.mean()))
    places = np.stack(plane(lon, lat, middle))
    columns, rows = plane(grid.lon, grid.lat, middle)
    maker = _barnes if method == "barnes" else _optimal
    told, departures, radius = maker(_Case(places, np.stack([lat, lon]), height, values[here], columns, rows, grid))
    told[_far(places, columns, rows)] = np.nan
    left_out = np.full(len(values), np.nan)
    left_out[here] = departures
    plain = (values[here] - values[here].mean()) * here.sum() / (here.sum() - 1)
    mae = float(np.nanmean(np.abs(departures)))
    return Analysis(np.clip(told, *allowed), left_out, mae, float(np.abs(plain).mean()), method, radius)


@dataclass(frozen=True)
class _Case:
    """All that a method needs: places (km, and latitude with longitude), heights, values, the grid's axes (km)."""

    places: FloatArray
    latlon: FloatArray
    height: FloatArray
    values: FloatArray
    columns: FloatArray
    rows: FloatArray
    grid: LonLat


Made = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], float]


def _barnes(case: _Case) -> Made:
    k0 = barnes.width(barnes.spacing(*case.places))
    told = barnes.field(case.places, case.values, case.columns, case.rows, k0)
    return told, barnes.left_out(case.places, case.values, k0), float(np.sqrt(k0))


def _optimal(case: _Case) -> Made:
    terms, on = _drift(case)
    structure = _choose(case.places, case.values, terms)
    if len(case.values) > optimal.DENSE_MOST:
        slopes, *_ = np.linalg.lstsq(terms, case.values, rcond=None)
        lat, lon = np.meshgrid(case.grid.lat, case.grid.lon, indexing="ij")
        backgrounds = terms @ slopes, on @ slopes
        where = (case.latlon[0], case.latlon[1]), case.values
        return *optimal.local(*where, backgrounds, (lat, lon), structure), structure.radius_km
    found = optimal.fit(case.places, case.values, terms, structure)
    told = optimal.field(found, case.places, case.columns, case.rows, on, structure)
    return told, found.left_out, structure.radius_km


def _drift(case: _Case) -> tuple[FloatArray, FloatArray]:
    """Give the terms of the background at the stations (stations, terms) and on the grid (rows, columns, terms).

    A constant; slopes eastward and northward (per 100 km) if the stations can carry them; a slope with height (per km)
    if there is relief. Between stations the ground's height is itself analysed from theirs.
    """
    count, shape = len(case.values), (len(case.rows), len(case.columns))
    at, on = [np.ones(count)], [np.ones(shape)]
    if count >= 3 * PER_TERM:
        at += [case.places[0] / 100, case.places[1] / 100]
        on += [np.broadcast_to(case.columns / 100, shape), np.broadcast_to(case.rows[:, None] / 100, shape)]
    known = np.isfinite(case.height)
    if count >= 4 * PER_TERM and known.all() and np.ptp(case.height) >= RELIEF_M:
        k0 = barnes.width(barnes.spacing(*case.places))
        ground = barnes.field(case.places, case.height, case.columns, case.rows, k0)
        at.append(case.height / 1000)
        on.append(np.nan_to_num(ground, nan=float(case.height.mean())) / 1000)
    return np.stack(at, axis=-1), np.stack(on, axis=-1)


def _choose(places: FloatArray, values: FloatArray, terms: FloatArray) -> optimal.Structure:
    """Take the radius and noise with the least leave-one-out error, of a few."""
    some = np.sort(np.argsort(np.hypot(*(places - np.median(places, axis=1, keepdims=True))))[:TRIED_MOST])
    unit = barnes.spacing(*places)
    tried = [optimal.Structure(unit * radius, noise) for radius in RADII for noise in NOISES]
    if np.ptp(values[some]) == 0:
        return tried[0]
    errors = [np.abs(optimal.fit(places[:, some], values[some], terms[some], one).left_out).mean() for one in tried]
    return tried[int(np.argmin(errors))]


def _far(places: FloatArray, columns: FloatArray, rows: FloatArray) -> npt.NDArray[np.bool_]:
    reach = float(np.clip(REACH * barnes.spacing(*places), *REACH_KM))
    east, north = np.meshgrid(columns, rows)
    distance, _ = cKDTree(places.T).query(np.stack([east, north], axis=-1), distance_upper_bound=reach)
    return np.asarray(np.isinf(distance))
