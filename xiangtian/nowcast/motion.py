"""How rain moves: dense motion from the last radar frames.

Sparse features are tracked with the pyramidal Lucas-Kanade method at half resolution (Bouguet 2001, Intel;
Shi and Tomasi 1994, CVPR, for the features), outliers are left out, and the vectors are spread by normalised
convolution with Gaussians of two widths (Knutsson and Westin 1993, CVPR, 515-523) on a coarse grid.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel
from xiangtian.nowcast.frames import missing

FloatField = npt.NDArray[np.float32]
ByteField = npt.NDArray[np.uint8]

SPACING = 8
"""Cells between the nodes of the coarse grid of motion."""
_WET_MM_H = np.float32(0.1)
_REDUCE = 2
_WINDOW = 60
_FEATURES = 1000
_WIDTHS = (18.0, 75.0)
"""Standard deviations of the two Gaussians, cells: the narrow one decides where features are near, else the wide."""
_PRIOR = 0.0001
"""Weight of the wide average beside the narrow one, in which a lone feature weighs 0.016 at its own place."""
_CLUSTER = 40
_OUTLIER = 3.0
_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))


@dataclass(frozen=True)
class Motion:
    """Motion of rain on a coarse grid of nodes, one every `spacing` cells, the first at row 0, column 0.

    Attributes
    ----------
    velocity : FloatField
        (2, nodes down, nodes across) cells per frame step: [0] eastward (columns), [1] southward (rows).
    shape : tuple of int
        Rows and columns of the field that moves.
    spacing : int
        Cells between nodes.
    features : int
        Number of tracked features it rests on; 0 means nothing could be tracked and the motion is zero.
    fade : FloatField or None
        (leads, nodes down, nodes across) share of the way that rain goes until each lead, 0 to 1, see
        :mod:`xiangtian.nowcast.fading`; the last one counts for all later leads. None: all of the way.
    """

    velocity: FloatField
    shape: tuple[int, int]
    spacing: int = SPACING
    features: int = 0
    fade: FloatField | None = None

    def at(self, row: npt.ArrayLike, column: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Give (2, ...) cells per step eastward and southward at fractional rows and columns (clipped to the field)."""
        return self._read(self.velocity, row, column)

    def _read(self, values: FloatField, row: npt.ArrayLike, column: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Interpolate (k, nodes down, nodes across) values at fractional rows and columns of the field."""
        down = np.clip(np.asarray(row, float), 0, self.shape[0] - 1) / self.spacing
        across = np.clip(np.asarray(column, float), 0, self.shape[1] - 1) / self.spacing
        i, j = down.astype(int), across.astype(int)
        a, b, v = down - i, across - j, values.astype(np.float64)
        upper = (1 - b) * v[:, i, j] + b * v[:, i, j + 1]
        lower = (1 - b) * v[:, i + 1, j] + b * v[:, i + 1, j + 1]
        return np.asarray((1 - a) * upper + a * lower)

    def window(self, row: int, column: int, rows: int, columns: int) -> Motion:
        """Give the motion of a rectangular part of the field, its first node at the part's first cell."""
        shape = (rows, columns)
        down, across = (np.arange(count) * self.spacing for count in nodes(shape, self.spacing))
        places = np.meshgrid(row + down, column + across, indexing="ij")
        velocity = self.at(*places).astype(np.float32)
        fade = None if self.fade is None else self._read(self.fade, *places).astype(np.float32)
        return Motion(velocity, shape, self.spacing, self.features, fade)

    def dense(self) -> npt.NDArray[np.float64]:
        """Give (2, rows, columns) motion of every cell, cells per step eastward and southward."""
        return self.at(*np.indices(self.shape))


def nodes(shape: tuple[int, int], spacing: int = SPACING) -> tuple[int, int]:
    """Give the size of the coarse grid that covers a field, with one node beyond its far edges.

    >>> nodes((17, 8))
    (4, 2)
    """
    return (shape[0] - 1) // spacing + 2, (shape[1] - 1) // spacing + 2


def still(shape: tuple[int, int]) -> Motion:
    """Give the motion of a field that stands still."""
    return Motion(np.zeros((2, *nodes(shape)), np.float32), shape)


def uniform(shape: tuple[int, int], east: float, south: float) -> Motion:
    """Give the same motion everywhere, in cells per step."""
    velocity = np.empty((2, *nodes(shape)), np.float32)
    velocity[0], velocity[1] = east, south
    return Motion(velocity, shape)


def dense(frames: Sequence[FloatField] | npt.NDArray[np.float32], margin: int = 20) -> Motion:
    """Find the motion of rain from consecutive frames.

    Parameters
    ----------
    frames : sequence of FloatField
        (k, rows, columns) rain rate, mm/h, the oldest first, at equal steps of time; 2 or more, 3 are usual.
        NaN where nothing was measured: no feature is taken within `margin` cells of it. A frame that is all NaN is
        missing: its neighbours are followed over the longer time.
    margin : int
        Cells beside unmeasured ones, or the rim of the field, in which an edge would pass for standing rain; at the
        rim at most an eighth of the field's size. 0: none.

    Returns
    -------
    Motion
        Cells per step; zero everywhere where no feature could be tracked (dry, featureless or hidden).

    Raises
    ------
    ValueError
        If there are fewer than two frames, they differ in shape, or are smaller than 16 x 16 cells.
    """
    shape = _require_frames(frames)
    there = [number for number, frame in enumerate(frames) if not missing(frame)]
    if len(there) < 2:
        return still(shape)
    known = [frames[number] for number in there]
    with ThreadPoolExecutor(2) as pool:
        pictures = list(pool.map(_picture, known))
        masks = list(pool.map(lambda frame: _trusted(frame, margin), known[:-1]))
        tracked = list(pool.map(_track, pictures[:-1], pictures[1:], masks))
    place = np.concatenate([where for where, _ in tracked])
    step = np.concatenate([way / np.float32(far) for (_, way), far in zip(tracked, np.diff(there), strict=True)])
    if not len(place):
        return still(shape)
    keep = _believable(place, step, _spread(place, step, shape))
    place, step = place[keep], step[keep]
    return Motion(_spread(place, step, shape), shape, SPACING, len(place))


def _require_frames(frames: Sequence[FloatField] | npt.NDArray[np.float32]) -> tuple[int, int]:
    shapes = {np.shape(frame) for frame in frames}
    if len(frames) < 2 or len(shapes) != 1:
        raise ValueError(f"{len(frames)} frames of the shapes {sorted(shapes)}; two or more of one shape are needed")
    shape = shapes.pop()
    if len(shape) != 2 or min(shape) < 16:
        raise ValueError(f"frames of the shape {shape}; rows and columns are needed, 16 or more of each")
    return shape[0], shape[1]


@kernel
def _decibels(rate: FloatField, out: ByteField) -> None:
    """Scale rain from -15 dB (and dry, and unknown) to +30 dB of 1 mm/h onto 0 to 255."""
    for i in range(rate.shape[0]):
        for j in range(rate.shape[1]):
            r = rate[i, j]
            if r >= _WET_MM_H:  # false for NaN
                level = (np.float32(4.342944819) * np.log(r) + np.float32(15.0)) * np.float32(255.0 / 45.0)
                out[i, j] = np.uint8(min(level, np.float32(255.0)))
            else:
                out[i, j] = 0


def _picture(rate: FloatField) -> ByteField:
    """Give the half-resolution picture of a frame, without its smallest specks."""
    full = np.empty(rate.shape, np.uint8)
    _decibels(np.ascontiguousarray(rate, np.float32), full)
    return _reduced(cv2.morphologyEx(full, cv2.MORPH_OPEN, _CROSS))


def _reduced(picture: npt.NDArray[Any]) -> ByteField:
    rows, columns = picture.shape
    size = (columns // _REDUCE, rows // _REDUCE)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _trusted(rate: FloatField, margin: int) -> ByteField:
    """Give the half-resolution mask (255) of where features may be taken: not beside unmeasured cells or the rim."""
    near = np.isnan(rate).astype(np.uint8)
    rim_y, rim_x = (min(margin, size // 8) for size in rate.shape)
    if near.any():
        near = np.asarray(cv2.dilate(near, np.ones((2 * margin + 1, 2 * margin + 1), np.uint8)), np.uint8)
    near[:rim_y], near[near.shape[0] - rim_y :] = 1, 1
    near[:, :rim_x], near[:, near.shape[1] - rim_x :] = 1, 1
    return np.where(_reduced(near * np.uint8(255)) == 0, 255, 0).astype(np.uint8)


def _track(old: ByteField, new: ByteField, mask: ByteField) -> tuple[FloatField, FloatField]:
    """Give (features, 2) places (column, row) and steps (eastward, southward), both in full-resolution cells."""
    none = np.zeros((0, 2), np.float32)
    corners = cv2.goodFeaturesToTrack(old, _FEATURES, 0.01, 10 // _REDUCE, mask=mask, blockSize=5)
    if corners is None:
        return none, none
    window = (_WINDOW // _REDUCE, _WINDOW // _REDUCE)
    stop = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 10, 0.03)
    guess = corners.copy()
    moved, found, _ = cv2.calcOpticalFlowPyrLK(old, new, corners, guess, winSize=window, maxLevel=3, criteria=stop)
    kept = found.ravel() == 1
    place = corners.reshape(-1, 2)[kept]
    return (place + 0.5) * _REDUCE - 0.5, (moved.reshape(-1, 2)[kept] - place) * _REDUCE


def _node(place: FloatField, shape: tuple[int, int]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    down, across = nodes(shape)
    nearest = np.rint(place / SPACING).astype(np.intp)
    return np.clip(nearest[:, 1], 0, down - 1), np.clip(nearest[:, 0], 0, across - 1)


def _spread(place: FloatField, step: FloatField, shape: tuple[int, int]) -> FloatField:
    """Spread vectors over the coarse grid; dense clusters of features count as few."""
    binned = np.zeros((*nodes(shape), 3), np.float32)
    np.add.at(binned, _node(place, shape), np.column_stack([step, np.ones(len(step), np.float32)]))
    side = (_CLUSTER // SPACING | 1,) * 2
    crowd = cv2.boxFilter(binned[..., 2], -1, side, normalize=False, borderType=cv2.BORDER_CONSTANT)
    binned /= np.maximum(crowd, 1)[..., None]
    near, wide = (_blurred(binned, width / SPACING) for width in _WIDTHS)
    total = binned.reshape(-1, 3).sum(0)
    mean = total[:2] / max(float(total[2]), 1e-6)
    broad = (wide[..., :2] + 1e-3 * mean) / (wide[..., 2:] + 1e-3)
    velocity = (near[..., :2] + _PRIOR * broad) / (near[..., 2:] + _PRIOR)
    return np.ascontiguousarray(velocity.transpose(2, 0, 1), np.float32)


def _blurred(binned: FloatField, width: float) -> FloatField:
    return np.asarray(cv2.GaussianBlur(binned, (0, 0), width, borderType=cv2.BORDER_REPLICATE), np.float32)


def _believable(place: FloatField, step: FloatField, velocity: FloatField) -> npt.NDArray[np.bool_]:
    """Tell which vectors lie within three (robust) standard deviations of the smooth motion around them."""
    i, j = np.rint(place[:, 1] / SPACING).astype(int), np.rint(place[:, 0] / SPACING).astype(int)
    off = np.hypot(*(step - velocity[:, i, j].T).T)
    width = max(1.4826 * float(np.median(off)) + 1e-3, 0.15)
    kept: npt.NDArray[np.bool_] = off < _OUTLIER * width
    return kept if kept.any() else np.ones(len(off), np.bool_)
