"""One line of a list of stations, as its reader gives it."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass


class ListError(ValueError):
    """A file is no list of the form it is read as; the message says what was found and what is needed."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list says of a station, or of one period of it.

    Attributes
    ----------
    line : int
        Line of the file, from 1.
    code : str
        The station's code here: five digits, or a letter and four digits.
    lon : float
        Longitude, degrees; NaN where the list gives none.
    lat : float
        Latitude.
    step_deg : float
        Step in which the position is known, degrees.
    alt_m : float or None
        Metres above sea level; None where the list does not know.
    pressure_alt_m : float or None
        The same of the barometer.
    zh : str
        Chinese name; "" where the list has none.
    en : str
        English name; "" likewise.
    kind : str
        Kind as the list writes it.
    begins : date or None
        First day of the period the line speaks of; None: the line speaks of the present.
    ends : date or None
        Its last day; None: no end is known.
    opened : date or None
        First day of the station's work; None: the list does not say.
    closed : date or None
        Last day of its work.
    data_from : date or None
        First day of an archive's data of the station, which may have opened earlier.
    """

    line: int
    code: str
    lon: float = math.nan
    lat: float = math.nan
    step_deg: float = 0.0001
    alt_m: float | None = None
    pressure_alt_m: float | None = None
    zh: str = ""
    en: str = ""
    kind: str = ""
    begins: dt.date | None = None
    ends: dt.date | None = None
    opened: dt.date | None = None
    closed: dt.date | None = None
    data_from: dt.date | None = None


def number(text: str | None) -> float:
    """Read a number; NaN where there is none, or no number."""
    try:
        found = float(text or "nan")
    except ValueError:
        return math.nan
    return found if math.isfinite(found) else math.nan


def metres(text: str | None) -> float | None:
    """Read an altitude; None where there is none."""
    found = number(text)
    return None if math.isnan(found) else found


def day(text: str | None) -> dt.date | None:
    """Read a date, 2014-01-01 or 20140101; None where there is none.

    Raises
    ------
    ListError
        If it is no date.
    """
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise ListError(f"“{text}”不是日期 (no date, as in 2014-01-01 or 20140101)") from error
