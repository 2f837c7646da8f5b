"""Speckle: patches of echo too small to be weather.

Connected patches (eight neighbours) smaller than a few gates and a small area are noise, aircraft or birds; Zhang,
Wang and Gourley 2004 (SCOPE report; also in Lakshmanan et al. 2007, WAF 22, 596-612) remove them first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xiangtian.radar.polar.model import BELOW_THRESHOLD
from xiangtian.radar.qc.patches import label
from xiangtian.radar.qc.scan import UNJUDGED, Cut, Scan, Verdict, each
from xiangtian.radar.qc.steps.clutter import removed

DRY = np.float32(0.3)
"""Quality of a gate that is held to be dry although something was seen."""


@dataclass(frozen=True)
class Settings:
    """Settings of this step.

    Attributes
    ----------
    gates : int
        Patches of at most so many gates are speckle.
    area_km2 : float
        Unless they cover more than this.
    dbz : float
        Patches that reach this are kept whatever their size: a young cell may be one gate.
    """

    gates: int = 4
    area_km2: float = 12.0
    dbz: float = 45.0


def apply(scan: Scan, settings: Settings) -> list[Verdict]:
    """Remove speckle from DBZH; see the family's contract in :mod:`xiangtian.radar.qc.steps`."""
    return each(lambda k: _judge(scan.cuts[k], settings), len(scan.cuts))


def _judge(cut: Cut, settings: Settings) -> Verdict:
    if not cut.holds("DBZH"):
        return UNJUDGED
    dbz = cut.fields["DBZH"]
    patch = np.empty(cut.shape, np.int32)
    count = label(np.where(np.isnan(dbz), -1, 0).astype(np.int8), cut.closed, True, patch)
    here = patch >= 0
    area = np.broadcast_to(cut.range_m * np.radians(360 / len(cut.azimuth)) * cut.spacing / 1e6, cut.shape)
    size, ground = np.bincount(patch[here], minlength=count), np.bincount(patch[here], area[here], count)
    strong = np.bincount(patch[here], dbz[here] >= settings.dbz, count) > 0
    small = (size <= settings.gates) & (ground <= settings.area_km2) & ~strong
    bad = here & small[patch]
    quality = np.where(bad, DRY, np.float32(1))
    return removed(cut, bad, quality, BELOW_THRESHOLD, {"removed_share": float(bad.sum()) / max(int(here.sum()), 1)})
