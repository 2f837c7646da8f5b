"""The pages of verification: scores line by line and added up, and the chain of evidence of a warning."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as say
from django.views.decorators.http import require_safe

from xiangtian.core import clock
from xiangtian.core.home import home
from xiangtian.kit.views import fragment, viewer
from xiangtian.observe.queries import sites
from xiangtian.verify import forecasts, queries, tracing
from xiangtian.verify.ahead import LEVELS_MM, NEAR_KM
from xiangtian.verify.models import Score
from xiangtian.warn.models import Message
from xiangtian.warn.views.showing import kind, names


@dataclass(frozen=True)
class Line:
    """A score with the names that people read."""

    row: Score
    kind: str
    district: str
    station: str
    event_id: int | None


def _lines(rows: list[Score]) -> list[Line]:
    called = {site.code: site.zh for site in sites()}
    claimed = Message.objects.filter(identifier__in={row.message for row in rows if row.message})
    events = dict(claimed.values_list("identifier", "event_id"))
    return [
        Line(
            row,
            kind(row.hazard),
            names([row.district])[0],
            called.get(row.station, row.station),
            events.get(row.message),
        )
        for row in rows
    ]


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Show what the scores of one status add up to, and every line of them."""
    viewer(request)
    status, outcome = request.GET.get("status", ""), request.GET.get("outcome", "")
    status = status if status in queries.STATUSES else clock.status()
    outcome = outcome if outcome in dict(Score.OUTCOMES) else ""
    told = {
        "status": status,
        "outcome": outcome,
        "outcomes": Score.OUTCOMES,
        "tallies": [(one, kind(one.hazard)) for one in queries.tallies(status)],
        "lines": _lines(queries.lines(status, outcome)),
        "most": queries.MOST,
    }
    return render(request, "verify/board.html", told)


@fragment
@require_safe
def of_event(request: HttpRequest, code: str) -> HttpResponse:
    """Give the score lines of one event, for its page."""
    viewer(request)
    return render(request, "verify/_lines.html", {"lines": _lines(queries.of_event(code)), "nested": True})


DAYS = (1, 7, 30)
METHODS = {"persistence": "持续性（不动）", "advect": "外推", "steps": "集合"}
SIDE = 100.0
"""Length of the axes of the reliability diagram, in its own unit."""


@dataclass(frozen=True)
class Diagram:
    """A reliability diagram: one curve of places (x, y) and the classes behind it, in per cent."""

    method: str
    minutes: float
    level_mm: float
    line: str
    points: list[tuple[float, float]]
    classes: list[tuple[float, float, int]]


def _method(key: str) -> str:
    name, _, members = key.partition("-")
    words = say(METHODS.get(name, name))
    return f"{words}（{members}）" if members else words


def _diagram(one: forecasts.Reliability) -> Diagram:
    points = [(SIDE * said, SIDE * (1 - came)) for said, came, _ in one.classes]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    classes = [(100 * said, 100 * came, cells) for said, came, cells in one.classes]
    return Diagram(_method(one.method), one.minutes, one.level_mm, line, points, classes)


@require_safe
def ahead(request: HttpRequest) -> HttpResponse:
    """Show how good the forecasts of rain of the last days were, window by window, persistence beside them."""
    viewer(request)
    asked = request.GET.get("days", "")
    days = int(asked) if asked.isdecimal() and int(asked) in DAYS else DAYS[1]
    until = clock.now()
    rows, curves = forecasts.summary(until - dt.timedelta(days=days), until)
    told = {
        "days": days,
        "choices": DAYS,
        "rows": [(one, _method(one.method)) for one in rows],
        "levels": LEVELS_MM,
        "diagrams": [_diagram(one) for one in curves if len(one.classes) > 1],
        "near_km": NEAR_KM,
    }
    return render(request, "verify/forecasts.html", told)


MOMENTS = {"sent", "expires", "proposed", "time", "received"}


def _with_times(told: Any) -> Any:
    """Make moments of what stands as ISO text, so that the page can show them in Beijing time."""
    if isinstance(told, dict):
        return {
            key: dt.datetime.fromisoformat(one) if key in MOMENTS and one else _with_times(one)
            for key, one in told.items()
        }
    return [_with_times(one) for one in told] if isinstance(told, list) else told


@require_safe
def trace(request: HttpRequest, identifier: str) -> HttpResponse:
    """Show where a warning came from and what became of it."""
    viewer(request)
    try:
        chain = _with_times(tracing.chain(home(), identifier))
    except tracing.Unknown as error:
        return render(request, "verify/trace.html", {"identifier": identifier, "unknown": str(error)}, status=404)
    codes = {code for one in chain["messages"] for code in one["districts"]}
    claimed = Message.objects.filter(identifier__in=[one["identifier"] for one in chain["messages"]])
    told = {
        "identifier": identifier,
        "chain": chain,
        "kind": kind(chain["hazard"]),
        "event_id": claimed.values_list("event_id", flat=True).first(),
        "names": dict(zip(sorted(codes), names(sorted(codes)), strict=True)),
    }
    return render(request, "verify/trace.html", told)
