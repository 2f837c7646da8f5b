"""Partial beam blockage by terrain.

The share of a circular beam below the terrain is that of Bech, Codina, Lorente and Bebbington 2003 (JTECH 20, 845-855,
eq. 2 and appendix), the beam running over the 4/3 earth (Doviak and Zrnic 1993, eq. 2.28); it never falls along a ray.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from xiangtian.radar.polar.model import MEASURED, NOT_MEASURED
from xiangtian.radar.qc.scan import UNJUDGED, Cut, Field, Scan, Verdict, each
from xiangtian.radar.qc.terrain import under_beam


@dataclass(frozen=True)
class Settings:
    """Settings of this step.

    Attributes
    ----------
    beam_degrees : float
        Width of the beam between its half-power points.
    correct_to : float
        Share blocked up to which reflectivity is corrected.
    unseen_from : float
        Share blocked above which a gate is unseen.
    across : int
        Azimuths over the width of the beam that are averaged.
    """

    beam_degrees: float = 1.0
    correct_to: float = 0.6
    unseen_from: float = 0.6
    across: int = 3


def apply(scan: Scan, settings: Settings) -> list[Verdict]:
    """Correct DBZH for blockage; see the family's contract in :mod:`xiangtian.radar.qc.steps`.

    Without a terrain model, or without the position of the radar, nothing is judged.
    """
    if scan.terrain is None or not np.isfinite([scan.site.longitude, scan.site.latitude, scan.site.altitude]).all():
        return [UNJUDGED] * len(scan.cuts)
    return each(lambda k: _judge(scan, k, settings), len(scan.cuts))


def blocked_share(above_axis: npt.NDArray[np.floating], radius: npt.NDArray[np.floating]) -> Field:
    """Give the share of a circular beam that lies below an edge.

    Parameters
    ----------
    above_axis : ndarray
        Height of the terrain over the middle of the beam, m; negative where it is below; NaN counts as clear.
    radius : ndarray
        Of the beam, m, above 0; broadcast.

    Returns
    -------
    Field
        0 (clear) to 1 (wholly blocked): (y sqrt(a2 - y2) + a2 arcsin(y / a) + pi a2 / 2) / (pi a2), Bech et al. 2003.
    """
    y = np.clip(np.nan_to_num(above_axis / radius, nan=-1.0), -1, 1)
    return np.asarray((y * np.sqrt(1 - y**2) + np.arcsin(y) + np.pi / 2) / np.pi, np.float32)


def along(scan: Scan, cut: Cut, settings: Settings) -> Field:
    """Give the share of the beam blocked up to each gate of a cut, (rays, gates) 0 to 1."""
    assert scan.terrain is not None
    turns = (np.arange(settings.across) + 0.5) / settings.across - 0.5
    total = np.zeros(cut.shape, np.float64)
    height = scan.site.altitude + cut.height_m
    radius = np.maximum(cut.range_m, 1) * np.tan(np.radians(settings.beam_degrees / 2))
    for turn in turns * settings.beam_degrees:
        land = under_beam(scan.site, replace(cut, azimuth=cut.azimuth + turn), scan.terrain)
        total += blocked_share(land - height, radius)
    return np.maximum.accumulate(total / settings.across, axis=1).astype(np.float32)


def _judge(scan: Scan, number: int, settings: Settings) -> Verdict:
    cut = scan.cuts[number]
    if not cut.holds("DBZH"):
        return UNJUDGED
    blocked = along(scan, cut, settings)
    unseen = blocked > settings.unseen_from
    loss = 10 * np.log10(1 - np.minimum(blocked, settings.correct_to))
    dbz = np.where(unseen, np.float32(np.nan), cut.fields["DBZH"] - loss).astype(np.float32)
    gate = cut.states.get("gate", np.full(cut.shape, MEASURED, np.uint8))
    return Verdict(
        np.where(unseen, np.float32(0), 1 - blocked),
        {"DBZH": dbz},
        {"gate": np.where(unseen, np.uint8(NOT_MEASURED), gate)},
        {"unseen_share": float(unseen.mean()), "blocked_share": float((blocked > 0.1).mean())},
    )
