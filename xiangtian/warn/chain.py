"""A warning is a chain of messages about one event: what may follow what, and what is in force at a moment.

Messages are never changed. A later one replaces the earlier ones by referring to all of them. "Lifted" is a message;
"expired" is a matter of time and sends none (the action EXP marks it in lists).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from xiangtian.core.clock import BEIJING
from xiangtian.warn.colours import Colour


class Action(StrEnum):
    """What a message does to its chain (the vocabulary of VTEC, NWS Instruction 10-1703)."""

    NEW = "NEW"
    CON = "CON"
    UPG = "UPG"
    DNG = "DNG"
    EXT = "EXT"
    EXA = "EXA"
    COR = "COR"
    CAN = "CAN"
    EXP = "EXP"


_LIVING = frozenset({Action.CON, Action.UPG, Action.DNG, Action.EXT, Action.EXA, Action.COR, Action.CAN})
FOLLOWS: dict[Action | None, frozenset[Action]] = {
    None: frozenset({Action.NEW}),
    **dict.fromkeys((Action.NEW, *(_LIVING - {Action.CAN})), _LIVING),
    Action.CAN: frozenset(),
    Action.EXP: frozenset(),
}
"""Which actions may follow the last one of a chain (None: no message yet) while it is in force."""

_MSG_TYPES = {Action.NEW: "Alert", Action.CAN: "Cancel", **dict.fromkeys(_LIVING - {Action.CAN}, "Update")}


class ChainError(ValueError):
    """A message that may not follow; says what stands, and what is allowed."""


@dataclass(frozen=True)
class ChainMessage:
    """What the chain needs to know of a message.

    Attributes
    ----------
    identifier, sender : str
        CAP identifier and sender.
    sent : datetime.datetime
        Moment of release, aware, frozen with the message.
    action : Action
        What it does.
    colour : Colour
        Colour that holds after it (of a lifting: the colour lifted).
    onset, expires : datetime.datetime
        When the event begins and the signal ends, aware.
    areas : frozenset
        Adcodes warned.
    """

    identifier: str
    sender: str
    sent: dt.datetime
    action: Action
    colour: Colour
    onset: dt.datetime
    expires: dt.datetime
    areas: frozenset[str]

    @property
    def reference(self) -> str:
        """How CAP refers to this message: sender,identifier,sent."""
        return f"{self.sender},{self.identifier},{self.sent.astimezone(BEIJING).isoformat(timespec='seconds')}"


@dataclass(frozen=True)
class ChainState:
    """The chain at a moment: phase ("none", "in force", "lifted", "expired") and the message that rules it."""

    phase: str
    last: ChainMessage | None = None

    @property
    def colour(self) -> Colour | None:
        """The colour in force, or None."""
        return self.last.colour if self.last and self.phase == "in force" else None

    @property
    def areas(self) -> frozenset[str]:
        """The areas warned; none unless in force."""
        return self.last.areas if self.last and self.phase == "in force" else frozenset()


def msg_type(action: Action) -> str:
    """Give the CAP msgType of an action.

    Raises
    ------
    ChainError
        For EXP: expiry is a matter of time, no message.
    """
    try:
        return _MSG_TYPES[action]
    except KeyError:
        raise ChainError("an expired signal sends no message; lift it (CAN) while it is in force instead") from None


def in_order(messages: Iterable[ChainMessage]) -> list[ChainMessage]:
    """Sort messages as they were sent, whatever the order of their arrival; within a second by identifier."""
    return sorted(messages, key=lambda message: (message.sent, message.identifier))


def state_at(messages: Iterable[ChainMessage], moment: dt.datetime) -> ChainState:
    """Say what held at a moment, from the messages sent until then.

    A lifting ends the chain for good: an update that is sent earlier but arrives later doesn't revive it.

    Parameters
    ----------
    messages : Iterable[ChainMessage]
        Messages of one chain, in any order.
    moment : dt.datetime
        Any moment, past ones included.

    Returns
    -------
    ChainState
        The state; a signal is in force from its release until before `expires`.
    """
    sent = [message for message in in_order(messages) if message.sent <= moment]
    if not sent:
        return ChainState("none")
    for message in sent:
        if message.action is Action.CAN:
            return ChainState("lifted", message)
    last = sent[-1]
    return ChainState("expired" if has_expired(last, moment) else "in force", last)


def has_expired(message: ChainMessage, moment: dt.datetime) -> bool:
    """Say whether a message's time is over: at `expires` it is."""
    return moment >= message.expires


def references(messages: Iterable[ChainMessage], moment: dt.datetime) -> tuple[str, ...]:
    """Give the references a message sent at a moment must carry: every message of the chain so far, oldest first."""
    return tuple(message.reference for message in in_order(messages) if message.sent <= moment)


def allowed(messages: Iterable[ChainMessage], moment: dt.datetime) -> frozenset[Action]:
    """Give the actions that may come next at a moment; none once lifted or expired (a new event begins a new chain)."""
    state = state_at(messages, moment)
    if state.phase in ("lifted", "expired"):
        return frozenset()
    return FOLLOWS[state.last.action if state.last else None]


def may_follow(actions: Sequence[str], action: str) -> str | None:
    """Say in words why an action can't follow those of a chain that has not expired; None if it can.

    >>> may_follow(["NEW", "UPG"], "CAN") is None
    True
    >>> may_follow(["NEW", "CAN"], "UPG")
    '预警已解除，只能作为新事件发布 (lifted; begin a new event with NEW)'
    """
    known = sorted(each.value for each in Action)
    if action not in known:
        return f"没有动作 {action}；可用：{'、'.join(known)} (no such action)"
    may = FOLLOWS[Action(actions[-1]) if actions else None]
    if Action(action) in may:
        return None
    if may:
        return f"现在可用：{'、'.join(sorted(may))} (allowed now)"
    how = "解除" if actions[-1] == Action.CAN else "失效"
    return f"预警已{how}，只能作为新事件发布 ({'lifted' if how == '解除' else 'expired'}; begin a new event with NEW)"


def admit(messages: Sequence[ChainMessage], coming: ChainMessage) -> None:
    """Refuse a message that may not follow.

    Parameters
    ----------
    messages : Sequence[ChainMessage]
        The chain so far.
    coming : ChainMessage
        The message to be released.

    Raises
    ------
    ChainError
        If the action isn't allowed now, or doesn't do what it says; the message tells what stands and what to do.
    """
    state = state_at(messages, coming.sent)
    may = allowed(messages, coming.sent)
    if coming.action not in may:
        listed = ", ".join(sorted(may)) or "nothing; begin a new chain with NEW"
        raise ChainError(f"{coming.action} can't follow: the chain is {state.phase}; allowed now: {listed}")
    if coming.action is not Action.CAN and has_expired(coming, max(coming.sent, coming.onset)):
        raise ChainError(f"it would expire at {coming.expires.isoformat()}, before it begins; set a later end")
    if any(message.sent > coming.sent for message in messages):
        raise ChainError(f"sent {coming.sent.isoformat()} is before the chain's last message; look at the clock")
    wrong = _mismatch(state.last, coming) if state.last else None
    if wrong:
        raise ChainError(f"{coming.action}: {wrong}")


def _mismatch(last: ChainMessage, coming: ChainMessage) -> str | None:
    """What the action promises and the message doesn't do; corrections may change anything."""
    now, then = coming.colour, last.colour
    if coming.action is Action.UPG and now <= then:
        return f"colour {now.key} isn't above {then.key}; use CON for the same colour, DNG for a lower one"
    if coming.action is Action.DNG and now >= then:
        return f"colour {now.key} isn't below {then.key}; use CON for the same colour, UPG for a higher one"
    if coming.action in (Action.CON, Action.EXT, Action.EXA, Action.CAN) and now != then:
        return f"colour changes from {then.key} to {now.key}; use UPG or DNG"
    if coming.action is Action.EXT and coming.expires <= last.expires:
        return f"expires {coming.expires.isoformat()} isn't later than {last.expires.isoformat()}; use CON"
    if coming.action is Action.EXA and not coming.areas > last.areas:
        return f"areas {sorted(coming.areas)} don't extend {sorted(last.areas)}; use CON"
    return None
