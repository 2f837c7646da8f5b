"""The pages of appeals: the list, one appeal and the judgement."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xiangtian.core.models import Person
from xiangtian.core.people import rights
from xiangtian.kit.views import attempt, viewer
from xiangtian.observe.actions import appeals as verbs
from xiangtian.observe.assess.month import bounds_of
from xiangtian.observe.models import Appeal
from xiangtian.observe.queries.assess_lists import appeals
from xiangtian.observe.queries.assess_names import Names
from xiangtian.observe.views.assess_showing import METRIC_WORDS


def _line(row: Appeal) -> str:
    """Write what an appeal is about, where it is a line of the scores."""
    if not row.scope:
        return ""
    names = Names(*bounds_of(row.month))
    return f"{names.of(row.scope)(row.target)} {METRIC_WORDS[row.metric]}"


@require_safe
def appeal_list(request: HttpRequest) -> HttpResponse:
    """Show the appeals."""
    viewer(request)
    state = request.GET.get("state", "")
    state = state if state in dict(Appeal.STATES) else ""
    told = {"state": state, "states": Appeal.STATES, "rows": [(_line(one), one) for one in appeals(state)]}
    return render(request, "observe/appeals.html", told)


def _page(request: HttpRequest, number: int) -> HttpResponse:
    person = viewer(request)
    whole = Appeal.objects.select_related("made_by", "judged_by", "charge__defect", "charge__person")
    row = get_object_or_404(whole, pk=number)
    told = {
        "row": row,
        "line": _line(row),
        "may_judge": "observe.judge" in rights(person) and row.made_by_id != person.pk,
        "mine": row.made_by_id == person.pk,
        "judgement": request.POST.get("judgement", ""),
    }
    return render(request, "observe/appeal.html", told)


@require_safe
def appeal(request: HttpRequest, number: int) -> HttpResponse:
    """Show an appeal."""
    return _page(request, number)


def _do(request: HttpRequest, number: int, verb: Callable[[Person], object], done: str) -> HttpResponse:
    person = viewer(request)
    get_object_or_404(Appeal, pk=number)

    def act() -> HttpResponse:
        verb(person)
        messages.success(request, done)
        return redirect("observe:appeal", number)

    return attempt(request, act, lambda: _page(request, number), ValueError)


@require_POST
def appeal_judge(request: HttpRequest, number: int) -> HttpResponse:
    """Judge it."""
    upheld, words = request.POST.get("upheld") == "yes", request.POST.get("judgement", "")
    return _do(request, number, lambda person: verbs.judge_appeal(person, number, upheld, words), _("裁定已登记"))


@require_POST
def appeal_withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Take it back."""
    return _do(request, number, lambda person: verbs.withdraw_appeal(person, number), _("申诉已撤回"))
