"""The health of the network: reports due, arrived and in time, by station and hour."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.errors import HttpError

from xiangtian.core import clock, moments
from xiangtian.core.home import home
from xiangtian.observe.api.answers import csv_answer, file_name
from xiangtian.observe.queries import health as presence

router = Router(tags=["observe"])
Told = dict[str, Any]


def _health(hours: int, at: str | None) -> presence.Health:
    asked = moments.asked(at)
    try:
        return presence.health(home(), hours, asked)
    except ValueError as error:
        raise HttpError(422, str(error)) from error


@router.get("/network/health", summary="Reports due, arrived and in time, by station and hour")
def health(request: HttpRequest, hours: int = 24, at: str | None = None) -> Told:
    """Give the matrix: for each station three rows of counts, one count an hour."""
    found = _health(hours, at)
    counts = found.presence
    return {
        "ends": [end.isoformat() for end in found.ends],
        "version": found.version,
        "stations": [
            {
                "id": site.code,
                "zh": site.zh,
                "district": site.district,
                "national": site.national,
                "guessed": site.code in found.guessed,
                "due": counts.due[row].tolist(),
                "arrived": counts.arrived[row].tolist(),
                "punctual": counts.punctual[row].tolist(),
            }
            for row, site in enumerate(found.sites)
        ],
    }


@router.get("/network/health.csv", summary="Reports due, arrived and in time as CSV (UTF-8 with a mark)")
def health_csv(request: HttpRequest, hours: int = 24, at: str | None = None) -> HttpResponse:
    """Give one row a station and hour in which anything was due."""
    found = _health(hours, at)
    counts = found.presence
    rows = (
        [
            site.code,
            site.zh,
            clock.beijing(end),
            *(int(part[row, column]) for part in (counts.due, counts.arrived, counts.punctual)),
        ]
        for row, site in enumerate(found.sites)
        for column, end in enumerate(found.ends)
        if counts.due[row, column]
    )
    head = ["站号", "站名", "小时末(北京时)", "应到", "实到", "及时"]
    return csv_answer(head, rows, file_name("network", "health", clock.now()))
