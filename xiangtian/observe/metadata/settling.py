"""How a conflict between a list and the register may be settled, and what a hand-written value says."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any

from xiangtian.observe.metadata.listed import ListError, day

KEEP, TAKE, MOVE, OTHER = "keep", "take", "move", "other"
ALLOWED: dict[str, tuple[str, ...]] = {
    "new": (TAKE, KEEP, OTHER),
    "position": (KEEP, TAKE, MOVE, OTHER),
    "altitude": (KEEP, TAKE, MOVE, OTHER),
    "name": (KEEP, TAKE, OTHER),
    "opened": (KEEP, TAKE, OTHER),
    "closed": (KEEP, TAKE, OTHER),
    "impossible": (KEEP, TAKE, OTHER),
}
"""Decisions by field: keep ours, take theirs, write it down as a relocation from a day on, another value."""
HINTS: dict[str, str] = {
    "new": "跨塘, 4.5",
    "position": "120.5667, 31.4167",
    "altitude": "8.0",
    "name": "东山",
    "opened": "2014-01-01",
    "closed": "2014-01-01",
    "impossible": "120.5667, 31.4167",
}
"""How another value is written, by field."""


class SettleRefused(ValueError):
    """A conflict can't be settled so; the message says why and what is allowed."""


@dataclass(frozen=True)
class Settlement:
    """A decision with its four fields: what, another value as it was written, from which day on, and why."""

    decision: str
    value: str = ""
    since: dt.date | None = None
    reason: str = ""


def check(field: str, one: Settlement) -> None:
    """Refuse a settlement that lacks something.

    Raises
    ------
    SettleRefused
        If the decision is not open to the field, or its value, day or reason is missing.
    """
    if one.decision not in ALLOWED[field]:
        words = f"此项只能选 {'、'.join(ALLOWED[field])}，不能选“{one.decision}”"
        raise SettleRefused(f"{words} (this decision is not open to it)")
    if one.decision == MOVE and one.since is None:
        raise SettleRefused("记为迁站须给出迁站日期 (a relocation needs its first day)")
    if one.decision == OTHER and not one.value.strip():
        raise SettleRefused(f"另填数值不能为空，写作“{HINTS[field]}” (another value is needed)")
    if not one.reason.strip():
        raise SettleRefused("必须写明依据 (a reason is needed)")


def value(field: str, text: str) -> Any:
    """Read another value as it was written by hand.

    Parameters
    ----------
    field : str
        Field of the conflict.
    text : str
        As `HINTS` shows.

    Returns
    -------
    Any
        JSON values: lon and lat, metres, a name, a date in ISO 8601, or name and altitude of a new station.

    Raises
    ------
    SettleRefused
        If it can't be read.
    """
    words = [word.strip() for word in text.replace("，", ",").split(",")]
    try:
        if field in ("position", "impossible"):
            lon, lat = (_finite(word) for word in words)
            return {"lon": lon, "lat": lat}
        if field == "altitude":
            return _finite(text)
        if field in ("opened", "closed"):
            found = day(text.strip())
            return found.isoformat() if found else None
        if field == "new":
            zh, altitude = words
            return {"zh": zh, "alt_m": _finite(altitude)}
    except (ValueError, ListError) as error:
        raise SettleRefused(f"“{text}”不可用，应写作“{HINTS[field]}” (it can't be read)") from error
    return text.strip()


def _finite(word: str) -> float:
    number = float(word)
    if not math.isfinite(number):
        raise ValueError(f"{word} is no number")
    return number
