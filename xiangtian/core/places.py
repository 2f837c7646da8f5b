"""Places: which district a position lies in, and where the city is."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely

from xiangtian.core import boundaries, settings
from xiangtian.core.boundaries import Bounds, District

FloatArray = npt.NDArray[np.floating]


class Places:
    """The districts of a city, made ready for questions.

    Parameters
    ----------
    districts : tuple of District
        The districts, WGS-84.
    """

    def __init__(self, districts: tuple[District, ...]) -> None:
        self.districts = districts
        self.by_code = {one.code: one for one in districts}
        self.shapes = {one.code: one.shape() for one in districts}
        self._codes = np.array([one.code for one in districts], dtype=object)
        self._tree = shapely.STRtree([self.shapes[code] for code in self._codes])
        self.outline = shapely.union_all(list(self.shapes.values()))

    @property
    def bounds(self) -> Bounds:
        """West, south, east, north of the whole city, degrees WGS-84."""
        west, south, east, north = self.outline.bounds
        return float(west), float(south), float(east), float(north)

    @property
    def centroid(self) -> tuple[float, float]:
        """Longitude and latitude of the city's middle, degrees WGS-84."""
        return float(self.outline.centroid.x), float(self.outline.centroid.y)

    def district_of(self, lon: FloatArray, lat: FloatArray) -> npt.NDArray[np.object_]:
        """Give the code of the district each position lies in.

        Parameters
        ----------
        lon : FloatArray
            Longitudes, degrees WGS-84; NaN lies nowhere.
        lat : FloatArray
            Latitudes, of the same shape.

        Returns
        -------
        ndarray of object
            The code, or None outside the city; on a common border the district with the lower code.
        """
        east, north = np.broadcast_arrays(np.asarray(lon, float), np.asarray(lat, float))
        codes = np.full(east.size, None, dtype=object)
        known = np.flatnonzero(np.isfinite(east.ravel()) & np.isfinite(north.ravel()))
        points = shapely.points(east.ravel()[known], north.ravel()[known])
        point, district = self._tree.query(points, predicate="intersects")
        for one, code in zip(known[point[::-1]], self._codes[district[::-1]], strict=True):
            codes[one] = code if codes[one] is None else min(code, codes[one])
        return codes.reshape(east.shape)

    def at(self, lon: float, lat: float) -> str | None:
        """Give the code of the district one position lies in, or None outside the city."""
        code = self.district_of(np.array([lon]), np.array([lat]))[0]
        return None if code is None else str(code)


@lru_cache(maxsize=1)
def suzhou() -> Places:
    """Give the built-in districts of Suzhou."""
    return Places(boundaries.suzhou())


def district_of(lon: FloatArray, lat: FloatArray, city: Places | None = None) -> npt.NDArray[np.object_]:
    """Give the code of the district each position lies in; the city is Suzhou unless another is given.

    Parameters
    ----------
    lon : FloatArray
        Longitudes, degrees WGS-84; NaN lies nowhere.
    lat : FloatArray
        Latitudes, of the same shape.
    city : Places, optional
        The districts asked; the built-in ones if left out.

    Returns
    -------
    ndarray of object
        The six-digit code, or None outside the city.
    """
    return (city or suzhou()).district_of(lon, lat)


@lru_cache(maxsize=1)
def city() -> Places:
    """Give the districts this installation works for: the operator's GeoJSON if one is named, else Suzhou's.

    Raises
    ------
    SettingError
        If `XIANGTIAN_BOUNDARIES` names a file that can't be used.
    """
    named = settings.text("XIANGTIAN_BOUNDARIES")
    if not named:
        return suzhou()
    try:
        return Places(boundaries.from_geojson(Path(named).read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise settings.SettingError(f"XIANGTIAN_BOUNDARIES={named!r} can't be used: {error}") from error
