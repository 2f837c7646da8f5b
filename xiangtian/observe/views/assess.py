"""The pages of the assessment: a month by network, district, station, element and person, down to the exact minutes."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xiangtian.core.people import rights
from xiangtian.kit.views import attempt, fragment, viewer
from xiangtian.observe.actions.appeals import Line, appeal_line
from xiangtian.observe.assess.counts import figures
from xiangtian.observe.assess.month import GROUPS, Row, bounds_of
from xiangtian.observe.assess.rules import METRICS
from xiangtian.observe.models import Defect
from xiangtian.observe.queries.assess_names import Names
from xiangtian.observe.queries.assessment import Assessment, assessment, station_spans
from xiangtian.observe.views.assess_showing import (
    GROUP_WORDS,
    METRIC_WORDS,
    NOBODY_KEY,
    SPAN_WORDS,
    element_words,
    known_district,
    month_asked,
    shown,
)
from xiangtian.observe.views.words import districts

A_PAGE = 50
ORDERS = ("worst", "key")
APPEALED = ("station", "district", "person")


def _group(told: Assessment, group: str) -> tuple[Row, ...]:
    return {
        "network": told.networks,
        "district": told.districts,
        "station": told.stations,
        "element": told.elements,
        "person": told.persons,
    }[group]


def _frame(request: HttpRequest) -> dict[str, object]:
    year, month = month_asked(request)
    by, order = request.GET.get("by", ""), request.GET.get("order", "")
    return {
        "month": f"{year:04d}-{month:02d}",
        "by": by if by in GROUPS else "network",
        "order": order if order in ORDERS else ORDERS[0],
        "district": known_district(request.GET.get("district", "")),
        "words": request.GET.get("q", "").strip(),
        "groups": [(group, GROUP_WORDS[group]) for group in GROUPS],
        "districts": districts(),
    }


@require_safe
def assess(request: HttpRequest) -> HttpResponse:
    """Show the frame of the page; the figures come by themselves, for the first judging of a month takes a while."""
    viewer(request)
    return render(request, "observe/assess.html", _frame(request))


@fragment
@require_safe
def assess_table(request: HttpRequest) -> HttpResponse:
    """Give the figures of a month, by what was asked."""
    viewer(request)
    frame = _frame(request)
    told = assessment(*month_asked(request))
    rows = [row for row in _group(told, str(frame["by"])) if _fits(row, frame)]
    if frame["order"] == "worst":
        rows.sort(key=lambda row: (row.index is None, row.index or 0.0, row.key))
    page = Paginator([shown(row, told.days) for row in rows], A_PAGE).get_page(request.GET.get("page", "1"))
    more = {
        "told": told,
        "total": shown(told.total, told.days) if told.total else None,
        "page": page,
        "metrics": [(metric, METRIC_WORDS[metric]) for metric in METRICS],
        "group_words": GROUP_WORDS[str(frame["by"])],
    }
    return render(request, "observe/_assess.html", frame | more)


def _fits(row: Row, frame: dict[str, object]) -> bool:
    words, district = str(frame["words"]), frame["district"]
    named = not words or words in row.name or words.lower() in row.key.lower()
    return named and (not district or row.group not in ("station", "district") or district in (row.district, row.key))


def _line(told: Assessment, group: str, key: str) -> Row:
    if group not in GROUPS:
        raise Http404(f"no group {group!r}")
    for row in _group(told, group):
        if (row.key or NOBODY_KEY) == key:
            return row
    raise Http404(f"no row {key!r} in {told.year}-{told.month:02d}")


def _line_page(request: HttpRequest, group: str, key: str) -> HttpResponse:
    person = viewer(request)
    told = assessment(*month_asked(request))
    row = _line(told, group, key)
    days = [
        (day, value, list(figures(counts).values()))
        for day, value, counts in zip(told.days, row.daily, row.daily_counts, strict=True)
    ]
    own = group != "person" or row.key == person.username
    may = group in APPEALED and own and bool(row.key) and "observe.appeal" in rights(person) and not told.closed
    more = {
        "told": told,
        "month": f"{told.year:04d}-{told.month:02d}",
        "group": group,
        "group_words": GROUP_WORDS[group],
        "key": key,
        "one": shown(row, told.days),
        "metrics": [(metric, METRIC_WORDS[metric], row.figures[metric]) for metric in METRICS],
        "days": days,
        "defects": [(element_words(one.element), one) for one in told.defects if _about(one, row)],
        "may_appeal": may,
        "appeal_metrics": METRIC_WORDS.items(),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "observe/assess_line.html", more)


def _about(defect: Defect, row: Row) -> bool:
    parts = [defect, *defect.children.all()]
    charged = {one.person.username if one.person else "" for one in defect.charges.all() if one.voided is None}
    return {
        "station": any(part.station == row.key for part in parts),
        "district": any(part.district == row.key for part in parts),
        "element": defect.element == row.key,
        "person": row.key in charged,
        "network": False,
    }[row.group]


@require_safe
def assess_line(request: HttpRequest, group: str, key: str) -> HttpResponse:
    """Show one line of a month: its figures with what they stand on, its days, its defects."""
    return _line_page(request, group, key)


@require_POST
def assess_appeal(request: HttpRequest, group: str, key: str) -> HttpResponse:
    """Appeal against a line."""
    person = viewer(request)
    year, month = month_asked(request)
    line = Line(year, month, group, key, request.POST.get("metric", ""))

    def act() -> HttpResponse:
        appeal_line(person, line, request.POST.get("reason", ""))
        messages.success(request, _("已提交申诉"))
        return redirect(f"{reverse('observe:assess-line', args=[group, key])}?month={year:04d}-{month:02d}")

    return attempt(request, act, lambda: _line_page(request, group, key), ValueError)


@require_safe
def assess_day(request: HttpRequest, code: str, day: str) -> HttpResponse:
    """Show the exact due times of a station's climate day that are not in order."""
    viewer(request)
    try:
        asked = dt.date.fromisoformat(day)
        start, end = bounds_of(asked)
    except (ValueError, OverflowError) as error:
        raise Http404(f"{day!r} is no day") from error
    found = [(element_words(one.element), SPAN_WORDS[one.kind], one) for one in station_spans(code, asked)]
    more = {
        "code": code,
        "name": Names(start, end).station(code),
        "day": asked,
        "month": f"{asked:%Y-%m}",
        "before": asked - dt.timedelta(days=1),
        "after": asked + dt.timedelta(days=1),
        "spans": found,
    }
    return render(request, "observe/assess_day.html", more)
