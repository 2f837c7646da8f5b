"""What was new in the last fields: how large it is at each place, and its spectrum.

An error model that is the same everywhere gives rain too little spread, for the errors are where it rains. Here the
size of errors is local: the mean square of what the last fields had beyond their expectation, around each place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel
from xiangtian.nowcast.motion import SPACING
from xiangtian.nowcast.steps.autoregression import Memory
from xiangtian.nowcast.steps.spectra import Rings, Scales, Spectrum, field_of

FloatField = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
_FAINT = 1e-3


@dataclass(frozen=True)
class Innovation:
    """What was new in the last fields.

    Attributes
    ----------
    power : FloatField
        (rows, columns // 2 + 1) mean squared modulus of its spectra.
    square : FloatField
        (blocks down, blocks across) sum of its squares over the known cells of each block of 8 x 8 cells.
    count : FloatField
        (blocks down, blocks across) known cells of each block.
    """

    power: FloatField
    square: FloatField
    count: FloatField

    @property
    def mean(self) -> float:
        """Mean square over all known cells; 0 where nothing is known."""
        return float(self.square.sum() / max(float(self.count.sum()), 1.0))

    def sizes(self, width: float, floor: float) -> FloatField:
        """Give (nodes down, nodes across) root mean square around each node of the motion's grid.

        Parameters
        ----------
        width : float
            Standard deviation of the Gaussian over which is averaged, cells.
        floor : float
            Share of the whole domain's mean, 0 to 1.

        Returns
        -------
        FloatField
            In the unit of the fields.
        """
        square, count = (_blurred(part, width / SPACING) for part in (self.square, self.count))
        faint = np.float32(_FAINT * SPACING**2)
        local = (square + faint * np.float32(self.mean)) / (count + faint)
        return np.sqrt(_at_nodes(np.asarray((1 - floor) * local + floor * self.mean, np.float32)))


def found(spectra: Sequence[Spectrum], known: Mask, memory: Memory, scale: Scales) -> Innovation:
    """Compare the last fields with what was expected from those before.

    Parameters
    ----------
    spectra : sequence of Spectrum
        (k) of the fields, brought to one place along the motion, the oldest first, 3 or more.
    known : Mask
        (rows, columns) cells that are known in all of them.
    memory : Memory
        Gives the expectation.
    scale : Scales
        Of the padded domain.

    Returns
    -------
    Innovation
        The mean over the k - 2 fields that have two before them.
    """
    power = np.zeros(scale.ring.shape, np.float32)
    square = np.zeros(known.shape, np.float32)
    part = np.empty(scale.ring.shape, np.complex64)
    share = np.float32(1.0 / (len(spectra) - 2))
    for before, last, now in zip(spectra, spectra[1:], spectra[2:], strict=False):
        _beyond(now, last, before, memory.last, memory.earlier, scale.ring, share, part, power)
        _add_square(field_of(part, scale.shape), share, square)
    return Innovation(power, *_in_blocks(square, known, SPACING))


@kernel
def _beyond(
    now: Spectrum,
    last: Spectrum,
    before: Spectrum,
    one: FloatField,
    two: FloatField,
    ring: Rings,
    share: np.float32,
    out: Spectrum,
    power: FloatField,
) -> None:
    for i in range(ring.shape[0]):
        for j in range(ring.shape[1]):
            r = ring[i, j]
            value = now[i, j] - one[r] * last[i, j] - two[r] * before[i, j] if r else np.complex64(0)
            out[i, j] = value
            power[i, j] += share * (value.real * value.real + value.imag * value.imag)


@kernel
def _add_square(field: FloatField, share: np.float32, out: FloatField) -> None:
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] += share * field[i, j] * field[i, j]


@kernel
def _in_blocks(field: FloatField, known: Mask, side: int) -> tuple[FloatField, FloatField]:
    """Add up the known cells of each block, and count them."""
    shape = ((field.shape[0] + side - 1) // side, (field.shape[1] + side - 1) // side)
    total, count = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for i in range(field.shape[0]):
        for j in range(field.shape[1]):
            if known[i, j]:
                total[i // side, j // side] += field[i, j]
                count[i // side, j // side] += np.float32(1)
    return total, count


def _blurred(field: FloatField, width: float) -> FloatField:
    return np.asarray(cv2.GaussianBlur(field, (0, 0), width, borderType=cv2.BORDER_REFLECT), np.float32)


def _at_nodes(blocks: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Give values at the corners of blocks, which are the nodes: the mean of the blocks that meet there."""
    wide = np.pad(blocks, 1, mode="edge")
    return np.asarray((wide[:-1, :-1] + wide[1:, :-1] + wide[:-1, 1:] + wide[1:, 1:]) / 4, np.float32)
