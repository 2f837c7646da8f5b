"""The pages of defects: the list, one defect, and what is done about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from xiangtian.core.models import Person
from xiangtian.core.people import rights
from xiangtian.kit.views import attempt, viewer
from xiangtian.observe.actions import defects as verbs
from xiangtian.observe.actions.appeals import appeal_charge
from xiangtian.observe.actions.charging import exempt_whole
from xiangtian.observe.assess.charges import UNNOTICED
from xiangtian.observe.assess.rules import CAUSES, KINDS
from xiangtian.observe.models import Charge, Defect
from xiangtian.observe.queries.assess_lists import Asked, defect_with_all, defects
from xiangtian.observe.queries.assess_names import Names
from xiangtian.observe.views.assess_showing import day_field, element_choices, element_words, known_district
from xiangtian.observe.views.words import district_name, districts

A_PAGE = 50
NO_CAUSE = "none"
GIVEN = [(key, zh) for key, zh in CAUSES.items() if key != UNNOTICED]


class SeenForm(forms.Form):
    """A defect entered by hand."""

    station = forms.CharField(label=gettext_lazy("站号"), max_length=32)
    element = forms.ChoiceField(label=gettext_lazy("要素"), required=False)
    starts = day_field(cast(str, gettext_lazy("开始")))
    ends = day_field(cast(str, gettext_lazy("结束（仍在持续则不填）")), required=False)
    words = forms.CharField(label=gettext_lazy("缺陷说明（必填）"), widget=forms.Textarea({"rows": 3}), max_length=2000)

    def __init__(self, *told: Any, **named: Any) -> None:
        super().__init__(*told, **named)
        cast(forms.ChoiceField, self.fields["element"]).choices = element_choices()


def asked(request: HttpRequest) -> Asked:
    """Read the filters; what is not known is left out."""
    get = request.GET
    state, kind, cause = get.get("state", "open"), get.get("kind", ""), get.get("cause", "")
    return Asked(
        state=state if state in dict(Defect.STATES) else "",
        kind=kind if kind in KINDS else "",
        cause=cause if cause in (*CAUSES, NO_CAUSE) else "",
        district=known_district(get.get("district", "")),
        words=get.get("q", "").strip(),
    )


def _list(request: HttpRequest, form: SeenForm | None = None) -> HttpResponse:
    person, wanted = viewer(request), asked(request)
    page = Paginator(defects(wanted), A_PAGE).get_page(request.GET.get("page", "1"))
    told = {
        "asked": wanted,
        "page": page,
        "defects": [(element_words(one.element), one) for one in page],
        "states": Defect.STATES,
        "kinds": KINDS.items(),
        "causes": [*CAUSES.items(), (NO_CAUSE, _("未定"))],
        "districts": districts(),
        "form": (form or SeenForm()) if verbs.RIGHT in rights(person) else None,
    }
    return render(request, "observe/defects.html", told)


@require_safe
def defect_list(request: HttpRequest) -> HttpResponse:
    """Show the defects that fit."""
    return _list(request)


@require_POST
def defect_add(request: HttpRequest) -> HttpResponse:
    """Enter a defect by hand."""
    person = viewer(request)
    form = SeenForm(request.POST)
    if not form.is_valid():
        answer = _list(request, form)
        answer.status_code = 409
        return answer
    told = form.cleaned_data
    seen = verbs.Seen(told["station"].strip(), told["element"], told["starts"], told["ends"], told["words"])

    def act() -> HttpResponse:
        row = verbs.report_defect(person, seen)
        messages.success(request, _("缺陷已登记"))
        return redirect("observe:defect", row.pk)

    return attempt(request, act, lambda: _list(request, form), ValueError)


def _page(request: HttpRequest, number: int) -> HttpResponse:
    person, row = viewer(request), defect_with_all(number)
    if row is None:
        raise Http404(f"no defect {number}")
    has = rights(person)
    names = Names(row.starts, row.ends or row.starts)
    parts = list(row.children.all())
    told = {
        "row": row,
        "name": names.station(row.station),
        "district": district_name(row.district),
        "element": element_words(row.element),
        "children": [(names.station(one.station), district_name(one.district), one) for one in parts],
        "charges": row.charges.all(),
        "causes": GIVEN,
        "exempt": exempt_whole(row),
        "may": verbs.RIGHT in has and row.parent is None,
        "may_dismiss": "observe.judge" in has and row.parent is None,
        "may_appeal": "observe.appeal" in has,
        "codes": " ".join(one.station for one in parts) or row.station,
        "typed": request.POST,
    }
    return render(request, "observe/defect.html", told)


@require_safe
def defect(request: HttpRequest, number: int) -> HttpResponse:
    """Show a defect."""
    return _page(request, number)


def _do(request: HttpRequest, number: int, verb: Callable[[Person], object], done: str) -> HttpResponse:
    person = viewer(request)
    if not Defect.objects.filter(pk=number).exists():
        raise Http404(f"no defect {number}")

    def act() -> HttpResponse:
        verb(person)
        messages.success(request, done)
        return redirect("observe:defect", number)

    return attempt(request, act, lambda: _page(request, number), ValueError)


@require_POST
def defect_notice(request: HttpRequest, number: int) -> HttpResponse:
    """Say that somebody has seen it."""
    return _do(request, number, lambda person: verbs.notice(person, number), _("已签收"))


@require_POST
def defect_cause(request: HttpRequest, number: int) -> HttpResponse:
    """Give its cause."""
    cause, words = request.POST.get("cause", ""), request.POST.get("cause_words", "")
    return _do(request, number, lambda person: verbs.set_cause(person, number, cause, words), _("原因已登记"))


@require_POST
def defect_handle(request: HttpRequest, number: int) -> HttpResponse:
    """Say what was done about it."""
    words = request.POST.get("handled_words", "")
    return _do(request, number, lambda person: verbs.handle(person, number, words), _("处理情况已登记"))


@require_POST
def defect_dismiss(request: HttpRequest, number: int) -> HttpResponse:
    """Say that it was none."""
    words = request.POST.get("dismiss_words", "")
    return _do(request, number, lambda person: verbs.dismiss(person, number, words), _("已定为误报"))


@require_POST
def defect_appeal(request: HttpRequest, number: int, charge: int) -> HttpResponse:
    """Appeal against one of its charges."""
    if not Charge.objects.filter(pk=charge, defect=number).exists():
        raise Http404(f"no charge {charge} of defect {number}")
    reason = request.POST.get("reason", "")
    return _do(request, number, lambda person: appeal_charge(person, charge, reason), _("已提交申诉"))
