"""Who reports, and when: a station's identifier out of the many ways in which BUFR may tell it, and the time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from xiangtian.observe.decode.bufr.subset import MISSING
from xiangtian.observe.decode.refusals import Unfit

Ids = Mapping[str, float | str]


def _wmo(ids: Ids) -> str:
    return f"{int(ids['block']):02d}{int(ids['number']):03d}"


def _wigos(ids: Ids) -> str:
    return f"{int(ids['series'])}-{int(ids['issuer'])}-{int(ids['issue'])}-{ids['local']}"


def _old_buoy(ids: Ids) -> str:
    return f"{int(ids['region'])}{int(ids['subarea'])}{int(ids['buoy']):03d}"


def _whole(key: str) -> Callable[[Ids], str]:
    return lambda ids: str(int(ids[key]))


def _text(key: str) -> Callable[[Ids], str]:
    return lambda ids: str(ids[key]).strip()


_WAYS: tuple[tuple[tuple[str, ...], Callable[[Ids], str]], ...] = (
    (("block", "number"), _wmo),
    (("series", "issuer", "issue", "local"), _wigos),
    (("ship",), _text("ship")),
    (("region", "subarea", "buoy"), _old_buoy),
    (("buoy",), _whole("buoy")),
    (("marine",), _whole("marine")),
    (("icao",), _text("icao")),
    (("short",), _text("short")),
    (("state", "national"), lambda ids: f"{int(ids['state'])}-{int(ids['national'])}"),
    (("site",), _text("site")),
    (("long",), _text("long")),
    (("flight",), _text("flight")),
)
"""Which identifiers together name a station, the surest first: WMO number, WIGOS identifier, call sign, buoy, names."""


def identify(ids: Ids) -> str:
    """Give the identifier, "" where the message names none.

    Examples
    --------
    >>> identify({"block": 58, "number": 362})
    '58362'
    >>> identify({"series": 0, "issuer": 454, "issue": 2, "local": "AWSBALAKA"})
    '0-454-2-AWSBALAKA'
    """
    for needed, write in _WAYS:
        if all(key in ids for key in needed):
            return write(ids)
    return ""


def moment(date: Sequence[float]) -> dt.datetime:
    """Make a time of year, month, day, hour, minute, second; minute and second may be missing.

    Raises
    ------
    ValueError
        If it is no moment of the calendar.
    """
    if MISSING in date[:4] or len(date) < 4:
        raise Unfit("it tells no time")
    parts = [0 if part == MISSING else int(part) for part in date]
    return dt.datetime(*parts[:6], tzinfo=dt.UTC)  # type: ignore[misc,arg-type]
