"""One member of the ensemble, or a window of one: every cell depends on shared fields and its place only."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True)
class Draw:
    """What chance gives a member.

    Attributes
    ----------
    sign : float32
        1 or -1: members come in opposite pairs.
    waves : FloatField
        (leads, nodes down, nodes across) long waves of its noise, where the air will be.
    strayed : Steps
        (leads, 2, nodes down, nodes across) whole cells to where its rain is read.
    place : Steps
        (2, 1, 1) of its window in the film.
    """

    sign: np.float32
    waves: FloatField
    strayed: Steps
    place: Steps


def drawn(prepared: Prepared, seed: int, number: int) -> Draw:
    """Draw a member: its number from 0 decides it together with the seed, how many others there are does not."""
    chance = noise.stream(seed, number // 2)
    place = chance.integers(0, _FARTHEST, size=(2, 1, 1), dtype=np.int32)
    states = noise.long_waves(prepared.texture, prepared.memory, chance)
    waves = np.empty_like(prepared.sizes)
    for lead in range(prepared.leads):
        noise.at_origins(next(states), prepared.shifts[lead], SPACING, waves[lead])
    way = perturbation.drawn(seed, number)
    strayed = np.stack([prepared.drift.strayed(lead, way) for lead in range(prepared.leads)])
    return Draw(np.float32(1 - 2 * (number % 2)), waves, strayed, place)


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
        Of the member, see `drawn`.
    out : FloatField or None
        Where to write the result, if it exists already.

    Returns
    -------
    FloatField
        (leads, rows, columns) float32 rain rate, mm/h, NaN where unknown.
    """
    rain = np.empty_like(prepared.expected) if out is None else out
    return window(prepared, film, drawn(prepared, seed, number), (0, 0), rain)


def window(prepared: Prepared, film: FloatField, draw: Draw, origin: tuple[int, int], out: FloatField) -> FloatField:
    """Make a window of a member, bit for bit what stands there in the whole.

    Parameters
    ----------
    prepared, film
        See `made`.
    draw : Draw
        The member.
    origin : tuple of int
        First row and column, multiples of `SPACING`.
    out : FloatField
        (leads, rows, columns) to be filled; no larger than what lies behind the origin.

    Returns
    -------
    FloatField
        `out`, mm/h, NaN where unknown.
    """
    for lead in range(prepared.leads):
        sizes, table = prepared.sizes[lead], prepared.tables[lead]
        _fuse(
            prepared.expected[lead],
            prepared.known[lead],
            draw.waves[lead] * (draw.sign * sizes),
            draw.sign * sizes,
            draw.strayed[lead],
            np.rint(prepared.shifts[lead]).astype(np.int32) + draw.place,
            film[lead],
            table.rain,
            np.float32(table.start),
            np.float32(table.per_unit),
            SPACING,
            origin[0],
            origin[1],
            out[lead],
        )
    return out


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
    top: int,
    left: int,
    out: FloatField,
) -> None:
    """Add the expected field, read where the member's rain strays from, and noise; turn the sum into rain.

    A row is done in runs of cells between two nodes, along which noise is linear and all reading is contiguous.
    """
    value = np.empty(out.shape[1], np.float32)
    part = np.float32(1.0) / np.float32(spacing)
    for row in range(out.shape[0]):
        i = top + row
        node = i // spacing
        a = np.float32(i - node * spacing) * part
        for q in range(left // spacing, (left + out.shape[1] + spacing - 1) // spacing):
            first = q * spacing
            count = min(spacing, left + out.shape[1] - first)
            y = min(max(i + strayed[1, node, q], 0), expected.shape[0] - 1)
            x = min(max(first + strayed[0, node, q], 0), expected.shape[1] - count)
            v, u = (i + grain[1, node, q]) % film.shape[0], (first + grain[0, node, q]) % (film.shape[1] - spacing)
            wave = coarse[node, q] + a * (coarse[node + 1, q] - coarse[node, q])
            wave_step = (coarse[node, q + 1] + a * (coarse[node + 1, q + 1] - coarse[node, q + 1]) - wave) * part
            size = sizes[node, q] + a * (sizes[node + 1, q] - sizes[node, q])
            size_step = (sizes[node, q + 1] + a * (sizes[node + 1, q + 1] - sizes[node, q + 1]) - size) * part
            for p in range(count):
                far = np.float32(p)
                value[first - left + p] = (
                    expected[y, x + p] + (wave + wave_step * far) + (size + size_step * far) * film[v, u + p]
                )
        _to_rain(value, known[i, left : left + out.shape[1]], table, start, per_unit, out[row])


@kernel
def _to_rain(
    value: FloatField, known: Mask, table: FloatField, start: np.float32, per_unit: np.float32, out: FloatField
) -> None:
    last = np.int32(table.shape[0] - 1)
    for j in range(out.shape[0]):
        entry = min(max(np.int32((value[j] - start) * per_unit), np.int32(0)), last)
        out[j] = table[entry] if known[j] else np.float32(np.nan)
