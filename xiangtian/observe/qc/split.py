"""Batches in which a station stands more than once: cut into rounds, and put together again."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xiangtian.core.flags import Flag
from xiangtian.observe.qc.model import Judged, Sheet

RowArray = npt.NDArray[np.intp]


def rounds(sheet: Sheet) -> list[RowArray]:
    """Cut a sheet into rounds, in each of which a station stands at most once.

    Parameters
    ----------
    sheet : Sheet
        Readings in any order.

    Returns
    -------
    list
        Row numbers of each round; the first holds every station's earliest reading, the next its second, and so on.
        Of two readings of one time (a correction in the same batch) the later row comes later.
    """
    if not len(sheet):
        return []
    _, who = np.unique(sheet.station, return_inverse=True)
    order = np.lexsort((np.arange(len(sheet)), sheet.time, who))
    ordered = who[order]
    first = np.r_[True, ordered[1:] != ordered[:-1]]
    start = np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    turn = np.empty(len(order), np.intp)
    turn[order] = np.arange(len(order)) - start
    return [np.flatnonzero(turn == number) for number in range(int(turn.max()) + 1)]


def merge(sheet: Sheet, rows: list[RowArray], parts: list[Judged]) -> Judged:
    """Put the outcomes of the rounds of a sheet together, aligned with the sheet."""
    names = dict.fromkeys((*sheet.values, *(name for part in parts for name in part.flags)))
    flags = {name: np.full(len(sheet), Flag.NO_TASK, np.int16) for name in names}
    tests = {name: np.zeros(len(sheet), np.int32) for name in names}
    for where, part in zip(rows, parts, strict=True):
        for name in part.flags:
            flags[name][where] = part.flags[name]
            tests[name][where] = part.tests[name]
    return Judged(flags, tests)


def refuse_repeats(sheet: Sheet) -> None:
    """Raise ValueError, naming a station, if one stands in the sheet more than once."""
    stations, counts = np.unique(sheet.station, return_counts=True)
    if (counts > 1).any():
        name = stations[int(np.argmax(counts))]
        raise ValueError(
            f"station {name} stands {counts.max()} times in one sheet; cut it with split.rounds, or `judge`"
        )
