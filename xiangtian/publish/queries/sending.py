"""What a sender must know of a message: its gateways, its texts, and the state of the terminals."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Max

from xiangtian.core import clock, settings
from xiangtian.publish.channels.contract import Endpoints
from xiangtian.publish.models import ExerciseEndpoint, ExerciseTarget, LiveTarget, Outgoing
from xiangtian.publish.notice import Notice, mark, severe_enough
from xiangtian.publish.terminals import Signal, in_force, state

STATUSES = {"live": ("Actual",), "exercise": ("Exercise", "Test")}
TABLES: dict[str, type[LiveTarget] | type[ExerciseTarget]] = {"live": LiveTarget, "exercise": ExerciseTarget}


def endpoints(list_name: str) -> Endpoints:
    """Give the gateways of a list: the live ones from the settings, those of exercises from their own table."""
    if list_name == "exercise":
        own = dict(ExerciseEndpoint.objects.values_list("channel", "url"))
        urls = (own.get("sms", ""), own.get("email", ""), own.get("mqtt_terminal", ""))
    else:
        urls = (settings.text("XIANGTIAN_SMS_URL"), settings.text("XIANGTIAN_SMTP_URL"), _broker())
    return Endpoints(list_name, *urls, mail_from=settings.text("XIANGTIAN_MAIL_FROM"))


def _broker() -> str:
    if named := settings.text("XIANGTIAN_MQTT_URL"):
        return named
    port = settings.number("XIANGTIAN_MQTT_PORT")
    return f"mqtt://{settings.text('XIANGTIAN_MQTT_BIND')}:{port}" if port else ""


def notice_of(outgoing: Outgoing) -> Notice:
    """Give a frozen message back as it was handed over."""
    return Notice(
        message=outgoing.message,
        event=outgoing.event,
        status=outgoing.status,
        action=outgoing.action,
        hazard=outgoing.hazard,
        colour=outgoing.colour,
        areas=tuple(outgoing.areas),
        headline=outgoing.headline,
        bodies={**outgoing.texts, "cap": bytes(outgoing.cap).decode()},
        sent=outgoing.sent,
        expires=outgoing.expires,
    )


def event_areas(event: str) -> list[str]:
    """Give all districts any message of an event was for."""
    lists = Outgoing.objects.filter(event=event).values_list("areas", flat=True)
    return sorted({area for areas in lists for area in areas})


def terminal_states(target: LiveTarget | ExerciseTarget, areas: Sequence[str], list_name: str) -> dict[str, str]:
    """Give what must stand on a terminal target's topics, by district (only those the target is for)."""
    wanted = [area for area in areas if not target.areas or area in target.areas]
    now = clock.now()
    mine = Outgoing.objects.filter(status__in=STATUSES[list_name])
    serial = mine.aggregate(last=Max("id"))["last"] or 0
    holding = mine.filter(expires__gt=now).values("event")
    rows = mine.filter(event__in=holding).defer("cap").order_by("id")
    signals = [one for one in in_force(map(_signal, rows), now) if matches(target, one.hazard, one.colour)]
    return {area: state(area, signals, serial, list_name) for area in wanted}


def _signal(outgoing: Outgoing) -> Signal:
    return Signal(
        serial=outgoing.pk,
        message=outgoing.message,
        event=outgoing.event,
        action=outgoing.action,
        hazard=outgoing.hazard,
        colour=outgoing.colour,
        areas=tuple(outgoing.areas),
        headline=mark(outgoing.headline, outgoing.status),
        text=mark(outgoing.texts["text"], outgoing.status),
        expires=outgoing.expires,
    )


def matches(target: LiveTarget | ExerciseTarget, hazard: str, colour: str) -> bool:
    """Tell whether a target wants this kind of danger at this colour."""
    return (not target.hazards or hazard in target.hazards) and severe_enough(colour, target.least_colour)
