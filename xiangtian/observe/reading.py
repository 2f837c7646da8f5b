"""What every decoder gives: readings in the units of the catalogue, and refusals with a reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from xiangtian.core.flags import Mark


@dataclass(frozen=True, slots=True)
class Reading:
    """What one station said of one moment.

    Attributes
    ----------
    station : str
        The station's identifier as the bureau uses it (58358, M3501, a WIGOS identifier).
    time : datetime
        UTC, the moment observed (the end of the averaging or summing interval).
    values : Mapping
        Element (CF name of the catalogue) to value in the catalogue's unit; a value that is missing is not here.
    marks : Mapping
        Element to mark: why a value is missing (no task, missing, unchecked), or trace and calm for the value 0.
    lon, lat, alt_m : float or None
        Position as the message gives it (WGS-84, m), None where it gives none.
    correction : str
        "" for the first report, "CCA" and so on for a correction, "RRA" for a retard.
    """

    station: str
    time: dt.datetime
    values: Mapping[str, float]
    marks: Mapping[str, Mark] = field(default_factory=dict)
    lon: float | None = None
    lat: float | None = None
    alt_m: float | None = None
    correction: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why (a part of) a message was refused, in words that a duty officer understands, and where it stood."""

    reason: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Decoded:
    """All that one message held: every message gives at least one reading or one refusal."""

    format: str
    readings: tuple[Reading, ...] = ()
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is known of a message beyond its bytes.

    Attributes
    ----------
    received : datetime
        UTC, when it came in; dates that a format leaves out (a year, a day) are the latest that fit before it.
    name : str
        File name or topic it came under; "" where there is none.
    """

    received: dt.datetime
    name: str = ""
