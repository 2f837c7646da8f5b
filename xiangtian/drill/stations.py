"""Regional stations of a drill: invented, spread evenly over the districts.

Their identifiers and names say that they belong to a drill, so that nobody takes them for real ones.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from xiangtian.core.boundaries import District
from xiangtian.core.places import Places
from xiangtian.core.stations import Station

KIND = "区域站（演习）"
SOURCE = "generated for a drill; no such station exists"
KM_PER_DEG = 111.195
DARTS_PER_STATION = 200
SHRINK = 0.94
"""How much the demanded distance between stations shrinks after each try that places too few."""

Points = npt.NDArray[np.float64]


def regional(seed: int, number: int, districts: tuple[District, ...]) -> tuple[Station, ...]:
    """Invent regional stations inside the districts, spread like blue noise: random, but never close together.

    Parameters
    ----------
    seed : int
        The same seed gives the same stations.
    number : int
        How many, 1 or more; 120 over Suzhou stand about 8 km apart.
    districts : tuple of District
        Where they may stand.

    Returns
    -------
    tuple of Station
        Stations D0001, D0002 and so on, counted from north to south; their names say that they are of a drill.

    Raises
    ------
    ValueError
        If `number` is below 1 or above 9999.

    References
    ----------
    Dart throwing (Poisson disc sampling): Cook 1986, doi:10.1145/7529.8927, with a falling distance.
    """
    if not 1 <= number <= 9999:
        raise ValueError(f"{number} drill stations were asked for; allowed are 1 to 9999")
    rng = np.random.default_rng([seed, 0xD])
    city = Places(districts)
    points = _spread(rng, city, number)
    points = points[np.lexsort((points[:, 0], -points[:, 1]))]
    alt_m = np.round(rng.uniform(2.0, 7.0, number), 1)
    codes = city.district_of(points[:, 0], points[:, 1])
    counts: dict[str, int] = {}
    found = []
    for place, code in enumerate(codes):
        counts[code] = counts.get(code, 0) + 1
        found.append(_station(place + 1, points[place], float(alt_m[place]), city.by_code[code], counts[code]))
    return tuple(found)


def _station(number: int, point: Points, alt_m: float, district: District, count: int) -> Station:
    return Station(
        id=f"D{number:04d}",
        zh=f"演习{district.zh}{count:02d}",
        en=f"Drill station {district.en} {count:02d}",
        kind=KIND,
        lon=float(point[0]),
        lat=float(point[1]),
        alt_m=alt_m,
        district=district.code,
        national=False,
        source=SOURCE,
    )


def _spread(rng: np.random.Generator, city: Places, number: int) -> Points:
    """Throw darts at the city; (number, 2) longitude and latitude rounded to 1e-4 deg."""
    darts = _inside(rng, city, DARTS_PER_STATION * number)
    east_km = darts[:, 0] * KM_PER_DEG * np.cos(np.radians(city.centroid[1]))
    plane = np.column_stack([east_km, darts[:, 1] * KM_PER_DEG])
    area_km2 = city.outline.area * KM_PER_DEG**2 * np.cos(np.radians(city.centroid[1]))
    distance_km = float(np.sqrt(area_km2 / number))
    while True:
        kept = _apart(plane, distance_km, number)
        if len(kept) == number:
            return darts[kept]
        distance_km *= SHRINK


def _inside(rng: np.random.Generator, city: Places, number: int) -> Points:
    west, south, east, north = city.bounds
    found = np.empty((0, 2))
    while len(found) < number:
        darts = np.round(rng.uniform((west, south), (east, north), (number, 2)), 4)
        found = np.concatenate([found, darts[shapely.contains_xy(city.outline, darts[:, 0], darts[:, 1])]])
    return found[:number]


def _apart(plane: Points, distance_km: float, number: int) -> list[int]:
    """Take points in their order while each stands at least `distance_km` from those taken before."""
    kept: list[int] = []
    free = np.ones(len(plane), bool)
    while len(kept) < number and free.any():
        taken = int(np.argmax(free))
        kept.append(taken)
        free &= np.hypot(*(plane - plane[taken]).T) >= distance_km
    return kept
