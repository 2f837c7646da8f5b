"""The pages of the review: the work list of doubted values, the evidence of one run, the decision."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xiangtian.core import clock
from xiangtian.core.elements import CATALOGUE, NAMES
from xiangtian.core.flags import TESTS, Verdict
from xiangtian.core.home import home
from xiangtian.core.people import rights
from xiangtian.core.places import city
from xiangtian.kit.views import attempt, fragment, viewer
from xiangtian.observe import queries
from xiangtian.observe.actions.review import Decision, review
from xiangtian.observe.queries import Site
from xiangtian.observe.queries import review as asked
from xiangtian.observe.queries.review import AFTER, BEFORE, Run, Value
from xiangtian.observe.sparkline import draw

HOURS = (6, 24, 72)
A_PAGE = 50
LONGEST = dt.timedelta(days=3)
UNITS = {"degC": "°C", "m s-1": "m/s", "degree": "°", "1": "", "W m-2": "W/m²", "ug m-3": "µg/m³", "mg m-3": "mg/m³"}
TEST_WORDS = {
    "limits": gettext_lazy("界限值"),
    "range": gettext_lazy("气候极值"),
    "step": gettext_lazy("时间变化"),
    "persistence": gettext_lazy("持续不变"),
    "internal": gettext_lazy("内部一致"),
    "neighbours": gettext_lazy("邻站一致"),
    "rain": gettext_lazy("降水"),
    "spatial": gettext_lazy("空间一致"),
    "gauge": gettext_lazy("雨量筒"),
    "step_60min": gettext_lazy("60分钟变化"),
}
SAID_WORDS = {2: gettext_lazy("可疑"), 3: gettext_lazy("不通过")}
SAID_TONES = {2: "suspect", 3: "wrong"}


@dataclass(frozen=True)
class Line:
    """A run of the work list with its station, and the address of its evidence."""

    run: Run
    site: Site | None
    district: str
    element: str
    unit: str
    low: str
    high: str
    tests: str
    address: str

    @property
    def station(self) -> str:
        """How the station is called."""
        if self.site is None:
            return ""
        return self.site.en if _english() and self.site.en else self.site.zh


class DecisionForm(forms.Form):
    """What is decided about a run."""

    first = forms.DateTimeField(label=gettext_lazy("从"), input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])
    last = forms.DateTimeField(label=gettext_lazy("到"), input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])
    flag = forms.TypedChoiceField(
        label=gettext_lazy("定为"),
        coerce=int,
        choices=[
            ("", "–"),
            (0, gettext_lazy("0 正确")),
            (2, gettext_lazy("2 错误")),
            (3, gettext_lazy("3 订正（加订正量）")),
            (4, gettext_lazy("4 修改（用新值代替）")),
        ],
    )
    offset = forms.FloatField(label=gettext_lazy("订正量（订正时填）"), required=False)
    value = forms.FloatField(label=gettext_lazy("新值（修改时填）"), required=False)
    every = forms.BooleanField(label=gettext_lazy("也包括未被怀疑的值"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("原因（必填）"), widget=forms.Textarea(attrs={"rows": 3}), max_length=500
    )

    def __init__(self, *told: object, **named: object) -> None:
        super().__init__(*told, **named)  # type: ignore[arg-type]
        for name in ("first", "last"):
            self.fields[name].widget = forms.DateTimeInput({"type": "datetime-local", "step": 60}, "%Y-%m-%dT%H:%M")


def _listed(request: HttpRequest) -> dict[str, object]:
    viewer(request)
    get = request.GET
    now = clock.now()
    hours = int(get["hours"]) if get.get("hours", "") in map(str, HOURS) else HOURS[1]
    element = get.get("element", "") if get.get("element", "") in CATALOGUE else ""
    test = get.get("test", "") if get.get("test", "") in TESTS else ""
    district = get.get("district", "") if get.get("district", "") in city().by_code else ""
    runs = asked.doubted(home(), now - dt.timedelta(hours=hours), now, [element] if element else (), test)
    known = {site.code: site for site in queries.sites(now)}
    found = [run for run in runs if not district or (run.station in known and known[run.station].district == district)]
    page = Paginator(found, A_PAGE).get_page(get.get("page", "1"))
    return {
        "page": page, "lines": [_line(run, known.get(run.station)) for run in page],
        "hours": hours, "element": element, "test": test, "district": district,
        "decisions": [(one, _name(one.element)) for one in asked.decisions(limit=20)],
    }  # fmt: skip


def _line(run: Run, site: Site | None) -> Line:
    one = CATALOGUE[run.element]
    low, high = (f"{value:.{one.decimals}f}" for value in (run.low, run.high))
    called = {place.code: place.en if _english() else place.zh for place in city().districts}
    words = (", " if _english() else "、").join(str(TEST_WORDS[test]) for test in run.tests)
    district = called.get(site.district, "") if site else ""
    return Line(run, site, district, _name(run.element), _unit(run.element), low, high, words, _address(run))


def _address(run: Run) -> str:
    span = {"from": run.first.isoformat(), "to": run.last.isoformat()}
    return f"{reverse('observe:review-run', args=[run.station, run.element])}?{urlencode(span)}"


def _name(element: str) -> str:
    one = CATALOGUE[element]
    return one.en if _english() else one.zh


def _unit(element: str) -> str:
    unit = CATALOGUE[element].unit
    return UNITS.get(unit, unit)


def _english() -> bool:
    return (get_language() or "").startswith("en")


@require_safe
def review_list(request: HttpRequest) -> HttpResponse:
    """Show what is in doubt, and what was decided last."""
    choices = {
        "districts": [(one.code, one.en if _english() else one.zh) for one in city().districts],
        "elements": [(name, _name(name)) for name in NAMES],
        "tests": [(test, TEST_WORDS[test]) for test in TESTS],
        "spans": HOURS,
    }
    return render(request, "observe/review.html", _listed(request) | choices)


@fragment
@require_safe
def review_lines(request: HttpRequest) -> HttpResponse:
    """Give the lists of the page anew."""
    return render(request, "observe/_review.html", _listed(request))


def _span(request: HttpRequest) -> tuple[dt.datetime, dt.datetime]:
    try:
        first, last = (dt.datetime.fromisoformat(request.GET[name]) for name in ("from", "to"))
    except (KeyError, ValueError) as error:
        raise Http404("from and to are moments in ISO 8601, with a zone") from error
    if first.tzinfo is None or last.tzinfo is None or not dt.timedelta(0) <= last - first <= LONGEST:
        raise Http404(f"from and to need a zone, in this order, at most {LONGEST.days} days apart")
    return first, last


def _run_page(request: HttpRequest, station: str, element: str, form: DecisionForm | None = None) -> HttpResponse:
    person = viewer(request)
    if element not in CATALOGUE:
        raise Http404(f"no element {element!r}")
    first, last = _span(request)
    values = asked.series(home(), station, element, max(first - BEFORE, last - LONGEST), last + AFTER)
    site = next((one for one in queries.sites(last) if one.code == station), None)
    near = asked.neighbours(home(), station, element, last)
    told = {
        "station": station, "site": site, "element": element, "name": _name(element), "unit": _unit(element),
        "decimals": CATALOGUE[element].decimals, "first": first, "last": last,
        "rows": [(one, *_tests(one), first <= one.time <= last) for one in reversed(values)],
        "chart": draw([(one.time, one.value, one.doubted) for one in values], CATALOGUE[element].decimals),
        "neighbours": near,
        "decisions": [(one, _name(one.element)) for one in asked.decisions(station)],
        "may_review": "observe.review" in rights(person),
        "form": form or DecisionForm(initial={"first": first, "last": last}),
    }  # fmt: skip
    return render(request, "observe/review_run.html", told)


def _tests(value: Value) -> tuple[list[dict[str, object]], str]:
    """Give the tests that doubt a value, and the names of those it passed."""
    doubting = [
        {"words": TEST_WORDS[test], "said": SAID_WORDS[said], "tone": SAID_TONES[said]}
        for test, said in value.said
        if said != Verdict.PASS
    ]
    passed = [str(TEST_WORDS[test]) for test, said in value.said if said == Verdict.PASS]
    return doubting, (", " if _english() else "、").join(passed)


@require_safe
def review_run(request: HttpRequest, station: str, element: str) -> HttpResponse:
    """Show the evidence of a run: values, tests, neighbours, earlier decisions."""
    return _run_page(request, station, element)


@require_POST
def review_decide(request: HttpRequest, station: str, element: str) -> HttpResponse:
    """Decide about a run."""
    person, form = viewer(request), DecisionForm(request.POST)
    if not form.is_valid():
        page = _run_page(request, station, element, form)
        page.status_code = 409
        return page

    def act() -> HttpResponse:
        made = review(home(), person, _decision(form, station, element))
        messages.success(request, _("已审核 %(n)s 个值") % {"n": len(made)})
        return redirect("observe:review")

    return attempt(request, act, lambda: _run_page(request, station, element, form), ValueError)


def _decision(form: DecisionForm, station: str, element: str) -> Decision:
    told = form.cleaned_data
    last = told["last"] + dt.timedelta(seconds=59)
    return Decision(
        station,
        element,
        told["first"],
        last,
        told["flag"],
        told["reason"],
        told["value"],
        told["offset"],
        told["every"],
    )
