"""Steps of quality control: one file a step, one contract for all.

`apply(scan: Scan, settings: Settings) -> list[Verdict]`: one verdict for each cut of the scan, in its order; the scan
is not changed. A verdict holds a quality from 0 (useless) to 1 (no defect seen), or None where the step can't judge
the cut, the fields and states that change, and what was found. Each module has its own frozen `Settings`, whose
defaults are the step's. Gates that lose their reflectivity become NaN in DBZH and, in `gate`, NOT_MEASURED where
weather may hide behind (clutter, spikes, blockage, second trip) or BELOW_THRESHOLD where there is none (speckle,
insects); DBTH keeps what was received.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from xiangtian.radar.qc.scan import Scan, Verdict
from xiangtian.radar.qc.steps import (
    attenuation,
    blockage,
    bright_band,
    clutter,
    nonmet,
    second_trip,
    speckle,
    spike,
    unfold,
)


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes
    ----------
    apply : Callable
        As the family's contract says.
    settings : type
        Its settings; called without arguments, its defaults.
    fine : bool
        Whether it works on the gates of velocities; else on those of reflectivity.
    """

    apply: Callable[[Scan, Any], list[Verdict]]
    settings: type
    fine: bool = False


STEPS: dict[str, Step] = {
    "spike": Step(spike.apply, spike.Settings),
    "clutter": Step(clutter.apply, clutter.Settings),
    "nonmet": Step(nonmet.apply, nonmet.Settings),
    "second_trip": Step(second_trip.apply, second_trip.Settings),
    "speckle": Step(speckle.apply, speckle.Settings),
    "blockage": Step(blockage.apply, blockage.Settings),
    "attenuation": Step(attenuation.apply, attenuation.Settings),
    "bright_band": Step(bright_band.apply, bright_band.Settings),
    "unfold": Step(unfold.apply, unfold.Settings, fine=True),
}
"""The steps by name, in the order in which they run."""
