"""Reading dated rule tables from YAML: strict, and an error names the file and the field.

What every table has (region, days, texts, numbers) is read here; each room reads the rest of its own.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Collection
from typing import Any

import yaml

Fields = dict[str, Any]
_REGION = re.compile(r"CN|\d{2}|\d{4}|\d{6}")


class RuleError(ValueError):
    """A table that can't be used; says which file, which field, what was found and what is allowed."""


def loaded(text: str, name: str) -> object:
    """Read YAML.

    Parameters
    ----------
    text : str
        The YAML text.
    name : str
        The file's name, for messages.

    Raises
    ------
    RuleError
        If it is none.
    """
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise RuleError(f"{name}: not readable as YAML: {error}") from error


def fields(read: object, where: str, needed: Collection[str], optional: Collection[str] = ()) -> Fields:
    """Check the names of the fields of a mapping, and give it.

    Raises
    ------
    RuleError
        If it is no mapping, a field is unknown, or one that is needed is missing.
    """
    allowed = {*needed, *optional}
    if not isinstance(read, dict):
        raise RuleError(f"{where}: found {type(read).__name__}, needs fields {', '.join(sorted(allowed))}")
    for key in read:
        if key not in allowed:
            raise RuleError(f"{where}: unknown field {key!r}; allowed: {', '.join(sorted(allowed))}")
    for key in sorted(needed):
        if key not in read:
            raise RuleError(f"{where}: field {key!r} is missing")
    return read


def text(told: Fields, key: str, where: str) -> str:
    """Give a text that is not empty.

    Raises
    ------
    RuleError
        If it is none.
    """
    value = told[key]
    if not isinstance(value, str) or not value.strip():
        raise RuleError(f"{where}: {key}: found {value!r}, needs a text that is not empty")
    return value


def region(value: object, where: str) -> str:
    """Give a region: CN, or the leading digits of an adcode.

    Raises
    ------
    RuleError
        If it is none.
    """
    if not isinstance(value, str) or not _REGION.fullmatch(value):
        raise RuleError(f"{where}: region: found {value!r}, needs CN or 2, 4 or 6 digits of an adcode in quotes")
    return value


def day(told: Fields, key: str, where: str) -> dt.date:
    """Give a day.

    Raises
    ------
    RuleError
        If it is none.
    """
    value = told[key]
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
        raise RuleError(f"{where}: {key}: found {value!r}, needs a day such as 2007-06-12")
    return value


def span(told: Fields, where: str) -> tuple[dt.date, dt.date | None]:
    """Give `valid_from` and `valid_to`; no end is None.

    Raises
    ------
    RuleError
        If one is no day, or the end is before the begin.
    """
    begins = day(told, "valid_from", where)
    ends = None if told["valid_to"] is None else day(told, "valid_to", where)
    if ends is not None and ends < begins:
        raise RuleError(f"{where}: valid_to {ends} is before valid_from {begins}")
    return begins, ends


def number(told: Fields, key: str, where: str, fits: Callable[[float], bool], allowed: str) -> float:
    """Give a number that fits.

    Parameters
    ----------
    told : Fields
        The mapping.
    key : str
        Its field.
    where : str
        File and place, for messages.
    fits : Callable
        Says whether a finite number is allowed.
    allowed : str
        What is allowed, in words that follow "needs a number".

    Raises
    ------
    RuleError
        If it is no finite number, or doesn't fit.
    """
    value = told[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or not fits(value):
        raise RuleError(f"{where}: {key}: found {value!r}, needs a number {allowed}")
    return float(value)
