"""The kinds of tolerance: what a rule of each check is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """Believable range, units of the element; up to `slack` beyond it (a sensor at its end stop) is only suspect."""

    low: float
    high: float
    slack: float = 0.0


@dataclass(frozen=True)
class Step:
    """Largest believable change in one minute (suspect, fail); in m minutes it is m ** growth times as large.

    `growth` 0.5 is that of a random walk; slow elements grow less, because their largest jumps are sudden.
    """

    suspect: float
    fail: float
    growth: float


@dataclass(frozen=True)
class Change:
    """Largest believable change in sixty minutes (suspect, fail), units of the element."""

    suspect: float
    fail: float


@dataclass(frozen=True)
class Stuck:
    """A value that stays within `change` of the present one for so many minutes is suspect, then wrong."""

    change: float
    suspect_min: float = 60.0
    fail_min: float = 120.0


@dataclass(frozen=True)
class Buddy:
    """Departure from neighbours, in standard deviations between them.

    The standard deviation counts at least `floor + floor_per_100km * mean distance of the neighbours / 100 km`.
    """

    floor: float
    floor_per_100km: float
    suspect: float
    fail: float
    lapse_per_m: float = 0.0


@dataclass(frozen=True)
class Neighbourhood:
    """Who is a neighbour: the nearest `most` within `radius_km` and `height_m`; fewer than `least` say nothing."""

    most: int = 20
    least: int = 5
    radius_km: float = 100.0
    height_m: float = 500.0


@dataclass(frozen=True)
class Consistency:
    """titanlib's spatial consistency test, asked for a second opinion on doubted temperatures.

    It is asked if at least `least` stations stand around, and about no more than `most` values at once (2 ms each).
    """

    least: int = 50
    most: int = 1000
    inner_km: float = 50.0
    outer_km: float = 100.0
    threshold: float = 15.0
    error_ratio: float = 0.5


@dataclass(frozen=True)
class Rain:
    """The rain of an hour against neighbours and radar.

    Attributes
    ----------
    most : int
        The nearest so many gauges within `radius_km` are asked.
    least : int
        Fewer than so many say nothing.
    radius_km : float
        How far a gauge may speak for another.
    tip_mm : float
        Smallest amount a gauge shows.
    zero_wet_share : float
        A zero is doubted when at least this share of the neighbours (weighted by 1/distance) is wet,
    zero_departure : float
        and the mean of the square roots of their amounts lies this many standard deviations above 0;
    zero_floor : float
        the deviation counts at least so much, mm**0.5.
    ring_wet_share : float
        A zero is doubted too when it stands inside a ring of wet neighbours that are at least this share of all,
    ring_mm : float
        whose amounts come to so much (the square of the mean of their square roots),
    ring_evenness : float
        the mean of which is so many of their standard deviations (showers are uneven, and leave true zeros),
    ring_gap_degree : float
        and no sector wider than this is free of them: 180 says that no half of the horizon is dry.
    over_ratio : float
        An amount is suspect at so many times the radar's, wrong if it is also so many times the neighbours',
    over_neighbour_ratio : float
        suspect too at so many times the upper quartile of the neighbours if no radar confirms it,
    over_excess_1h_mm : float
        each time by at least so much in an hour; in m minutes (m / 60) ** 0.5 of it.
    radar_agrees_ratio : float
        Within this factor of the gauge (plus 1 mm) the radar confirms an amount that neighbours doubt.
    radar_dry_mm : float
        Below it the radar confirms a zero; a zero is wrong when neighbours doubt it and the radar saw four times this.
    """

    most: int = 12
    least: int = 4
    radius_km: float = 60.0
    tip_mm: float = 0.1
    zero_wet_share: float = 0.6
    zero_departure: float = 1.5
    zero_floor: float = 0.1
    ring_wet_share: float = 0.2
    ring_mm: float = 0.15
    ring_evenness: float = 2.5
    ring_gap_degree: float = 180.0
    over_ratio: float = 5.0
    over_neighbour_ratio: float = 10.0
    over_excess_1h_mm: float = 5.0
    radar_agrees_ratio: float = 2.5
    radar_dry_mm: float = 0.25


@dataclass(frozen=True)
class Gauge:
    """The rain of six hours against neighbours and radar: a blocked funnel, a gauge that counts too much.

    Attributes
    ----------
    most : int
        The nearest so many gauges within `radius_km` are asked.
    least : int
        Fewer than so many say nothing.
    radius_km : float
        How far a gauge may speak for another over six hours.
    under_ratio : float
        Too little is less than this share of the lower quartile of the neighbours,
    under_lack_mm : float
        by at least so much.
    over_ratio : float
        Too much is more than so many times the upper quartile of the neighbours,
    over_excess_mm : float
        by at least so much.
    radar_agrees_ratio : float
        Within this factor of the gauge (plus half of `under_lack_mm`) the radar confirms what neighbours doubt.
    """

    most: int = 12
    least: int = 4
    radius_km: float = 40.0
    under_ratio: float = 0.2
    under_lack_mm: float = 3.0
    over_ratio: float = 3.0
    over_excess_mm: float = 10.0
    radar_agrees_ratio: float = 2.0
