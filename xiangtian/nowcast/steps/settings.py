"""What may be tuned in the ensemble."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Constants of the method; the default ones were chosen on three events, see docs/ensemble-method.md.

    Attributes
    ----------
    wet_mm_h : float
        Rain from here on is rain, mm/h.
    offset_mm_h : float
        Added to rain before the logarithm: weak rain counts less, errors are of one size from weak to heavy rain.
    dry_gap : float
        How far the latent value of dry air lies under that of the weakest rain, dB.
    levels : int
        Levels of the cascade of scales.
    innovation_km, innovation_growth_km : float
        Width (standard deviation) over which the local size of errors is averaged: at the first frame, and its growth
        with the square root of the number of leads.
    innovation_floor : float
        Share of the domain's mean in the local size of errors, 0 to 1: rain may be born anywhere.
    motion_error : float
        Factor on the perturbations of motion of Bowler, Pierce and Seed (2006).
    spread_first, spread_later : float
        Factors on the size of errors at the first lead and, by a straight line in the logarithm of the lead's number,
        at the twelfth.
    trials : int
        Members of each forecast of the past from which the spread is corrected; 0: it is not corrected.
    trust : float
        Weight of one forecast of the past beside no correction, above 0.
    """

    wet_mm_h: float = 0.1
    offset_mm_h: float = 0.5
    dry_gap: float = 2.0
    levels: int = 8
    innovation_km: float = 8.0
    innovation_growth_km: float = 6.0
    innovation_floor: float = 0.05
    motion_error: float = 1.0
    spread_first: float = 1.0
    spread_later: float = 1.05
    trials: int = 6
    trust: float = 0.2


DEFAULT = Settings()
