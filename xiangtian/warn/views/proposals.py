"""A proposal with its evidence; it is accepted as a draft, or dismissed with a reason."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xiangtian.core import clock
from xiangtian.kit.views import attempt, viewer
from xiangtian.warn import actions
from xiangtian.warn.actions import NotPossible
from xiangtian.warn.models import Proposal
from xiangtian.warn.views import evidence
from xiangtian.warn.views.showing import hindrance, shown


def _page(request: HttpRequest, number: int) -> HttpResponse:
    person = viewer(request)
    found = get_object_or_404(Proposal.objects.select_related("event", "settled_by"), pk=number)
    table, stations = evidence.rule_table(found), evidence.station_lines(found)
    told = {
        "proposal": found,
        "shown": shown(found, found.hazard, found.proposed, clock.now()),
        "drafts": list(found.drafts.order_by("id")),
        "stations": stations,
        "table": table,
        "rules": evidence.rule_lines(found, table) if table else [],
        "map": evidence.map_of(found, stations),
        "cant_accept": hindrance(person, "warn.draft", found.districts),
        "cant_dismiss": hindrance(person, "warn.dismiss", found.districts),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "warn/proposal.html", told)


@require_safe
def proposal(request: HttpRequest, number: int) -> HttpResponse:
    """Show a proposal and all it rests on."""
    return _page(request, number)


@require_POST
def accept(request: HttpRequest, number: int) -> HttpResponse:
    """Take a proposal up as a draft, and go on to it."""
    person, found = viewer(request), get_object_or_404(Proposal, pk=number)

    def verb() -> HttpResponse:
        draft = actions.accept(person, found.pk)
        messages.success(request, _("已采纳为稿件，请核对后提交"))
        return redirect("warn:draft", draft.pk)

    return attempt(request, verb, lambda: _page(request, number), NotPossible)


@require_POST
def dismiss(request: HttpRequest, number: int) -> HttpResponse:
    """Say no, with a reason."""
    person, found = viewer(request), get_object_or_404(Proposal, pk=number)

    def verb() -> HttpResponse:
        actions.dismiss(person, found.pk, request.POST.get("reason", ""))
        messages.success(request, _("已否决该建议"))
        return redirect("warn:desk")

    return attempt(request, verb, lambda: _page(request, number), NotPossible)
