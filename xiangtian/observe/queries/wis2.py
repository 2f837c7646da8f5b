"""Questions about WIS2: who we are there, what may go out, what came and went."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from xiangtian.core import clock, settings
from xiangtian.core.home import Home
from xiangtian.core.places import city
from xiangtian.observe.encode.bufr_surface import StationFacts
from xiangtian.observe.metadata import wigos
from xiangtian.observe.models import Wis2Message, Wis2Notice
from xiangtian.observe.queries.account import readings
from xiangtian.observe.queries.stations import sites
from xiangtian.observe.wis2 import hours, ids, topics
from xiangtian.observe.wis2.discovery import Dataset
from xiangtian.observe.wis2.hours import Report
from xiangtian.observe.wis2.outgoing import Node

WHOSE = ("national", "all")
TROUBLED = ("refused", "quarantined", "given_up")
RECENT = dt.timedelta(hours=24)
MOST_RECENT = 1000


def node(base_url: str = "") -> Node:
    """Give who we are on WIS2; in an exercise a centre that only tries.

    Raises
    ------
    SettingError
        If the centre identifier is none.
    """
    try:
        centre = ids.centre(settings.text("XIANGTIAN_WIS2_CENTRE"))
    except ids.CentreError as error:
        raise settings.SettingError(f"XIANGTIAN_WIS2_CENTRE: {error}") from error
    served = base_url or f"{settings.text('XIANGTIAN_PUBLIC_URL').rstrip('/')}/wis2"
    return Node(ids.for_exercise(centre) if clock.scenario() else centre, served.rstrip("/"))


def subscriptions() -> list[str]:
    """Give the topics that are subscribed to.

    Raises
    ------
    SettingError
        If one can't be a topic of WIS2.
    """
    told = [one.strip() for one in settings.text("XIANGTIAN_WIS2_TOPICS").split(",") if one.strip()]
    try:
        return [topics.check_subscription(one) for one in told]
    except topics.TopicError as error:
        raise settings.SettingError(f"XIANGTIAN_WIS2_TOPICS: {error}") from error


def whose() -> str:
    """Give whose observations are published: "national" or "all".

    Raises
    ------
    SettingError
        If the setting is neither.
    """
    told = settings.text("XIANGTIAN_WIS2_STATIONS")
    if told not in WHOSE:
        raise settings.SettingError(f"XIANGTIAN_WIS2_STATIONS={told!r}; allowed: {', '.join(WHOSE)}")
    return told


def station_facts(moment: dt.datetime, wanted: str) -> dict[str, StationFacts]:
    """Give what BUFR says of the stations whose observations may go out, by code.

    Parameters
    ----------
    moment : datetime
        When they must have existed.
    wanted : str
        "national" or "all"; stations of exercises are among them in an exercise only.

    Returns
    -------
    dict
        Stations without a registered WIGOS identifier have the one that the rules let expect.
    """
    found = {}
    for site in sites(moment):
        fits = site.national or (wanted == "all" and (not site.drill or clock.scenario() is not None))
        name = site.wigos or str(wigos.usual(site.code) or "")
        if fits and name:
            place = (site.lon, site.lat, site.alt_m, site.pressure_alt_m)
            found[site.code] = StationFacts(name, site.en or site.code, *place)
    return found


def reports(home: Home, start: dt.datetime, end: dt.datetime, over: dt.datetime, codes: list[str]) -> list[Report]:
    """Give what may go out of the hours that end after `start` and begin before `end` (`wis2.hours.reports`)."""
    first = start.replace(minute=0, second=0, microsecond=0) + dt.timedelta(microseconds=1)
    return hours.reports(readings(home).read(first, end, stations=codes), over)


def newest(home: Home) -> dt.datetime | None:
    """Give the moment of the newest reading; None where there is none."""
    found = readings(home).latest()["time"].max()
    return found if isinstance(found, dt.datetime) else None


def dataset(who: Node, begins: dt.datetime, created: dt.datetime, updated: dt.datetime) -> Dataset:
    """Give what the discovery record says."""
    return Dataset(
        centre=who.centre,
        organization=settings.text("XIANGTIAN_WIS2_ORGANIZATION"),
        mail=settings.text("XIANGTIAN_WIS2_CONTACT"),
        begins=begins,
        created=created,
        updated=updated,
        bounds=city().bounds,
        base_url=who.base_url,
        broker=settings.text("XIANGTIAN_WIS2_NODE"),
        exercise=clock.scenario() is not None,
    )


@dataclass(frozen=True)
class Flow:
    """How one direction stands over the last 24 h: rows by state, and the delays of the last 1000 that arrived, s."""

    states: dict[str, int]
    p50_s: float | None
    p95_s: float | None


def flow_in(now: dt.datetime) -> Flow:
    """Give how what came in stands; the delay is from publication to our spool."""
    rows = Wis2Notice.objects.filter(received__gt=now - RECENT)
    done = rows.filter(state="done").order_by("-id").values_list("pubtime", "finished")
    return _flow(rows, _seconds(done[:MOST_RECENT]))


def flow_out(now: dt.datetime) -> Flow:
    """Give how what went out stands; the delay is from the moment observed to the broker's acknowledgement."""
    rows = Wis2Message.objects.filter(prepared__gt=now - RECENT)
    done = rows.filter(state="sent").exclude(station="").order_by("-id").values_list("time", "sent")
    return _flow(rows, _seconds(done[:MOST_RECENT]))


def _seconds(pairs: Iterable[tuple[dt.datetime | None, dt.datetime | None]]) -> list[float]:
    return [(end - begin).total_seconds() for begin, end in pairs if begin and end]


def _flow(rows: QuerySet[Any], delays: list[float]) -> Flow:
    counts = dict(rows.order_by().values_list("state").annotate(number=Count("id")))
    ordered = sorted(delays)
    return Flow(counts, _share(ordered, 0.5), _share(ordered, 0.95))


def _share(ordered: list[float], share: float) -> float | None:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None


def notices(state: str = "", words: str = "", limit: int = 100) -> list[Wis2Notice]:
    """Give notifications that came, newest first; `state` "trouble" means those that need somebody."""
    rows = Wis2Notice.objects.order_by("-id")
    if words:
        rows = rows.filter(Q(data_id__icontains=words) | Q(centre__icontains=words))
    return list((rows.filter(state__in=TROUBLED) if state == "trouble" else rows.filter(**_only(state)))[:limit])


def sent_messages(state: str = "", words: str = "", limit: int = 100) -> list[Wis2Message]:
    """Give our notifications, newest first; `state` as in `notices`."""
    rows = Wis2Message.objects.order_by("-id")
    rows = rows.filter(data_id__icontains=words) if words else rows
    return list((rows.filter(state__in=TROUBLED) if state == "trouble" else rows.filter(**_only(state)))[:limit])


def _only(state: str) -> dict[str, str]:
    return {"state": state} if state else {}


def recent_documents(now: dt.datetime) -> list[str]:
    """Give our notifications of the last 24 h that the broker has, newest first, as they were sent."""
    rows = Wis2Message.objects.filter(state="sent", prepared__gt=now - RECENT).order_by("-id")
    return list(rows.values_list("document", flat=True)[:MOST_RECENT])
