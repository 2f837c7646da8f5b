"""Periods of dated records: which of them meet, and the words of the refusal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from xiangtian.core import clock

ALWAYS = dt.date(1949, 10, 1)
"""From when on stations without a known history are held to stand where they stand."""
OPEN = "至今"


class Overlap(ValueError):
    """A period meets another one of the same thing; the message names both."""


def midnight(day: dt.date) -> dt.datetime:
    """Give the moment at which a day begins in Beijing."""
    return dt.datetime.combine(day, dt.time(), clock.BEIJING).astimezone(clock.UTC)


def meet(begins: dt.datetime, ends: dt.datetime | None, other: tuple[dt.datetime, dt.datetime | None]) -> bool:
    """Tell whether two half-open periods have a moment in common; None: without end."""
    other_begins, other_ends = other
    return (other_ends is None or begins < other_ends) and (ends is None or other_begins < ends)


def meet_days(begins: dt.date, ends: dt.date | None, other: tuple[dt.date, dt.date | None]) -> bool:
    """Tell whether two periods of whole days, both ends included, have a day in common; None: without end."""
    other_begins, other_ends = other
    return (other_ends is None or begins <= other_ends) and (ends is None or other_begins <= ends)


def apart(
    named: str, begins: dt.datetime, ends: dt.datetime | None, others: Iterable[tuple[dt.datetime, dt.datetime | None]]
) -> None:
    """Refuse a half-open period that is empty or meets another of the same thing.

    Parameters
    ----------
    named : str
        What the period is of, as people read it.
    begins : datetime
        Its first moment.
    ends : datetime or None
        The moment at which it is over; None: without end.
    others : iterable of pairs
        The other periods.

    Raises
    ------
    Overlap
        If it ends before it begins, or meets one of the others.
    """
    if ends is not None and ends <= begins:
        raise Overlap(f"{named}：结束 {told(ends)} 不晚于开始 {told(begins)} (it ends before it begins)")
    for other in others:
        if meet(begins, ends, other):
            _refuse(named, (begins, ends), other)


def apart_days(
    named: str, begins: dt.date, ends: dt.date | None, others: Iterable[tuple[dt.date, dt.date | None]]
) -> None:
    """Refuse a period of whole days, both ends included, that is empty or meets another of the same thing.

    Parameters
    ----------
    named : str
        What the period is of, as people read it.
    begins : date
        Its first day.
    ends : date or None
        Its last day; None: without end.
    others : iterable of pairs
        The other periods.

    Raises
    ------
    Overlap
        If it ends before it begins, or meets one of the others.
    """
    if ends is not None and ends < begins:
        raise Overlap(f"{named}：止期 {ends} 早于起期 {begins} (it ends before it begins)")
    for other in others:
        if meet_days(begins, ends, other):
            _refuse(named, (begins, ends), other)


def _refuse(named: str, new: tuple[dt.date, dt.date | None], old: tuple[dt.date, dt.date | None]) -> None:
    words = f"{named}：{span(*new)} 与已有的 {span(*old)} 重叠，请先结束已有的一段，或改时段"
    raise Overlap(f"{words} (the periods overlap; end the older one first, or choose another period)")


def span(begins: dt.date, ends: dt.date | None) -> str:
    """Write a period as people here read it."""
    return f"{told(begins)} – {OPEN if ends is None else told(ends)}"


def told(moment: dt.date) -> str:
    """Write a date, or a moment in Beijing time."""
    return clock.beijing(moment) if isinstance(moment, dt.datetime) else moment.isoformat()
