"""One member of the ensemble, and a part of it alone: every cell depends on shared fields and its place only."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel
from xiangtian.nowcast.motion import SPACING
from xiangtian.nowcast.steps import noise, perturbation
from xiangtian.nowcast.steps.prepared import Prepared

FloatField = npt.NDArray[np.float32]
Steps = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
_FARTHEST = 1 << 16


def made(prepared: Prepared, film: FloatField, seed: int, number: int, out: FloatField | None = None) -> FloatField:
    """Make one member.

    Parameters
    ----------
    prepared : Prepared
        What all members share.
    film : FloatField
        The short waves of the noise, from `noise.film` with the same seed.
    seed : int
        Of the ensemble, 0 or more.
    number : int
        Of the member, from 0; it decides the member together with the seed, how many others there are does not.
    out : FloatField or None
        Where to write the result, if it exists already.

    Returns
    -------
    FloatField
        (leads, rows, columns) float32 rain rate, mm/h, NaN where unknown.
    """
    rain = np.empty_like(prepared.expected) if out is None else out
    chance = noise.stream(seed, number // 2)
    sign = np.float32(1 - 2 * (number % 2))
    draw = perturbation.drawn(seed, number)
    place = chance.integers(0, _FARTHEST, size=(2, 1, 1), dtype=np.int32)
    waves = noise.long_waves(prepared.texture, prepared.memory, chance)
    for lead in range(prepared.leads):
        shift, sizes, table = prepared.shifts[lead], prepared.sizes[lead], prepared.tables[lead]
        coarse = np.empty_like(sizes)
        noise.at_origins(next(waves), shift, SPACING, coarse)
        coarse *= sign * sizes
        strayed = prepared.drift.strayed(lead, draw)
        grain = np.rint(shift).astype(np.int32) + place
        ends = np.float32(table.start), np.float32(table.per_unit)
        _fuse(
            prepared.expected[lead],
            prepared.known[lead],
            coarse,
            sign * sizes,
            strayed,
            grain,
            film[lead],
            table.rain,
            *ends,
            SPACING,
            rain[lead],
        )
    return rain


@kernel
def _fuse(
    expected: FloatField,
    known: Mask,
    coarse: FloatField,
    sizes: FloatField,
    strayed: Steps,
    grain: Steps,
    film: FloatField,
    table: FloatField,
    start: np.float32,
    per_unit: np.float32,
    spacing: int,
    out: FloatField,
) -> None:
    """Add the expected field, read where the member's rain strays from, and noise; turn the sum into rain.

    A row is done in runs of cells between two nodes, along which noise is linear and all reading is contiguous.
    """
    value = np.empty(out.shape[1], np.float32)
    part = np.float32(1.0) / np.float32(spacing)
    for i in range(out.shape[0]):
        node = i // spacing
        a = np.float32(i - node * spacing) * part
        for q in range(coarse.shape[1] - 1):
            first = q * spacing
            count = min(spacing, out.shape[1] - first)
            y = min(max(i + strayed[1, node, q], 0), expected.shape[0] - 1)
            x = min(max(first + strayed[0, node, q], 0), expected.shape[1] - count)
            v, u = (i + grain[1, node, q]) % film.shape[0], (first + grain[0, node, q]) % (film.shape[1] - spacing)
            wave = coarse[node, q] + a * (coarse[node + 1, q] - coarse[node, q])
            wave_step = (coarse[node, q + 1] + a * (coarse[node + 1, q + 1] - coarse[node, q + 1]) - wave) * part
            size = sizes[node, q] + a * (sizes[node + 1, q] - sizes[node, q])
            size_step = (sizes[node, q + 1] + a * (sizes[node + 1, q + 1] - sizes[node, q + 1]) - size) * part
            for p in range(count):
                far = np.float32(p)
                value[first + p] = (
                    expected[y, x + p] + (wave + wave_step * far) + (size + size_step * far) * film[v, u + p]
                )
        _to_rain(value, known[i], table, start, per_unit, out[i])


@kernel
def _to_rain(
    value: FloatField, known: Mask, table: FloatField, start: np.float32, per_unit: np.float32, out: FloatField
) -> None:
    last = np.int32(table.shape[0] - 1)
    for j in range(out.shape[0]):
        entry = min(max(np.int32((value[j] - start) * per_unit), np.int32(0)), last)
        out[j] = table[entry] if known[j] else np.float32(np.nan)
