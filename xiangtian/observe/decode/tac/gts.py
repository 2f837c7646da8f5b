"""Bulletins of the Global Telecommunication System: abbreviated headings, and what stands under them.

A heading is `TTAAii CCCC YYGGgg [BBB]` (WMO-No. 386, attachment II-5): kind and area, centre, day and time, and for a
bulletin that is not the first of its time RRx (retard), CCx (correction) or AAx (amendment). Lines around (starting
line, channel number, ETX, NNNN, a switch's TX_OPMET) carry nothing. A file may hold many bulletins, or only reports.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from xiangtian.observe.decode.refusals import Unfit

HEADING = re.compile(r"^([A-Z]{4}\d{0,2}) ([A-Z]{4}) (\d{6})(?: ([A-Z]{3}))?$")
_FRAME = re.compile(r"^(?:ZCZC\b.*|NNNN|TX_OPMET|####\d+####|\*+\d+\*+)$", re.IGNORECASE)
_NUMBER = re.compile(r"^\d{3,5}$")
SLACK = dt.timedelta(minutes=10)
MONTHS_BACK = 3


@dataclass(frozen=True, slots=True)
class Bulletin:
    """What stands under one heading.

    Attributes
    ----------
    kind : str
        TTAAii, "" where the text begins without a heading.
    centre : str
        CCCC, the centre that made the bulletin.
    mark : str
        BBB: "" for the first one, RRA, CCA, AAA, COR, RTD and so on.
    text : str
        The lines below, joined by line feeds.
    """

    kind: str
    centre: str
    mark: str
    text: str


def plain(body: bytes) -> str:
    r"""Write a message as plain lines: control characters are blanks, blank lines and line ends of all kinds one feed.

    >>> plain(b"\x01\r\r\n162 \r\r\nSAEA20 HKNC 032100\r\r\n")
    '162\nSAEA20 HKNC 032100'
    """
    text = body.decode("latin-1").replace("\r", "\n")
    text = "".join(sign if sign == "\n" or " " <= sign <= "~" else " " for sign in text)
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def bulletins(text: str) -> Iterator[Bulletin]:
    """Part plain text (see `plain`) at its headings."""
    kind = centre = mark = ""
    lines: list[str] = []
    for line in text.split("\n"):
        heading = HEADING.match(line)
        if heading is None:
            if not _FRAME.match(line):
                lines.append(line)
            continue
        if lines and _NUMBER.match(lines[-1]):
            lines.pop()
        if lines:
            yield Bulletin(kind, centre, mark, "\n".join(lines))
        kind, centre, mark, lines = heading[1], heading[2], heading[4] or "", []
    if lines:
        yield Bulletin(kind, centre, mark, "\n".join(lines))


def moment(day: int, hour: int, minute: int, received: dt.datetime) -> dt.datetime:
    """Find the moment that a day of the month and a time mean: the latest one not after its receipt (10 min slack).

    Parameters
    ----------
    day : int
        Day of the month, 1 to 31.
    hour : int
        0 to 24; 24 is midnight at the end of the day.
    minute : int
        0 to 59.
    received : datetime
        UTC.

    Returns
    -------
    datetime
        UTC.

    Raises
    ------
    Unfit
        If no month of the last three has such a moment.

    Examples
    --------
    >>> moment(31, 23, 54, dt.datetime(2026, 3, 1, 0, 1, tzinfo=dt.UTC)).isoformat()
    '2026-01-31T23:54:00+00:00'
    """
    if not (1 <= day <= 31 and 0 <= hour <= 24 and 0 <= minute <= 59):
        raise Unfit(f"the time of a report is day, hour and minute in UTC, found day {day}, {hour:02d}:{minute:02d}")
    first = received.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    for _ in range(MONTHS_BACK + 1):
        found = first + dt.timedelta(days=day - 1, hours=hour, minutes=minute)
        exists = (first + dt.timedelta(days=day - 1)).month == first.month
        if exists and found <= received + SLACK:
            return found
        first = (first - dt.timedelta(days=1)).replace(day=1)
    raise Unfit(f"no month before its receipt has a day {day}, {hour:02d}:{minute:02d}")
