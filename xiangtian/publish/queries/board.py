"""What became of each message: boards, deliveries, and how long handing over took."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from xiangtian.publish.channels import CHANNELS, channel
from xiangtian.publish.models import STATES, Delivery, Outgoing
from xiangtian.publish.queries.sending import STATUSES

SETTLED = ("sent", "delivered", "confirmed")


@dataclass(frozen=True)
class Handed:
    """Seconds of real time from the release to handing over: the first row, the median, 95 of 100, the last."""

    first_s: float
    p50_s: float
    p95_s: float
    last_s: float


@dataclass(frozen=True)
class ChannelLine:
    """One channel of a message: how many rows in each state."""

    channel: str
    zh: str
    counts: dict[str, int]

    @property
    def cells(self) -> tuple[int, ...]:
        """Rows per state, in the order of `STATES`."""
        return tuple(self.counts.get(state, 0) for state, _ in STATES)

    @property
    def total(self) -> int:
        """All rows of the channel."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Board:
    """A message and what became of it."""

    message: str
    event: str
    status: str
    action: str
    colour: str
    headline: str
    sent: dt.datetime
    lines: tuple[ChannelLine, ...]
    handed: Handed | None
    receipts: int


@dataclass(frozen=True)
class Troubled:
    """One row that waits for another try or was given up, with the reason."""

    number: int
    channel_zh: str
    target: str
    state: str
    state_zh: str
    attempts: int
    words: str


@dataclass(frozen=True)
class Delivered:
    """One delivery as other rooms see it."""

    number: int
    message: str
    channel: str
    target: str
    target_list: str
    state: str
    attempts: int
    words: str
    queued_at: dt.datetime
    sent_at: dt.datetime | None
    delivered_at: dt.datetime | None
    handed_over_s: float | None
    receipts: tuple[str, ...]


def board(message: str) -> Board | None:
    """Give the board of one message; None if it was never handed over to this room."""
    outgoing = Outgoing.objects.filter(message=message).defer("cap").first()
    return _board(outgoing) if outgoing else None


def boards(limit: int = 50, list_name: str = "") -> list[Board]:
    """Give the boards of the latest messages, of one list or of both."""
    chosen = Outgoing.objects.defer("cap").order_by("-id")
    if list_name in STATUSES:
        chosen = chosen.filter(status__in=STATUSES[list_name])
    return [_board(outgoing) for outgoing in chosen[:limit]]


def _board(outgoing: Outgoing) -> Board:
    rows = outgoing.deliveries.order_by()
    counts: dict[str, Counter[str]] = {}
    for name, found, number in rows.values_list("channel", "state").annotate(number=Count("id")):
        counts.setdefault(name, Counter())[found] = number
    lines = tuple(ChannelLine(c.name, c.zh, dict(counts[c.name])) for c in CHANNELS if c.name in counts)
    receipts = rows.aggregate(number=Count("receipts"))["number"]
    return Board(
        outgoing.message,
        outgoing.event,
        outgoing.status,
        outgoing.action,
        outgoing.colour,
        outgoing.headline,
        outgoing.sent,
        lines,
        handed(rows),
        receipts,
    )


def handed(rows: QuerySet[Delivery]) -> Handed | None:
    """Measure queued to handed over; None while nothing is handed over.

    Percentiles are nearest-rank: the smallest value that at least p of 100 do not exceed.
    """
    pairs = rows.filter(handed_over_wall__isnull=False).values_list("queued_wall", "handed_over_wall")
    seconds = sorted(over - queued for queued, over in pairs if over is not None)
    if not seconds:
        return None

    def rank(share: float) -> float:
        return seconds[max(0, math.ceil(share * len(seconds)) - 1)]

    return Handed(seconds[0], rank(0.5), rank(0.95), seconds[-1])


def of_message(identifier: str) -> list[Delivered]:
    """Give all deliveries of a message with the kinds of their receipts, in the order of their channels and targets."""
    rows = Delivery.objects.filter(message=identifier).prefetch_related("receipts")
    order = {c.name: place for place, c in enumerate(CHANNELS)}
    return [_delivered(row) for row in sorted(rows, key=lambda row: (order[row.channel], row.target, row.pk))]


def _delivered(row: Delivery) -> Delivered:
    took = None if row.handed_over_wall is None else row.handed_over_wall - row.queued_wall
    kinds = tuple(receipt.kind for receipt in row.receipts.all())
    return Delivered(
        row.pk,
        row.message,
        row.channel,
        row.target,
        row.target_list,
        row.state,
        row.attempts,
        row.last_error,
        row.queued_at,
        row.sent_at,
        row.delivered_at,
        took,
        kinds,
    )


def troubled(message: str, limit: int = 200) -> list[Troubled]:
    """Give the rows of a message that were given up, then those that wait for another try, with their reasons."""
    rows = Delivery.objects.filter(message=message).exclude(state__in=SETTLED).exclude(last_error="")
    given_up = list(rows.filter(state="given_up").order_by("channel", "target")[:limit])
    waiting = list(rows.exclude(state="given_up").order_by("channel", "target")[: limit - len(given_up)])
    return [_troubled(row) for row in given_up + waiting]


def _troubled(row: Delivery) -> Troubled:
    zh = dict(STATES)[row.state]
    return Troubled(row.pk, channel(row.channel).zh, row.target, row.state, zh, row.attempts, row.last_error)
