"""Scores of yes/no forecasts. Every score keeps its counts, so that anybody can see what it was made of.

A score whose denominator is 0 is None: nothing can be said, and 0 would be a claim.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Contingency:
    """Counts of a two-by-two table; all whole numbers of 0 or more.

    Attributes
    ----------
    hits : int
        Forecast and observed (NA).
    false_alarms : int
        Forecast, not observed (NB).
    misses : int
        Observed, not forecast (NC).
    correct_negatives : int or None
        Neither (ND); None where "nothing happened" can't be counted, as with warnings.
    """

    hits: int
    false_alarms: int
    misses: int
    correct_negatives: int | None = None

    def __post_init__(self) -> None:
        """Refuse counts below 0."""
        for name in ("hits", "false_alarms", "misses", "correct_negatives"):
            if (getattr(self, name) or 0) < 0:
                raise ValueError(f"{name} is {getattr(self, name)}; allowed: 0 or more")

    @property
    def pod(self) -> float | None:
        """Probability of detection (命中率), NA / (NA + NC)."""
        return _ratio(self.hits, self.hits + self.misses)

    @property
    def far(self) -> float | None:
        """False alarm ratio (空报率), NB / (NA + NB)."""
        return _ratio(self.false_alarms, self.hits + self.false_alarms)

    @property
    def miss_rate(self) -> float | None:
        """Share of events missed (漏报率), NC / (NA + NC)."""
        return _ratio(self.misses, self.hits + self.misses)

    @property
    def csi(self) -> float | None:
        """Critical success index (TS), NA / (NA + NB + NC)."""
        return _ratio(self.hits, self.hits + self.false_alarms + self.misses)

    @property
    def bias(self) -> float | None:
        """Frequency bias, (NA + NB) / (NA + NC)."""
        return _ratio(self.hits + self.false_alarms, self.hits + self.misses)

    @property
    def ets(self) -> float | None:
        """Equitable threat score; None without correct negatives (Wilks 2011, eq. 8.18)."""
        if self.correct_negatives is None:
            return None
        forecast, observed = self.hits + self.false_alarms, self.hits + self.misses
        total = forecast + self.misses + self.correct_negatives
        if not total:
            return None
        by_chance = forecast * observed / total
        return _ratio(self.hits - by_chance, forecast + self.misses - by_chance)

    @property
    def hss(self) -> float | None:
        """Heidke skill score; None without correct negatives (Wilks 2011, eq. 8.15)."""
        if self.correct_negatives is None:
            return None
        a, b, c, d = self.hits, self.false_alarms, self.misses, self.correct_negatives
        return _ratio(2 * (a * d - b * c), (a + c) * (c + d) + (a + b) * (b + d))


def _ratio(numerator: float, denominator: float) -> float | None:
    return numerator / denominator if denominator else None


def contingency(hits: int, false_alarms: int, misses: int, correct_negatives: int | None = None) -> Contingency:
    """Make a table of counts.

    >>> contingency(82, 38, 23, 222).pod  # doctest: +ELLIPSIS
    0.780...
    """
    return Contingency(hits, false_alarms, misses, correct_negatives)
