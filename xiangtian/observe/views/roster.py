"""The page of the roster: who is on which duty in a week, what nobody covers, and a form to enter shifts."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from xiangtian.core import clock
from xiangtian.core.people import rights
from xiangtian.kit.views import attempt, viewer
from xiangtian.observe.actions import roster as verbs
from xiangtian.observe.assess.rules import DUTIES
from xiangtian.observe.metadata.tasks import NETWORKS
from xiangtian.observe.models import RosterShift
from xiangtian.observe.queries.assess_lists import rosterable, shared, shifts
from xiangtian.observe.queries.assess_names import Names
from xiangtian.observe.queries.assessment import roster_gaps
from xiangtian.observe.views.assess_showing import day_field
from xiangtian.observe.views.words import districts

SPAN = dt.timedelta(days=7)
NAMED = 8
"""So many stations of a gap are named."""


class ShiftForm(forms.Form):
    """A shift as it is entered: the target is one of three fields."""

    username = forms.ChoiceField(label=gettext_lazy("人员"))
    duty = forms.ChoiceField(label=gettext_lazy("岗位"))
    network = forms.ChoiceField(label=gettext_lazy("站网（三选一）"), required=False)
    district = forms.ChoiceField(label=gettext_lazy("区域（三选一）"), required=False)
    station = forms.CharField(label=gettext_lazy("站号（三选一）"), required=False, max_length=32)
    starts = day_field(cast(str, gettext_lazy("开始")))
    ends = day_field(cast(str, gettext_lazy("结束")))
    joint = forms.BooleanField(label=gettext_lazy("共同值守（允许与同岗重叠）"), required=False)

    def __init__(self, *told: Any, **named: Any) -> None:
        super().__init__(*told, **named)
        people = [(one.username, f"{one} ({one.username})") for one in rosterable()]
        duties = [(key, _(zh)) for key, zh in DUTIES.items()]
        networks = [(key, _(zh)) for key, zh in NETWORKS.items()]
        for name, choices in (
            ("duty", duties),
            ("username", people),
            ("network", _any(networks)),
            ("district", _any(districts())),
        ):
            cast(forms.ChoiceField, self.fields[name]).choices = choices

    def clean(self) -> dict[str, Any]:
        """Take the one target that was given."""
        told = super().clean() or self.cleaned_data
        given = [(scope, told[scope].strip()) for scope in ("network", "district", "station") if told.get(scope)]
        if len(given) != 1:
            raise forms.ValidationError(_("站网、区域、站号须且只须填写一项"))
        told["scope"], told["target"] = given[0]
        return told


def _any(choices: Any) -> list[tuple[str, str]]:
    return [("", "–"), *choices]


def _first(request: HttpRequest) -> dt.datetime:
    """Give the begin of the week asked for: 00:00 Beijing time of a day, today unless another is given."""
    try:
        day = dt.date.fromisoformat(request.GET.get("from", ""))
    except ValueError:
        day = clock.administrative_day(clock.now())
    return dt.datetime.combine(day, dt.time(), clock.BEIJING).astimezone(clock.UTC)


def _page(request: HttpRequest, form: ShiftForm | None = None) -> HttpResponse:
    person, start = viewer(request), _first(request)
    end = start + SPAN
    names = Names(start, end)
    called = {"station": names.station, "district": names.district, "network": names.of("network")}
    told = {
        "first": start,
        "last": end,
        "before": start - SPAN,
        "shifts": [(called[one.scope](one.target), one) for one in shifts(start, end)],
        "gaps": [
            (one, [names.station(code) for code in one.stations[:NAMED]], len(one.stations) - NAMED)
            for one in shared(roster_gaps(start, end))
        ],
        "form": (form or ShiftForm()) if verbs.RIGHT in rights(person) else None,
    }
    return render(request, "observe/roster.html", told)


@require_safe
def roster(request: HttpRequest) -> HttpResponse:
    """Show a week of the roster."""
    return _page(request)


@require_POST
def roster_add(request: HttpRequest) -> HttpResponse:
    """Enter a shift."""
    person = viewer(request)
    form = ShiftForm(request.POST)
    if not form.is_valid():
        answer = _page(request, form)
        answer.status_code = 409
        return answer
    told = form.cleaned_data
    names = ("username", "scope", "target", "duty", "starts", "ends", "joint")

    def act() -> HttpResponse:
        verbs.add_shift(person, verbs.Wanted(**{name: told[name] for name in names}))
        messages.success(request, _("排班已登记"))
        return redirect("observe:roster")

    return attempt(request, act, lambda: _page(request, form), ValueError)


@require_POST
def roster_withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Take a shift back."""
    person = viewer(request)

    def act() -> HttpResponse:
        verbs.withdraw_shift(person, number, request.POST.get("reason", ""))
        messages.success(request, _("该班已撤销"))
        return redirect("observe:roster")

    return attempt(request, act, lambda: _page(request), ValueError, RosterShift.DoesNotExist)
