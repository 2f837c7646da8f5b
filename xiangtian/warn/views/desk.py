"""The desk: what waits, what is being written, what waits for a signature, what is in force."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from xiangtian.core import clock
from xiangtian.core.people import on_shift
from xiangtian.kit.views import fragment, viewer
from xiangtian.warn import queries
from xiangtian.warn.views.showing import shown

RECENT = 12


def _lists(request: HttpRequest) -> dict[str, object]:
    person, now = viewer(request), clock.now()
    return {
        "on_shift": on_shift(person, now),
        "proposals": [shown(one, one.hazard, one.proposed, now) for one in queries.waiting()],
        "to_sign": [shown(one, one.hazard, one.submitted, now) for one in queries.to_sign()],
        "being_written": [shown(one, one.hazard, one.drafted, now) for one in queries.being_written()],
        "in_force": [shown(one, one.hazard, one.sent, now) for one in queries.in_force(now)],
        "recent": [shown(one, one.event.hazard) for one in queries.recent(RECENT)],
    }


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Show the desk; its lists ask for themselves anew."""
    return render(request, "warn/desk.html", _lists(request))


@fragment
@require_safe
def desk_lists(request: HttpRequest) -> HttpResponse:
    """Give the lists of the desk anew."""
    return render(request, "warn/_desk.html", _lists(request))
