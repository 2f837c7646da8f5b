"""The latent field: rain on a scale on which its errors are of one size, known everywhere."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel
from xiangtian.nowcast.steps.settings import Settings

FloatField = npt.NDArray[np.float32]

_REDUCE = 8
_WIDTHS = ((1.5, 1.0), (6.0, 0.05), (24.0, 0.002))
"""Standard deviation (in blocks of 8 cells) and weight of the averages from which unknown cells are filled."""
_PER_LOG = np.float32(10.0 / np.log(10.0))


def dry_level(settings: Settings) -> float:
    """Give the latent value of dry air, dB.

    >>> round(dry_level(Settings(wet_mm_h=0.1, offset_mm_h=0.9, dry_gap=2.0)), 6)
    -2.0
    """
    return float(10.0 * np.log10(settings.wet_mm_h + settings.offset_mm_h)) - settings.dry_gap


def of_rain(rate: FloatField, settings: Settings) -> FloatField:
    """Turn rain into the latent variable: ten times the logarithm of rain plus an offset.

    Parameters
    ----------
    rate : FloatField
        (rows, columns) rain rate, mm/h, NaN where unknown.
    settings : Settings
        Threshold and offset of rain, gap to dry air.

    Returns
    -------
    FloatField
        (rows, columns) float32, dB of 1 mm/h; NaN where unknown.
    """
    out = np.empty(rate.shape, np.float32)
    wet, offset, dry = np.float32(settings.wet_mm_h), np.float32(settings.offset_mm_h), np.float32(dry_level(settings))
    _decibels(np.ascontiguousarray(rate, np.float32), wet, offset, dry, out)
    return out


@kernel
def _decibels(rate: FloatField, wet: np.float32, offset: np.float32, dry: np.float32, out: FloatField) -> None:
    for i in range(rate.shape[0]):
        for j in range(rate.shape[1]):
            r = rate[i, j]
            if r >= wet:
                out[i, j] = _PER_LOG * np.log(r + offset)
            elif r < wet:
                out[i, j] = dry
            else:
                out[i, j] = np.float32(np.nan)


def filled(field: FloatField, shape: tuple[int, int], default: float) -> FloatField:
    """Pad a field and fill its unknown cells smoothly from the known ones around, so that no false edge arises.

    Normalised convolution with Gaussians of three widths (Knutsson and Westin 1993, CVPR, 515-523).

    Parameters
    ----------
    field : FloatField
        (rows, columns) NaN where unknown.
    shape : tuple of int
        The padded size, multiples of 8; cells beyond the field are unknown ones too.
    default : float
        The value where nothing is known.

    Returns
    -------
    FloatField
        `shape`, finite; known cells as they were.
    """
    out, known = np.empty(shape, np.float32), np.empty(shape, np.float32)
    _spread_out(np.ascontiguousarray(field), out, known)
    if known.min() > 0:
        return out
    size = (shape[1] // _REDUCE, shape[0] // _REDUCE)
    total, weight = (
        np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.float32) for part in (out, known)
    )
    mean = float(total.sum() / weight.sum()) if weight.any() else default
    above, below = np.full(total.shape, 1e-6 * mean, np.float32), np.full(total.shape, 1e-6, np.float32)
    for width, share in _WIDTHS:
        above += np.float32(share) * _blurred(total, width)
        below += np.float32(share) * _blurred(weight, width)
    smooth = cv2.resize(above / below, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
    np.copyto(out, np.asarray(smooth, np.float32), where=known == 0)
    return out


def _blurred(field: FloatField, width: float) -> FloatField:
    return np.asarray(cv2.GaussianBlur(field, (0, 0), width, borderType=cv2.BORDER_REFLECT), np.float32)


@kernel
def _spread_out(field: FloatField, out: FloatField, known: FloatField) -> None:
    """Copy the known cells into the padded field, 0 elsewhere, and mark them."""
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = known[i, j] = np.float32(0)
            if i < field.shape[0] and j < field.shape[1] and field[i, j] == field[i, j]:
                out[i, j], known[i, j] = field[i, j], np.float32(1)
