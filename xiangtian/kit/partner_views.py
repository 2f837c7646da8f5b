"""The page of partners: who may read our data, their tokens, and what is taken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from xiangtian.core import clock
from xiangtian.core.elements import CATALOGUE
from xiangtian.core.models import Person
from xiangtian.core.people import rights
from xiangtian.core.places import city
from xiangtian.kit import partners as verbs
from xiangtian.kit import usage
from xiangtian.kit.models import Partner
from xiangtian.kit.views import attempt, viewer

DAYS = 30
CHART_HIGH = 80.0


class PartnerForm(forms.Form):
    """A new partner."""

    name = forms.CharField(label=gettext_lazy("合作单位"), max_length=60)
    contact = forms.CharField(label=gettext_lazy("联系单位与方式"), max_length=200)
    districts = forms.MultipleChoiceField(label=gettext_lazy("可见行政区"), widget=forms.SelectMultiple({"size": 6}))
    elements = forms.MultipleChoiceField(label=gettext_lazy("可见要素"), widget=forms.SelectMultiple({"size": 8}))
    per_minute = forms.IntegerField(
        label=gettext_lazy("每分钟次数"), min_value=1, max_value=verbs.MOST_PER_MINUTE, initial=60
    )
    valid_to = forms.DateField(
        label=gettext_lazy("协议止日（可不填）"), required=False, widget=forms.DateInput({"type": "date"})
    )

    def __init__(self, *told: Any, **named: Any) -> None:
        super().__init__(*told, **named)
        english = get_language() == "en"
        districts, elements = (cast(forms.MultipleChoiceField, self.fields[name]) for name in ("districts", "elements"))
        districts.choices = [(one.code, one.en if english else one.zh) for one in city().districts]
        elements.choices = [(one.name, one.en if english else one.zh) for one in CATALOGUE.values()]


def _page(request: HttpRequest, form: PartnerForm | None = None, secret: str = "") -> HttpResponse:
    person, now = viewer(request), clock.now()
    usage.flush()
    last = clock.administrative_day(now)
    first = last - dt.timedelta(days=DAYS - 1)
    days = usage.by_day(first, last)
    may = verbs.RIGHT in rights(person)
    told = {
        "partners": list(Partner.objects.prefetch_related("tokens").order_by("name")),
        "lines": usage.lines(first, last),
        "days": days,
        "bars": _bars([calls for _day, calls in days]),
        "most": max(calls for _day, calls in days),
        "form": (form or PartnerForm()) if may else None,
        "secret": secret,
        "now": now,
    }
    return render(request, "kit/partners.html", told)


def _bars(calls: list[int]) -> list[tuple[int, float, float]]:
    """Give the left edge, top and height of each day's bar, by the busiest day."""
    most = max(calls) or 1
    heights = [round(CHART_HIGH * one / most, 1) for one in calls]
    return [(place * 10, CHART_HIGH - high, high) for place, high in enumerate(heights)]


@never_cache
@require_safe
def partners(request: HttpRequest) -> HttpResponse:
    """Show the partners, their tokens, and usage of the last 30 days."""
    return _page(request)


@require_POST
def partner_add(request: HttpRequest) -> HttpResponse:
    """Register a partner."""
    person, form = viewer(request), PartnerForm(request.POST)
    if not form.is_valid():
        answer = _page(request, form)
        answer.status_code = 409
        return answer
    told = form.cleaned_data
    wanted = verbs.Wanted(
        told["name"], told["contact"], told["districts"], told["elements"], told["per_minute"], None, told["valid_to"]
    )
    return _do(request, lambda: verbs.add_partner(person, wanted), _("合作单位已登记"), form)


@never_cache
@require_POST
def token_issue(request: HttpRequest, number: int) -> HttpResponse:
    """Issue a token and show it, this once."""
    person, partner = _of(request, number)
    text = request.POST.get("days", "")
    days = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0

    def act() -> HttpResponse:
        return _page(request, secret=verbs.issue_token(person, partner, days)[1])

    return attempt(request, act, lambda: _page(request), verbs.PartnerRefused)


@require_POST
def token_revoke(request: HttpRequest, prefix: str) -> HttpResponse:
    """Revoke a token."""
    person = viewer(request)
    return _do(request, lambda: verbs.revoke_token(person, prefix), _("令牌已撤销"))


@require_POST
def partner_switch(request: HttpRequest, number: int) -> HttpResponse:
    """Switch a partner off or on."""
    person, partner = _of(request, number)
    turn = request.POST.get("on") == "yes"
    return _do(request, lambda: verbs.switch_partner(person, partner, on=turn), _("合作单位状态已更改"))


def _of(request: HttpRequest, number: int) -> tuple[Person, Partner]:
    return viewer(request), get_object_or_404(Partner, pk=number)


def _do(request: HttpRequest, verb: Callable[[], object], done: str, form: PartnerForm | None = None) -> HttpResponse:
    def act() -> HttpResponse:
        verb()
        messages.success(request, done)
        return redirect("partners:list")

    return attempt(request, act, lambda: _page(request, form), verbs.PartnerRefused)
