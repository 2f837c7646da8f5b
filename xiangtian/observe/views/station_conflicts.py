"""The page on which conflicts between lists and the register are settled, one by one or many alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xiangtian.core.people import rights
from xiangtian.kit.views import attempt, viewer
from xiangtian.observe.actions.held import RIGHT
from xiangtian.observe.actions.settling import settle, settle_many
from xiangtian.observe.metadata.settling import ALLOWED, HINTS, OTHER, Settlement
from xiangtian.observe.models import Conflict
from xiangtian.observe.queries.registered import conflicts, waiting_by_form
from xiangtian.observe.views.station_forms import Fields
from xiangtian.observe.views.words import district_name

A_PAGE = 20
TOLD = 5
"""Most refusals of many that are said in words."""
PLACE = ("lon", "lat")


def written(value: Any) -> str:
    """Write a value of a conflict so that people read it."""
    if value is None:
        return "–"
    if not isinstance(value, Mapping):
        return f"{value:g} m" if isinstance(value, float | int) else str(value)
    if set(PLACE) <= set(value):
        lon, lat = value["lon"], value["lat"]
        place = "–" if lon is None or lat is None else f"{lon:.4f}°E {lat:.4f}°N"
        besides = [value.get("zh") or value.get("en"), value.get("kind")]
        altitude = [f"{value['alt_m']:g} m"] if value.get("alt_m") is not None else []
        return " · ".join([place, *altitude, *(str(one) for one in besides if one)])
    return " · ".join(str(one) for one in value.values())


def _line(row: Conflict) -> dict[str, Any]:
    decisions = dict(Conflict.DECISIONS)
    return {
        "row": row,
        "registered": row.ours is not None,
        "field": _(row.get_field_display()),
        "ours": written(row.ours),
        "theirs": written(row.theirs),
        "suggested": written(row.suggested) if row.suggested else "",
        "value": written(row.value) if row.value is not None else "",
        "district": district_name(row.district),
        "choices": [(one, _(decisions[one])) for one in ALLOWED[row.field]],
        "hint": HINTS[row.field],
        "decided": _(row.get_decision_display()) if row.decision else "",
        "since": row.since or row.valid_from or "",
    }


def _page(request: HttpRequest) -> HttpResponse:
    person, get = viewer(request), request.GET
    settled, form, code = get.get("state") == "settled", get.get("form", ""), get.get("q", "").strip()
    rows = conflicts(waiting=not settled)
    rows = rows.filter(form=form) if form else rows
    rows = rows.filter(code__icontains=code) if code else rows
    page = Paginator(rows, A_PAGE).get_page(get.get("page"))
    told = {
        "lines": [_line(row) for row in page],
        "page": page,
        "settled": settled,
        "form": form,
        "code": code,
        "forms": waiting_by_form(),
        "bulk": [(key, _(words)) for key, words in Conflict.DECISIONS if key != OTHER],
        "may_change": RIGHT in rights(person),
    }
    return render(request, "observe/stations_conflicts.html", told)


@require_safe
def station_conflicts(request: HttpRequest) -> HttpResponse:
    """Show the conflicts that wait, or those that are settled."""
    return _page(request)


def _settlement(sent: QueryDict) -> Settlement:
    fields = Fields(sent)
    since: dt.date | None = fields.day("since")
    return Settlement(fields.text("decision"), fields.text("value"), since, fields.text("reason"))


def _back(request: HttpRequest) -> HttpResponse:
    kept = request.GET.urlencode()
    return redirect(reverse("observe:station-conflicts") + (f"?{kept}" if kept else ""))


@require_POST
def station_settle(request: HttpRequest, number: int) -> HttpResponse:
    """Settle one conflict."""
    person = viewer(request)
    get_object_or_404(Conflict, pk=number)

    def act() -> HttpResponse:
        row = settle(person, number, _settlement(request.POST))
        done = {"code": row.code, "field": _(row.get_field_display()), "decision": _(row.get_decision_display())}
        messages.success(request, _("%(code)s %(field)s：%(decision)s") % done)
        return _back(request)

    return attempt(request, act, lambda: _page(request), ValueError)


@require_POST
def station_settle_many(request: HttpRequest) -> HttpResponse:
    """Settle the chosen conflicts, or all that wait of one form of list, alike."""
    person, sent = viewer(request), request.POST

    def act() -> HttpResponse:
        rows = conflicts()
        if sent.get("which") == "form":
            chosen = rows.filter(form=sent.get("form", ""))
        else:
            chosen = rows.filter(pk__in=[one for one in sent.getlist("chosen") if one.isdigit()])
        done = settle_many(person, list(chosen.values_list("pk", flat=True)), _settlement(sent))
        messages.success(request, _("已处理 %(n)d 条") % {"n": done.count})
        for code, words in done.refused[:TOLD]:
            messages.warning(request, f"{code}：{words}")
        if len(done.refused) > TOLD:
            messages.warning(request, _("另有 %(n)d 条未能处理") % {"n": len(done.refused) - TOLD})
        return _back(request)

    return attempt(request, act, lambda: _page(request), ValueError)
