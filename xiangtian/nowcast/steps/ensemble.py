"""The door of the ensemble nowcast."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from xiangtian.nowcast.motion import Motion
from xiangtian.nowcast.steps import calibration, member, noise, prepared
from xiangtian.nowcast.steps.settings import DEFAULT, Settings

FloatField = npt.NDArray[np.float32]


def forecast(
    frames: FloatField,
    motion: Motion,
    leads: int,
    members: int,
    seed: int,
    cell_km: float,
    step_min: float,
    threads: int = 2,
    settings: Settings = DEFAULT,
) -> FloatField:
    """Make many futures of the rain of the last frames.

    Parameters
    ----------
    frames : FloatField
        (k, rows, columns) rain rate, mm/h, the oldest first, NaN where unknown, at equal steps; 3 or more, with 8 or
        more the spread is calibrated by the last hour.
    motion : Motion
        Cells per step, of the same shape.
    leads, members : int
        Steps to forecast, and futures; 1 or more each.
    seed : int
        The same seed gives the same members, whatever the number of threads; a member doesn't depend on how many
        others there are.
    cell_km, step_min : float
        Size of a cell and time between frames, above 0.
    threads : int
        Members made at the same time.
    settings : Settings
        Constants of the method.

    Returns
    -------
    FloatField
        (members, leads, rows, columns) mm/h, NaN where unknown.

    Raises
    ------
    ValueError
        If there are fewer than three frames, or leads or members below 1.
    """
    checked(len(frames), leads, members)
    state, film = shared(frames, motion, leads, seed, cell_km, step_min, threads, settings)
    out = np.empty((members, *state.expected.shape), np.float32)
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(member.made, state, film, seed, number, out[number]) for number in range(members)]:
            done.result()
    return out


def shared(
    frames: FloatField,
    motion: Motion,
    leads: int,
    seed: int,
    cell_km: float,
    step_min: float,
    threads: int = 2,
    settings: Settings = DEFAULT,
) -> tuple[prepared.Prepared, FloatField]:
    """Make what all members share: see `forecast` for the parameters, `member.made` for what to do with both."""
    factors = calibration.factors(frames, motion, leads, cell_km, step_min, settings, threads)
    state = prepared.prepare(frames, motion, leads, cell_km, step_min, factors, settings, threads)
    return state, noise.film(state.texture, state.memory, leads, seed)


def checked(frames: int, leads: int, members: int) -> None:
    """Refuse too few frames, leads or members with a ValueError that says what is needed."""
    if frames < 3 or min(leads, members) < 1:
        raise ValueError(
            f"{frames} frames, {leads} leads, {members} members; 3 frames or more, and 1 of the others, are needed"
        )
