"""What many futures say of places: in one pass, for every window and any threshold.

For each place and each length of window the rain of each member is kept; the chance that a threshold is passed is then
the share of members that pass it, whatever the threshold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel
from xiangtian.nowcast.areas import Zones

FloatField = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Chances:
    """Rain of each member at each place, for windows of 1, 2, ... leads that lie anywhere in the forecast.

    Attributes
    ----------
    highest : ndarray
        (places, lengths, members) mm: the most in any window of that length in any cell of the place; NaN where the
        member knows no cell of it.
    mean : ndarray
        (places, lengths, members) mm: the most in any window of that length, as the mean of the place's known cells.
    """

    highest: FloatField
    mean: FloatField

    def of(self, length: int, threshold: float, everywhere: bool = False) -> npt.NDArray[np.float64]:
        """Give the chance that a window holds a threshold or more.

        Parameters
        ----------
        length : int
            Leads in the window, from 1.
        threshold : float
            mm.
        everywhere : bool
            Ask of the place's mean, not of its wettest cell.

        Returns
        -------
        ndarray
            (places,) 0 to 1; NaN where no member knows the place.

        Raises
        ------
        ValueError
            If the forecast holds no window of this length.
        """
        if not 1 <= length <= self.highest.shape[1]:
            raise ValueError(f"windows of {length} leads; the forecast holds 1 to {self.highest.shape[1]}")
        values = (self.mean if everywhere else self.highest)[:, length - 1]
        known = np.isfinite(values)
        with np.errstate(invalid="ignore"):
            passed = (values >= np.float32(threshold)).sum(-1)
        return np.where(known.any(-1), passed / np.maximum(known.sum(-1), 1), np.nan)


def table(amount: Sequence[FloatField] | FloatField, places: Zones) -> Chances:
    """Look at all members, windows and places once.

    Parameters
    ----------
    amount : sequence of FloatField
        (members, leads, rows, columns) mm from the start to each lead, NaN where unknown; leads at equal steps.
    places : Zones
        On the same grid; they may overlap.

    Returns
    -------
    Chances
        Of every place; NaN for one that lies off the grid.

    Raises
    ------
    ValueError
        If the amounts don't lie on the places' grid.
    """
    shapes = {np.shape(member)[1:] for member in amount}
    if shapes != {places.shape}:
        raise ValueError(f"amounts on {sorted(shapes)}, places on {places.shape}; they must lie on one grid")
    leads = len(amount[0])
    highest = np.full((len(places.cells), leads, len(amount)), np.nan, np.float32)
    mean = np.full_like(highest, np.nan)
    for number, member in enumerate(amount):
        flat = np.ascontiguousarray(member, np.float32).reshape(leads, -1)
        for place, cells in enumerate(places.cells):
            _look(flat[:, cells], highest[place, :, number], mean[place, :, number])
    return Chances(highest, mean)


@kernel
def _look(total: FloatField, highest: FloatField, mean: FloatField) -> None:
    """Fill (lengths,) of one member and place from (leads, cells) amounts since the start."""
    leads, cells = total.shape
    for length in range(1, leads + 1):
        top, broad = np.float32(-1), np.float32(-1)
        for end in range(length - 1, leads):
            begin, added, known = end - length, 0.0, 0
            for cell in range(cells):
                fallen = total[end, cell] - (total[begin, cell] if begin >= 0 else np.float32(0))
                if fallen == fallen:
                    known += 1
                    added += fallen
                    top = max(top, fallen)
            if known:
                broad = max(broad, np.float32(added / known))
        if top >= 0:
            highest[length - 1], mean[length - 1] = top, broad
