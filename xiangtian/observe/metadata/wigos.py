"""WIGOS station identifiers: read, check, write.

An identifier has four parts, `series-issuer-issue-local`, as `0-20000-0-58358`. It has no meaning in itself: what a
station is called in OSCAR/Surface is looked up there, and what `usual` gives is only what the rules let one expect.

References
----------
Manual on the WMO Integrated Global Observing System, WMO-No. 1160, attachment 2.1; BUFR 0 01 125 to 0 01 128.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SERIES = 0
"""The only series that is defined: observing stations."""
MOST = 65534
"""Largest issuer and largest issue number."""
LOCAL_MOST = 16
"""Most characters of a local identifier."""
WORLD_WEATHER_WATCH = 20000
"""Issuer of identifiers made from the block and station number IIiii (sub-index 0)."""
CHINA = 156
"""Issuer of China's own identifiers: its ISO 3166-1 numeric code, as the manual says for Members."""
_FORM = re.compile(r"(\d+)-(\d+)-(\d+)-([0-9A-Za-z]+)")
_NUMBER = re.compile(r"0|[1-9]\d*")


class WigosError(ValueError):
    """No WIGOS station identifier; the message says what is wrong and what is allowed."""


@dataclass(frozen=True, slots=True)
class Wigos:
    """A WIGOS station identifier in its four parts."""

    series: int
    issuer: int
    issue: int
    local: str

    def __str__(self) -> str:
        return f"{self.series}-{self.issuer}-{self.issue}-{self.local}"


def parse(text: str) -> Wigos:
    """Read an identifier.

    Parameters
    ----------
    text : str
        Four parts with hyphens between them; numbers without leading zeros, the local part letters and digits.

    Returns
    -------
    Wigos
        Its parts; `str` gives the text again.

    Raises
    ------
    WigosError
        If a part is missing or out of its range.

    Examples
    --------
    >>> parse("0-20000-0-58358").local
    '58358'
    """
    found = _FORM.fullmatch(text.strip())
    if not found:
        words = f"“{text}”不是 WIGOS 标识：应为 系列-发布者-发布号-本地标识，如 0-20000-0-58358"
        raise WigosError(f"{words} (four parts with hyphens, the last of letters and digits)")
    for number in found.groups()[:3]:
        if not _NUMBER.fullmatch(number):
            raise WigosError(f"“{text}”中的 {number} 有前导零 (a number has no leading zeros)")
    series, issuer, issue = (int(number) for number in found.groups()[:3])
    return check(Wigos(series, issuer, issue, found.group(4)))


def check(one: Wigos) -> Wigos:
    """Give an identifier back if its parts are in range.

    Raises
    ------
    WigosError
        If one is not.
    """
    if one.series != SERIES:
        raise WigosError(f"WIGOS 标识系列 {one.series} 尚未启用，须为 0 (only series 0 is defined)")
    for named, number in (("发布者 issuer", one.issuer), ("发布号 issue number", one.issue)):
        if not 0 <= number <= MOST:
            raise WigosError(f"WIGOS {named} {number} 超出 0 至 {MOST} (out of range)")
    if not 1 <= len(one.local) <= LOCAL_MOST or not (one.local.isascii() and one.local.isalnum()):
        words = f"WIGOS 本地标识“{one.local}”须为 1 至 {LOCAL_MOST} 个字母或数字"
        raise WigosError(f"{words} (1 to {LOCAL_MOST} letters and digits)")
    return one


def usual(code: str) -> Wigos | None:
    """Give the identifier that a station is expected to have.

    A five-digit number is a WMO block and station number: 0-20000-0-IIiii (that holds for stations that were listed in
    WMO-No. 9 volume A on 1 July 2016). Other codes are China's own: 0-156-0-code. Both are to be compared with
    OSCAR/Surface before they are used abroad.

    Parameters
    ----------
    code : str
        The station's code.

    Returns
    -------
    Wigos or None
        None where the code can't be a local identifier.
    """
    if len(code) == 5 and code.isascii() and code.isdigit():
        return Wigos(SERIES, WORLD_WEATHER_WATCH, 0, code)
    try:
        return check(Wigos(SERIES, CHINA, 0, code))
    except WigosError:
        return None
