"""Unfolding the velocities of one cut among themselves: regions of like velocity, merged from the surest border on.

Velocities are cut into intervals of the Nyquist range; neighbouring gates of one interval make a region, inside which
nothing is folded against anything. Two regions meet along a border: its gates vote by how many Nyquist ranges one
region must be moved. In rounds, each region joins the neighbour with whom its border is surest, and borders are added
up anew (Boruvka's spanning tree), until no border is left. The idea of regions and borders is that of the region-based
unfolding of Py-ART (Helmus and Collis 2016, JORS 4, e25); merging by the surest border is as in Feldmann et al. 2020
(JTECH 37, 2341-2356) and Louf et al. 2020 (JTECH 37, 741-758).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel
from xiangtian.radar.qc.patches import label

Field = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int32]
Keys = npt.NDArray[np.int64]


@kernel
def _intervals(velocity: Field, nyquist: float, parts: int, out: npt.NDArray[np.int8]) -> None:
    width = 2 * nyquist / parts
    for i in range(velocity.shape[0]):
        for j in range(velocity.shape[1]):
            value = velocity[i, j]
            if np.isnan(value):
                out[i, j] = -1
            else:
                out[i, j] = min(max(int((value + nyquist) / width), 0), parts - 1)


@kernel
def _along(region: Labels, i: int, j: int, gap: int) -> int:
    """Give the next gate outwards that has a region, at most `gap` empty ones away; -1 where there is none."""
    for n in range(j + 1, min(j + gap + 2, region.shape[1])):
        if region[i, n] >= 0:
            return n
    return -1


@kernel
def _across(region: Labels, i: int, j: int, gap: int, closed: bool) -> int:
    """Give the next ray that has a region at a gate, at most `gap` empty ones away; -1 where there is none."""
    rays = region.shape[0]
    last = i + gap + 2 if closed else min(i + gap + 2, rays)
    for n in range(i + 1, last):
        if region[n % rays, j] >= 0:
            return int(n % rays)
    return -1


@kernel
def _pair(one: int, two: int) -> int:
    return (int(min(one, two)) << 32) + int(max(one, two))


@kernel
def _borders(velocity: Field, region: Labels, gaps: tuple[int, int], closed: bool, key: Keys, step: Field) -> int:
    """List pairs of neighbouring gates of two regions: `first * 2**32 + second`, and the step between them."""
    found = 0
    for i in range(region.shape[0]):
        for j in range(region.shape[1]):
            one = region[i, j]
            if one < 0:
                continue
            m, k = _along(region, i, j, gaps[1]), _across(region, i, j, gaps[0], closed)
            for row, column in ((i, m), (k, j)):
                if row < 0 or column < 0 or region[row, column] == one:
                    continue
                two = region[row, column]
                change = velocity[row, column] - velocity[i, j]
                key[found] = _pair(one, two)
                step[found] = change if one < two else -change
                found += 1
    return found


@kernel
def _added_up(key: Keys, count: Keys, total: npt.NDArray[np.float64]) -> tuple[Keys, Keys, npt.NDArray[np.float64]]:
    """Add up borders of the same pair of regions."""
    order = np.argsort(key)
    out_key, out_count, out_total = np.empty_like(key), np.empty_like(count), np.empty_like(total)
    at = -1
    for k in order:
        if at < 0 or out_key[at] != key[k]:
            at += 1
            out_key[at], out_count[at], out_total[at] = key[k], 0, 0.0
        out_count[at] += count[k]
        out_total[at] += total[k]
    return out_key[: at + 1], out_count[: at + 1], out_total[: at + 1]


@kernel
def _round(
    key: Keys,
    count: Keys,
    total: npt.NDArray[np.float64],
    parent: Labels,
    turns: Labels,
    period: float,
) -> int:
    """Let each region join the neighbour of its surest border; gives the number of joins.

    `turns[r]` is by how many periods region r is moved against its `parent[r]`.
    """
    regions = len(parent)
    best = np.full(regions, -1, np.int64)
    surest = np.zeros(regions, np.float64)
    for e in range(len(key)):
        mean = total[e] / count[e] / period
        sure = count[e] * (1.0 - 1.9 * abs(mean - np.rint(mean)))
        for side in (key[e] >> 32, key[e] & 0xFFFFFFFF):
            if sure > surest[side]:
                surest[side] = sure
                best[side] = e
    joins = 0
    for r in range(regions):
        e = best[r]
        if e < 0:
            continue
        one, two = key[e] >> 32, key[e] & 0xFFFFFFFF
        shift = -np.int32(np.rint(total[e] / count[e] / period))
        a, up = one, np.int32(0)
        while parent[a] != a:
            up += turns[a]
            a = parent[a]
        b, down = two, np.int32(0)
        while parent[b] != b:
            down += turns[b]
            b = parent[b]
        if a == b:
            continue
        parent[b] = a
        turns[b] = up + shift - down
        joins += 1
    return joins


@kernel
def _merged(
    key: Keys,
    count: Keys,
    total: npt.NDArray[np.float64],
    regions: int,
    period: float,
    island: Labels,
    moved: Labels,
) -> None:
    """Merge regions to islands; `moved` is by how many periods each region is moved within its island."""
    for r in range(regions):
        island[r] = r
        moved[r] = 0
    while len(key):
        parent = np.arange(regions).astype(np.int32)
        turns = np.zeros(regions, np.int32)
        if _round(key, count, total, parent, turns, period) == 0:
            break
        top, shift = np.empty(regions, np.int32), np.zeros(regions, np.int32)
        for r in range(regions):
            a = r
            while parent[a] != a:
                shift[r] += turns[a]
                a = parent[a]
            top[r] = a
        for r in range(regions):
            moved[r] += shift[island[r]]
            island[r] = top[island[r]]
        kept = 0
        for e in range(len(key)):
            one, two = key[e] >> 32, key[e] & 0xFFFFFFFF
            a, b = top[one], top[two]
            if a == b:
                continue
            change = total[e] + count[e] * period * (shift[two] - shift[one])
            key[kept] = _pair(a, b)
            count[kept] = count[e]
            total[kept] = change if a < b else -change
            kept += 1
        key, count, total = _added_up(key[:kept], count[:kept], total[:kept])


@kernel
def _turned(velocity: Field, region: Labels, moved: Labels, island: Labels, period: float, out: Field) -> None:
    """Write moved velocities, and islands numbered without gaps in place of the regions."""
    number = np.full(len(island), -1, np.int32)
    found = 0
    for i in range(velocity.shape[0]):
        for j in range(velocity.shape[1]):
            r = region[i, j]
            if r >= 0:
                top = island[r]
                if number[top] < 0:
                    number[top] = found
                    found += 1
                out[i, j] = velocity[i, j] + period * moved[r]
                region[i, j] = number[top]


def unfolded(
    velocity: Field, nyquist: float, closed: bool, parts: int = 3, gap_rays: int = 8, gap_gates: int = 20
) -> tuple[Field, Labels]:
    """Unfold the velocities of a cut among themselves.

    Parameters
    ----------
    velocity : Field
        (rays, gates) m/s within the Nyquist range, NaN where there is none.
    nyquist : float
        Unambiguous velocity, m/s, above 0.
    closed : bool
        Whether the first ray is the neighbour of the last.
    parts : int
        Intervals into which the Nyquist range is cut.
    gap_rays, gap_gates : int
        How many empty rays and gates a border may cross.

    Returns
    -------
    Field
        (rays, gates) m/s without folds within an island; a whole island may still be off by Nyquist ranges.
    Labels
        (rays, gates) number of the island of each gate, -1 where there is no velocity. The largest island is not
        always the first.
    """
    kind = np.empty(velocity.shape, np.int8)
    _intervals(velocity, float(nyquist), parts, kind)
    region = np.empty(velocity.shape, np.int32)
    regions = label(kind, closed, False, region)
    key, step = np.empty(2 * velocity.size, np.int64), np.empty(2 * velocity.size, np.float32)
    found = _borders(velocity, region, (gap_rays, gap_gates), closed, key, step)
    pairs = _added_up(key[:found], np.ones(found, np.int64), step[:found].astype(np.float64))
    island, moved = np.empty(regions, np.int32), np.empty(regions, np.int32)
    period = 2.0 * nyquist
    _merged(*pairs, regions, period, island, moved)
    out = np.full(velocity.shape, np.nan, np.float32)
    _turned(velocity, region, moved, island, period, out)
    return out, region
