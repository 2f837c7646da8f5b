"""From the codes of a radial to values and states of gates, in one pass and on gates that all moments share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel
from xiangtian.radar.errors import RadarError
from xiangtian.radar.polar.model import BELOW_THRESHOLD, MEASURED, NOT_MEASURED, RANGE_FOLDED

MAX_GATES = 8000
"""More gates than this no radar gives (460 km in steps of 60 m)."""
MAX_RAYS = 4096
MAX_CUT_CELLS = 24_000_000
"""All moments of one cut: 720 rays of 1840 gates with ten moments and room to spare."""
MAX_VOLUME_CELLS = 96_000_000
"""All moments of all sweeps together: more than a dual-polarisation volume of 11 sweeps and 460 km can have."""
DOPPLER = ("VRADH", "WRADH")


@dataclass(frozen=True)
class Code:
    """How a stored number stands for a value: `scale * code + offset` from `least` on.

    Attributes
    ----------
    scale, offset : float
        In the unit of the moment.
    folded : int
        The code that says "folded in range"; -1 where the format has none.
    unmeasured : int
        The code that says "not measured"; -1 where the format has none.
    least : int
        The first code that is a value; those below, if not named here, say "below the threshold".
    """

    scale: float
    offset: float
    folded: int = 1
    unmeasured: int = -1
    least: int = 2


@dataclass(frozen=True)
class Layer:
    """One moment in the radials of a cut.

    Attributes
    ----------
    at : int
        Its first byte in the radial.
    first, length : float
        Metres to the middle of its first gate, and length of a gate.
    count : int
        How many gates.
    code : Code
        How its numbers stand for values.
    width : int
        Bytes of a number, 1 or 2 (little-endian).
    """

    at: int
    first: float
    length: float
    count: int
    code: Code
    width: int = 1


def layout(layers: Mapping[str, Layer], rays: int) -> npt.NDArray[np.float64]:
    """Give the gates that all moments of a cut can stand on: the finest, as far as the farthest reaches.

    Parameters
    ----------
    layers : Mapping of str to Layer
        The moments of the cut; one or more.
    rays : int
        How many rays the cut has.

    Returns
    -------
    ndarray
        (gates,) metres to the middle of each gate, not below 0.

    Raises
    ------
    RadarError
        If that would be more gates than `MAX_GATES` or none, more rays than `MAX_RAYS`, or too many cells in all.
    """
    finest = min(layers.values(), key=lambda layer: layer.length)
    farthest = max(layer.first + (layer.count - 0.5) * layer.length for layer in layers.values())
    count = int((farthest - finest.first) / finest.length + 0.5)
    if not 0 < count <= MAX_GATES:
        raise RadarError(f"{count} gates of {finest.length:g} m; 1 to {MAX_GATES} are read")
    if rays > MAX_RAYS or rays * count * len(layers) > MAX_CUT_CELLS:
        raise RadarError(
            f"{rays} rays of {count} gates with {len(layers)} moments; up to {MAX_RAYS} rays and {MAX_CUT_CELLS} cells "
            "in one cut are read"
        )
    middles = finest.first + finest.length * np.arange(count)
    return np.asarray(middles[middles >= 0.0], np.float64)


def decoded(
    raw: npt.NDArray[np.uint8],
    order: npt.NDArray[np.intp],
    layers: Mapping[str, Layer],
    range_m: npt.NDArray[np.float64],
) -> tuple[dict[str, npt.NDArray[np.float32]], dict[str, npt.NDArray[np.uint8]], dict[str, float]]:
    """Decode the moments of a cut.

    Parameters
    ----------
    raw : ndarray
        (radials, bytes) as they came.
    order : ndarray
        (rays,) which radial becomes which ray.
    layers : Mapping of str to Layer
        The moments.
    range_m : ndarray
        (gates,) as from `layout`.

    Returns
    -------
    tuple
        Values by moment, (rays, gates) float32, NaN where there is none; `gate` and, where there is velocity or
        width, `gate_velocity`, (rays, gates) uint8; and the moments on coarser gates of their own, with their length
        in metres. A coarse gate gives its value to each fine one whose middle lies in it.
    """
    moments, states = {}, {}
    for name, layer in layers.items():
        source = np.floor((range_m - layer.first) / layer.length + 0.5).astype(np.int64)
        source[source >= layer.count] = -1
        values, known = _table(layer.code, layer.width)
        moments[name], states[name] = _decode(raw, order, layer.at, layer.width, source, values, known)
    first = next((name for name in ("DBZH", "DBTH") if name in states), next(iter(states)))
    gates = {"gate": states[first]}
    doppler = next((name for name in DOPPLER if name in states), None)
    if doppler:
        gates["gate_velocity"] = states[doppler]
    step = float(range_m[1] - range_m[0]) if len(range_m) > 1 else 0.0
    return moments, gates, {name: layer.length for name, layer in layers.items() if layer.length > step > 0.0}


def _table(code: Code, width: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
    """Give value and state of every code a number of so many bytes can hold."""
    codes = np.arange(256**width)
    values = (code.scale * codes + code.offset).astype(np.float32)
    known = np.where(codes >= code.least, MEASURED, BELOW_THRESHOLD).astype(np.uint8)
    for special, meaning in ((code.folded, RANGE_FOLDED), (code.unmeasured, NOT_MEASURED)):
        if special >= 0:
            known[special] = meaning
    values[known != MEASURED] = np.nan
    return values, known


@kernel
def _decode(
    raw: npt.NDArray[np.uint8],
    order: npt.NDArray[np.intp],
    at: int,
    width: int,
    source: npt.NDArray[np.int64],
    values: npt.NDArray[np.float32],
    known: npt.NDArray[np.uint8],
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
    field = np.empty((len(order), len(source)), np.float32)
    state = np.empty((len(order), len(source)), np.uint8)
    for ray in range(len(order)):
        radial = raw[order[ray]]
        for gate in range(len(source)):
            if source[gate] < 0:
                field[ray, gate], state[ray, gate] = np.nan, 0
                continue
            place = at + source[gate] * width
            code = np.int64(radial[place])
            if width == 2:
                code += np.int64(radial[place + 1]) << 8
            field[ray, gate], state[ray, gate] = values[code], known[code]
    return field, state
