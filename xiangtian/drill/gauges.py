"""Rain gauges: what a field of rain leaves in a tipping bucket between two frames."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter, map_coordinates

from xiangtian.met.grid import RainFrame

FloatArray = npt.NDArray[np.float64]

SUBSTEPS = 5
"""Moments between two frames at which the rain over a gauge is looked up."""
MOST_WIND_M_S = 40.0
"""A faster motion between two frames is no motion but another field."""
LEAST_LIKENESS = 0.05
"""Below this peak of the phase correlation two frames tell nothing about motion."""
TIP_MM = 0.1
WETTING_MM = 0.1
"""Rain that only wets the dry funnel (wetting loss: WMO-No. 8, Volume I, chapter 6)."""
DRYING_MM_H = 0.1
SCATTER = 0.05
"""Standard deviation of one report's catch, as a share: the uncertainty WMO-No. 8 asks for."""
LONGEST_GAP_S = 1800.0
"""Frames farther apart than this are not joined: the later one then stands for its own interval alone."""


def motion(earlier: RainFrame, later: RainFrame) -> tuple[float, float]:
    """Find how far the rain as a whole moved between two frames, (rows, columns) in cells.

    Parameters
    ----------
    earlier : RainFrame
        A frame.
    later : RainFrame
        A later one on the same grid.

    Returns
    -------
    tuple of float
        Rows southward and columns eastward; 0, 0 where the frames tell nothing.

    References
    ----------
    Phase correlation: Kuglin and Hines 1975, as OpenCV's `phaseCorrelate`.
    """
    before, after = (np.log1p(np.nan_to_num(frame.rate)).astype(np.float32) for frame in (earlier, later))
    if not (before.any() and after.any()):
        return 0.0, 0.0
    window = cv2.createHanningWindow((before.shape[1], before.shape[0]), cv2.CV_32F)
    (columns, rows), likeness = cv2.phaseCorrelate(before, after, window)
    seconds = max((later.time - earlier.time).total_seconds(), 1.0)
    height_m, width_m = later.grid.cell_m
    far_m = float(np.hypot(rows * height_m, columns * width_m))
    if likeness < LEAST_LIKENESS or far_m > MOST_WIND_M_S * seconds:
        return 0.0, 0.0
    return float(rows), float(columns)


def fallen(earlier: RainFrame | None, later: RainFrame, lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, float]:
    """Give the rain that fell on each place between two frames, followed along its way.

    Parameters
    ----------
    earlier : RainFrame or None
        The frame before; None, or one too long ago: the later frame's rate is taken for its interval.
    later : RainFrame
        The frame at the end.
    lon : FloatArray
        (n,) longitudes of the gauges, degrees WGS-84.
    lat : FloatArray
        (n,) their latitudes.

    Returns
    -------
    tuple
        (n,) rain, mm, NaN outside the grid or where nothing was measured; and the period it fell in, s.
    """
    place = np.stack(later.grid.position(lon, lat))
    gap_s = (later.time - earlier.time).total_seconds() if earlier else 0.0
    if earlier is None or not 0 < gap_s <= LONGEST_GAP_S:
        return _at(later, place) * later.interval_s / 3600, float(later.interval_s)
    step = np.array(motion(earlier, later))[:, None]
    parts = (np.arange(SUBSTEPS) + 0.5) / SUBSTEPS
    rates = [
        (1 - part) * _at(earlier, place - part * step) + part * _at(later, place + (1 - part) * step) for part in parts
    ]
    return np.asarray(np.mean(rates, axis=0) * gap_s / 3600, float), gap_s


def around(frame: RainFrame, lon: FloatArray, lat: FloatArray, scale_m: float) -> FloatArray:
    """Give the rain rate smoothed over `scale_m` (standard deviation) at each place, mm/h, 0 where nothing is known."""
    smooth = gaussian_filter(np.nan_to_num(frame.rate), [scale_m / size for size in frame.grid.cell_m])
    place = np.stack(frame.grid.position(lon, lat))
    return np.asarray(map_coordinates(smooth, place, order=1, mode="nearest"), float)


def _at(frame: RainFrame, place: FloatArray) -> FloatArray:
    nearest = np.rint(place).astype(int)
    inside = ((nearest >= 0) & (nearest < np.array(frame.grid.shape)[:, None])).all(axis=0)
    known = np.zeros(place.shape[1], bool)
    known[inside] = np.isfinite(frame.rate[tuple(nearest[:, inside])])
    rate = map_coordinates(np.nan_to_num(frame.rate).astype(float), place, order=1, mode="nearest")
    return np.where(known, rate, np.nan)


@dataclass
class Gauges:
    """The tipping buckets of a network.

    Attributes
    ----------
    catch : FloatArray
        (n,) lasting factor of each gauge, about 1.
    water_mm : FloatArray
        (n,) what stands in the bucket and has not tipped yet.
    film_mm : FloatArray
        (n,) how wet the funnel is.
    """

    catch: FloatArray
    water_mm: FloatArray
    film_mm: FloatArray

    @classmethod
    def of(cls, number: int, rng: np.random.Generator) -> Gauges:
        """Set up dry gauges whose lasting errors are drawn from `rng`."""
        return cls(rng.normal(1.0, SCATTER / 2, number), np.zeros(number), np.zeros(number))

    def catch_rain(self, rain_mm: FloatArray, period_s: float, rng: np.random.Generator) -> FloatArray:
        """Let rain fall into the gauges and read what they tipped.

        Parameters
        ----------
        rain_mm : FloatArray
            (n,) true rain of the period, mm; NaN is read as NaN and leaves the bucket alone.
        period_s : float
            Length of the period, s.
        rng : Generator
            Source of the scatter of this report.

        Returns
        -------
        FloatArray
            (n,) whole tips of 0.1 mm, mm.
        """
        rain = np.nan_to_num(rain_mm) * self.catch * rng.normal(1.0, SCATTER * 0.87, len(self.catch))
        rain = np.maximum(rain, 0.0)
        self.film_mm = np.where(rain > 0, self.film_mm, np.maximum(0.0, self.film_mm - DRYING_MM_H * period_s / 3600))
        wetting = np.minimum(rain, WETTING_MM - self.film_mm)
        self.film_mm += wetting
        self.water_mm += rain - wetting
        tips = np.floor(self.water_mm / TIP_MM + 1e-9)
        self.water_mm -= tips * TIP_MM
        return np.where(np.isnan(rain_mm), np.nan, np.round(tips * TIP_MM, 1))
