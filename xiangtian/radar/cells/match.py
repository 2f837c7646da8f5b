"""Which cell of a moment is which of the moment before: what they share, what a match costs, the cheapest of all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from xiangtian.met.kernel import kernel
from xiangtian.radar.cells.measure import Footprints

FloatArray = npt.NDArray[np.float64]
IntField = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Matching:
    """When two cells may be the same.

    Attributes
    ----------
    fastest_km_min : float
        A centre may lie so far from where it is expected, for each minute between the moments.
    reach_share : float
        And by this share of the sum of both cells' radii more.
    overlap : float
        Weight of the part of the union that is not shared, beside the distance over its limit, in the cost of a match.
    family : float
        A cell that shares this part of its area with an old one split from it; one that leaves this part of its area
        in a new one merged into it.
    longest_min : float
        Moments farther apart than this are not joined: all cells are new.
    """

    fastest_km_min: float = 0.5
    reach_share: float = 0.5
    overlap: float = 2.0
    family: float = 0.3
    longest_min: float = 20.0


DEFAULT = Matching()


def shared(labels: IntField, prints: Footprints, shift: IntField, new: IntField, count: int) -> IntField:
    """Count what footprints, once shifted, share with those of another moment.

    Parameters
    ----------
    labels, prints
        The old cells.
    shift : IntField
        (old, 2) grid cells down and right by which each is shifted.
    new : IntField
        (rows, columns) labels 1 to `count` of the other moment.
    count : int
        Number of its cells.

    Returns
    -------
    IntField
        (old, new) grid cells.
    """
    out = np.zeros((len(prints), count), np.int32)
    _count_shared(labels, prints.box, shift, new, out)
    return out


@kernel
def _count_shared(old: IntField, box: IntField, shift: IntField, new: IntField, out: IntField) -> None:
    rows, columns = new.shape
    for k in range(box.shape[0]):
        for i in range(box[k, 0], box[k, 1] + 1):
            for j in range(box[k, 2], box[k, 3] + 1):
                if old[i, j] == k + 1:
                    y, x = i + shift[k, 0], j + shift[k, 1]
                    if 0 <= y < rows and 0 <= x < columns and new[y, x] > 0:
                        out[k, new[y, x] - 1] += 1


def costs(
    expected: FloatArray,
    old: Footprints,
    new: Footprints,
    in_both: IntField,
    cell_km: tuple[float, float],
    minutes: float,
    matching: Matching,
) -> FloatArray:
    """Give what each match would cost.

    Parameters
    ----------
    expected : FloatArray
        (old, 2) x and y, km, at which each old cell is expected.
    old, new : Footprints
        Cells of both moments.
    in_both : IntField
        (old, new) grid cells shared where the old ones are expected.
    cell_km : tuple of float
        Height and width of a grid cell, km.
    minutes : float
        Between the moments.
    matching : Matching
        When two cells may be the same.

    Returns
    -------
    FloatArray
        (old, new): the part of the union that is not shared, weighted, plus the distance over its limit (at most 1);
        inf where two cells neither share anything nor lie within the limit.
    """
    height, width = cell_km
    apart = np.hypot(new.column * width - expected[:, :1], new.row * height - expected[:, 1:])
    radius = [np.sqrt(sizes * height * width / np.pi) for sizes in (old.size, new.size)]
    limit = matching.fastest_km_min * minutes + matching.reach_share * (radius[0][:, None] + radius[1])
    union = old.size[:, None] + new.size - in_both
    cost: FloatArray = matching.overlap * (1 - in_both / union) + np.minimum(apart / limit, 1)
    return np.asarray(np.where((in_both > 0) | (apart <= limit), cost, np.inf))


def cheapest(cost: FloatArray, alone: float) -> dict[int, int]:
    """Give new -> old of the cheapest matching, group by group of those that can meet.

    Parameters
    ----------
    cost : FloatArray
        (old, new), inf where there can be no match.
    alone : float
        Cost of a pair left without a match: a match that pushes two others into dearer ones is not made.
    """
    old, new = np.nonzero(np.isfinite(cost))
    if not old.size:
        return {}
    count = sum(cost.shape)
    graph = coo_array((np.ones(old.size, np.int8), (old, new + cost.shape[0])), shape=(count, count))
    group = connected_components(graph, directed=False)[1]
    pairs: dict[int, int] = {}
    for one in np.unique(group[old]):
        rows, columns = (np.flatnonzero(part == one) for part in (group[: cost.shape[0]], group[cost.shape[0] :]))
        inner = cost[np.ix_(rows, columns)]
        chosen = linear_sum_assignment(np.where(np.isfinite(inner), inner, alone))
        pairs |= {int(columns[n]): int(rows[o]) for o, n in zip(*chosen, strict=True) if np.isfinite(inner[o, n])}
    return pairs
