"""Methods of nowcasting: one file a method, one contract for all.

`forecast(rate, motion, leads)`: `rate` (m, n) is the rain rate of the last frame, mm/h, NaN where unknown; `motion`
is a :class:`xiangtian.nowcast.motion.Motion` for (m, n), cells per step; the result is (leads, m, n) float32, mm/h,
at 1, 2, ... `leads` steps after the frame, never negative, NaN where the method can't know.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from xiangtian.nowcast.methods import advect, persistence
from xiangtian.nowcast.motion import Motion


class Method(Protocol):
    """The contract of this family."""

    def __call__(self, rate: npt.NDArray[np.float32], motion: Motion, leads: int) -> npt.NDArray[np.float32]:
        """Forecast `leads` steps."""


METHODS: dict[str, Method] = {
    "advect": advect.forecast,
    "persistence": persistence.forecast,
}
"""The methods by name."""


def get_method(name: str) -> Method:
    """Give a method, guarded by the family's contract.

    Parameters
    ----------
    name : str
        A name in `METHODS`.

    Returns
    -------
    Method
        The function; it raises ValueError on a shape or number of leads that the contract does not allow.

    Raises
    ------
    ValueError
        If there is no such method; the message lists the names.
    """
    if name not in METHODS:
        raise ValueError(f"no nowcast method {name!r}; there are {', '.join(sorted(METHODS))}")
    chosen = METHODS[name]

    def guarded(rate: npt.NDArray[np.float32], motion: Motion, leads: int) -> npt.NDArray[np.float32]:
        if rate.ndim != 2 or min(rate.shape) < 2 or rate.shape != motion.shape:
            raise ValueError(f"a field of {rate.shape} and a motion for {motion.shape}; they must be the same (m, n)")
        if leads < 1:
            raise ValueError(f"{leads} leads; 1 or more are forecast")
        return chosen(rate, motion, leads)

    return guarded
