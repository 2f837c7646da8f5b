"""A notice: one released warning message, frozen, in the words each channel needs. What the warning desk hands over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

STATUSES = ("Actual", "Exercise", "Test")
"""CAP statuses that may be published (CAP 1.2, 3.2.1; System and Draft never leave the house)."""
ACTIONS = ("NEW", "UPG", "CON", "EXT", "EXA", "DNG", "COR", "CAN")
"""What a message does to its event: new, upgraded, continued, longer, wider, downgraded, corrected, lifted."""
COLOURS = ("blue", "yellow", "orange", "red")
"""Signal colours from the least to the most severe."""
BODIES = ("cap", "short", "text", "full", "en")
"""The forms of a message: CAP XML, phone text, LED or ticker text, the whole text, the English text."""
LIMITS = {"short": 70, "text": 360}
"""Longest forms, characters: one phone message in UCS-2 (3GPP TS 23.038), one wireless alert (ATIS-0700041)."""
MARKS = {"Exercise": "【演练】", "Test": "【测试】"}
"""What a text for people begins with when it is not the real thing."""


class NoticeError(ValueError):
    """A notice can't be published as it is; the message names the field, what was found and what is allowed."""


@dataclass(frozen=True)
class Notice:
    """One frozen message.

    Attributes
    ----------
    message : str
        CAP identifier, unique for ever.
    event : str
        Identifier of the event whose chain the message belongs to.
    status, action, hazard, colour : str
        One of `STATUSES`, one of `ACTIONS`, the kind of danger, one of `COLOURS`.
    areas : tuple of str
        Six-digit codes of the districts the message is for.
    headline : str
        One line for people.
    bodies : Mapping
        Text per form, keys `BODIES`.
    sent, expires : datetime
        With zone; the message says nothing any more from `expires` on.

    Raises
    ------
    NoticeError
        If a field is not as said here.
    """

    message: str
    event: str
    status: str
    action: str
    hazard: str
    colour: str
    areas: tuple[str, ...]
    headline: str
    bodies: Mapping[str, str]
    sent: dt.datetime
    expires: dt.datetime

    def __post_init__(self) -> None:
        self._one_of("status", STATUSES)
        self._one_of("action", ACTIONS)
        self._one_of("colour", COLOURS)
        if not (self.message and self.event and self.areas):
            raise NoticeError(f"message {self.message!r}, event {self.event!r}, areas {self.areas}: none may be empty")
        if self.sent.tzinfo is None or self.expires.tzinfo is None or self.expires < self.sent:
            raise NoticeError(f"{self.message}: sent {self.sent} and expires {self.expires} need zones, and this order")
        self._check_bodies()

    def _one_of(self, field: str, allowed: tuple[str, ...]) -> None:
        if (found := getattr(self, field)) not in allowed:
            raise NoticeError(f"{self.message}: {field} {found!r}; allowed: {', '.join(allowed)}")

    def _check_bodies(self) -> None:
        if missing := [form for form in BODIES if not self.bodies.get(form)]:
            raise NoticeError(
                f"{self.message}: no text for {', '.join(missing)}; each of {', '.join(BODIES)} is needed"
            )
        for form, limit in LIMITS.items():
            if (length := len(self.bodies[form])) > limit:
                raise NoticeError(
                    f"{self.message}: the {form} text has {length} characters, allowed {limit}: shorten it"
                )

    @property
    def real(self) -> bool:
        """Whether this is the real thing, not an exercise or a test."""
        return self.status == "Actual"

    @property
    def list_name(self) -> str:
        """Name of the only list of targets it may go to: "live" or "exercise"."""
        return "live" if self.real else "exercise"

    def marked(self, form: str) -> str:
        """Give a text for people (a form of `BODIES`, or "headline"), begun with its mark if it is no real warning."""
        text = self.headline if form == "headline" else self.bodies[form]
        return mark(text, self.status, english=form == "en")


def mark(text: str, status: str, *, english: bool = False) -> str:
    """Begin a text for people with what it is when it is no real warning, once only.

    >>> mark("发布暴雨黄色预警信号", "Exercise"), mark("【演练】发布", "Exercise"), mark("发布", "Actual")
    ('【演练】发布暴雨黄色预警信号', '【演练】发布', '发布')
    """
    if status == "Actual":
        return text
    if english:
        return text if text.upper().startswith(status.upper()) else f"{status.upper()} - {text}"
    return text if text.startswith(MARKS[status]) else MARKS[status] + text


def severe_enough(colour: str, least: str) -> bool:
    """Tell whether a colour reaches the least colour a target wants.

    >>> severe_enough("orange", "yellow"), severe_enough("blue", "yellow")
    (True, False)
    """
    return COLOURS.index(colour) >= COLOURS.index(least)
