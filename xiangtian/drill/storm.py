"""The built-in storm: a plum-rain (梅雨) band that lingers over the city, cell after cell drawn along it.

The logarithm of the rain rate is a level, set by the band, plus a random texture. The band stays and sways; the
texture moves with a wind that turns, shears and rotates slowly, and changes as it goes (`texture`). What the frames
show is what falls: the field is the truth, and all that comes after can be scored against it.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from xiangtian.drill.texture import Spectrum, evolve
from xiangtian.met.grid import Grid, RainFrame

FloatArray = npt.NDArray[np.float64]

DRY_MM_H = 0.1
"""Rates below this are dry ground."""
MOST_MM_H = 150.0
"""Rates level off towards this, so that the long tail of the lognormal law makes no impossible cell; a choice."""


@dataclass(frozen=True)
class Recipe:
    """What storm is made.

    Attributes
    ----------
    seed : int
        The same recipe gives the same storm.
    hours : float
        Length, h, above 0.
    interval_s : int
        Time between frames, s.
    cells : int
        Side of the square grid, cells.
    cell_m : float
        Side of a cell, m.
    lon : float
        Longitude of the middle of the grid, degrees WGS-84.
    lat : float
        Its latitude.
    wind_m_s : tuple of float
        Mean wind that carries the cells, eastward and northward, m/s.
    turn_m_s : float
        By how much that wind changes in the course of hours, m/s.
    rotation_s : float
        Largest rotation of the flow, 1/s; it changes sign slowly.
    shear_s : float
        Largest stretching of the flow eastward, 1/s, with as much shrinking northward; it changes sign slowly.
    band_width_m : float
        Standard deviation across the band, m.
    band_from_degree : float
        Direction the band comes from, degrees from north.
    sway_m : float
        How far the band sways to either side of the city, m.
    median_mm_h : float
        Median rate on the axis of the band at its height, mm/h.
    background_mm_h : float
        Median rate far from the band, mm/h.
    spread : float
        Standard deviation of the logarithm of the rate.
    """

    seed: int = 1
    hours: float = 6.0
    interval_s: int = 300
    cells: int = 256
    cell_m: float = 1000.0
    lon: float = 120.6524
    lat: float = 31.3821
    wind_m_s: tuple[float, float] = (9.5, 4.5)
    turn_m_s: float = 2.0
    rotation_s: float = 1.5e-5
    shear_s: float = 1.0e-5
    band_width_m: float = 38_000.0
    band_from_degree: float = 245.0
    sway_m: float = 12_000.0
    median_mm_h: float = 8.0
    background_mm_h: float = 0.02
    spread: float = 1.15

    def __post_init__(self) -> None:
        if not (self.hours > 0 and self.interval_s > 0 and self.cell_m > 0):
            raise ValueError(
                f"a storm of {self.hours} h in steps of {self.interval_s} s and {self.cell_m} m can't be made: "
                "all three must be above 0"
            )
        if not 32 <= self.cells <= 1024:
            raise ValueError(f"a storm of {self.cells} x {self.cells} cells was asked for; allowed are 32 to 1024")

    @property
    def grid(self) -> Grid:
        """The grid of the frames, an equal-area projection around the middle."""
        crs = f"+proj=laea +lat_0={self.lat:.4f} +lon_0={self.lon:.4f} +datum=WGS84 +units=m +no_defs"
        edge = self.cell_m * (self.cells - 1) / 2
        return Grid(crs, -edge, edge, self.cell_m, self.cell_m, self.cells, self.cells)

    @property
    def steps(self) -> int:
        """Number of frames, both ends included."""
        return math.floor(self.hours * 3600 / self.interval_s) + 1


def frames(recipe: Recipe, start: dt.datetime) -> Iterator[RainFrame]:
    """Make the storm, frame after frame.

    Parameters
    ----------
    recipe : Recipe
        What storm.
    start : datetime
        Aware time of the first frame.

    Yields
    ------
    RainFrame
        `recipe.steps` frames; the rate is the true rate at that moment, with nothing missing.

    Raises
    ------
    ValueError
        If `start` has no time zone.
    """
    if start.tzinfo is None:
        raise ValueError(f"a storm needs a start with a time zone, found {start.isoformat()}; use clock.UTC")
    size = 2 * recipe.cells
    spectrum = Spectrum(cells=size, cell_km=recipe.cell_m / 1000)
    quality = np.ones(recipe.grid.shape, np.float32)
    notes = {"generator": "stochastic rain field", "seed": str(recipe.seed), "truth": "this field is what falls"}
    carried = zip(range(recipe.steps), evolve(spectrum, recipe.seed, recipe.interval_s), _paths(recipe), strict=False)
    for step, texture, (stretch, shift_m) in carried:
        elapsed_s = float(step * recipe.interval_s)
        seen = _seen(texture, stretch, shift_m / recipe.cell_m, recipe.cells)
        rate = _rate(level(recipe, elapsed_s) + recipe.spread * seen)
        time = start + dt.timedelta(seconds=elapsed_s)
        yield RainFrame(time.astimezone(dt.UTC), recipe.grid, rate, quality, recipe.interval_s, "drill storm", notes)


def wind(recipe: Recipe, elapsed_s: float) -> tuple[FloatArray, FloatArray]:
    """Give the flow that carries the cells at one time.

    Parameters
    ----------
    recipe : Recipe
        What storm.
    elapsed_s : float
        Time since the first frame, s.

    Returns
    -------
    tuple of arrays
        (2,) eastward and northward wind in the middle of the grid, m/s, and (2, 2) its gradient, 1/s: at (x, y) m
        from the middle the wind is the first plus the second times (x, y).
    """
    turn = _swing(recipe, 0, elapsed_s, 4.0), _swing(recipe, 1, elapsed_s, 5.0)
    middle = np.array(recipe.wind_m_s) + recipe.turn_m_s * np.array(turn)
    rotation = recipe.rotation_s * _swing(recipe, 2, elapsed_s, 6.0)
    shear = recipe.shear_s * _swing(recipe, 3, elapsed_s, 7.0)
    return middle, np.array([[shear, -rotation], [rotation, -shear]])


def level(recipe: Recipe, elapsed_s: float) -> FloatArray:
    """Give the logarithm of the median rate (mm/h) over the grid at one time: the band, and how strong it is.

    Parameters
    ----------
    recipe : Recipe
        What storm.
    elapsed_s : float
        Time since the first frame, s.

    Returns
    -------
    FloatArray
        (cells, cells) natural logarithm of mm/h.
    """
    toward = math.radians(recipe.band_from_degree + 180 + 6 * _swing(recipe, 4, elapsed_s, 8.0))
    x, y = recipe.grid.x[None, :], recipe.grid.y[:, None]
    aside = x * math.cos(toward) - y * math.sin(toward) - recipe.sway_m * _swing(recipe, 5, elapsed_s, 5.0)
    strength = np.exp(-0.5 * (aside / recipe.band_width_m) ** 2) * _life(recipe, elapsed_s)
    low, high = math.log(recipe.background_mm_h), math.log(recipe.median_mm_h)
    return np.asarray(low + (high - low) * strength, float)


def _life(recipe: Recipe, elapsed_s: float) -> float:
    """0.5 at the first frame, 1 from an eighth to three quarters of the time, 0.4 at the last."""
    part = elapsed_s / (recipe.hours * 3600)
    rise, fall = min(1.0, part / 0.125), min(1.0, max(0.0, (part - 0.75) / 0.25))
    return 0.5 + 0.25 * (1 - math.cos(math.pi * rise)) - 0.3 * (1 - math.cos(math.pi * fall))


def _swing(recipe: Recipe, which: int, elapsed_s: float, period_h: float) -> float:
    """A slow swing between -1 and 1 with a phase of its own."""
    phase = np.random.default_rng([recipe.seed, 0x51, which]).uniform(0, 2 * math.pi)
    return math.sin(phase + 2 * math.pi * elapsed_s / (3600 * period_h))


def _paths(recipe: Recipe) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Follow the air: it is at `stretch @ start + shift` (m), from one frame to the next."""
    stretch, shift_m = np.eye(2), np.zeros(2)
    step_s = float(recipe.interval_s)
    for step in range(recipe.steps):
        yield stretch, shift_m
        middle, gradient = wind(recipe, (step + 0.5) * step_s)
        turn = gradient * step_s
        grown = np.eye(2) + turn + turn @ turn / 2
        stretch = grown @ stretch
        shift_m = grown @ shift_m + step_s * (np.eye(2) + turn / 2) @ middle


def _seen(
    texture: npt.NDArray[np.float32], stretch: FloatArray, shift: FloatArray, cells: int
) -> npt.NDArray[np.float32]:
    """Cut the view out of the periodic texture that the air has carried along; shift in cells east and north."""
    back = np.linalg.inv(stretch)
    east, north = -back @ shift
    whole_column, whole_row = math.floor(east), math.floor(-north)
    size = texture.shape[0]
    rolled = np.roll(texture, (-whole_row, -whole_column), (0, 1))
    flip = np.diag([1.0, -1.0])
    turn = flip @ back @ flip
    middle, view = (size - 1) / 2, (cells - 1) / 2
    offset = np.array([east - whole_column, -north - whole_row]) + middle - turn @ np.array([view, view])
    matrix = np.column_stack([turn, offset])
    return np.asarray(
        cv2.warpAffine(rolled, matrix, (cells, cells), flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP), np.float32
    )


def _rate(logarithm: FloatArray) -> npt.NDArray[np.float32]:
    rate = np.exp(logarithm)
    rate /= (1.0 + (rate / MOST_MM_H) ** 3) ** (1 / 3)
    return np.where(rate >= DRY_MM_H, rate, 0.0).astype(np.float32)
