"""Errors of motion: each member's rain goes a little faster, slower or more to one side than found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xiangtian.nowcast.motion import Motion

FloatField = npt.NDArray[np.float32]
FloatArray = npt.NDArray[np.float64]
Steps = npt.NDArray[np.int32]

_ALONG = (10.88, 0.23, -7.68)
_ACROSS = (5.76, 0.31, -2.72)
_RECURRENCE = 1.32471795724474602596 ** -np.arange(1.0, 3.0)
_START = 3
"""What the stream of random numbers is for: the second number of its seed, beside those of the noise."""


@dataclass(frozen=True)
class Drift:
    """How far a member's rain strays from the mean way.

    Attributes
    ----------
    along : FloatField
        (2, nodes down, nodes across) unit vectors of motion, [0] eastward, [1] southward; 0 where nothing moves.
    reach : FloatArray
        (leads, 2) standard deviation of the way strayed until each lead, along and across the motion, cells.
    """

    along: FloatField
    reach: FloatArray

    def strayed(self, lead: int, draw: FloatArray) -> Steps:
        """Give (2, nodes down, nodes across) whole cells from a node, eastward and southward, to where rain is read.

        `draw` (2,) are the member's numbers of standard deviations along and across.
        """
        along, across = (self.reach[lead] * draw).astype(np.float32)
        east, south = self.along
        way = np.stack([along * east - across * south, along * south + across * east])
        return np.asarray(np.rint(-way), np.int32)


def drifting(motion: Motion, leads: int, cell_km: float, step_min: float, factor: float) -> Drift:
    """Say how far rain may stray.

    The standard deviation of the error of speed t minutes ahead is a t^b + c, in km/h, with (a, b, c) of (10.88, 0.23,
    -7.68) along and (5.76, 0.31, -2.72) across the motion (Bowler, Pierce and Seed 2006, QJRMS 132, 2127-2155,
    doi:10.1256/qj.04.100, equation 17 and table 2); a member keeps its number of standard deviations all the way.

    Parameters
    ----------
    motion : Motion
        Cells per step.
    leads : int
        Steps.
    cell_km, step_min : float
        Size of a cell, length of a step.
    factor : float
        On all of it; 0: rain does not stray.

    Returns
    -------
    Drift
        On the motion's nodes.
    """
    speed = np.hypot(motion.velocity[0], motion.velocity[1])
    minutes = step_min * np.arange(1, leads + 1)
    kmh = np.stack([a * minutes**b + c for a, b, c in (_ALONG, _ACROSS)], axis=1)
    reach = np.cumsum(np.maximum(kmh, 0.0), axis=0) * (factor * step_min / 60.0 / cell_km)
    return Drift((motion.velocity / np.maximum(speed, 1e-6)).astype(np.float32), reach)


def drawn(seed: int, member: int) -> FloatArray:
    """Draw a member's two numbers of standard deviations, of Laplace's distribution as in the paper.

    The members' draws follow a sequence that fills the plane evenly however many there are (the additive recurrence
    on the generalised golden ratio, Roberts 2018), from a random start: few members stray as many would.
    """
    start = np.random.default_rng([seed, _START]).random(2)
    even = (start + member * _RECURRENCE) % 1.0 - 0.5
    return np.asarray(-np.sqrt(0.5) * np.sign(even) * np.log1p(-2.0 * np.abs(even)), np.float64)
