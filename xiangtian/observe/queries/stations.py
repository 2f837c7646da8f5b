"""Questions about stations: which there are, where they stand, what is written down about one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from xiangtian.core import clock
from xiangtian.observe import models
from xiangtian.observe.metadata.tasks import NATIONAL

TOLD = (
    "station__code", "station__zh", "lon", "lat", "alt_m", "district", "station__network", "station__drill",
    "station__en", "station__kind", "station__network", "station__wigos", "pressure_alt_m",
)  # fmt: skip
"""Fields of a place and its station, in the order of `Site`."""


@dataclass(frozen=True)
class Site:
    """A station as other rooms see it: what it is, and where it stands at the moment asked for."""

    code: str
    zh: str
    lon: float
    lat: float
    alt_m: float
    district: str
    national: bool
    drill: bool
    en: str = ""
    kind: str = ""
    network: str = "regional"
    wigos: str = ""
    pressure_alt_m: float | None = None


def sites(moment: dt.datetime | None = None) -> tuple[Site, ...]:
    """Give the stations that existed at a moment (default: now), national ones first, then by code."""
    day = clock.administrative_day(moment or clock.now())
    rows = models.Site.objects.filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gte=day))
    working = rows.filter(Q(station__closed=None) | Q(station__closed__gte=day))
    return tuple(sorted(map(_site, working.values_list(*TOLD)), key=lambda one: (not one.national, one.code)))


def _site(told: Sequence[Any]) -> Site:
    of, network, besides = told[:6], told[6], told[7:]
    return Site(*(*of, network == NATIONAL, *besides))
