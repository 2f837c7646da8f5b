"""Ground and sea clutter: rough, still, and gone one tilt higher.

Marks and ramps are those of Steiner and Smith 2002 (JTECH 19, 673-686), Kessinger, Ellis and Van Andel 2003 (AMS 19th
IIPS, P1.6) and Berenguer, Sempere-Torres, Corral and Sanchez-Diezma 2006 (JTECH 23, 1157-1172): texture TDBZ, SPIN,
the fall of reflectivity to the next tilt, |velocity| and spectrum width, joined as weighted means. Rain under clutter
is not known: what is removed becomes unseen, not dry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from xiangtian.radar.polar.model import MEASURED, NOT_MEASURED
from xiangtian.radar.qc.scan import UNJUDGED, Cut, Field, Scan, Verdict, above, doppler_twin, each, onto
from xiangtian.radar.qc.terrain import under_beam
from xiangtian.radar.qc.texture import Mark, box_means, likelihood, ramp, roughness

GROUND = {
    "tdbz": Mark(20.0, 60.0, 1.0),
    "spin": Mark(0.1, 0.4, 0.6),
    "fall": Mark(5.0, 20.0, 1.0),
    "speed": Mark(2.5, 0.8, 2.0),
    "width": Mark(3.2, 0.9, 0.5),
}
"""dB2, share, dB to the next tilt, m/s, m/s."""
_BOTTOM_DBZ = np.float32(-5.0)
"""What a tilt without echo counts as, where the fall to it is taken."""


@dataclass(frozen=True)
class Settings:
    """Settings of this step.

    Attributes
    ----------
    ground : Mapping of str to Mark
        Ramps and weights of the marks of ground clutter.
    likely : float
        Likelihood from which a gate is clutter.
    rise_m : tuple of float
        Metres from a beam to the one above up to which a fall says "clutter", and from which it says nothing.
    rough : tuple of float
        TDBZ, dB2, between which clutter goes from impossible to possible, whatever the other marks say: the line of
        no radial velocity runs through smooth rain.
    angles : tuple of float
        Elevations, degrees, between which ground clutter goes from possible to impossible.
    top_m : float
        Beams higher than this over the antenna meet no clutter.
    sea : bool
        Whether to look for sea clutter: weak, rough, only in the lowest tilt, over sea (where the terrain tells).
    sea_dbz : float
        Sea clutter is weaker than this.
    """

    ground: Mapping[str, Mark] = field(default_factory=lambda: GROUND)
    likely: float = 0.55
    rise_m: tuple[float, float] = (1500.0, 3000.0)
    rough: tuple[float, float] = (10.0, 25.0)
    angles: tuple[float, float] = (3.0, 6.5)
    top_m: float = 4000.0
    sea: bool = True
    sea_dbz: float = 35.0


def apply(scan: Scan, settings: Settings) -> list[Verdict]:
    """Remove clutter from DBZH; see the family's contract in :mod:`xiangtian.radar.qc.steps`."""
    return each(lambda k: _judge(scan, k, settings), len(scan.cuts))


def _judge(scan: Scan, number: int, settings: Settings) -> Verdict:
    cut = scan.cuts[number]
    if not cut.holds("DBZH") or cut.angle >= settings.angles[1]:
        return UNJUDGED
    dbz = cut.fields["DBZH"]
    values, trust = marks(scan, number, settings)
    likely = np.nan_to_num(likelihood(settings.ground, values, trust) * ramp(values["tdbz"], *settings.rough))
    if settings.sea:
        likely = np.maximum(likely, _sea(scan, number, values, trust, settings))
    likely *= ramp(cut.height_m, settings.top_m, 0.75 * settings.top_m)
    likely *= ramp(np.array(cut.angle), settings.angles[1], settings.angles[0])
    likely[np.isnan(dbz)] = 0
    bad = likely > settings.likely
    quality = np.where(bad, np.float32(0), np.minimum(1, 2 * (1 - likely))).astype(np.float32)
    echo = max(int(np.isfinite(dbz).sum()), 1)
    return removed(cut, bad, quality, NOT_MEASURED, {"removed_share": float(bad.sum()) / echo})


def removed(cut: Cut, bad: np.ndarray, quality: Field, state: int, found: Mapping[str, float]) -> Verdict:
    """Say that gates lose their reflectivity and get another state."""
    if not bad.any():
        return Verdict(quality, found=found)
    dbz = np.where(bad, np.float32(np.nan), cut.fields["DBZH"])
    gate = cut.states.get("gate", np.full(cut.shape, MEASURED, np.uint8))
    return Verdict(quality, {"DBZH": dbz}, {"gate": np.where(bad, np.uint8(state), gate)}, found)


def marks(scan: Scan, number: int, settings: Settings) -> tuple[dict[str, Field], dict[str, Field]]:
    """Take the marks of ground clutter: values by name, and how far each may be trusted."""
    cut = scan.cuts[number]
    dbz = cut.fields["DBZH"]
    gates = max(2, int(3000 / cut.spacing / 2))
    tdbz, spin = roughness(dbz, 1, gates, cut.closed)
    values, trust = {"tdbz": tdbz, "spin": spin}, {}
    upper = above(scan, number)
    if upper is not None:
        values["fall"], trust["fall"] = fall(cut, scan.cuts[upper], settings.rise_m)
    twin = doppler_twin(scan, number)
    if twin is not None:
        values |= _motion(scan.cuts[twin], cut)
    return values, trust


def fall(cut: Cut, higher: Cut, rise_m: tuple[float, float]) -> tuple[Field, Field]:
    """Give by how many dB echo weakens to the next tilt, and the trust in it: none where that tilt is much higher."""
    over = onto(higher, cut, higher.fields["DBZH"])
    values = cut.fields["DBZH"] - np.where(np.isnan(over), _BOTTOM_DBZ, np.maximum(over, _BOTTOM_DBZ))
    rise = np.interp(cut.range_m, higher.range_m, higher.height_m, np.inf, np.inf) - cut.height_m
    return values, np.broadcast_to(ramp(rise, rise_m[1], rise_m[0])[None, :], cut.shape)


def _motion(twin: Cut, cut: Cut) -> dict[str, Field]:
    """Give speed and width at the gates of a cut, medians of a few gates by averaging magnitudes."""
    names = {"speed": "VRADH", "width": "WRADH"}
    gates = max(0, int(cut.spacing / twin.spacing / 2))
    return {
        name: onto(twin, cut, box_means(np.abs(twin.fields[moment]), 0, gates, twin.closed))
        for name, moment in names.items()
        if moment in twin.fields
    }


def _sea(scan: Scan, number: int, values: Mapping[str, Field], trust: Mapping[str, Field], settings: Settings) -> Field:
    """Give the likelihood of sea clutter: over sea, weak, rough, and gone one tilt higher, all at once."""
    cut = scan.cuts[number]
    if scan.terrain is None or "fall" not in values:
        return np.zeros(cut.shape, np.float32)
    sea = under_beam(scan.site, cut, scan.terrain) <= 0
    dbz = cut.fields["DBZH"]
    gone = ramp(values["fall"] - np.maximum(dbz - _BOTTOM_DBZ, 0), -1.0, 0.0) * trust["fall"]
    rough = ramp(values["tdbz"], 5.0, 20.0)
    weak = ramp(dbz, settings.sea_dbz, settings.sea_dbz - 5)
    return np.asarray(np.nan_to_num(np.minimum(np.minimum(gone, rough), weak)) * sea, np.float32)
