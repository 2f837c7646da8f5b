"""Faults planted among the messages of a drill, and the list of what was planted."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

import numpy as np

from xiangtian.drill.instruments import Message
from xiangtian.drill.planting import KINDS, VALUE_KINDS, Planted, Plot, moment, sow

__all__ = ["KINDS", "VALUE_KINDS", "Delivery", "Planted", "Rates", "plant"]

TRAVEL_S = (0.5, 8.0)
"""How long a message takes to be sent after its moment."""


@dataclass(frozen=True)
class Rates:
    """Share of all messages that each kind of fault begins at; a stuck sensor or a wrong unit then touches many."""

    spike: float = 0.002
    stuck: float = 0.0003
    wrong_unit: float = 0.0004
    late: float = 0.002
    duplicate: float = 0.002
    broken: float = 0.0005

    def __post_init__(self) -> None:
        for kind in KINDS:
            if not 0 <= getattr(self, kind) <= 0.1:
                raise ValueError(f"the rate of {kind} is {getattr(self, kind)}; allowed are 0 to 0.1")


@dataclass(frozen=True)
class Delivery:
    """One sending of one message.

    Attributes
    ----------
    send_time : datetime
        UTC, when it is sent.
    station : str
        The sender.
    message : Message or None
        What is told; None where the bytes are broken.
    body : bytes
        The bytes that are sent.
    """

    send_time: dt.datetime
    station: str
    message: Message | None
    body: bytes


def plant(
    reports: Sequence[Message],
    seed: int,
    rates: Rates = Rates(),
) -> tuple[list[Delivery], list[Planted]]:
    """Plant faults among the messages of a drill and say when each message is sent.

    No message is touched by two faults, and two faults of one station lie at least two messages apart, so that each
    has good messages before it. A kind whose rate is above 0 is planted at least once where the messages allow it.

    Parameters
    ----------
    reports : sequence of Message
        All messages, in any order; they are not changed.
    seed : int
        The same seed plants the same faults.
    rates : Rates
        How many.

    Returns
    -------
    tuple
        Deliveries in the order of sending, and what was planted in the order of time. A broken delivery comes before
        its whole one: the station sends again.
    """
    rows: dict[str, list[Message]] = {}
    for message in sorted(reports, key=moment):
        rows.setdefault(str(message["station"]), []).append(deepcopy(message))
    plot = Plot(np.random.default_rng([seed, 0xFA]), rows)
    for kind in KINDS:
        sow(plot, kind, _count(len(reports), getattr(rates, kind)))
    return sorted(_deliveries(plot), key=lambda one: (one.send_time, one.station)), sorted(plot.planted)


def _count(reports: int, rate: float) -> int:
    return max(1, round(reports * rate)) if rate > 0 and reports else 0


def _deliveries(plot: Plot) -> list[Delivery]:
    sent: list[Delivery] = []
    at: dict[tuple[str, int], dt.datetime] = {}
    for station, rows in plot.rows.items():
        for place, message in enumerate(rows):
            travel_s = float(plot.rng.uniform(*TRAVEL_S))
            at[station, place] = moment(message) + dt.timedelta(seconds=travel_s)
            delay_s = plot.delay_s.get((station, place), 0.0)
            time = at[station, place] + dt.timedelta(seconds=delay_s)
            sent.append(Delivery(time, station, message, _bytes(message)))
    for station, place, after_s, broken in plot.extra:
        message = plot.rows[station][place]
        time = at[station, place] + dt.timedelta(seconds=after_s)
        whole = _bytes(message)
        body = whole[: int(plot.rng.integers(1, len(whole) - 1))] if broken else whole
        sent.append(Delivery(time, station, None if broken else message, body))
    return sent


def _bytes(message: Message) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
