"""Attenuation by rain at X and C band.

With differential phase: loss is proportional to the phase's advance (Bringi, Chandrasekar, Balakrishnan and Zrnic 1990,
JTECH 7, 829-840), spread along the ray by the ZPHI profile (Testud, Le Bouar, Obligis and Ali-Mehenni 2000, JTECH 17,
332-356, eq. 24). Without it nothing is corrected, because the correction by reflectivity alone (Hitschfeld and Bordan
1954, J. Meteor. 11, 58-67) is unstable; its bounded estimate lowers the quality.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from xiangtian.met.kernel import kernel
from xiangtian.radar.qc.phase import advance
from xiangtian.radar.qc.scan import UNJUDGED, Cut, Field, Scan, Verdict, each

_ZPHI = 0.46
"""0.2 ln 10, of Testud et al. 2000."""


@dataclass(frozen=True)
class Band:
    """Attenuation at one band.

    Attributes
    ----------
    loss : float
        A / KDP, dB per degree: two-way loss per degree of the (two-way) differential phase.
    exponent : float
        b of A = a Z^b.
    factor : float
        a of A = a Z^b, A in dB/km one way, Z in mm6/m3.
    """

    loss: float
    exponent: float
    factor: float


BANDS = {
    "X": Band(0.28, 0.806, 1.13e-4),
    "C": Band(0.08, 0.797, 2.16e-5),
}
"""Loss per degree: X from Park, Bringi, Chandrasekar, Maki and Iwanami 2005 (JTECH 22, 1621-1632), C from Carey,
Rutledge, Ahijevych and Keenan 2000 (JAM 39, 1405-1433). A = a Z^b: A = k R^alpha of ITU-R P.838 for horizontal
polarisation at 9.4 GHz (k 0.00809, alpha 1.290) and 5.6 GHz (0.00148, 1.276), with Z = 200 R^1.6 put in."""


@dataclass(frozen=True)
class Settings:
    """Settings of this step.

    Attributes
    ----------
    bands : Mapping of str to Band
        The bands at which attenuation is judged.
    method : str
        "zphi" or "linear".
    rho : float
        RHOHV from which the phase of a gate counts as that of rain.
    most_db : float
        Largest two-way correction.
    smooth_km : float
        Length over which phase is smoothed.
    """

    bands: Mapping[str, Band] = field(default_factory=lambda: BANDS)
    method: str = "zphi"
    rho: float = 0.9
    most_db: float = 20.0
    smooth_km: float = 3.0


def apply(scan: Scan, settings: Settings) -> list[Verdict]:
    """Correct DBZH for attenuation; see the family's contract in :mod:`xiangtian.radar.qc.steps`.

    At other bands (S) nothing is judged.

    Raises
    ------
    ValueError
        If the method is neither "zphi" nor "linear".
    """
    if settings.method not in ("zphi", "linear"):
        raise ValueError(f"attenuation by {settings.method!r}; 'zphi' and 'linear' are known")
    band = settings.bands.get(scan.site.band)
    if band is None:
        return [UNJUDGED] * len(scan.cuts)
    return each(lambda k: _judge(scan.cuts[k], band, settings), len(scan.cuts))


def _judge(cut: Cut, band: Band, settings: Settings) -> Verdict:
    if not cut.holds("DBZH"):
        return UNJUDGED
    if not cut.holds("PHIDP"):
        loss = np.minimum(path_loss(cut.fields["DBZH"], cut.spacing / 1000, band, settings.most_db), settings.most_db)
        quality = np.maximum(1 - loss / 10, np.float32(0.1)).astype(np.float32)
        return Verdict(quality, found={"corrected": 0.0, "largest_db": float(loss.max(initial=0.0))})
    phase = total_phase(cut, settings)
    linear = band.loss * phase
    loss = linear if settings.method == "linear" else zphi(cut.fields["DBZH"], phase, cut.spacing / 1000, band)
    loss = np.minimum(np.nan_to_num(loss), np.float32(settings.most_db)).astype(np.float32)
    quality = np.clip(1 - loss / (2 * settings.most_db), 0, 1).astype(np.float32)
    found = {"corrected": 1.0, "largest_db": float(loss.max(initial=0.0))}
    return Verdict(quality, {"DBZH": cut.fields["DBZH"] + loss}, found=found)


def total_phase(cut: Cut, settings: Settings) -> Field:
    """Give the advance of the phase, degrees, of the gates that are rain by RHOHV where there is any."""
    trusted = np.isfinite(cut.fields["DBZH"])
    if "RHOHV" in cut.fields:
        trusted &= cut.fields["RHOHV"] >= settings.rho
    gates = max(3, int(settings.smooth_km * 1000 / cut.spacing / 2))
    return advance(cut.fields["PHIDP"], trusted, gates, gates)


@kernel
def _zphi(dbz: Field, phase: Field, step_km: float, loss: float, exponent: float, out: Field) -> None:
    for i in range(dbz.shape[0]):
        end = -1
        for j in range(dbz.shape[1]):
            out[i, j] = 0.0
            if not np.isnan(phase[i, j]):
                end = j
        if end < 0 or phase[i, end] <= 0:
            continue
        rest = 0.0
        for j in range(end, -1, -1):
            if not np.isnan(dbz[i, j]):
                rest += 10.0 ** (0.1 * exponent * dbz[i, j]) * step_km
            out[i, j] = _ZPHI * exponent * rest
        whole = out[i, 0]
        rise = 10.0 ** (0.1 * exponent * loss * phase[i, end]) - 1.0
        if whole <= 0:
            for j in range(dbz.shape[1]):
                out[i, j] = 0.0
            continue
        for j in range(dbz.shape[1]):
            behind = out[i, j] if j <= end else 0.0
            out[i, j] = 10.0 / exponent * np.log10((1.0 + rise) * whole / (whole + rise * behind))


def zphi(dbz: Field, phase: Field, step_km: float, band: Band) -> Field:
    """Spread the loss that the whole phase says along each ray as the reflectivity says.

    The integral of eq. 24 of Testud et al. 2000, A(r) = Z^b (10^(0.1 b L) - 1) / (I(0, r1) + (10^(0.1 b L) - 1)
    I(r, r1)) with I = 0.46 b times the integral of Z^b and L the two-way loss at r1, has the closed form
    (10 / b) log10((1 + q) I(0, r1) / (I(0, r1) + q I(r, r1))) with q = 10^(0.1 b L) - 1, two ways.

    Parameters
    ----------
    dbz : Field
        (rays, gates) measured reflectivity, dBZ, NaN where there is no echo.
    phase : Field
        (rays, gates) advance of the phase, degrees, as from :func:`xiangtian.radar.qc.phase.advance`.
    step_km : float
        Length of a gate.
    band : Band
        Of the radar.

    Returns
    -------
    Field
        (rays, gates) two-way loss up to each gate, dB.
    """
    out = np.empty(dbz.shape, np.float32)
    _zphi(dbz, phase, float(step_km), band.loss, band.exponent, out)
    return out


@kernel
def _bordan(dbz: Field, step_km: float, factor: float, exponent: float, most: float, out: Field) -> None:
    for i in range(dbz.shape[0]):
        total = 0.0
        for j in range(dbz.shape[1]):
            out[i, j] = total
            if not np.isnan(dbz[i, j]) and total < most:
                total += 2 * factor * 10.0 ** (0.1 * exponent * (dbz[i, j] + total)) * step_km
                total = min(total, most)


def path_loss(dbz: Field, step_km: float, band: Band, most_db: float) -> Field:
    """Estimate the two-way loss from reflectivity alone, gate by gate outwards, bounded.

    Parameters
    ----------
    dbz : Field
        (rays, gates) dBZ, NaN where there is no echo.
    step_km : float
        Length of a gate.
    band : Band
        Of the radar.
    most_db : float
        Where the estimate stops.

    Returns
    -------
    Field
        (rays, gates) dB.
    """
    out = np.empty(dbz.shape, np.float32)
    _bordan(dbz, float(step_km), band.factor, band.exponent, float(most_db), out)
    return out
