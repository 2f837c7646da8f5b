"""Who owns each minute of each station: the roster, painted onto a stretch of time.

A turn is somebody's duty for a station, a district or a whole network. The narrower scope wins over the wider; of two
turns of one scope the one that began last. A minute nobody owns is a gap, and is shown.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]

SCOPES: tuple[str, ...] = ("shift", "network", "district", "station")
"""From wide to narrow. `shift` is the duty list of the house itself: it counts only where no roster says otherwise."""

NOBODY = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody's duty from `starts` (included) to `ends` (excluded).

    Attributes
    ----------
    person : int
        Number of the person, above 0.
    scope : str
        One of `SCOPES`; a shift's target is a district.
    target : str
        The station, district or network it is for.
    duty : str
        Kind of duty, of `rules.DUTIES`.
    starts, ends : datetime
        Aware.
    joint : bool
        Whether it may stand beside another turn of the same scope, target and duty.
    """

    person: int
    scope: str
    target: str
    duty: str
    starts: dt.datetime
    ends: dt.datetime
    joint: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A station as the roster sees it."""

    station: str
    district: str
    network: str


@dataclass(frozen=True)
class Owned:
    """Owners of a stretch: `cuts` (g,) first slots of the sections, `persons` (n, g) numbers, `NOBODY` for none."""

    cuts: IntArray
    persons: IntArray


class Roster:
    """Turns, ready to be asked."""

    def __init__(self, turns: Iterable[Turn]) -> None:
        self._by_scope: Mapping[tuple[str, str, str], list[Turn]] = defaultdict(list)
        for turn in sorted(turns, key=lambda one: (one.starts, one.person)):
            self._by_scope[turn.scope, turn.target, turn.duty].append(turn)

    def turns(self, place: Place, duty: str) -> list[Turn]:
        """Give the turns that fit a station, from the weakest claim to the strongest."""
        return [turn for key in self._keys(place, duty) for turn in self._by_scope[key]]

    def _keys(self, place: Place, duty: str) -> list[tuple[str, str, str]]:
        targets = {"station": place.station, "district": place.district, "network": place.network}
        keys = [(scope, targets.get(scope, place.district), duty) for scope in SCOPES]
        return [key for key in keys if key in self._by_scope]

    def between(self, start: dt.datetime, end: dt.datetime) -> list[Turn]:
        """Give all turns that touch the time between two moments."""
        return [turn for turns in self._by_scope.values() for turn in turns if turn.starts <= end and turn.ends > start]

    def at(self, place: Place, duty: str, moment: dt.datetime) -> int:
        """Give the person on a duty for a station at a moment, `NOBODY` for none."""
        holding = [one.person for one in self.turns(place, duty) if one.starts <= moment < one.ends]
        return holding[-1] if holding else NOBODY

    def owned(self, places: Sequence[Place], duties: Sequence[str], start: dt.datetime, minutes: int) -> Owned:
        """Give the owner of each minute.

        Parameters
        ----------
        places : Sequence of Place
            The stations.
        duties : Sequence of str
            The duty that owns each station's minutes.
        start : datetime
            Aware; slot k is the moment k + 1 minutes later.
        minutes : int
            Length of the stretch, M.

        Returns
        -------
        Owned
            Sections end where any station changes hands.
        """
        keys = [self._keys(place, duty) for place, duty in zip(places, duties, strict=True)]
        known = {key: self._spans(key, start, minutes) for key in {key for each in keys for key in each}}
        spans = [[span for key in each for span in known[key]] for each in keys]
        edges = {0} | {slot for each in spans for _, *two in each for slot in two}
        cuts = np.array(sorted(slot for slot in edges if slot < minutes), np.int64)
        persons = np.full((len(places), len(cuts)), NOBODY, np.int64)
        for row, each in enumerate(spans):
            for person, first, last in each:
                persons[row, np.searchsorted(cuts, first) : np.searchsorted(cuts, last)] = person
        return Owned(cuts, persons)

    def _spans(self, key: tuple[str, str, str], start: dt.datetime, minutes: int) -> list[tuple[int, int, int]]:
        spans = [(turn.person, *_slots(turn, start, minutes)) for turn in self._by_scope[key]]
        return [(person, first, last) for person, first, last in spans if first < last]


def _slots(turn: Turn, start: dt.datetime, minutes: int) -> tuple[int, int]:
    """Give the first slot of a turn and the one after its last, inside the stretch."""
    first, last = (-(-(moment - start).total_seconds() // 60) - 1 for moment in (turn.starts, turn.ends))
    return int(min(max(first, 0), minutes)), int(min(max(last, 0), minutes))


@dataclass(frozen=True, slots=True)
class Gap:
    """Minutes of a station that nobody owns, from `starts` (included) to `ends` (excluded)."""

    station: str
    starts: dt.datetime
    ends: dt.datetime


def gaps(places: Sequence[Place], owned: Owned, start: dt.datetime, minutes: int) -> list[Gap]:
    """Give the stretches nobody owns, by station and time; neighbours are joined."""
    edges = [*owned.cuts.tolist(), minutes]
    found: list[Gap] = []
    for place, persons in zip(places, owned.persons, strict=True):
        for section in np.flatnonzero(persons == NOBODY):
            first, last = (start + dt.timedelta(minutes=edge + 1) for edge in edges[section : section + 2])
            if found and found[-1].station == place.station and found[-1].ends == first:
                found[-1] = Gap(place.station, found[-1].starts, last)
            else:
                found.append(Gap(place.station, first, last))
    return found


def clashes(turn: Turn, others: Iterable[Turn]) -> list[Turn]:
    """Give the turns of the same scope, target and duty that overlap one, unless one of the two is joint."""
    return [
        other
        for other in others
        if (other.scope, other.target, other.duty) == (turn.scope, turn.target, turn.duty)
        and other.starts < turn.ends
        and turn.starts < other.ends
        and not (turn.joint or other.joint)
    ]
