"""Questions about stations."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from xiangtian.core import clock
from xiangtian.observe.models import Station


@dataclass(frozen=True)
class Site:
    """A station as other rooms see it."""

    code: str
    zh: str
    lon: float
    lat: float
    alt_m: float
    district: str
    national: bool
    drill: bool


def sites(moment: dt.datetime | None = None) -> tuple[Site, ...]:
    """Give the stations that existed at a moment (default: now), national ones first, then by code."""
    day = clock.administrative_day(moment or clock.now())
    rows = Station.objects.filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gte=day))
    return tuple(
        Site(row.code, row.zh, row.lon, row.lat, row.alt_m, row.district, row.national, row.drill)
        for row in rows.order_by("-national", "code")
    )
