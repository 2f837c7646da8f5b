"""Verbs of the room."""

from __future__ import annotations

from xiangtian.observe.actions.receiving import close, quarantine, receive, refuse_large, resend
from xiangtian.observe.actions.stations import read_stations, register_national, register_stations

__all__ = [
    "close",
    "quarantine",
    "read_stations",
    "receive",
    "refuse_large",
    "register_national",
    "register_stations",
    "resend",
]
