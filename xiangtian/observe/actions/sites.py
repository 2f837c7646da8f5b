"""Where a station stands: move it, correct it, tell where it stood in a period."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q

from xiangtian.core.models import Person
from xiangtian.core.people import require
from xiangtian.core.places import city
from xiangtian.observe.actions.held import RIGHT, StationRefused, locked, reasoned, scope, write
from xiangtian.observe.metadata.periods import Overlap, apart_days, meet_days, span
from xiangtian.observe.models import Site, Station


@dataclass(frozen=True)
class Place:
    """Where a station stands: degrees WGS-84, metres above sea level."""

    lon: float
    lat: float
    alt_m: float
    pressure_alt_m: float | None = None
    step_deg: float = 0.0001
    """Step in which the position is known."""

    @property
    def district(self) -> str:
        """The district it lies in; "" outside the city."""
        return city().at(self.lon, self.lat) or ""


@transaction.atomic
def relocate(person: Person, code: str, since: dt.date, place: Place, reason: str) -> Site:
    """Write down that a station stands elsewhere from a day on; where it stood before is kept.

    A move that is entered late divides the period in which it lies: the new place holds until that period's end.

    Raises
    ------
    NotAllowed
        If the person has no right to, or not for both districts.
    StationRefused
        If the place can't be, or the station stood nowhere on that day.
    Overlap
        If a period begins on that very day.
    """
    station = locked(code)
    old = _standing(station, since)
    if old.valid_from == since:
        words = f"{station} 已有一段位置从 {since} 开始，请更正那一段"
        raise Overlap(f"{words} (a period begins on that day already; correct it instead)")
    return stand(person, code, (since, old.valid_to), place, reason)


def _standing(station: Station, day: dt.date) -> Site:
    found = station.sites.filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gte=day)).first()
    if found is None:
        raise StationRefused(f"{station} 在 {day} 没有位置记录，无法从这天起迁站 (it stood nowhere on that day)")
    return found


@transaction.atomic
def stand(
    person: Person, code: str, period: tuple[dt.date, dt.date | None], place: Place, reason: str, source: str = "迁站"
) -> Site:
    """Write down that a station stood at a place for a period; what was written for those days gives way.

    Parameters
    ----------
    person : Person
        Who says so.
    code : str
        The station.
    period : tuple
        First and last day, both included; None: without end.
    place : Place
        Where it stood.
    reason : str
        Why this is known.
    source : str
        Where it comes from.

    Returns
    -------
    Site
        The new row.

    Raises
    ------
    NotAllowed
        If the person has no right to, or not for every district that is touched.
    StationRefused
        If the place can't be, or no reason is given.
    Overlap
        If the period ends before it begins.
    """
    station = locked(code)
    why, (begins, ends) = reasoned(reason), period
    refuse_place(place)
    apart_days(f"{station} 的位置", begins, ends, ())
    rows = [one for one in station.sites.all() if meet_days(begins, ends, (one.valid_from, one.valid_to))]
    require(person, RIGHT, (scope(station) | {one.district for one in rows} | {place.district}) - {""})
    before = [_at(one) for one in rows]
    for one in rows:
        _cut(one, begins, ends)
    new = Site.objects.create(
        station=station,
        lon=place.lon,
        lat=place.lat,
        alt_m=place.alt_m,
        pressure_alt_m=place.pressure_alt_m,
        precision_deg=place.step_deg,
        district=place.district,
        reason=why,
        source=source,
        valid_from=begins,
        valid_to=ends,
    )
    write(person, "observe.station_moved", code, why, before=before, after=_at(new), source=source)
    return new


def _cut(site: Site, begins: dt.date, ends: dt.date | None) -> None:
    """Take some days out of a period: what remains of it before and after them stays."""
    was, day = site.valid_to, dt.timedelta(days=1)
    if site.valid_from < begins:
        site.valid_to = begins - day
        site.save(update_fields=["valid_to"])
    else:
        site.delete()
    if ends is not None and (was is None or was > ends):
        site.pk = None
        site.valid_from, site.valid_to = ends + day, was
        site.save(force_insert=True)


def _at(site: Site) -> dict[str, Any]:
    return {"lon": site.lon, "lat": site.lat, "alt_m": site.alt_m, "period": span(site.valid_from, site.valid_to)}


@transaction.atomic
def correct_place(
    person: Person, code: str, valid_from: dt.date, place: Place, reason: str, source: str = "更正"
) -> Site:
    """Write down that a station stood elsewhere than was written, for the period that begins on a day.

    Raises
    ------
    NotAllowed
        If the person has no right to, or not for both districts.
    StationRefused
        If the place can't be, or no period begins on that day.
    """
    station = locked(code)
    site = station.sites.filter(valid_from=valid_from).first()
    if site is None:
        raise StationRefused(f"{station} 没有从 {valid_from} 开始的位置记录 (no period begins on that day)")
    require(person, RIGHT, {site.district, place.district} - {""})
    refuse_place(place)
    before = _at(site)
    site.lon, site.lat, site.alt_m, site.pressure_alt_m = place.lon, place.lat, place.alt_m, place.pressure_alt_m
    site.district, site.precision_deg, site.source = place.district, place.step_deg, source
    site.save()
    write(person, "observe.station_place_corrected", code, reasoned(reason), before=before, after=_at(site))
    return site


def refuse_place(place: Place) -> None:
    """Refuse a position that is none.

    Raises
    ------
    StationRefused
        If a number is out of its range, or is none.
    """
    limits = {"经度": (place.lon, -180, 180), "纬度": (place.lat, -90, 90), "海拔": (place.alt_m, -500, 9000)}
    if place.pressure_alt_m is not None:
        limits["气压表海拔"] = (place.pressure_alt_m, -500, 9000)
    for named, (number, low, high) in limits.items():
        if not math.isfinite(number) or not low <= number <= high:
            raise StationRefused(f"{named} {number:g} 不可用，须为 {low} 至 {high} (out of range)")
