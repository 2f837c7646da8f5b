"""Who stands around whom: nearest stations on the sphere, for any number of stations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from xiangtian.observe.qc.model import BoolArray, FloatArray, Sheet

EARTH_RADIUS_M = 6.371e6
SAME_PLACE_M = 1.0
COLOCATED = 2
"""So many stations at the very place of the asker are passed over before neighbours are lost."""
MANY = 5000
"""From so many askers on two threads search."""
IndexArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Nearest:
    """The nearest stations of each asker, nearest first.

    Attributes
    ----------
    index : IndexArray
        (m, k) rows of the answering stations, -1 where there are fewer.
    distance : FloatArray
        (m, k) m, infinity where there are fewer.
    """

    index: IndexArray
    distance: FloatArray


def on_sphere(lon: FloatArray, lat: FloatArray) -> FloatArray:
    """Give (n, 3) positions in m on a sphere of 6371 km; straight distances differ from arcs by 1e-5 at 100 km."""
    lam, phi = np.radians(lon), np.radians(lat)
    flat = np.cos(phi)
    return EARTH_RADIUS_M * np.column_stack([flat * np.cos(lam), flat * np.sin(lam), np.sin(phi)])


def nearest(place: FloatArray, answer: BoolArray, ask: IndexArray, most: int, radius_m: float) -> Nearest:
    """Find the nearest stations that can answer.

    Parameters
    ----------
    place : FloatArray
        (n, 3) positions of all stations, m (`on_sphere`); rows with NaN neither ask nor answer.
    answer : BoolArray
        (n,) who has something to say.
    ask : IndexArray
        (m,) rows that ask.
    most : int
        Neighbours wanted, above 0.
    radius_m : float
        Farthest neighbour, m.

    Returns
    -------
    Nearest
        Askers in the order of `ask`. Neither the asker itself nor anything less than 1 m from it is a neighbour.
    """
    index = np.full((len(ask), most), -1, np.intp)
    distance = np.full((len(ask), most), np.inf)
    known = np.asarray(np.isfinite(place).all(axis=1))
    rows, asking = np.flatnonzero(answer & known), np.flatnonzero(known[ask])
    if not len(rows) or not len(asking):
        return Nearest(index, distance)
    wanted, threads = np.arange(1, most + 2 + COLOCATED), 2 if len(asking) > MANY else 1
    tree = cKDTree(place[rows])
    found, where = tree.query(place[ask[asking]], k=wanted, distance_upper_bound=radius_m, workers=threads)
    use = np.isfinite(found) & (found >= SAME_PLACE_M)
    order = np.argsort(~use, axis=1, kind="stable")[:, :most]
    use = np.take_along_axis(use, order, axis=1)
    index[asking] = np.where(use, rows[np.minimum(np.take_along_axis(where, order, axis=1), len(rows) - 1)], -1)
    distance[asking] = np.where(use, np.take_along_axis(found, order, axis=1), np.inf)
    return Nearest(index, distance)


def within(place: FloatArray, answer: BoolArray, ask: IndexArray, radius_m: float) -> IndexArray:
    """Give, sorted and once each, the rows that can answer within a radius (m) of any asker."""
    rows = np.flatnonzero(answer & np.isfinite(place).all(axis=1))
    asking = ask[np.isfinite(place[ask]).all(axis=1)]
    if not len(rows) or not len(asking):
        return np.zeros(0, np.intp)
    balls = cKDTree(place[rows]).query_ball_point(place[asking], radius_m)
    found: IndexArray = rows[np.unique(np.concatenate([np.asarray(ball, np.intp) for ball in balls]))]
    return found


def flashes_near(
    lon: FloatArray, lat: FloatArray, flash_lon: FloatArray, flash_lat: FloatArray, radius_m: float = 15_000.0
) -> FloatArray:
    """Count the lightning flashes around stations, for `Context.flashes`.

    Parameters
    ----------
    lon : FloatArray
        (n,) degrees east of the stations, NaN unknown.
    lat : FloatArray
        (n,) degrees north.
    flash_lon : FloatArray
        (m,) degrees east of the flashes of the last quarter of an hour or so.
    flash_lat : FloatArray
        (m,) degrees north.
    radius_m : float
        How far off a flash still counts.

    Returns
    -------
    FloatArray
        (n,) flashes; 0 where the station's place is unknown.
    """
    place, flashes = on_sphere(lon, lat), on_sphere(flash_lon, flash_lat)
    flashes = flashes[np.isfinite(flashes).all(axis=1)]
    count = np.zeros(len(place))
    known = np.isfinite(place).all(axis=1)
    if len(flashes) and known.any():
        count[known] = cKDTree(flashes).query_ball_point(place[known], radius_m, return_length=True)
    return count


def pool(sheet: Sheet, neighbours: Sheet | None) -> tuple[Sheet, int]:
    """Join the sheet's readings and those of other stations around it.

    Parameters
    ----------
    sheet : Sheet
        The present readings.
    neighbours : Sheet | None
        Readings of other stations; rows of stations that the sheet holds too are left out.

    Returns
    -------
    tuple
        All readings, the sheet's first and then the neighbours that are not in it; and how many are the sheet's.
    """
    if neighbours is None or not len(neighbours):
        return sheet, len(sheet)
    others = neighbours.take(~np.isin(neighbours.station, sheet.station))
    names = sheet.values.keys()
    joined = Sheet(
        np.concatenate([sheet.station, others.station]),
        np.concatenate([sheet.time, others.time]),
        np.concatenate([sheet.lon, others.lon]),
        np.concatenate([sheet.lat, others.lat]),
        np.concatenate([sheet.alt, others.alt]),
        {name: np.concatenate([sheet.values[name], others.of(name)]) for name in names},
    )
    return joined, len(sheet)
