"""CAPPI: reflectivity at constant height above the sea, and where it is only the lowest beam's (pseudo-CAPPI)."""

from __future__ import annotations

import numpy as np

from xiangtian.met.grid import Grid
from xiangtian.met.kernel import kernel
from xiangtian.radar.column import (
    DRY_DBZ,
    ByteField,
    Columns,
    FloatField,
    IntField,
    Layer,
    Merged,
    Merging,
    Rules,
    Seen,
    empty,
)

MERGING = (Merging.POWER,)
PSEUDO = 1
"""Mark of a value that is the lowest beam's, which runs above the level."""
_ZERO, _ONE = np.float32(0), np.float32(1)


def layers(rules: Rules) -> int:
    """Give the number of levels."""
    return len(rules.levels_m)


def of(columns: Columns, rules: Rules) -> Seen:
    """Give the reflectivity at each level, see the family's contract.

    Between two tilts it is linear in height, in dBZ (Zhang, Howard, Gourley 2005, J. Atmos. Oceanic Technol. 22,
    30-42), a dry gate counting as `dry_as_dbz`. Above the highest beam it is that beam's as far as half its width;
    below the lowest as well, and beyond that, to `pseudo_m`, a pseudo-CAPPI, marked. Weight and quality fall with the
    distance from the level to the edge of the nearest beam used, the weight also with that from the radar.
    """
    seen = empty(layers(rules), columns.cells.size)
    numbers = np.array([rules.pseudo_m, rules.scale_height_m, rules.dry_as_dbz], np.float32)
    levels = np.array(rules.levels_m, np.float32)
    _levels(
        columns.dbz, columns.quality, columns.bins, columns.height, columns.half, columns.weight, levels, numbers,
        seen.values, seen.weight, seen.quality, seen.mark,
    )  # fmt: skip
    return seen


@kernel
def _levels(
    dbz: FloatField,
    gates: FloatField,
    bins: IntField,
    height: FloatField,
    half: FloatField,
    by_distance: FloatField,
    levels: FloatField,
    numbers: FloatField,
    values: FloatField,
    weight: FloatField,
    quality: FloatField,
    mark: ByteField,
) -> None:
    tilts = dbz.shape[1]
    for k in range(bins.size):
        b = bins[k]
        below, above = -1, _next(dbz, k, -1, tilts)
        for n in range(levels.size):
            while above < tilts and height[b, above] <= levels[n]:
                below, above = above, _next(dbz, k, above, tilts)
            if below < 0 and above >= tilts:
                continue
            low, high = max(below, 0) if below >= 0 else above, above if above < tilts else below
            value, share, off = _between(
                dbz[k, low], dbz[k, high], height[b, low], height[b, high], levels[n], half[b], numbers[2]
            )
            limit = numbers[0] if below < 0 else _ZERO
            if (below < 0 or above >= tilts) and off > limit:
                continue
            good = (gates[k, low] * (_ONE - share) + gates[k, high] * share) * np.exp(-((off / numbers[1]) ** 2))
            values[n, k] = value
            quality[n, k] = good
            weight[n, k] = max(good * by_distance[b], np.float32(1e-30))
            mark[n, k] = 1 if below < 0 and off > 0 else 0


@kernel
def _next(dbz: FloatField, k: int, tilt: int, tilts: int) -> int:
    """Give the next tilt above `tilt` that saw something over cell `k`; `tilts` where there is none."""
    tilt += 1
    while tilt < tilts and dbz[k, tilt] != dbz[k, tilt]:
        tilt += 1
    return tilt


@kernel
def _between(
    lower: np.float32,
    upper: np.float32,
    bottom: np.float32,
    top: np.float32,
    level: np.float32,
    half: np.float32,
    dry: np.float32,
) -> tuple[np.float32, np.float32, np.float32]:
    """Give the value at a level between two heights, the upper one's share, and how far the nearer beam's edge is."""
    off = max(min(abs(level - bottom), abs(top - level)) - half, _ZERO)
    if top <= bottom:
        return lower, _ZERO, off
    share = (level - bottom) / (top - bottom)
    value = max(lower, dry) * (_ONE - share) + max(upper, dry) * share
    if lower < dry and upper < dry:
        value = max(lower, upper)
    elif value <= dry:
        value = np.float32(DRY_DBZ)
    return value, share, off


def finish(merged: Merged, grid: Grid, rules: Rules) -> dict[str, Layer]:
    """Tell the levels, dBZ, and where they are pseudo-CAPPIs (1) or true ones (0)."""
    told = {"dry_value": DRY_DBZ, "merging": "mean power, weighted by quality, distance and height"}
    pseudo = (merged.mark == PSEUDO).astype(np.uint8)
    flags = {"flag_values": np.array([0, 1], np.uint8), "flag_meanings": "cappi pseudo_cappi"}
    return {
        "cappi": Layer(merged.values, "dBZ", "reflectivity at height", "equivalent_reflectivity_factor", told),
        "cappi_pseudo": Layer(pseudo, "1", "lowest beam runs above the level", "", flags),
    }
