"""Echo that is not weather: insects, birds, chaff, smoke, anomalous propagation.

With two polarisations: correlation RHOHV, textures of ZDR and PHIDP and texture of reflectivity, joined as weighted
means (Gourley, Tabary and Parent du Chatelet 2007, JTECH 24, 1439-1451; ramps near those of Park, Ryzhkov, Zrnic and
Kim 2009, WAF 24, 730-748). With one polarisation only what is weak, shallow and near is taken: its top below the
height that a drop needs (echo-top tests of Steiner and Smith 2002, JTECH 19, 673-686, and Zhang et al. 2004).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from xiangtian.radar.polar.model import BELOW_THRESHOLD
from xiangtian.radar.qc.scan import UNJUDGED, Cut, Field, Scan, Verdict, above, each, onto
from xiangtian.radar.qc.steps.clutter import fall, removed
from xiangtian.radar.qc.steps.speckle import DRY
from xiangtian.radar.qc.texture import Mark, box_means, likelihood, ramp, roughness, unevenness

DUAL = {
    "rhohv": Mark(0.92, 0.75, 1.5),
    "zdr_texture": Mark(1.0, 2.5, 0.8),
    "phidp_texture": Mark(12.0, 30.0, 1.2),
    "tdbz": Mark(20.0, 60.0, 0.5),
}
"""Ramps to "not weather": 1, dB, degrees, dB2."""
SINGLE = {
    "fall": Mark(10.0, 25.0, 1.0),
    "weak": Mark(20.0, 10.0, 1.0),
    "tdbz": Mark(6.0, 20.0, 0.7),
}
"""dB to the next tilt, dBZ, dB2."""


@dataclass(frozen=True)
class Settings:
    """Settings of this step.

    Attributes
    ----------
    dual, single : Mapping of str to Mark
        Ramps and weights with two and with one polarisation.
    likely : float
        Likelihood from which a gate is not weather.
    single_likely : float
        The same with one polarisation.
    noisy_db : float
        Signal-to-noise ratio below which RHOHV is not trusted.
    strong_dbz : float
        Stronger echo is kept where RHOHV is not below `hail_rho`: hail and melting snow.
    hail_rho : float
        See `strong_dbz`.
    top_m : float
        With one polarisation only gates below this height are judged, by a tilt above that is not over twice this.
    """

    dual: Mapping[str, Mark] = field(default_factory=lambda: DUAL)
    single: Mapping[str, Mark] = field(default_factory=lambda: SINGLE)
    likely: float = 0.5
    single_likely: float = 0.85
    noisy_db: float = 5.0
    strong_dbz: float = 40.0
    hail_rho: float = 0.7
    top_m: float = 1500.0


def apply(scan: Scan, settings: Settings) -> list[Verdict]:
    """Remove echo that is not weather from DBZH; see the family's contract in :mod:`xiangtian.radar.qc.steps`."""
    return each(lambda k: _judge(scan, k, settings), len(scan.cuts))


def _judge(scan: Scan, number: int, settings: Settings) -> Verdict:
    cut = scan.cuts[number]
    if not cut.holds("DBZH"):
        return UNJUDGED
    if cut.holds("RHOHV"):
        likely, limit = dual(cut, settings), settings.likely
    else:
        upper = above(scan, number)
        if upper is None or cut.height_m[0] > settings.top_m:
            return UNJUDGED
        likely, limit = _single(cut, scan.cuts[upper], settings), settings.single_likely
    here = np.isfinite(cut.fields["DBZH"])
    likely = np.where(here, np.nan_to_num(likely), np.float32(0))
    bad = likely > limit
    quality = np.where(bad, DRY, np.clip(1 - (likely - limit / 2) / limit, 0, 1)).astype(np.float32)
    share = float(bad.sum()) / max(int(here.sum()), 1)
    return removed(cut, bad, quality, BELOW_THRESHOLD, {"removed_share": share, "dual": float(cut.holds("RHOHV"))})


def dual(cut: Cut, settings: Settings) -> Field:
    """Give the likelihood that a gate is not weather, from two polarisations."""
    gates = max(1, round(500 / cut.spacing))
    dbz, rho = cut.fields["DBZH"], box_means(cut.fields["RHOHV"], 1, gates, cut.closed)
    values = {"rhohv": rho, "tdbz": roughness(dbz, 1, 2 * gates, cut.closed)[0]}
    if "ZDR" in cut.fields:
        values["zdr_texture"] = unevenness(cut.fields["ZDR"], 1, gates, cut.closed)
    if "PHIDP" in cut.fields:
        values["phidp_texture"] = unevenness(cut.fields["PHIDP"], 1, gates, cut.closed, 360.0)
    trust = {}
    if "SNRH" in cut.fields:
        signal = ramp(cut.fields["SNRH"], settings.noisy_db, settings.noisy_db + 10)
        trust = dict.fromkeys(values, np.nan_to_num(signal, nan=1.0))
    likely = likelihood(settings.dual, values, trust)
    return np.where((dbz >= settings.strong_dbz) & (rho >= settings.hail_rho), np.float32(0), likely)


def _single(cut: Cut, higher: Cut, settings: Settings) -> Field:
    """Give the likelihood that a gate is not weather, from how weak, rough and shallow it is."""
    dbz = cut.fields["DBZH"]
    drop, trust = fall(cut, higher, (settings.top_m, 2 * settings.top_m))
    gates = max(2, int(1500 / cut.spacing))
    tdbz, _ = roughness(dbz, 1, gates, cut.closed)
    values = {"fall": np.where(np.isnan(onto(higher, cut, higher.fields["DBZH"])), np.float32(30), drop)}
    values |= {"weak": dbz, "tdbz": tdbz}
    likely = likelihood(settings.single, values)
    return likely * trust * ramp(cut.height_m, settings.top_m, 0.8 * settings.top_m)
