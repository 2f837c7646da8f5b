"""What is registered of all stations, as the comparison with lists takes it; and the conflicts that wait."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from xiangtian.observe.metadata.compare import Registered, Stood
from xiangtian.observe.models import Conflict, Station, StationList


@dataclass(frozen=True, slots=True)
class Held(Registered):
    """A registered station with the district it stands in, or stood in last."""

    district: str = ""


def registered() -> dict[str, Held]:
    """Give every station but those of exercises, with all its places, by code."""
    rows = Station.objects.filter(drill=False).prefetch_related("sites")
    return {row.code: _held(row) for row in rows}


def _held(row: Station) -> Held:
    sites = sorted(row.sites.all(), key=lambda site: site.valid_from)
    places = tuple(
        Stood(site.lon, site.lat, site.alt_m, site.precision_deg, site.valid_from, site.valid_to) for site in sites
    )
    district = sites[-1].district if sites else ""
    return Held(row.code, row.zh, row.en, row.opened, row.closed, places, district)


def conflicts(*, waiting: bool = True) -> QuerySet[Conflict]:
    """Give conflicts that wait, or those that are settled, by station; newest settled ones first."""
    rows = Conflict.objects.select_related("listed").filter(settled__isnull=waiting)
    return rows.order_by("code", "field", "valid_from", "id") if waiting else rows.order_by("-settled", "id")


def waiting_by_form() -> list[tuple[str, int]]:
    """Give how many conflicts wait, by form of list."""
    rows = Conflict.objects.filter(settled=None).values_list("form").annotate(Count("id")).order_by("form")
    return [(form, count) for form, count in rows]


def station_lists(limit: int = 30) -> list[StationList]:
    """Give the lists that were compared last, newest first."""
    return list(StationList.objects.order_by("-id")[:limit])
