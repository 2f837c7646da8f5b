"""Scores over lead time, method beside method, persistence always among them.

What a method is worth shows only beside the cheapest forecast there is: that the last picture stays. A table without
that row is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any, Protocol, Self, TypeVar

import numpy as np
import numpy.typing as npt

from xiangtian.met.verify.pairs import ratio

Scores = npt.NDArray[np.float64]
PERSISTENCE = "persistence"


class Tally(Protocol):
    """What the modules of this package count; the fields are the leads."""

    def __add__(self, other: Any) -> Self:
        """Add the counts of another start."""
        ...

    def pooled(self) -> Self:
        """Give all leads together."""
        ...

    def scores(self) -> dict[str, Scores]:
        """Give the scores by name; the first axis is the lead."""
        ...


Counted = TypeVar("Counted", bound=Tally)


@dataclass(frozen=True)
class Curve:
    """One method's score over the leads.

    Attributes
    ----------
    method, score : str
        Their names.
    values : ndarray
        (k, ...) the score at each lead.
    mean : ndarray
        (...) mean over the leads that have one.
    pooled : ndarray
        (...) the score of all leads' counts together, in which leads with more rain weigh more.
    """

    method: str
    score: str
    values: Scores
    mean: Scores
    pooled: Scores


@dataclass(frozen=True)
class Table:
    """Curves of several methods at the same leads: minutes (k,), one curve a method and score."""

    minutes: tuple[float, ...]
    curves: tuple[Curve, ...]

    def curve(self, method: str, score: str) -> Curve:
        """Give one curve.

        Raises
        ------
        KeyError
            If there is no such method or score; the message names those there are.
        """
        for one in self.curves:
            if (one.method, one.score) == (method, score):
                return one
        known = sorted({(one.method, one.score) for one in self.curves})
        raise KeyError(f"no curve of {method} and {score}; there are {known}")


def summed(starts: Sequence[Counted]) -> Counted:
    """Add the tallies of several starts, lead by lead.

    Raises
    ------
    ValueError
        If there is none, or they count different things.
    """
    if not starts:
        raise ValueError("no start to add; one or more are needed")
    return reduce(add, starts)


def table(methods: Mapping[str, Tally], minutes: Sequence[float], scores: Sequence[str] = ()) -> Table:
    """Put methods beside each other.

    Parameters
    ----------
    methods : mapping
        Each method's tally of all starts together, with the leads as fields; "persistence" must be one of them.
    minutes : sequence of float
        (k,) the leads, min.
    scores : sequence of str
        Which scores; none: all that the tallies have.

    Returns
    -------
    Table
        Methods in the order given, persistence last.

    Raises
    ------
    ValueError
        If persistence is missing, a score isn't known, or a tally has another number of leads.

    Examples
    --------
    >>> table({}, [5.0])
    Traceback (most recent call last):
    ValueError: a table of no method without persistence; count persistence on the same cells and add it
    """
    if PERSISTENCE not in methods:
        named = ", ".join(methods) or "no method"
        raise ValueError(f"a table of {named} without {PERSISTENCE}; count {PERSISTENCE} on the same cells and add it")
    order = [*(name for name in methods if name != PERSISTENCE), PERSISTENCE]
    curves = [curve for name in order for curve in _curves(name, methods[name], len(minutes), scores)]
    return Table(tuple(float(lead) for lead in minutes), tuple(curves))


def _curves(method: str, counted: Tally, leads: int, wanted: Sequence[str]) -> list[Curve]:
    found, pooled = counted.scores(), counted.pooled().scores()
    unknown = [name for name in wanted if name not in found]
    if unknown:
        raise ValueError(f"no score {', '.join(unknown)} of {method}; there are {', '.join(found)}")
    out = []
    for name in wanted or found:
        values = np.asarray(found[name], float)
        if len(values) != leads:
            raise ValueError(f"{method} has {len(values)} leads, {leads} are asked for; count all methods alike")
        out.append(Curve(method, name, values, _known_mean(values), np.asarray(pooled[name], float)[0]))
    return out


def _known_mean(values: Scores) -> Scores:
    known = np.isfinite(values)
    return ratio(np.where(known, values, 0.0).sum(0), known.sum(0))
