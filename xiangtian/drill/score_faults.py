"""How well quality control found the planted faults.

Definitions, each counted per value (one element of one reading) or per fault:

planted       faults of all kinds; `findable` those that change values (spike, stuck sensor, wrong unit).
flagged       findable faults of which at least one value between start and end was called suspect or wrong.
doubted       values called suspect or wrong, all together.
hits          doubted values inside a fault: its station, its element, its time.
consequences  doubted values of the same station within the time of a fault (or up to `shadow_s` after it) that are
              not hits: another element of the message, or the return to the truth. The fault is their cause.
false flags   doubted values that are neither hits nor consequences.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from xiangtian.core.flags import Flag
from xiangtian.drill.faults import KINDS, VALUE_KINDS, Planted

DOUBT = (Flag.SUSPECT, Flag.WRONG)
SHADOW_S = 600.0
"""Two reports of five minutes."""

Row = tuple[str, dt.datetime, str, int]
"""Station, time (UTC), element, final flag."""


@dataclass(frozen=True)
class FaultScore:
    """The counts that the head of this module defines; `by_kind` holds (planted, flagged) of each findable kind."""

    planted: int
    findable: int
    flagged: int
    values: int
    doubted: int
    hits: int
    consequences: int
    false_flags: int
    planted_by_kind: dict[str, int]
    by_kind: dict[str, tuple[int, int]]

    @property
    def found_share(self) -> float | None:
        """Flagged over findable; None where nothing findable was planted."""
        return self.flagged / self.findable if self.findable else None

    @property
    def false_share(self) -> float | None:
        """False flags over values; None where there are no values."""
        return self.false_flags / self.values if self.values else None


def score(planted: Iterable[Planted], rows: Iterable[Row], shadow_s: float = SHADOW_S) -> FaultScore:
    """Compare the planted faults with the flags that quality control gave.

    Parameters
    ----------
    planted : iterable of Planted
        All faults of the drill.
    rows : iterable of Row
        Each judged value once: station, time, element, final flag.
    shadow_s : float
        How long after a fault its consequences may last, s.

    Returns
    -------
    FaultScore
        The counts; see the head of this module.

    Raises
    ------
    ValueError
        If the shadow is negative.
    """
    if shadow_s < 0:
        raise ValueError(f"the shadow of a fault is {shadow_s} s; allowed is 0 or more")
    faults = sorted(planted)
    tracks = _tracks(faults)
    found: set[Planted] = set()
    values = hits = consequences = false_flags = 0
    for station, time, element, flag in rows:
        values += 1
        if flag not in DOUBT:
            continue
        near = _near(tracks.get(station, []), time, shadow_s)
        struck = [fault for fault in near if fault.element == element and time <= fault.end]
        found.update(struck)
        hits += bool(struck)
        consequences += bool(near) and not struck
        false_flags += not near
    findable = [fault for fault in faults if fault.kind in VALUE_KINDS]
    return FaultScore(
        planted=len(faults),
        findable=len(findable),
        flagged=len(found),
        values=values,
        doubted=hits + consequences + false_flags,
        hits=hits,
        consequences=consequences,
        false_flags=false_flags,
        planted_by_kind={kind: sum(fault.kind == kind for fault in faults) for kind in KINDS},
        by_kind={kind: _tally(findable, found, kind) for kind in VALUE_KINDS},
    )


def _tracks(faults: list[Planted]) -> dict[str, list[Planted]]:
    tracks: dict[str, list[Planted]] = {}
    for fault in faults:
        if fault.kind in VALUE_KINDS:
            tracks.setdefault(fault.station, []).append(fault)
    return tracks


def _near(track: list[Planted], time: dt.datetime, shadow_s: float) -> list[Planted]:
    begun = track[: bisect_right(track, time, key=lambda fault: fault.start)]
    return [fault for fault in begun if time <= fault.end + dt.timedelta(seconds=shadow_s)]


def _tally(findable: list[Planted], found: set[Planted], kind: str) -> tuple[int, int]:
    return sum(fault.kind == kind for fault in findable), sum(fault.kind == kind for fault in found)
