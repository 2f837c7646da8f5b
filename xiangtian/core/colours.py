"""Colours between colours, and the ramp that every reader can put in order."""

from __future__ import annotations

import math
from collections.abc import Sequence

CIVIDIS = (
    "#fee838", "#e5cf52", "#c8b866", "#aea371", "#948e77", "#7d7c78", "#666970", "#4f576c", "#35456c", "#083370",
    "#00224e",
)  # fmt: skip
"""Cividis from its light end to its dark one (Nunez, Anderton and Renslow 2018, PLoS ONE 13, e0199239)."""


def blend(colours: Sequence[str], count: int) -> tuple[str, ...]:
    """Give so many colours evenly along a ramp.

    >>> blend(("#000000", "#ff0000"), 3)
    ('#000000', '#800000', '#ff0000')
    """
    places = [number * (len(colours) - 1) / max(1, count - 1) for number in range(count)]
    return tuple(_between(colours, place) for place in places)


def _between(colours: Sequence[str], place: float) -> str:
    first = min(int(place), len(colours) - 1)
    second, share = min(first + 1, len(colours) - 1), place - first
    one, other = (_parts(colours[number]) for number in (first, second))
    return "#" + "".join(f"{math.floor(a + (b - a) * share + 0.5):02x}" for a, b in zip(one, other, strict=True))


def _parts(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[start : start + 2], 16) for start in (1, 3, 5))
