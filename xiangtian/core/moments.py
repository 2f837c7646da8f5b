"""Moments that come from outside: `at=` of a page or program."""

from __future__ import annotations

import datetime as dt

from xiangtian.core import clock


class BadMoment(ValueError):
    """A moment that can't be read; the message says what is allowed."""


def asked(text: str | None) -> dt.datetime | None:
    """Read a moment in the past that somebody asks about; None or "": now.

    Raises
    ------
    BadMoment
        If it is no time with a zone, or lies ahead.

    >>> asked("2026-07-01T10:15:00Z").isoformat()
    '2026-07-01T10:15:00+00:00'
    """
    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise BadMoment(f"at={text!r} is no time; write it like 2026-07-01T10:15:00Z") from error
    if moment.tzinfo is None:
        raise BadMoment(f"at={text!r} has no zone; write it like 2026-07-01T10:15:00Z")
    if moment > clock.now() + dt.timedelta(minutes=1):
        raise BadMoment(f"at={text!r} lies ahead; what was known can only be asked of the past")
    return moment.astimezone(clock.UTC)
