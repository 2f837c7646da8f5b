"""What all members share: the expected field of each lead, the size of errors, the table back to rain."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from xiangtian.nowcast.motion import SPACING, Motion
from xiangtian.nowcast.steps import autoregression, innovation, latent, matching, noise, perturbation, spectra
from xiangtian.nowcast.steps.settings import Settings
from xiangtian.nowcast.trajectory import displacements, moved

FloatField = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Value = TypeVar("Value")
Item = TypeVar("Item")
MEMORY = 3
"""Frames from which the memory of each scale is fitted."""


@dataclass(frozen=True)
class Prepared:
    """All that members need; arrays and numbers only, so that it can be sent to other processes.

    Attributes
    ----------
    expected : FloatField
        (leads, rows, columns) latent rain, moved on and faded scale by scale, finite.
    known : Mask
        (leads, rows, columns) cells whose air comes from known ones.
    sizes : FloatField
        (leads, nodes down, nodes across) local factor on noise of variance one at the first lead.
    growth : ndarray
        (leads,) variance of that noise.
    tables : list of Table
        (leads) from latent values to rain.
    shifts : FloatField
        (leads, 2, nodes down, nodes across) way of the air, cells.
    memory, texture, drift
        Of the noise and of the errors of motion.
    """

    expected: FloatField
    known: Mask
    sizes: FloatField
    growth: npt.NDArray[np.float64]
    tables: list[matching.Table]
    shifts: FloatField
    memory: autoregression.Memory
    texture: noise.Texture
    drift: perturbation.Drift

    @property
    def leads(self) -> int:
        """Steps ahead."""
        return len(self.expected)


def spread_factors(settings: Settings, leads: int) -> npt.NDArray[np.float64]:
    """Give (leads,) factors on the size of errors, a straight line in the logarithm of the lead's number."""
    way = np.log(np.arange(1, leads + 1)) / np.log(12.0)
    return np.asarray(settings.spread_first + (settings.spread_later - settings.spread_first) * way, np.float64)


def prepare(
    frames: FloatField,
    motion: Motion,
    leads: int,
    cell_km: float,
    step_min: float,
    factors: npt.NDArray[np.float64],
    settings: Settings,
    threads: int = 2,
) -> Prepared:
    """Do once what all members need.

    Parameters
    ----------
    frames : FloatField
        (k, rows, columns) rain rate, mm/h, the oldest first, NaN where unknown; the last three are used.
    motion : Motion
        Of that field, cells per step.
    leads : int
        Steps ahead, 1 or more.
    cell_km, step_min : float
        Size of a cell, time between frames.
    factors : ndarray
        (leads,) on the size of errors.
    settings : Settings
        Constants of the method.
    threads : int
        How many things are done at a time; it changes no value.

    Returns
    -------
    Prepared
        The members' common part.
    """
    with ThreadPoolExecutor(threads) as pool:
        return _Preparation(pool, frames[-MEMORY:], motion, leads, settings).done(cell_km, step_min, factors)


class _Preparation:
    """The steps of the preparation on one pool of threads."""

    def __init__(
        self, pool: ThreadPoolExecutor, frames: FloatField, motion: Motion, leads: int, settings: Settings
    ) -> None:
        self._pool, self._frames, self._motion, self._leads, self._settings = pool, frames, motion, leads, settings
        self._shape = frames.shape[1], frames.shape[2]
        self._scale = spectra.scales(spectra.good_shape(self._shape, SPACING), settings.levels)
        self._shifts = displacements(motion, max(leads, len(frames) - 1))

    def done(self, cell_km: float, step_min: float, factors: npt.NDArray[np.float64]) -> Prepared:
        fields = self._each(self._placed, range(len(self._frames)))
        common = np.isfinite(sum(fields))
        waves = self._each(lambda field: self._wave(np.where(common, field, np.float32(np.nan))), fields)
        memory = autoregression.fitted(waves, self._scale)
        new = innovation.found(waves, common, memory, self._scale)
        power = spectra.rings_of_power(new.power, self._scale)
        growth = memory.growth(self._leads, power)
        before = np.where(np.isfinite(fields[-2]), fields[-2], fields[-1])
        last, before_last = self._each(self._wave, (fields[-1], before))
        expected, known = self._expected(last, before_last, memory)
        sizes = self._sizes(new, cell_km, factors)
        tables = self._each(
            lambda lead: self._table(expected[lead], known[lead], sizes[lead] * np.float32(growth[lead] ** 0.5), lead),
            range(self._leads),
        )
        return Prepared(
            expected,
            known,
            sizes,
            growth,
            tables,
            self._shifts[: self._leads],
            memory,
            noise.textured(new.power, self._scale),
            perturbation.drifting(self._motion, self._leads, cell_km, step_min, self._settings.motion_error),
        )

    def _each(self, work: Callable[[Item], Value], items: Iterable[Item]) -> list[Value]:
        return list(self._pool.map(work, items))

    def _placed(self, index: int) -> FloatField:
        """Give a frame's latent field, brought to where its air is now, NaN where unknown."""
        field = latent.of_rain(self._frames[index], self._settings)
        age = len(self._frames) - 1 - index
        return moved(field, self._shifts[age - 1], self._motion.spacing) if age else field

    def _wave(self, field: FloatField) -> spectra.Spectrum:
        return spectra.transformed(latent.filled(field, self._scale.shape, latent.dry_level(self._settings)))

    def _expected(
        self, last: spectra.Spectrum, before: spectra.Spectrum, memory: autoregression.Memory
    ) -> tuple[FloatField, Mask]:
        """Give the latent fields to be expected at each lead, where the air will be then, and the known cells."""
        expected = np.empty((self._leads, *self._shape), np.float32)
        known = np.empty((self._leads, *self._shape), np.bool_)
        one, two = memory.weights(self._leads)
        mask = np.where(np.isfinite(self._frames[-1]), np.float32(0), np.float32(np.nan))

        def fill(lead: int) -> None:
            mixed = np.empty(self._scale.ring.shape, np.complex64)
            spectra.mixed(last, before, one[lead], two[lead], self._scale.ring, mixed)
            still = spectra.field_of(mixed, self._scale.shape)[: self._shape[0], : self._shape[1]]
            moved(still, self._shifts[lead], self._motion.spacing, expected[lead])
            np.copyto(expected[lead], still, where=np.isnan(expected[lead]))
            known[lead] = np.isfinite(moved(mask, self._shifts[lead], self._motion.spacing))

        self._each(fill, range(self._leads))
        return expected, known

    def _sizes(self, new: innovation.Innovation, cell_km: float, factors: npt.NDArray[np.float64]) -> FloatField:
        """Give the local size of errors at each lead, where the air will be then."""
        chosen = self._settings

        def size(lead: int) -> FloatField:
            width = (chosen.innovation_km + chosen.innovation_growth_km * lead**0.5) / cell_km
            still = new.sizes(width, chosen.innovation_floor) * np.float32(factors[lead])
            out = np.empty_like(still)
            noise.at_origins(still, self._shifts[lead], self._motion.spacing, out)
            return out

        return np.stack(self._each(size, range(self._leads)))

    def _table(self, expected: FloatField, known: Mask, sizes: FloatField, lead: int) -> matching.Table:
        wet, dry = self._settings.wet_mm_h, latent.dry_level(self._settings)
        rain = matching.counted(self._frames[-1], self._shifts[lead], known, wet)
        return matching.matched(expected, known, sizes, rain, wet, dry)
