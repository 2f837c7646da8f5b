"""The simple types of the CAP schemas: given a text, say what is wrong with it (None: nothing).

They follow W3C XML Schema 1.0 part 2: which texts are lexically right, after white space is treated as the type says.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable

SimpleType = Callable[[str], str | None]

_DATE_TIME = re.compile(r"(-?)(\d{4,})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[-+]\d\d:\d\d)?", re.ASCII)
_CAP12_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d", re.ASCII)
_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_DECIMAL = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_NOT_URI = re.compile("[\x00-\x20\x7f-\U0010ffff<>\"{}|\\\\^`']")
_NAME = r"(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})"
_PATH = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})"
_AUTHORITY = rf"(?:(?:{_NAME}|:)*@)?(?:\[[^\]\[]*\]|{_NAME}*)(?::[0-9]{{1,8}})?"
_URI = re.compile(
    rf"(?:[A-Za-z][A-Za-z0-9+.-]*:(?://{_AUTHORITY}(?:/{_PATH}*)?|(?!//){_PATH}*)"
    rf"|//{_AUTHORITY}(?:/{_PATH}*)?|(?!//)(?:{_NAME}|@)*(?:/{_PATH}*)?)"
    rf"(?:\?(?:{_PATH}|\?)*)?(?:\#(?:{_PATH}|[?\[\]])*)?"
)


def collapse(text: str) -> str:
    r"""Treat white space as all types but string do: ends cut, runs made one space (XML white space only).

    >>> collapse("  a \t b ")
    'a b'
    """
    return " ".join(part for part in re.split("[ \t\n\r]+", text) if part)


def string(text: str) -> str | None:
    """Accept any text."""
    return None


def one_of(*allowed: str) -> SimpleType:
    """Make a type that accepts only the given texts, white space and case included."""
    known = frozenset(allowed)

    def check(text: str) -> str | None:
        return None if text in known else f"found {text!r}, allowed: {', '.join(allowed)}"

    return check


def date_time(text: str) -> str | None:
    """Check an XML Schema dateTime (CAP 1.1): fractions, Z and no zone are allowed."""
    found = _DATE_TIME.fullmatch(collapse(text))
    if not found or not _real(found):
        return f"found {text!r}, needs a date and time such as 2026-07-01T10:15:00+08:00"
    return None


def zoned_time(text: str) -> str | None:
    """Check a CAP 1.2 dateTime: whole seconds, zone as hours and minutes, never Z."""
    if not _CAP12_TIME.fullmatch(collapse(text)) or date_time(text):
        return f"found {text!r}, needs a form such as 2026-07-01T10:15:00+08:00 (CAP 1.2 allows no Z, no fractions)"
    return None


def _real(found: re.Match[str]) -> bool:
    year = int(found[2])
    month, day, hour, minute, second = (int(found[part]) for part in (3, 4, 5, 6, 7))
    if year == 0 or (len(found[2]) > 4 and found[2][0] == "0") or not 1 <= month <= 12:
        return False
    days = 29 if month == 2 and calendar.isleap(year) else (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]
    midnight = hour == 24 and minute == 0 and second == 0 and not int(found[8] or 0)
    return 1 <= day <= days and (midnight or (hour < 24 and minute < 60 and second < 60)) and _zone(found[9])


def _zone(text: str | None) -> bool:
    if text in (None, "Z"):
        return True
    hours, minutes = int(str(text)[1:3]), int(str(text)[4:6])
    return minutes < 60 and hours * 60 + minutes <= 14 * 60


def language(text: str) -> str | None:
    """Check a language tag (RFC 3066 form); empty stands for the schema's default en-US."""
    tag = collapse(text)
    if not text or _LANGUAGE.fullmatch(tag):
        return None
    return f"found {text!r}, needs a language tag such as zh-CN"


def integer(text: str) -> str | None:
    """Check a whole number."""
    return None if _INTEGER.fullmatch(collapse(text)) else f"found {text!r}, needs a whole number"


def decimal(text: str) -> str | None:
    """Check a decimal number without exponent."""
    return None if _DECIMAL.fullmatch(collapse(text)) else f"found {text!r}, needs a number such as 12.5"


def any_uri(text: str) -> str | None:
    """Check a URI reference (RFC 3986); signs outside ASCII are allowed, as XML Schema escapes them first."""
    plain = _NOT_URI.sub("_", collapse(text))
    return None if _URI.fullmatch(plain) else f"found {text!r}, needs a web address such as http://host/path"
