"""Many radars made one, cell by cell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel
from xiangtian.radar.column import DRY_DBZ, ByteField, FloatField, IntField, Merged, Merging, Seen

ShortField = npt.NDArray[np.int16]
_TO_POWER = np.float32(np.log(10) / 10)
_MAX, _POWER, _VOTE = (int(rule) for rule in (Merging.MAX, Merging.POWER, Merging.VOTE))


class Merge:
    """The merging of one product: radars are added one after the other, then it is finished.

    Parameters
    ----------
    merging : sequence of Merging
        One entry a layer, or a single one for all.
    layers : int
        How many layers.
    shape : tuple of int
        Rows and columns of the grid.
    """

    def __init__(self, merging: Sequence[Merging], layers: int, shape: tuple[int, int]) -> None:
        self.rules = list(merging) * layers if len(merging) == 1 else list(merging)
        self.shape = shape
        size = layers, shape[0] * shape[1]
        self.total, self.weight, self.positive = (np.zeros(size, np.float32) for _ in range(3))
        self.quality, self.best = np.zeros(size, np.float32), np.full(size, -np.inf, np.float32)
        self.radar, self.mark = np.full(size, -1, np.int16), np.zeros(size, np.uint8)

    def add(self, cells: IntField, seen: Seen, number: int) -> None:
        """Add what the radar of that number says of the cells it reaches."""
        for n, rule in enumerate(self.rules):
            told = seen.values[n], seen.weight[n], seen.quality[n], seen.mark[n]
            kept = self.total[n], self.weight[n], self.positive[n], self.quality[n], self.best[n]
            _add(int(rule), cells, *told, np.int16(number), *kept, self.radar[n], self.mark[n])

    def finish(self) -> Merged:
        """Give the whole: NaN, quality 0 and radar -1 where no radar said anything."""
        for n, rule in enumerate(self.rules):
            _finish(int(rule), self.total[n], self.weight[n], self.positive[n], self.quality[n])
        size = len(self.rules), *self.shape
        told = self.total.reshape(size), self.quality.reshape(size)
        return Merged(*told, self.radar.reshape(size), self.mark.reshape(size))


@kernel
def _add(
    rule: int,
    cells: IntField,
    values: FloatField,
    weights: FloatField,
    qualities: FloatField,
    marks: ByteField,
    number: np.int16,
    total: FloatField,
    weight: FloatField,
    positive: FloatField,
    quality: FloatField,
    best: FloatField,
    radar: ShortField,
    mark: ByteField,
) -> None:
    for k in range(cells.size):
        value = values[k]
        if value != value:
            continue
        c, share = cells[k], weights[k]
        rank = value if rule == _MAX else share
        if rank > best[c] or (rank == best[c] and share > weight[c]):
            best[c], radar[c], mark[c] = rank, number, marks[k]
            if rule == _MAX:
                total[c], weight[c] = value, share
        if rule == _MAX:
            quality[c] = max(quality[c], qualities[k])
            continue
        weight[c] += share
        quality[c] += share * qualities[k]
        if rule == _POWER:
            total[c] += share * np.exp(value * _TO_POWER) if value > np.float32(DRY_DBZ) else np.float32(0)
        else:
            total[c] += share * value
            positive[c] += share if value > 0 else np.float32(0)


@kernel
def _finish(rule: int, total: FloatField, weight: FloatField, positive: FloatField, quality: FloatField) -> None:
    for c in range(total.size):
        if weight[c] <= 0:
            total[c] = np.nan
            continue
        if rule == _MAX:
            continue
        quality[c] /= weight[c]
        if rule == _VOTE:
            total[c] = total[c] / positive[c] if 2 * positive[c] > weight[c] else np.float32(0)
            continue
        total[c] /= weight[c]
        if rule == _POWER:
            total[c] = max(np.log(total[c]) / _TO_POWER, np.float32(DRY_DBZ)) if total[c] > 0 else np.float32(DRY_DBZ)
