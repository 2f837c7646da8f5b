"""Connected patches of a polar field, and turning those whose velocities are folded against a reference."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel

Field = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int32]
Kinds = npt.NDArray[np.int8]


@kernel
def _root(parent: Labels, node: int) -> int:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


@kernel
def _join(parent: Labels, one: int, other: int) -> None:
    a, b = _root(parent, one), _root(parent, other)
    if a < b:
        parent[b] = a
    elif b < a:
        parent[a] = b


@kernel
def _joined(kind: Kinds, closed: bool, corners: bool) -> Labels:
    """Join each gate to its neighbours of the same kind on the ray before and on its own."""
    rays, gates = kind.shape
    parent = np.arange(rays * gates).astype(np.int32)
    reach = 1 if corners else 0
    for i in range(rays):
        k = i - 1 if i else rays - 1
        across = i > 0 or closed
        for j in range(gates):
            here, node = kind[i, j], i * gates + j
            if here < 0:
                continue
            if j and kind[i, j - 1] == here:
                _join(parent, node, node - 1)
            for m in range(max(j - reach, 0), min(j + reach + 1, gates)):
                if across and kind[k, m] == here:
                    _join(parent, node, k * gates + m)
    return parent


@kernel
def label(kind: Kinds, closed: bool, corners: bool, out: Labels) -> int:
    """Number the connected patches of one kind each.

    Parameters
    ----------
    kind : ndarray
        (rays, gates) int8, below 0 where there is nothing.
    closed : bool
        Whether the first ray is the neighbour of the last.
    corners : bool
        Whether gates that touch at a corner are neighbours.
    out : Labels
        (rays, gates) int32 to be filled with numbers from 0, -1 where there is nothing.

    Returns
    -------
    int
        How many patches there are.
    """
    rays, gates = kind.shape
    parent = _joined(kind, closed, corners)
    found = 0
    number = np.full(rays * gates, -1, np.int32)
    for i in range(rays):
        for j in range(gates):
            out[i, j] = -1
            if kind[i, j] < 0:
                continue
            top = _root(parent, i * gates + j)
            if number[top] < 0:
                number[top] = found
                found += 1
            out[i, j] = number[top]
    return found


@kernel
def _gain(step: float, turn: float, nyquist: float) -> int:
    """Give 1 if a jump ends when one side of a border is turned, -1 if one begins."""
    return int(abs(step) > nyquist) - int(abs(step - 2 * nyquist * turn) > nyquist)


@kernel
def _borders_of_patches(
    velocity: Field, patch: Labels, turn: Kinds, nyquist: float, closed: bool, gain: Labels
) -> None:
    """Count, for each patch, how many jumps along its border end (above 0) if the patch is turned."""
    rays, gates = patch.shape
    for i in range(rays):
        for j in range(gates):
            for k, m in ((i, j + 1), (i + 1, j)):
                if m >= gates or (k >= rays and not closed):
                    continue
                k %= rays
                one, two = patch[i, j], patch[k, m]
                step = velocity[k, m] - velocity[i, j]
                if one == two or np.isnan(step):
                    continue
                if one >= 0:
                    gain[one] += _gain(step, turn[i, j] - 8.0, nyquist)
                if two >= 0:
                    gain[two] += _gain(-step, turn[k, m] - 8.0, nyquist)


@kernel
def _asked(velocity: Field, reference: Field, nyquist: float, turn: Kinds) -> int:
    """Find the turns that a reference asks for, plus 8; -1 where it asks for none."""
    found = 0
    for i in range(velocity.shape[0]):
        for j in range(velocity.shape[1]):
            turn[i, j] = -1
            away = reference[i, j] - velocity[i, j]
            if abs(away) > nyquist and abs(away) < 16 * nyquist:
                turn[i, j] = np.int8(np.rint(away / (2 * nyquist))) + 8
                found += 1
    return found


@kernel
def _turn_patches(velocity: Field, patch: Labels, turn: Kinds, gain: Labels, period: float) -> Field:
    out = velocity.copy()
    for i in range(velocity.shape[0]):
        for j in range(velocity.shape[1]):
            if patch[i, j] >= 0 and gain[patch[i, j]] > 0:
                out[i, j] += period * (turn[i, j] - 8)
    return out


def settled(velocity: Field, reference: Field, nyquist: float, closed: bool) -> Field:
    """Turn patches that a reference says are folded, where that ends more jumps along their border than it begins.

    Parameters
    ----------
    velocity : Field
        (rays, gates) m/s, NaN where there is none.
    reference : Field
        (rays, gates) m/s that the velocity should be within a Nyquist velocity of; NaN where nothing is known.
    nyquist : float
        Unambiguous velocity, m/s.
    closed : bool
        Whether the first ray is the neighbour of the last.

    Returns
    -------
    Field
        (rays, gates) m/s.
    """
    turn = np.empty(velocity.shape, np.int8)
    if not _asked(velocity, reference, float(nyquist), turn):
        return velocity
    patch = np.empty(velocity.shape, np.int32)
    gain = np.zeros(label(turn, closed, False, patch), np.int32)
    _borders_of_patches(velocity, patch, turn, float(nyquist), closed, gain)
    return _turn_patches(velocity, patch, turn, gain, 2.0 * nyquist)
