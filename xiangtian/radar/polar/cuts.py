"""Cutting the radials of a volume into sweeps, and judging whether a sweep is whole enough to be used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from xiangtian.radar.errors import RadarError
from xiangtian.radar.polar.gates import MAX_VOLUME_CELLS

Taken = tuple[xr.Dataset | None, list[str]]
"""A sweep, if one could be built, and what of it could not be used."""

FIRST, MIDDLE, LAST, VOLUME_FIRST, VOLUME_LAST = 0, 1, 2, 3, 4
"""States of a radial, in both Chinese formats."""
MOST = 64
"""More cuts than this no scan has; today's have 5 to 20."""
USABLE_DEGREES = 270
"""A sweep that was broken off is kept, and marked, if it saw so much of the circle."""
_FEWEST = 16
_MOST_WORDS = 40
_VOLUME_TIME = np.timedelta64(30, "m")


@dataclass(frozen=True)
class Judged:
    """What a sweep is worth.

    Attributes
    ----------
    usable : bool
        Whether it is kept.
    words : str
        What is missing; empty for a whole sweep.
    attrs : dict
        What its attributes say.
    """

    usable: bool
    words: str = ""
    attrs: dict[str, Any] = field(default_factory=dict)


def split(cut: npt.NDArray[Any], begins: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Give first and last-but-one radial of each cut.

    Parameters
    ----------
    cut : ndarray
        (radials,) number of the cut each radial belongs to.
    begins : ndarray
        (radials,) whether the radial says that it begins a cut.

    Returns
    -------
    list of (int, int)
        Half-open, in the order of the scan; a new cut begins where the number changes or a radial says so.
    """
    if not len(cut):
        return []
    edge = np.flatnonzero((np.diff(cut.astype(np.int64)) != 0) | begins[1:]) + 1
    bounds = [0, *edge.tolist(), len(cut)]
    return list(pairwise(bounds))


def gather(
    spans: Sequence[tuple[int, int]], take: Callable[[slice, int, int], Taken], lost: Sequence[str]
) -> tuple[list[xr.Dataset], list[str]]:
    """Build the sweeps of a volume, as many as can be used.

    Parameters
    ----------
    spans : sequence of (int, int)
        As from `split`.
    take : callable
        Builds one: from its radials, its number from 1 and its place among the usable ones from 0.
    lost : sequence of str
        What is known to be lost before.

    Returns
    -------
    tuple
        The sweeps, and what could not be used, in words.

    Raises
    ------
    RadarError
        If no sweep can be used, or they hold more than `MAX_VOLUME_CELLS`.
    """
    whole: list[xr.Dataset] = []
    words, cells = list(lost), 0
    for number, (first, last) in enumerate(spans, 1):
        try:
            built, said = take(slice(first, last), number, len(whole))
        except RadarError as error:
            built, said = None, [f"cut {number}: {error}"]
        words += said
        if built is not None:
            whole.append(built)
            cells += sum(field.size for field in built.data_vars.values())
        if cells > MAX_VOLUME_CELLS:
            raise RadarError(f"more than {MAX_VOLUME_CELLS} cells in one volume")
    if len(words) > _MOST_WORDS:
        words = [*words[:_MOST_WORDS], f"and {len(words) - _MOST_WORDS} things more"]
    if not whole:
        raise RadarError(f"no cut of the volume can be used ({'; '.join(words)}); ask for the file to be sent again")
    return whole, words


def majority(header: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Tell which radials say what most of them say.

    Parameters
    ----------
    header : ndarray
        (radials,) of a structured type, or (radials, bytes) of bytes.

    Returns
    -------
    ndarray
        (radials,) bool.
    """
    if not len(header):
        return np.zeros(0, bool)
    rows = header if header.dtype == np.uint8 else _bytes(header)
    if (rows == rows[0]).all():
        return np.ones(len(rows), bool)
    _, member, count = np.unique(rows, axis=0, return_inverse=True, return_counts=True)
    return np.asarray(member.reshape(-1) == count.argmax())


def _bytes(header: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    names = header.dtype.names or ()
    return np.concatenate(
        [np.ascontiguousarray(header[name]).view(np.uint8).reshape(len(header), -1) for name in names], 1
    )


def near(time: npt.NDArray[np.datetime64]) -> npt.NDArray[np.bool_]:
    """Tell which radials were measured within half an hour of the middle one: others have a damaged clock."""
    if not len(time):
        return np.zeros(0, bool)
    return np.asarray(np.abs(time - np.sort(time)[len(time) // 2]) <= _VOLUME_TIME)


def judge(azimuth: npt.NDArray[np.float64], ended: bool) -> Judged:
    """Judge a sweep by how much of the circle it saw.

    Parameters
    ----------
    azimuth : ndarray
        (radials,) degrees from 0 to 360.
    ended : bool
        Whether its last radial says that the sweep ends.

    Returns
    -------
    Judged
        A sweep is whole if it ended and saw all but 10 degrees, or if it saw the whole circle; usable from
        `USABLE_DEGREES` on.
    """
    seen = covered(azimuth)
    if len(azimuth) < _FEWEST:
        return Judged(False, f"{len(azimuth)} radials")
    if seen >= (350 if ended else 359):
        return Judged(True)
    words = f"{len(azimuth)} radials, {seen} of 360 degrees"
    if seen < USABLE_DEGREES:
        return Judged(False, f"{words}: not used")
    return Judged(True, f"{words}: used as it is", {"partial": f"{seen} of 360 degrees"})


def covered(azimuth: npt.NDArray[np.float64]) -> int:
    """Count the degrees of the circle that lie within one degree of a radial."""
    hit = np.zeros(360, bool)
    hit[azimuth.astype(np.int64) % 360] = True
    return int((hit | (np.roll(hit, 1) & np.roll(hit, -1))).sum())
