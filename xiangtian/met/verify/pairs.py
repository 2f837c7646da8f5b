"""Forecasts and observations brought to one shape, and work shared among threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

FloatField = npt.NDArray[np.float32]
THREADS = 2
"""Fields counted at the same time."""
LARGEST = np.float32(np.finfo(np.float32).max)
"""The largest known value; NaN and the infinities are not known."""


def aligned(forecast: npt.ArrayLike, observed: npt.ArrayLike) -> tuple[FloatField, FloatField]:
    """Give forecast and observation as (k, rows, columns) float32, k being 1 for single fields.

    Parameters
    ----------
    forecast, observed : array_like
        Both (k, rows, columns) or both (rows, columns).

    Returns
    -------
    tuple of FloatField
        The same values, contiguous; not copied where they already are.

    Raises
    ------
    ValueError
        If the shapes differ, or are not of two or three dimensions, or there is no cell.
    """
    said, was = _plain_field(forecast), _plain_field(observed)
    if said.shape != was.shape or said.ndim not in (2, 3) or not said.size:
        raise ValueError(
            f"forecast {said.shape} and observation {was.shape}; "
            "both must be (rows, columns) or (k, rows, columns), alike and not empty"
        )
    shape = (-1, *said.shape[-2:])
    return said.reshape(shape), was.reshape(shape)


def members_of(members: npt.ArrayLike, observed: npt.ArrayLike) -> tuple[FloatField, FloatField]:
    """Give an ensemble as (m, k, rows, columns) and its observation as (k, rows, columns), float32.

    Parameters
    ----------
    members : array_like
        (m, k, rows, columns) or (m, rows, columns), m of 2 or more.
    observed : array_like
        The shape of one member.

    Returns
    -------
    tuple of FloatField
        The same values, contiguous; not copied where they already are.

    Raises
    ------
    ValueError
        If a member's shape is not the observation's, or there are fewer than two members.
    """
    said, was = _plain_field(members), _plain_field(observed)
    if said.ndim not in (3, 4) or said.shape[1:] != was.shape or len(said) < 2 or not was.size:
        raise ValueError(
            f"members {said.shape} and observation {was.shape}; needed are (m, [k,] rows, columns) with m of 2 or "
            "more, and an observation of the shape of one member"
        )
    shape = (-1, *was.shape[-2:])
    return said.reshape((len(said), *was.reshape(shape).shape)), was.reshape(shape)


def ascending(thresholds: Sequence[float]) -> tuple[float, ...]:
    """Give thresholds as numbers.

    Raises
    ------
    ValueError
        If there are none, or they don't rise, or one is not a finite number.
    """
    found = tuple(float(one) for one in thresholds)
    if not found or not np.isfinite(found).all() or (np.diff(found) <= 0).any():
        raise ValueError(f"thresholds {found}; one or more finite numbers that rise are allowed")
    return found


def each(work: Callable[[int], None], count: int) -> None:
    """Do a piece of work for 0 to count - 1, some at the same time; the first failure is raised."""
    with ThreadPoolExecutor(min(THREADS, count)) as pool:
        for done in [pool.submit(work, k) for k in range(count)]:
            done.result()


def ratio(numerator: npt.ArrayLike, denominator: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Divide, cell by cell; NaN where the denominator is 0: nothing can be said, and 0 would be a claim."""
    above, below = np.broadcast_arrays(np.asarray(numerator, float), np.asarray(denominator, float))
    return np.asarray(np.divide(above, below, out=np.full(above.shape, np.nan), where=below != 0), float)


def same_make(ours: object, theirs: object, *names: str) -> None:
    """Refuse to add tallies that count different things.

    Raises
    ------
    ValueError
        If they are of different kinds, or one of the named attributes differs.
    """
    if type(ours) is not type(theirs):
        raise ValueError(
            f"{type(ours).__name__} and {type(theirs).__name__} can't be added; only tallies of one make can"
        )
    for name in names:
        mine, other = getattr(ours, name), getattr(theirs, name)
        if mine != other:
            raise ValueError(f"tallies with {name} {mine} and {other} can't be added; count both alike")


def _plain_field(values: npt.ArrayLike) -> FloatField:
    return np.ascontiguousarray(values, np.float32)
