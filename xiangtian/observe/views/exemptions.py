"""The pages of exemptions: the list, a form to apply, one application and the decision on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from xiangtian.core.models import Person
from xiangtian.core.people import rights
from xiangtian.kit.views import attempt, viewer
from xiangtian.observe.actions import exemptions as verbs
from xiangtian.observe.models import Exemption
from xiangtian.observe.queries.assess_lists import exemptions
from xiangtian.observe.queries.assess_names import Names
from xiangtian.observe.views.assess_showing import FIELD, day_field, element_choices, element_words


class ExemptionForm(forms.Form):
    """An application."""

    stations = forms.CharField(
        label=gettext_lazy("站号（空格分开，可多站）"), widget=forms.Textarea({"rows": 2}), max_length=8000
    )
    element = forms.ChoiceField(label=gettext_lazy("要素"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("豁免类别"))
    starts = day_field(cast(str, gettext_lazy("开始")))
    ends = day_field(cast(str, gettext_lazy("结束")))
    reason = forms.CharField(
        label=gettext_lazy("事由与依据（必填）"), widget=forms.Textarea({"rows": 3}), max_length=2000
    )

    def __init__(self, *told: Any, **named: Any) -> None:
        super().__init__(*told, **named)
        cast(forms.ChoiceField, self.fields["element"]).choices = element_choices()
        cast(forms.ChoiceField, self.fields["kind"]).choices = [(key, _(zh)) for key, zh in Exemption.KINDS]


def _state(request: HttpRequest) -> str:
    state = request.GET.get("state", "")
    return state if state in dict(Exemption.STATES) else ""


def _list(request: HttpRequest, form: ExemptionForm | None = None) -> HttpResponse:
    person, state = viewer(request), _state(request)
    begun = {name: request.GET[name] for name in ("stations", "starts", "ends") if name in request.GET}
    told = {
        "state": state,
        "states": Exemption.STATES,
        "rows": [(element_words(one.element), one) for one in exemptions(state)],
        "form": (form or ExemptionForm(initial=begun)) if "observe.defect" in rights(person) else None,
        "format": FIELD,
    }
    return render(request, "observe/exemptions.html", told)


@require_safe
def exemption_list(request: HttpRequest) -> HttpResponse:
    """Show the exemptions."""
    return _list(request)


@require_POST
def exemption_apply(request: HttpRequest) -> HttpResponse:
    """Apply for one."""
    person = viewer(request)
    form = ExemptionForm(request.POST)
    if not form.is_valid():
        answer = _list(request, form)
        answer.status_code = 409
        return answer
    told = form.cleaned_data
    codes = told["stations"].replace(",", " ").replace("，", " ").replace("、", " ").split()
    wanted = verbs.Wanted(codes, told["element"], told["starts"], told["ends"], told["kind"], told["reason"])

    def act() -> HttpResponse:
        row = verbs.apply_exemption(person, wanted)
        messages.success(request, _("豁免申请已提交"))
        return redirect("observe:exemption", row.pk)

    return attempt(request, act, lambda: _list(request, form), ValueError)


def _page(request: HttpRequest, number: int) -> HttpResponse:
    person = viewer(request)
    row = get_object_or_404(Exemption.objects.select_related("applied_by", "decided_by"), pk=number)
    names = Names(row.starts, row.ends)
    told = {
        "row": row,
        "element": element_words(row.element),
        "stations": [(code, names.station(code)) for code in row.stations],
        "may_decide": "observe.exempt" in rights(person) and row.applied_by_id != person.pk,
        "mine": row.applied_by_id == person.pk,
        "decision": request.POST.get("decision", ""),
    }
    return render(request, "observe/exemption.html", told)


@require_safe
def exemption(request: HttpRequest, number: int) -> HttpResponse:
    """Show an application."""
    return _page(request, number)


def _do(request: HttpRequest, number: int, verb: Callable[[Person], object], done: str) -> HttpResponse:
    person = viewer(request)
    get_object_or_404(Exemption, pk=number)

    def act() -> HttpResponse:
        verb(person)
        messages.success(request, done)
        return redirect("observe:exemption", number)

    return attempt(request, act, lambda: _page(request, number), ValueError)


@require_POST
def exemption_decide(request: HttpRequest, number: int) -> HttpResponse:
    """Approve or refuse it."""
    approve, words = request.POST.get("approve") == "yes", request.POST.get("decision", "")
    return _do(request, number, lambda person: verbs.decide_exemption(person, number, approve, words), _("审批已登记"))


@require_POST
def exemption_withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Take it back."""
    return _do(request, number, lambda person: verbs.withdraw_exemption(person, number), _("申请已撤回"))
