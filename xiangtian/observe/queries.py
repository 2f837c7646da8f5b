"""Questions about stations and readings."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Q

from xiangtian.core import clock
from xiangtian.core.home import Home
from xiangtian.lake.observations import Observations
from xiangtian.observe.models import Batch, Quarantined, Station


@lru_cache(maxsize=4)
def readings(home: Home) -> Observations:
    """Give the observations of a home; one for all threads of this process."""
    return Observations(home)


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


def quarantined(state: str = "waiting", limit: int = 200) -> list[Quarantined]:
    """Give quarantined messages in a state, newest first."""
    return list(Quarantined.objects.filter(state=state).order_by("-id")[:limit])


def batches(limit: int = 60) -> list[Batch]:
    """Give what the intake did last, newest first."""
    return list(Batch.objects.order_by("-id")[:limit])
