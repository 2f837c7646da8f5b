"""Sums over the islands, rings and layers of a cut's velocities, from which islands are anchored."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel

Field = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int32]


@kernel
def island_sums(velocity: Field, island: Labels) -> tuple[npt.NDArray[np.int64], Floats]:
    """Give the gates of each island and the sum of their velocities.

    Parameters
    ----------
    velocity : Field
        (rays, gates) m/s.
    island : Labels
        (rays, gates) number of the island, -1 where there is none.

    Returns
    -------
    tuple of ndarray
        (islands,) each; at least one island is given.
    """
    count = 1
    for i in range(island.shape[0]):
        for j in range(island.shape[1]):
            count = max(count, island[i, j] + 1)
    size, total = np.zeros(count, np.int64), np.zeros(count, np.float64)
    for i in range(island.shape[0]):
        for j in range(island.shape[1]):
            if island[i, j] >= 0:
                size[island[i, j]] += 1
                total[island[i, j]] += velocity[i, j]
    return size, total


@kernel
def move_islands(velocity: Field, island: Labels, shift: Field) -> None:
    """Add to the velocities, in place, what their island is to be moved by, m/s."""
    for i in range(island.shape[0]):
        for j in range(island.shape[1]):
            if island[i, j] >= 0:
                velocity[i, j] += shift[island[i, j]]


@kernel
def ring_sums(velocity: Field, island: Labels, number: int, azimuth: Floats) -> Floats:
    """Add up, over the rays of each range, what a fit of v = a + b sin + c cos on that ring needs.

    Parameters
    ----------
    velocity : Field
        (rays, gates) m/s.
    island : Labels
        (rays, gates) number of the island.
    number : int
        The island to take.
    azimuth : Floats
        (rays,) radians.

    Returns
    -------
    Floats
        (9, gates): sums of 1, s, c, s s, s c, c c, v, v s, v c.
    """
    sums = np.zeros((9, velocity.shape[1]), np.float64)
    for i in range(velocity.shape[0]):
        s, c = np.sin(azimuth[i]), np.cos(azimuth[i])
        for j in range(velocity.shape[1]):
            if island[i, j] == number:
                v = velocity[i, j]
                sums[0, j] += 1
                sums[1, j] += s
                sums[2, j] += c
                sums[3, j] += s * s
                sums[4, j] += s * c
                sums[5, j] += c * c
                sums[6, j] += v
                sums[7, j] += v * s
                sums[8, j] += v * c
    return sums


@kernel
def layer_sums(velocity: Field, azimuth: Floats, flat: float, layer: npt.NDArray[np.int64], sums: Floats) -> None:
    """Add to sums by layer what a fit of a wind needs.

    Parameters
    ----------
    velocity : Field
        (rays, gates) m/s, NaN where unknown.
    azimuth : Floats
        (rays,) radians.
    flat : float
        Cosine of the elevation.
    layer : ndarray
        (gates,) number of the layer of each gate.
    sums : Floats
        (layers, 7), added to: 1, s s, s c, c c, v s, v c, v v.
    """
    for i in range(velocity.shape[0]):
        s, c = np.sin(azimuth[i]) * flat, np.cos(azimuth[i]) * flat
        for j in range(velocity.shape[1]):
            v = velocity[i, j]
            if np.isnan(v):
                continue
            k = layer[j]
            sums[k, 0] += 1
            sums[k, 1] += s * s
            sums[k, 2] += s * c
            sums[k, 3] += c * c
            sums[k, 4] += v * s
            sums[k, 5] += v * c
            sums[k, 6] += v * v


@kernel
def votes(velocity: Field, reference: Field, island: Labels, period: float, table: Labels) -> None:
    """Count, for each island, how many of its gates are -8 ... 8 periods below a reference.

    Parameters
    ----------
    velocity, reference : Field
        (rays, gates) m/s, NaN where unknown.
    island : Labels
        (rays, gates) number of the island, -1 where there is none.
    period : float
        Twice the Nyquist velocity, m/s.
    table : Labels
        (islands, 17) zeros, to be filled.
    """
    for i in range(velocity.shape[0]):
        for j in range(velocity.shape[1]):
            away = reference[i, j] - velocity[i, j]
            if island[i, j] >= 0 and abs(away) < 8 * period:
                table[island[i, j], int(np.rint(away / period)) + 8] += 1
