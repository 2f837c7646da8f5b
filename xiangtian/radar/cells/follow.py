"""Cells that keep their names: each cell of a moment is matched with those of the moment before.

Every cell is carried on by its own motion; what it then covers, and how far its centre lies from the new ones, gives
the cost of each match, and the cheapest matching of all is taken (Dixon and Wiener 1993, J. Atmos. Oceanic Technol.
10, 785-797; overlap first: Han et al. 2009, J. Atmos. Oceanic Technol. 26, 719-732). A new cell without a match that
lies where an old one is, split from it; an old cell without a match that lies in a new one, merged into that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from xiangtian.radar.cells import match, motion
from xiangtian.radar.cells.match import Matching
from xiangtian.radar.cells.measure import Footprints
from xiangtian.radar.cells.motion import Noise, State

FloatArray = npt.NDArray[np.float64]
IntField = npt.NDArray[np.int32]
Drift = Callable[[npt.ArrayLike, npt.ArrayLike], FloatArray]
"""(2, n) grid cells per minute eastward (columns) and southward (rows) at fractional rows and columns."""


@dataclass(frozen=True)
class Track:
    """One cell at the moment of a :class:`Sky`.

    Attributes
    ----------
    id : str
        Its name for life: time of the first sight and a running number.
    born : datetime
        First sight, UTC.
    sights : int
        Moments in which it was seen, 1 or more.
    parents : tuple of str
        Cells it split from at its first sight.
    merged : tuple of str
        Cells that merged into it at this moment.
    children : tuple of str
        Cells that split from it at this moment.
    state : State
        Where it is and how it moves.
    """

    id: str
    born: dt.datetime
    sights: int
    parents: tuple[str, ...]
    merged: tuple[str, ...]
    children: tuple[str, ...]
    state: State


@dataclass(frozen=True)
class Sky:
    """All cells of a moment, with what the next moment needs to follow them. May be pickled.

    Attributes
    ----------
    time : datetime
        UTC.
    labels : IntField
        (rows, columns).
    prints : Footprints
        Of the labels.
    tracks : tuple of Track
        The k-th belongs to label k + 1.
    ended : tuple of str
        Cells of the moment before that are gone and merged into none.
    cell_km : tuple of float
        Height and width of a grid cell, km.
    """

    time: dt.datetime
    labels: IntField
    prints: Footprints
    tracks: tuple[Track, ...]
    ended: tuple[str, ...]
    cell_km: tuple[float, float]


def advance(
    before: Sky | None,
    time: dt.datetime,
    labels: IntField,
    prints: Footprints,
    cell_km: tuple[float, float],
    drift: Drift,
    matching: Matching = match.DEFAULT,
    noise: Noise = motion.DEFAULT,
) -> Sky:
    """Follow the cells from one moment to the next.

    Parameters
    ----------
    before : Sky or None
        The moment before; None at the first one.
    time : datetime
        This moment, UTC, later than `before`.
    labels, prints
        The cells of this moment, from :mod:`xiangtian.radar.cells.identify` and `measure`.
    cell_km : tuple of float
        Height and width of a grid cell, km.
    drift : Drift
        Motion of the rain field at this moment; zeros where nothing is known of it.
    matching : Matching
        When two cells may be the same.
    noise : Noise
        Statistics of the motion.

    Returns
    -------
    Sky
        This moment; where more than `longest_min` have passed, or the grid is another, every cell is new.

    Raises
    ------
    ValueError
        If `time` does not follow `before`.
    """
    fields = _fields(prints, cell_km, drift)
    if before is not None and time <= before.time:
        raise ValueError(f"a moment at {time} after one at {before.time}; moments must follow each other")
    if before is None or not _joined(before, time, labels, matching):
        gone = tuple(track.id for track in before.tracks) if before else ()
        tracks = tuple(_newborn(k, time, prints, fields, cell_km, noise) for k in range(len(prints)))
        return Sky(time, labels, prints, tracks, gone, cell_km)
    minutes = (time - before.time).total_seconds() / 60
    expected = [motion.ahead(track.state, minutes, noise) for track in before.tracks]
    shared = match.shared(before.labels, before.prints, _shift(before, expected), labels, len(prints))
    places = np.array([(then.x, then.y) for then in expected]).reshape(-1, 2)
    cost = match.costs(places, before.prints, prints, shared, cell_km, minutes, matching)
    pairs = match.cheapest(cost, matching.overlap + 1)
    family = _Family(before, prints, shared, pairs, matching.family)
    tracks = tuple(
        _named(k, time, before, expected, prints, fields, family, cell_km, noise) for k in range(len(prints))
    )
    tracks = _with_children(tracks)
    taken = set(pairs.values()) | set(family.merged)
    ended = tuple(track.id for k, track in enumerate(before.tracks) if k not in taken)
    return Sky(time, labels, prints, tracks, ended, cell_km)


def _joined(before: Sky, time: dt.datetime, labels: IntField, matching: Matching) -> bool:
    near = time - before.time <= dt.timedelta(minutes=matching.longest_min)
    return near and before.labels.shape == labels.shape


def _fields(prints: Footprints, cell_km: tuple[float, float], drift: Drift) -> FloatArray:
    """Give (2, n) km per minute eastward and southward of the rain at each cell."""
    if not len(prints):
        return np.zeros((2, 0))
    east, south = np.asarray(drift(prints.row, prints.column), np.float64)
    return np.stack([east * cell_km[1], south * cell_km[0]])


def _newborn(
    k: int, time: dt.datetime, prints: Footprints, fields: FloatArray, cell_km: tuple[float, float], noise: Noise
) -> Track:
    x, y, area = _seen(k, prints, cell_km)
    state = motion.begun(x, y, (float(fields[0, k]), float(fields[1, k])), area, noise)
    return Track(f"{time:%Y%m%dT%H%M%SZ}-{k + 1:04d}", time, 1, (), (), (), state)


def _seen(k: int, prints: Footprints, cell_km: tuple[float, float]) -> tuple[float, float, float]:
    """Give a cell's centre x and y, km, and its area, km2."""
    height, width = cell_km
    return float(prints.column[k]) * width, float(prints.row[k]) * height, float(prints.size[k]) * height * width


def _shift(before: Sky, expected: list[State]) -> IntField:
    """Give (old, 2) grid cells down and right from where each cell is to where it is expected."""
    height, width = before.cell_km
    steps = [
        (round((then.y - track.state.y) / height), round((then.x - track.state.x) / width))
        for track, then in zip(before.tracks, expected, strict=True)
    ]
    return np.array(steps, np.int32).reshape(-1, 2)


class _Family:
    """Who came from whom: matches, splits and merges of one step."""

    def __init__(self, before: Sky, prints: Footprints, shared: IntField, pairs: dict[int, int], least: float) -> None:
        kept = set(pairs.values())
        self.pairs = pairs
        self.split: dict[int, int] = {}
        self.merged: dict[int, int] = {}
        for new in set(range(len(prints))) - set(pairs):
            old = int(shared[:, new].argmax()) if len(before.prints) else -1
            if old in kept and shared[old, new] >= least * prints.size[new]:
                self.split[new] = old
        for old in set(range(len(before.prints))) - kept:
            new = int(shared[old].argmax()) if len(prints) else -1
            if new in pairs and shared[old, new] >= least * before.prints.size[old]:
                self.merged[old] = new
        self.jumped = set(self.merged.values()) | {new for new, old in pairs.items() if old in self.split.values()}


def _named(
    k: int,
    time: dt.datetime,
    before: Sky,
    expected: list[State],
    prints: Footprints,
    fields: FloatArray,
    family: _Family,
    cell_km: tuple[float, float],
    noise: Noise,
) -> Track:
    """Give a cell of this moment its name, its kin and its motion."""
    x, y, area = _seen(k, prints, cell_km)
    field = (float(fields[0, k]), float(fields[1, k]))
    if k in family.split:
        parent = family.split[k]
        state = motion.in_field(motion.continued(expected[parent], x, y, area, noise), field)
        born = _newborn(k, time, prints, fields, cell_km, noise)
        return replace(born, parents=(before.tracks[parent].id,), state=state)
    if k not in family.pairs:
        return _newborn(k, time, prints, fields, cell_km, noise)
    old = family.pairs[k]
    correct = motion.continued if k in family.jumped else motion.seen
    state = motion.in_field(correct(expected[old], x, y, area, noise), field)
    merged = tuple(before.tracks[one].id for one, into in sorted(family.merged.items()) if into == k)
    track = before.tracks[old]
    return replace(track, sights=track.sights + 1, merged=merged, children=(), state=state)


def _with_children(tracks: tuple[Track, ...]) -> tuple[Track, ...]:
    newborn = {track.id: track.parents for track in tracks if track.sights == 1 and track.parents}
    return tuple(
        replace(track, children=tuple(child for child, parents in newborn.items() if track.id in parents))
        for track in tracks
    )
