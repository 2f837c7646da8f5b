"""What the feeds show."""

from __future__ import annotations

import datetime as dt
import hashlib

from xiangtian.core import clock
from xiangtian.publish.feed import Listed
from xiangtian.publish.models import Outgoing
from xiangtian.publish.notice import mark
from xiangtian.publish.queries.sending import STATUSES

FEED_DAYS = 7
FEED_ENTRIES = 300


def listed(list_name: str, now: dt.datetime | None = None) -> list[Listed]:
    """Give the messages a feed shows, in the order of their release: all that held in the last `FEED_DAYS` days."""
    since = (now or clock.now()) - dt.timedelta(days=FEED_DAYS)
    chosen = Outgoing.objects.filter(status__in=STATUSES[list_name], expires__gt=since).defer("cap").order_by("-id")
    return [_listed(outgoing) for outgoing in reversed(chosen[:FEED_ENTRIES])]


def _listed(outgoing: Outgoing) -> Listed:
    return Listed(
        outgoing.message,
        outgoing.event,
        outgoing.status,
        outgoing.action,
        outgoing.hazard,
        outgoing.colour,
        mark(outgoing.headline, outgoing.status),
        mark(outgoing.texts["text"], outgoing.status),
        outgoing.sent,
        outgoing.expires,
    )


def cap_file(message: str) -> bytes | None:
    """Give a message's CAP file as it was frozen; None if there is no such message."""
    found = Outgoing.objects.filter(message=message).values_list("cap", flat=True).first()
    return None if found is None else bytes(found)


def served(outgoing: Outgoing) -> str:
    """Give the SHA-256 of what the feed serves for a message, "" if the feed does not list it."""
    list_name = "live" if outgoing.status == "Actual" else "exercise"
    shown = any(one.message == outgoing.message for one in listed(list_name))
    body = cap_file(outgoing.message) if shown else None
    return hashlib.sha256(body).hexdigest() if body is not None else ""
