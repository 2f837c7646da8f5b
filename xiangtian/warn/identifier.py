"""The identifier of a warning message in the manner of the national release platform.

`ZZZZZZDDDUUUXX_YYYYMMDDhhmmss_N`: adcode, kind of unit, unit, reserve; second of release in Beijing time; a
number 0-9 within the same second and unit. 31 characters. Readers never parse it; this house checks its own.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Container
from dataclasses import dataclass

from xiangtian.core.clock import BEIJING, UTC

PER_SECOND = 10
_FORM = re.compile(r"(\d{14})_(\d{14})_(\d)", re.ASCII)
_UNIT = re.compile(r"\d{14}", re.ASCII)


class SecondFull(ValueError):
    """A unit has already used its ten numbers of this second."""


@dataclass(frozen=True)
class Identifier:
    """An identifier taken apart: unit code (14 digits), second of release (UTC) and number."""

    unit: str
    sent: dt.datetime
    number: int

    @property
    def adcode(self) -> str:
        """The six-digit area code with which the unit code begins."""
        return self.unit[:6]

    def __str__(self) -> str:
        """Write the 31 characters."""
        return f"{self.unit}_{self.sent.astimezone(BEIJING):%Y%m%d%H%M%S}_{self.number}"


def build(unit: str, sent: dt.datetime, number: int) -> str:
    """Make an identifier.

    Parameters
    ----------
    unit : str
        14 digits: adcode (6), kind of unit (3, 416 for weather), unit (3), reserve (2).
    sent : datetime.datetime
        Moment of release, aware; its second counts, in Beijing time.
    number : int
        The message's number within this second and unit, 0-9, from the caller's sequence.

    Returns
    -------
    str
        31 characters.

    Raises
    ------
    SecondFull
        If `number` is above 9; the message says which second is free.
    ValueError
        If the unit code, the moment or the number is not usable.

    References
    ----------
    取值规则 of the national warning message standard (GB/T 35965.1-2018), as published in annexes that restate it.
    """
    if not _UNIT.fullmatch(unit):
        raise ValueError(f"unit code {unit!r} is not 14 digits; Suzhou's weather bureau is 32050041600000")
    if sent.tzinfo is None:
        raise ValueError(f"the moment of release {sent.isoformat()} has no time zone; use clock.now()")
    if number < 0:
        raise ValueError(f"number {number} within the second is below 0; allowed 0-9")
    if number >= PER_SECOND:
        second = sent.astimezone(BEIJING).replace(microsecond=0)
        raise SecondFull(
            f"unit {unit} has used all {PER_SECOND} numbers of {second:%H:%M:%S}; "
            f"release again at {second + dt.timedelta(seconds=1):%H:%M:%S}"
        )
    return str(Identifier(unit, sent, number))


def allot(unit: str, sent: dt.datetime, taken: Container[str]) -> str:
    """Make the first identifier of this second that isn't taken.

    Raises
    ------
    SecondFull
        If all ten are taken.
    """
    for number in range(PER_SECOND):
        made = build(unit, sent, number)
        if made not in taken:
            return made
    return build(unit, sent, PER_SECOND)


def parse(text: str) -> Identifier:
    """Take an identifier apart.

    Raises
    ------
    ValueError
        If the text hasn't the form, or its time is no time; the message says which part.
    """
    found = _FORM.fullmatch(text)
    if not found:
        raise ValueError(f"identifier {text!r} is not of the form ZZZZZZDDDUUUXX_YYYYMMDDhhmmss_N (31 characters)")
    unit, second, number = found.groups()
    try:
        sent = dt.datetime.strptime(second, "%Y%m%d%H%M%S").replace(tzinfo=BEIJING).astimezone(UTC)
    except ValueError as error:
        raise ValueError(f"identifier {text!r}: {second} is no Beijing time: {error}") from error
    return Identifier(unit, sent, int(number))


def defect(text: str) -> str | None:
    """Say in words what is wrong with an identifier; None if nothing is."""
    try:
        parse(text)
    except ValueError as error:
        return str(error)
    return None
