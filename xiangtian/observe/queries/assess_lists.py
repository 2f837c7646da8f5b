"""Lists of the assessment's records: defects, roster, exemptions, appeals."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from xiangtian.core.models import Person
from xiangtian.core.people import rights
from xiangtian.observe.assess.owners import Gap
from xiangtian.observe.models import Appeal, Charge, Defect, Exemption, RosterShift


@dataclass(frozen=True)
class Asked:
    """Which defects are asked for; "" is any."""

    state: str = ""
    kind: str = ""
    cause: str = ""
    district: str = ""
    words: str = ""


def defects(asked: Asked) -> QuerySet[Defect]:
    """Give defects, newest first; those at single stations that belong to a shared one stand with it."""
    rows = Defect.objects.filter(parent=None)
    if asked.state:
        rows = rows.filter(state=asked.state)
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.cause:
        rows = rows.filter(cause="" if asked.cause == "none" else asked.cause)
    if asked.district:
        rows = rows.filter(Q(district=asked.district) | Q(children__district=asked.district))
    if asked.words:
        rows = rows.filter(Q(station__icontains=asked.words) | Q(children__station__icontains=asked.words))
    charges = Prefetch("charges", Charge.objects.select_related("person"))
    return rows.distinct().prefetch_related("children", charges).order_by("-starts", "-pk")


def defect_with_all(number: int) -> Defect | None:
    """Give one defect with its children, charges and their appeals."""
    charges = Prefetch("charges", Charge.objects.select_related("person").prefetch_related("appeals"))
    rows = Defect.objects.select_related("owner", "noticed_by", "handled_by", "parent")
    return rows.prefetch_related("children", charges).filter(pk=number).first()


def exemptions(state: str = "", limit: int = 200) -> list[Exemption]:
    """Give exemptions, newest first."""
    rows = Exemption.objects.select_related("applied_by", "decided_by").order_by("-pk")
    return list((rows.filter(state=state) if state else rows)[:limit])


def appeals(state: str = "", limit: int = 200) -> list[Appeal]:
    """Give appeals, newest first."""
    rows = Appeal.objects.select_related("made_by", "judged_by", "charge__defect", "charge__person").order_by("-pk")
    return list((rows.filter(state=state) if state else rows)[:limit])


def shifts(start: dt.datetime, end: dt.datetime) -> list[RosterShift]:
    """Give the shifts that touch the time between two moments, withdrawn ones left out."""
    rows = RosterShift.objects.filter(withdrawn=None, starts__lt=end, ends__gt=start)
    return list(rows.select_related("person", "made_by").order_by("duty", "scope", "target", "starts"))


def rosterable() -> list[Person]:
    """Give the people who may stand in a roster: all that are active and have a right."""
    return [one for one in Person.objects.filter(is_active=True).order_by("zh", "username") if rights(one)]


@dataclass(frozen=True)
class SharedGap:
    """A stretch that nobody owns, of all stations that have it alike."""

    starts: dt.datetime
    ends: dt.datetime
    stations: tuple[str, ...]


def shared(gaps: list[Gap]) -> list[SharedGap]:
    """Put gaps of the same time together, by time."""
    found: dict[tuple[dt.datetime, dt.datetime], list[str]] = {}
    for gap in gaps:
        found.setdefault((gap.starts, gap.ends), []).append(gap.station)
    return [SharedGap(*span, tuple(stations)) for span, stations in sorted(found.items())]
