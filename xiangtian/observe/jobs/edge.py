"""The sweep for smart stations: notes what they sent, asks for what is missing, sends what they should hear."""

from __future__ import annotations

import datetime as dt
from itertools import islice

from django.db import transaction

from xiangtian.core import clock
from xiangtian.core.home import Home, home
from xiangtian.kit.jobs import Job
from xiangtian.lake import raw
from xiangtian.lake.journal import Kept
from xiangtian.observe.actions import edge as actions
from xiangtian.observe.actions import quarantine
from xiangtian.observe.edge import centre, protocol
from xiangtian.observe.models import Cursor, EdgeCommand, EdgeStation
from xiangtian.observe.queries import edge as queries

READER = "edge"
MOST = 2000
AGAIN = dt.timedelta(seconds=60)
"""Pause before an order that was not answered is sent again."""


def listen(place: Home) -> int:
    """Note what arrived from smart stations since the last sweep; give how many messages that were."""
    cursor, _ = Cursor.objects.get_or_create(reader=READER)
    found = 0
    for kept in islice(raw.arrivals(place, cursor.offset), MOST):
        with transaction.atomic():
            found += _note(place, kept)
            cursor.offset = kept.offset
            if kept.name.startswith((protocol.READINGS, protocol.STATUS)):
                cursor.save(update_fields=["offset"])
    cursor.save(update_fields=["offset"])
    return found


def _note(place: Home, kept: Kept) -> int:
    readings = kept.name.startswith(protocol.READINGS)
    if not readings and not kept.name.startswith(protocol.STATUS):
        return 0
    station = kept.name.removeprefix(protocol.READINGS if readings else protocol.STATUS)
    try:
        body = raw.body(place, kept.sha256)
    except raw.BodyLost as error:
        quarantine(kept, [(station, str(error))])
        return 1
    if readings:
        actions.note_readings(station, body, kept.received)
    elif why := actions.note_status(station, body, kept.received):
        quarantine(kept, [(station, why)])
    return 1


def speak(place: Home) -> int:
    """Send orders and configurations that are not answered or confirmed; give how many the broker took."""
    now = clock.now()
    orders = [one for one in queries.commands_to_send() if one.sent is None or one.sent < now - AGAIN]
    rows = queries.stations_to_configure(now - AGAIN)
    if not orders and not rows:
        return 0
    key = centre.signing_key(place)
    letters = [(protocol.topic_of("command", one.station.station), protocol.sign(_told(one), key)) for one in orders]
    for row in rows:
        said = {"station": row.station, "config": row.wanted}
        letters.append((protocol.topic_of("config", row.station), protocol.sign(said, key)))
    taken = centre.send(letters)
    for one, sent in zip(orders, taken, strict=False):
        if sent:
            EdgeCommand.objects.filter(pk=one.pk, state__in=("waiting", "sent")).update(state="sent", sent=now)
    for row, sent in zip(rows, taken[len(orders) :], strict=True):
        if sent:
            EdgeStation.objects.filter(pk=row.pk).update(wanted_sent=now)
    return sum(taken)


def _told(one: EdgeCommand) -> dict[str, object]:
    return {
        "station": one.station.station,
        "id": one.identifier,
        "verb": one.verb,
        "arguments": one.arguments,
        "issued": protocol.utc(one.issued),
        "expires": protocol.utc(one.expires),
    }


def sweep() -> str:
    """Listen, ask, speak."""
    place, now = home(), clock.now()
    listen(place)
    asked, expired = actions.ask_for_gaps(now), actions.expire(now)
    spoken = speak(place)
    done = {"asked again": asked, "expired": expired, "sent down": spoken}
    return ", ".join(f"{count} {what}" for what, count in done.items() if count)


JOBS = (Job("observe.edge", 5.0, sweep),)
"""Jobs of this file."""
