"""Smart stations: how each stands, what is missing, what it is told."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xiangtian.core import clock
from xiangtian.core.people import rights
from xiangtian.kit.views import attempt, fragment, viewer
from xiangtian.observe.actions import edge as actions
from xiangtian.observe.edge.config import ALLOWED, Config
from xiangtian.observe.edge.protocol import Rejected
from xiangtian.observe.queries import edge as queries

ORDERS = ("status", "self-test", "restart", "resend", "interval")
NUMBERS = {"resend": ("first", "last"), "interval": ("seconds",)}
SETTINGS = tuple(name for name in ALLOWED if name != "version")


def _list(request: HttpRequest) -> dict[str, object]:
    viewer(request)
    return {"lines": queries.edge_stations(clock.now()), "now": clock.now()}


@require_safe
def edge(request: HttpRequest) -> HttpResponse:
    """Show all smart stations, those in trouble first."""
    return render(request, "observe/edge.html", _list(request))


@fragment
@require_safe
def edge_lines(request: HttpRequest) -> HttpResponse:
    """Give the list anew."""
    return render(request, "observe/_edge.html", _list(request))


def _one(request: HttpRequest, station: str) -> HttpResponse:
    person = viewer(request)
    line = queries.edge_line(station, clock.now())
    if line is None:
        raise Http404(f"no smart station {station}")
    config = line.row.wanted or Config().told()
    told = {
        "line": line,
        "gaps": line.row.gaps.order_by("-last")[:50],
        "commands": queries.edge_commands(line.row),
        "orders": ORDERS,
        "settings": [(name, config[name], *ALLOWED[name]) for name in SETTINGS],
        "may": "observe.edge" in rights(person),
        "late": dt.timedelta(seconds=queries.DRIFT_S).total_seconds(),
    }
    return render(request, "observe/edge_station.html", told)


@require_safe
def edge_station(request: HttpRequest, station: str) -> HttpResponse:
    """Show one smart station with its gaps, orders and configuration."""
    return _one(request, station)


@require_POST
def edge_order(request: HttpRequest, station: str) -> HttpResponse:
    """Give an order."""
    verb = request.POST.get("verb", "")

    def order() -> HttpResponse:
        actions.order(viewer(request), station, verb, {name: _number(request, name) for name in NUMBERS.get(verb, ())})
        messages.success(request, _("命令已登记，等待站端应答"))
        return redirect("observe:edge-station", station)

    return attempt(request, order, lambda: _one(request, station), Rejected)


@require_POST
def edge_configure(request: HttpRequest, station: str) -> HttpResponse:
    """Say what configuration the station should have."""

    def configure() -> HttpResponse:
        line = queries.edge_line(station, clock.now())
        if line is None:
            raise Http404(f"no smart station {station}")
        told = {name: _number(request, name) for name in SETTINGS}
        actions.configure(viewer(request), station, {**line.row.wanted, **told})
        messages.success(request, _("配置已登记，等待站端确认"))
        return redirect("observe:edge-station", station)

    return attempt(request, configure, lambda: _one(request, station), Rejected)


def _number(request: HttpRequest, name: str) -> float | int:
    text = request.POST.get(name, "").strip()
    try:
        value = float(text)
    except ValueError:
        raise Rejected(f"{name}={text[:20]!r}：请填数字 (a number is needed)") from None
    return int(value) if value.is_integer() else value
