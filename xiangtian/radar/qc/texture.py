"""Textures of a polar field: how rough echo is, which tells clutter from rain; and the maths of fuzzy membership."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel

Field = npt.NDArray[np.float32]


@kernel
def _sums_along(values: Field, gates: int, out: Field) -> None:
    for i in range(values.shape[0]):
        length = values.shape[1]
        total = np.float64(0.0)
        for j in range(min(gates, length)):
            total += values[i, j]
        for j in range(length):
            if j + gates < length:
                total += values[i, j + gates]
            if j - gates - 1 >= 0:
                total -= values[i, j - gates - 1]
            out[i, j] = total


@kernel
def _sums_across(values: Field, rays: int, closed: bool, out: Field) -> None:
    count, length = values.shape
    for i in range(count):
        out[i, :] = 0.0
        for k in range(i - rays, i + rays + 1):
            if closed or 0 <= k < count:
                for j in range(length):
                    out[i, j] += values[k % count, j]


def box_sums(values: Field, rays: int, gates: int, closed: bool) -> Field:
    """Sum a field over moving boxes.

    Parameters
    ----------
    values : Field
        (rays, gates) finite.
    rays, gates : int
        Half-widths of the box, 0 or more.
    closed : bool
        Whether the first ray is the neighbour of the last.

    Returns
    -------
    Field
        (rays, gates) float32 sums; boxes are cut at the ends of a ray.
    """
    along, out = np.empty_like(values), np.empty_like(values)
    _sums_along(values, gates, along)
    _sums_across(along, min(rays, (len(values) - 1) // 2), closed, out)
    return out


def box_means(values: Field, rays: int, gates: int, closed: bool) -> Field:
    """Average a field over moving boxes of its finite values; NaN where a box has none. See `box_sums`."""
    here = np.isfinite(values)
    total = box_sums(np.where(here, values, np.float32(0)), rays, gates, closed)
    number = box_sums(here.astype(np.float32), rays, gates, closed)
    return np.divide(total, number, out=np.full_like(total, np.nan), where=number > 0.5)


@kernel
def _steps(dbz: Field, spin_db: float, squares: Field, pairs: Field, turns: Field) -> None:
    for i in range(dbz.shape[0]):
        for j in range(1, dbz.shape[1]):
            step = dbz[i, j] - dbz[i, j - 1]
            if np.isnan(step):
                continue
            squares[i, j] = step * step
            pairs[i, j] = 1.0
            if j > 1 and not np.isnan(dbz[i, j - 2]):
                before = dbz[i, j - 1] - dbz[i, j - 2]
                if step * before < 0 and (abs(step) + abs(before)) / 2 > spin_db:
                    turns[i, j] = 1.0


def roughness(dbz: Field, rays: int, gates: int, closed: bool, spin_db: float = 2.0) -> tuple[Field, Field]:
    """Find the two textures of reflectivity that mark ground clutter.

    TDBZ is the mean squared difference between neighbouring gates of a ray, dB2, and SPIN the share of gates at which
    that difference changes its sign by more than `spin_db` on average (Steiner and Smith 2002, JTECH 19, 673-686;
    Kessinger, Ellis and Van Andel 2003, AMS 19th IIPS, P1.6), both over boxes.

    Parameters
    ----------
    dbz : Field
        (rays, gates) dBZ, NaN where there is no echo.
    rays, gates : int
        Half-widths of the box.
    closed : bool
        Whether the first ray is the neighbour of the last.
    spin_db : float
        Smallest mean change that counts as a turn, dB.

    Returns
    -------
    tuple of Field
        TDBZ, dB2, and SPIN, 0 to 1; NaN where a box has no two neighbouring gates with echo.
    """
    squares, pairs, turns = (np.zeros(dbz.shape, np.float32) for _ in range(3))
    _steps(dbz, spin_db, squares, pairs, turns)
    number = box_sums(pairs, rays, gates, closed)
    some = number > 0.5
    return (
        np.divide(box_sums(squares, rays, gates, closed), number, out=np.full_like(number, np.nan), where=some),
        np.divide(box_sums(turns, rays, gates, closed), number, out=np.full_like(number, np.nan), where=some),
    )


@kernel
def _spread(values: Field, period: float, squares: Field, pairs: Field, closed: bool) -> None:
    count = values.shape[0]
    for i in range(count):
        k = i + 1 if i + 1 < count else 0
        across = closed or k > 0
        for j in range(values.shape[1]):
            here = values[i, j]
            if np.isnan(here):
                continue
            if j > 0 and not np.isnan(values[i, j - 1]):
                step = here - values[i, j - 1]
                if period > 0:
                    step -= period * np.rint(step / period)
                squares[i, j] += step * step
                pairs[i, j] += 1.0
            if across and not np.isnan(values[k, j]):
                step = here - values[k, j]
                if period > 0:
                    step -= period * np.rint(step / period)
                squares[i, j] += step * step
                pairs[i, j] += 1.0


def unevenness(values: Field, rays: int, gates: int, closed: bool, period: float = 0.0) -> Field:
    """Find the root mean squared difference between neighbours, over boxes.

    The texture of Gourley, Tabary and Parent du Chatelet 2007 (JTECH 24, 1439-1451, eq. 2), differences taken between
    neighbours along a ray and across rays.

    Parameters
    ----------
    values : Field
        (rays, gates), NaN where there is no value.
    rays, gates : int
        Half-widths of the box.
    closed : bool
        Whether the first ray is the neighbour of the last.
    period : float
        Of a circular quantity, in its unit (360 for PHIDP, twice the Nyquist velocity for VRADH); 0: none.

    Returns
    -------
    Field
        In the unit of the values; NaN where a box has no neighbours.
    """
    squares, pairs = np.zeros(values.shape, np.float32), np.zeros(values.shape, np.float32)
    _spread(values, float(period), squares, pairs, closed)
    number = box_sums(pairs, rays, gates, closed)
    total = box_sums(squares, rays, gates, closed)
    mean = np.divide(total, number, out=np.full_like(total, np.nan), where=number > 0.5)
    return np.asarray(np.sqrt(np.maximum(mean, 0)), np.float32)


def ramp(values: npt.NDArray[np.floating], start: float, end: float) -> Field:
    """Give a membership that goes from 0 at `start` to 1 at `end` (falling where `end` is below); NaN stays NaN.

    >>> ramp(np.array([0.0, 15.0, 40.0]), 10.0, 20.0).tolist()
    [0.0, 0.5, 1.0]
    >>> ramp(np.array([0.0, 2.5]), 2.0, 1.0).tolist()
    [1.0, 0.0]
    """
    share = (np.asarray(values, np.float32) - np.float32(start)) / np.float32(end - start)
    return np.asarray(np.clip(share, 0, 1), np.float32)


@dataclass(frozen=True)
class Mark:
    """One mark in a fuzzy judgement: a membership ramp and its weight.

    Attributes
    ----------
    start, end : float
        Where the membership is 0 and where it is 1, in the unit of the mark.
    weight : float
        Of this mark among the others.
    """

    start: float
    end: float
    weight: float = 1.0


def likelihood(
    marks: Mapping[str, Mark], values: Mapping[str, Field], trust: Mapping[str, Field] | None = None
) -> Field:
    """Average memberships by weight over the marks that are known at each gate.

    Parameters
    ----------
    marks : Mapping of str to Mark
        The ramps by name.
    values : Mapping of str to Field
        (rays, gates) values of the marks by name, NaN where unknown; a mark without values does not count.
    trust : Mapping of str to Field, optional
        Further weights, 0 to 1, broadcast over the field.

    Returns
    -------
    Field
        0 to 1; NaN where no mark is known.
    """
    shape = next(iter(values.values())).shape
    total, weight = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for name, mark in marks.items():
        if name not in values:
            continue
        member = ramp(values[name], mark.start, mark.end)
        faith = (trust or {}).get(name, np.float32(1))
        share = np.float32(mark.weight) * np.where(np.isnan(member), np.float32(0), faith)
        total += share * np.nan_to_num(member)
        weight += share
    return np.divide(total, weight, out=np.full(shape, np.nan, np.float32), where=weight > 0)
