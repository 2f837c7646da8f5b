"""What a terminal must show: per district the signals in force, as one small text that may be written repeatedly."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Signal:
    """One released message as terminals need it; `serial` rises with every release of the house."""

    serial: int
    message: str
    event: str
    action: str
    hazard: str
    colour: str
    areas: tuple[str, ...]
    headline: str
    text: str
    expires: dt.datetime


def in_force(signals: Iterable[Signal], now: dt.datetime) -> list[Signal]:
    """Give the signals that hold at a moment.

    Parameters
    ----------
    signals : Iterable of Signal
        All messages of the events asked about, in the order of their release: only the last one of each event speaks.
    now : datetime
        With zone.

    Returns
    -------
    list of Signal
        Not lifted and not expired, the oldest event first.
    """
    last = {signal.event: signal for signal in signals}
    return [signal for signal in last.values() if signal.action != "CAN" and signal.expires > now]


def state(area: str, signals: Sequence[Signal], serial: int, list_name: str) -> str:
    """Write the state of one district.

    Parameters
    ----------
    area : str
        Six-digit code.
    signals : Sequence of Signal
        All that is in force; those for other districts are left out.
    serial : int
        The last release that was known: of two states the higher serial is right.
    list_name : str
        "live" or "exercise".

    Returns
    -------
    str
        JSON with `area`, `list`, `serial`, `until` (first expiry, null when nothing is in force) and `in_force`.
    """
    here = [signal for signal in signals if area in signal.areas]
    until = min((signal.expires for signal in here), default=None)
    shown = [
        {
            "message": signal.message,
            "event": signal.event,
            "hazard": signal.hazard,
            "colour": signal.colour,
            "headline": signal.headline,
            "text": signal.text,
            "expires": signal.expires.isoformat(),
        }
        for signal in here
    ]
    whole = {"area": area, "list": list_name, "serial": serial, "until": until and until.isoformat(), "in_force": shown}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True)


def read_state(text: str) -> tuple[int, dt.datetime | None]:
    """Read serial and first expiry back from a state."""
    said = json.loads(text)
    return int(said["serial"]), dt.datetime.fromisoformat(said["until"]) if said["until"] else None
