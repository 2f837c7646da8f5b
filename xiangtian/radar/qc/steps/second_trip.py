"""Echo of the pulse before: from beyond the unambiguous range, shown too near.

A cut whose twin of the same elevation pulses more slowly is compared with it: echo that the twin does not see here is
of the second trip. Without a twin, echo of the second trip of a magnetron has a random phase, hence velocities without
order and low coherence (Joe and Passarelli 1995, 27th Conf. Radar Met.; Zrnic and Mahapatra 1985, IEEE AES 21), and it
is missing one tilt higher, where the beam leaves the weather before the second trip. Velocities that the radar itself
says are folded in range (`gate_velocity`) are of no use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from xiangtian.radar.polar.model import NOT_MEASURED, RANGE_FOLDED
from xiangtian.radar.qc.scan import SAME_ANGLE, UNJUDGED, Cut, Field, Scan, Verdict, above, each, onto
from xiangtian.radar.qc.steps.clutter import fall, removed
from xiangtian.radar.qc.texture import Mark, box_means, likelihood

INCOHERENT = {
    "order": Mark(0.75, 0.35, 2.0),
    "coherence": Mark(0.5, 0.2, 1.0),
    "fall": Mark(5.0, 20.0, 1.0),
    "weak": Mark(30.0, 20.0, 0.7),
}
"""Length of the mean velocity vector, normalised coherent power, dB to the next tilt, dBZ."""


@dataclass(frozen=True)
class Settings:
    """Settings of this step.

    Attributes
    ----------
    incoherent : Mapping of str to Mark
        Ramps and weights of the marks of incoherent echo.
    likely : float
        Likelihood from which a gate is of the second trip.
    order : float
        Gates whose velocities have more order than this (0 to 1) are never of the second trip.
    margin_db : float
        By how much the twin must be weaker.
    rise_m : tuple of float
        As in the step `clutter`.
    """

    incoherent: Mapping[str, Mark] = field(default_factory=lambda: INCOHERENT)
    likely: float = 0.75
    order: float = 0.5
    margin_db: float = 10.0
    rise_m: tuple[float, float] = (2000.0, 4000.0)


def apply(scan: Scan, settings: Settings) -> list[Verdict]:
    """Remove echo of the second trip; see the family's contract in :mod:`xiangtian.radar.qc.steps`."""
    return each(lambda k: _judge(scan, k, settings), len(scan.cuts))


def _judge(scan: Scan, number: int, settings: Settings) -> Verdict:
    cut = scan.cuts[number]
    if not cut.holds("DBZH"):
        return _folded(cut)
    twin = _slower_twin(scan, number)
    if twin is not None:
        bad = _unseen_by(twin, cut, settings.margin_db)
    elif cut.holds("VRADH") and cut.nyquist > 0:
        bad = _incoherent(scan, number, settings)
    else:
        return UNJUDGED
    echo = max(int(np.isfinite(cut.fields["DBZH"]).sum()), 1)
    quality = np.where(bad, np.float32(0), np.float32(1))
    return removed(cut, bad, quality, NOT_MEASURED, {"removed_share": float(bad.sum()) / echo})


def _folded(cut: Cut) -> Verdict:
    """Judge a cut of velocities only, by what the radar says."""
    states = cut.states.get("gate_velocity")
    if states is None:
        return UNJUDGED
    folded = states == RANGE_FOLDED
    return Verdict(np.where(folded, np.float32(0), np.float32(1)), found={"folded_share": float(folded.mean())})


def _slower_twin(scan: Scan, number: int) -> Cut | None:
    """Give a cut of the same elevation that sees farther without ambiguity."""
    cut = scan.cuts[number]
    reach = cut.unambiguous_m * 1.2
    return next(
        (
            one
            for one in scan.cuts
            if abs(one.angle - cut.angle) < SAME_ANGLE and one.unambiguous_m > reach and one.holds("DBZH")
        ),
        None,
    )


def _unseen_by(twin: Cut, cut: Cut, margin_db: float) -> np.ndarray:
    """Tell which echo the twin would show and does not."""
    there = np.nan_to_num(onto(twin, cut, box_means(twin.fields["DBZH"], 1, 1, twin.closed)), nan=-32.0)
    reached = np.isfinite(onto(twin, cut, np.ones(twin.shape, np.float32)))
    return reached & (cut.fields["DBZH"] - np.maximum(there, -10.0) > margin_db)


def order(cut: Cut) -> Field:
    """Give how alike the velocities around each gate are: length of the mean vector on the Nyquist circle, 0 to 1."""
    phase = cut.fields["VRADH"] * np.float32(np.pi / cut.nyquist)
    gates = max(1, int(1000 / cut.spacing))
    east, north = (box_means(part, 1, gates, cut.closed) for part in (np.cos(phase), np.sin(phase)))
    return np.hypot(east, north)


def _incoherent(scan: Scan, number: int, settings: Settings) -> np.ndarray:
    cut = scan.cuts[number]
    values: dict[str, Field] = {"order": order(cut), "weak": cut.fields["DBZH"]}
    trust = {}
    if "SQIH" in cut.fields:
        values["coherence"] = cut.fields["SQIH"]
    upper = above(scan, number)
    if upper is not None:
        values["fall"], trust["fall"] = fall(cut, scan.cuts[upper], settings.rise_m)
    likely = np.nan_to_num(likelihood(settings.incoherent, values, trust))
    known = np.isfinite(cut.fields["VRADH"]) & np.isfinite(cut.fields["DBZH"])
    return known & (likely > settings.likely) & (values["order"] < settings.order)
