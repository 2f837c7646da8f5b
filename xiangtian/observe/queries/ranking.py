"""Ranking of stations by what they show: the highest or lowest of a district, a network, the whole city."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from xiangtian.observe.queries.field import Shown, Spot

NETWORKS = ("", "national", "regional")
MOST = 1000


@dataclass(frozen=True)
class Scope:
    """Which stations take part: a district's ("": all), a network's ("": both), with doubted values or without."""

    district: str = ""
    network: str = ""
    good: bool = True


@dataclass(frozen=True)
class Placed:
    """A station and its place; equal values share the better place."""

    place: int
    spot: Spot
    share: float
    """The value as a part of the greatest size in the list, -1 to 1, for a bar."""


def inside(spots: Iterable[Spot], scope: Scope) -> list[Spot]:
    """Give the stations of a scope that have a value."""
    return [
        spot
        for spot in spots
        if spot.value is not None
        and (spot.good or not scope.good)
        and scope.district in ("", spot.site.district)
        and (not scope.network or (scope.network == "national") == spot.site.national)
    ]


def ranking(found: Shown, scope: Scope, *, lowest: bool = False, most: int = 20) -> list[Placed]:
    """Rank stations.

    Parameters
    ----------
    found : Shown
        What all stations show.
    scope : Scope
        Which of them take part.
    lowest : bool
        Whether the lowest value is first.
    most : int
        How many are given, 1 to 1000; those that share the last place all count.

    Returns
    -------
    list of Placed
        In the order of their places; within a place by station.
    """
    decimals = found.element.decimals
    values = {spot.site.code: round(spot.value or 0.0, decimals) for spot in inside(found.spots, scope)}
    spots = {spot.site.code: spot for spot in found.spots}
    order = sorted(values, key=lambda code: (values[code] if lowest else -values[code], code))
    places: dict[float, int] = {}
    for number, code in enumerate(order, 1):
        places.setdefault(values[code], number)
    kept = [code for code in order if places[values[code]] <= min(most, MOST)]
    size = max((abs(values[code]) for code in kept), default=0.0) or 1.0
    return [Placed(places[values[code]], spots[code], values[code] / size) for code in kept]
