"""Where rain stays longer than its cells: motion that fades with the lead, as far as the last hours ask for it.

Cells move with the wind, but what feeds them (a mountain, a coast, a front) may stand still; then a forecast that
moves on is worse than none, the more so the farther it looks. How much so is seen in the frames at hand: earlier
frames are moved to the last one, and their errors set beside those of the same frames left where they were. The
logarithm of the ratio of the squared errors falls nearly evenly with the lead, so that it can be told for leads longer
than the frames reach back. Where it nears zero the motion is taken back, in the end to persistence.

Chosen on radar of FMI 2016-09-28 and MeteoSwiss 2015-05-15 and tried on KNMI 2010-08-26: `docs/nowcast-skill.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from xiangtian.met.kernel import kernel
from xiangtian.nowcast.frames import missing
from xiangtian.nowcast.motion import Motion
from xiangtian.nowcast.trajectory import displacements, moved

FloatField = npt.NDArray[np.float32]
BACK_MIN = (5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 80.0)
"""Minutes before the last frame from which it is forecast in hindsight."""
COARSE_KM = 4.0
NEAR_KM = 40.0
"""Standard deviation of the Gaussian within which errors count for a place."""
OVERALL_WEIGHT = 1.0
"""Weight of the whole field's errors beside those near a place."""
FALL_PER_MIN = 0.007
"""How fast the advantage of moving on falls with each minute of lead that no frame tells of."""
WHOLE, NONE = 0.2, -0.05
"""Advantage (logarithm of the ratio of squared errors) at and above which all of the motion counts, and none."""


def faded(
    motion: Motion, frames: Sequence[FloatField] | FloatField, leads: int, cell_km: float, step_min: float
) -> Motion:
    """Give the motion with its fading (`Motion.fade`).

    Parameters
    ----------
    motion : Motion
        Of the last frames, cells per step.
    frames : sequence of FloatField
        (k, rows, columns) rain rate, mm/h, the oldest first, NaN where unknown, at equal steps; 2 frames or more. A
        frame that is all NaN is missing. With more of them (an hour or more is good) more is known of long leads.
    leads : int
        Steps that will be forecast.
    cell_km, step_min : float
        Size of a cell, and time between frames; both above 0.

    Returns
    -------
    Motion
        The same velocity; where nothing can be told of a place, all of its motion is kept.

    Raises
    ------
    ValueError
        If size or time is not above 0.
    """
    if not (cell_km > 0 and step_min > 0):
        raise ValueError(f"cells of {cell_km} km and steps of {step_min} min; both must be above 0")
    wanted = sorted({round(minutes / step_min) for minutes in BACK_MIN})
    backs = [back for back in wanted if 0 < back < len(frames) and not missing(frames[-1 - back])]
    if not backs:
        return motion
    side = 2 ** int(np.clip(round(np.log2(COARSE_KM / cell_km)), 0, 3))
    while min(motion.shape) // side < 4 and side > 1:
        side //= 2
    target = _coarse(frames[-1], side)
    shifts = displacements(replace(motion, fade=None), max(backs)) / np.float32(side)

    def judged(back: int) -> FloatField:
        earlier = _coarse(frames[-1 - back], side)
        carried = moved(earlier, shifts[back - 1], motion.spacing // side)
        return _advantage(carried, earlier, target, NEAR_KM / cell_km / motion.spacing, motion.velocity.shape[1:])

    with ThreadPoolExecutor(2) as pool:
        known = dict(zip(backs, pool.map(judged, backs), strict=True))
    return replace(
        motion, fade=np.stack([_share(known, lead, FALL_PER_MIN * step_min) for lead in range(1, leads + 1)])
    )


@kernel
def _add_up(rate: FloatField, side: int, out: FloatField) -> None:
    """Give the mean square root of rain of each block; NaN where a cell of it is unknown."""
    share = np.float32(1.0 / (side * side))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            total = np.float32(0)
            for p in range(side):
                for q in range(side):
                    total += np.sqrt(rate[i * side + p, j * side + q])
            out[i, j] = total * share


def _coarse(rate: FloatField, side: int) -> FloatField:
    rows, columns = rate.shape
    out = np.empty((rows // side, columns // side), np.float32)
    _add_up(np.ascontiguousarray(rate, np.float32), side, out)
    unknown = np.isnan(out)  # a running sum would carry NaN on
    smooth = cv2.blur(np.where(unknown, np.float32(0), out), (3, 3))
    return np.where(unknown, np.float32(np.nan), smooth).astype(np.float32)


def _advantage(
    carried: FloatField, left: FloatField, target: FloatField, width: float, nodes: tuple[int, ...]
) -> FloatField:
    """Give, at each node, the logarithm of the squared error of what was left over that of what was carried."""
    both = np.isfinite(carried) & np.isfinite(left) & np.isfinite(target)
    with np.errstate(invalid="ignore"):
        wrong = [np.where(both, (one - target) ** 2, np.float32(0)) for one in (left, carried)]
    overall = [float(one.mean(dtype=np.float64)) for one in wrong]
    if min(overall) <= 0:  # nothing to tell by, or one of them is exact
        return np.full(nodes, np.inf if overall[1] <= 0 else -np.inf, np.float32)
    size = nodes[1], nodes[0]
    at_nodes = [cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in wrong]
    near = [cv2.GaussianBlur(one, (0, 0), width, borderType=cv2.BORDER_CONSTANT) for one in at_nodes]
    weight = OVERALL_WEIGHT * overall[1]
    ratio = (near[0] + weight * overall[0] / overall[1]) / (near[1] + weight)
    return np.asarray(np.log(ratio), np.float32)


def _share(known: dict[int, FloatField], lead: int, fall: float) -> FloatField:
    """Give the share of the motion that counts at a lead, from the longest hindsight that is not longer."""
    back = max((one for one in known if one <= lead), default=min(known))
    advantage = known[back] - np.float32(fall * max(0, lead - back))
    return np.asarray(np.clip((advantage - NONE) / (WHOLE - NONE), 0, 1), np.float32)
