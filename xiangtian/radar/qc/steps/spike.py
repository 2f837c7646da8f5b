"""Radial spikes: interference of other transmitters and the sun.

A transmitter that does not pulse with us, or the sun, is received with the same power at all ranges, so that its
reflectivity rises with the square of the range (20 dB a decade) along one or a few rays (Holleman and Beekhuis 2004,
KNMI WR-2004-01; Saltikoff et al. 2016, WMO/CIMO TD; Huuskonen and Holleman 2007, JTECH 24, 476-486, for the sun).
A gate is part of a spike where it stands out from the rays to both sides, and most of a long stretch of its ray does so
at one power.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xiangtian.met.kernel import kernel
from xiangtian.radar.polar.model import NOT_MEASURED
from xiangtian.radar.qc.scan import UNJUDGED, Cut, Field, Floats, Scan, Verdict, each
from xiangtian.radar.qc.steps.clutter import removed


@dataclass(frozen=True)
class Settings:
    """Settings of this step.

    Attributes
    ----------
    degrees : float
        Widest spike.
    stands_out_db : float
        By how much it stands out from both sides.
    length : float
        Share of the range of the cut that a spike covers at least.
    filled : float
        Share of that stretch that must stand out.
    even_db : float
        Largest mean departure from one received power, dB.
    gas_db_km : float
        Two-way loss to gas that the processor adds to reflectivity with range.
    """

    degrees: float = 4.0
    stands_out_db: float = 5.0
    length: float = 0.3
    filled: float = 0.6
    even_db: float = 2.5
    gas_db_km: float = 0.016


def apply(scan: Scan, settings: Settings) -> list[Verdict]:
    """Remove spikes from DBZH; see the family's contract in :mod:`xiangtian.radar.qc.steps`."""
    return each(lambda k: _judge(scan.cuts[k], settings), len(scan.cuts))


def law(range_m: Floats, gas_db_km: float) -> Field:
    """Give the reflectivity, dB over an unknown constant, that a constant received power looks like at each range."""
    kilometres = range_m / 1000
    return np.asarray(20 * np.log10(kilometres) + gas_db_km * kilometres, np.float32)


def _judge(cut: Cut, settings: Settings) -> Verdict:
    if not cut.holds("DBZH") or not cut.closed:
        return UNJUDGED
    dbz = cut.fields["DBZH"]
    power = dbz - law(np.maximum(cut.range_m, cut.spacing), settings.gas_db_km)
    reach = max(1, round(settings.degrees / 2 * len(cut.azimuth) / 360))
    window = max(8, int(settings.length * cut.shape[1]))
    bad = np.zeros(cut.shape, np.bool_)
    out = _stands_out(dbz, reach, settings.stands_out_db)
    _find(power, out, window, settings.filled, settings.even_db, bad)
    grown = (bad | np.roll(bad, 1, 0) | np.roll(bad, -1, 0)) & (out | bad)
    quality = np.where(grown, np.float32(0), np.float32(1))
    rays = float(grown.any(axis=1).sum())
    return removed(cut, grown, quality, NOT_MEASURED, {"rays": rays})


@kernel
def _stands_out(dbz: Field, reach: int, margin: float) -> np.ndarray:
    """Tell which gates are stronger than some ray within reach to either side."""
    rays, gates = dbz.shape
    out = np.zeros(dbz.shape, np.bool_)
    for i in range(rays):
        for j in range(gates):
            here = dbz[i, j]
            if np.isnan(here):
                continue
            left, right = False, False
            for step in range(1, reach + 1):
                a, b = dbz[(i - step) % rays, j], dbz[(i + step) % rays, j]
                left |= np.isnan(a) or here - a > margin
                right |= np.isnan(b) or here - b > margin
            out[i, j] = left and right
    return out


@kernel
def _find(power: Field, out: np.ndarray, window: int, filled: float, even: float, bad: np.ndarray) -> None:
    """Mark stretches of rays that stand out at one power; stronger echo inside them is left."""
    rays, gates = power.shape
    window = min(window, gates)
    step = max(window // 4, 1)
    level = np.empty(window, np.float32)
    for i in range(rays):
        for begin in range(0, gates - window + step, step):
            start = min(begin, gates - window)
            end = start + window
            count = 0
            for j in range(start, end):
                if out[i, j]:
                    level[count] = power[i, j]
                    count += 1
            if count < filled * (end - start):
                continue
            middle = np.median(level[:count])
            away = 0.0
            for k in range(count):
                away += abs(level[k] - middle)
            if away > even * count:
                continue
            for j in range(start, end):
                if power[i, j] < middle + 3 * even:
                    bad[i, j] = True
