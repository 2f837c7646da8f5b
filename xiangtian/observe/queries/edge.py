"""Questions about smart stations."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, Sum

from xiangtian.observe.models import EdgeCommand, EdgeStation

SILENT = dt.timedelta(minutes=15)
DRIFT_S = 30.0
"""A clock further off than this is called wrong; the way itself takes some of it."""


@dataclass(frozen=True)
class EdgeLine:
    """A station as the list shows it."""

    row: EdgeStation
    missing: int
    given_up: int
    waiting: int | None
    config: int | None
    silent: bool
    wrong_clock: bool

    @property
    def confirmed(self) -> bool:
        """Whether the station works with the configuration it should have."""
        return self.row.wanted_version == 0 or self.config == self.row.wanted_version


def edge_stations(now: dt.datetime) -> list[EdgeLine]:
    """Give all stations with an agent, those in trouble first."""
    size = F("gaps__last") - F("gaps__first") + 1
    rows = EdgeStation.objects.annotate(
        missing=Sum(size, filter=Q(gaps__state="open"), default=0),
        lost=Sum(size, filter=Q(gaps__state="given_up"), default=0),
    )
    lines = [_line(row, row.missing, row.lost, now) for row in rows.order_by("station")]
    return sorted(lines, key=lambda one: (not one.silent, one.confirmed and not one.missing))


def _line(row: EdgeStation, missing: int, lost: int, now: dt.datetime) -> EdgeLine:
    state: dict[str, Any] = row.state
    heard = max((one for one in (row.last_received, row.state_received) if one), default=None)
    return EdgeLine(
        row=row,
        missing=missing,
        given_up=lost,
        waiting=state.get("waiting"),
        config=state.get("config"),
        silent=heard is None or now - heard > SILENT,
        wrong_clock=row.drift_s is not None and abs(row.drift_s) > DRIFT_S,
    )


def edge_line(station: str, now: dt.datetime) -> EdgeLine | None:
    """Give one station, None where it is not enrolled."""
    return next((one for one in edge_stations(now) if one.row.station == station), None)


def edge_commands(row: EdgeStation, limit: int = 30) -> list[EdgeCommand]:
    """Give the orders to a station, newest first."""
    return list(row.commands.order_by("-id")[:limit])


def commands_to_send() -> list[EdgeCommand]:
    """Give orders that were not answered yet, oldest first."""
    return list(
        EdgeCommand.objects.filter(state__in=("waiting", "sent")).select_related("station").order_by("id")[:200]
    )


def stations_to_configure(before: dt.datetime) -> list[EdgeStation]:
    """Give stations that have not confirmed the configuration they should have, and were last told it before then."""
    rows = EdgeStation.objects.filter(wanted_version__gt=0).filter(Q(wanted_sent=None) | Q(wanted_sent__lt=before))
    return [row for row in rows if row.state.get("config") != row.wanted_version]
