"""An event: its chain of messages, and what may follow now."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xiangtian.core import clock
from xiangtian.kit.views import attempt, viewer
from xiangtian.warn import actions, queries
from xiangtian.warn.actions import NotPossible
from xiangtian.warn.chain import Action, allowed, state_at
from xiangtian.warn.models import Event
from xiangtian.warn.views.showing import hindrance, shown

ORDER = (Action.EXT, Action.EXA, Action.UPG, Action.DNG, Action.CON, Action.COR, Action.CAN)


def _page(request: HttpRequest, number: int) -> HttpResponse:
    person, found, now = viewer(request), get_object_or_404(Event, pk=number), clock.now()
    released = queries.chain(found)
    last, links = (released[-1] if released else None), queries.chain_of(found)
    may = allowed(links, now) if links else frozenset()
    told = {
        "event": found,
        "chain": [shown(one, found.hazard) for one in reversed(released)],
        "last": shown(last, found.hazard) if last else None,
        "phase": state_at(links, now).phase,
        "actions": [one.value for one in ORDER if one in may],
        "drafts": list(found.drafts.filter(state__in=("editing", "submitted")).order_by("id")),
        "proposals": list(found.proposals.filter(state="waiting")),
        "cant_change": hindrance(person, "warn.draft", last.districts) if last else "",
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "warn/event.html", told)


@require_safe
def event(request: HttpRequest, number: int) -> HttpResponse:
    """Show an event's chain."""
    return _page(request, number)


@require_POST
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Begin a draft that changes the event, and go on to it."""
    person, found = viewer(request), get_object_or_404(Event, pk=number)

    def verb() -> HttpResponse:
        draft = actions.change(person, found.pk, request.POST.get("action", ""), request.POST.get("reason", ""))
        messages.success(request, _("已起草变更，请核对后提交"))
        return redirect("warn:draft", draft.pk)

    return attempt(request, verb, lambda: _page(request, number), NotPossible)
