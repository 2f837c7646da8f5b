"""The record of one station: places, sensors, devices, certificates, tasks, history; and the forms that change them."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xiangtian.core import clock
from xiangtian.core.elements import CATALOGUE
from xiangtian.core.home import home
from xiangtian.core.people import rights
from xiangtian.kit.views import attempt, viewer
from xiangtian.observe.actions.held import RIGHT
from xiangtian.observe.metadata.tasks import NETWORKS
from xiangtian.observe.models import Installation
from xiangtian.observe.queries.devices import Measured, measured, touched
from xiangtian.observe.queries.record import Record, record
from xiangtian.observe.views.station_forms import FieldRefused, Fields
from xiangtian.observe.views.station_verbs import DONE, VERBS
from xiangtian.observe.views.words import called, district_name, unit_words

A_PAGE = 200


def _found(code: str) -> Record:
    found = record(code, clock.now())
    if found is None:
        raise Http404(f"没有站号为 {code} 的站")
    return found


def _asked(request: HttpRequest, found: Record) -> tuple[str, dt.datetime, Measured | None]:
    """Read who is asked for: element and moment; nothing asked gives None."""
    element = request.GET.get("element", "")
    moment = Fields(request.GET.dict()).moment("at") or clock.now()
    who = measured(found.station.code, element, moment) if element in CATALOGUE else None
    return element, moment, who


def _elements() -> list[tuple[str, str, str]]:
    return [(one.name, called(one), unit_words(one)) for one in CATALOGUE.values()]


def _page(request: HttpRequest, code: str) -> HttpResponse:
    person, found = viewer(request), _found(code)
    try:
        element, moment, who = _asked(request, found)
    except FieldRefused as error:
        messages.error(request, str(error))
        element, moment, who = "", clock.now(), None
    told: dict[str, Any] = {
        "record": found,
        "station": found.station,
        "network": _(NETWORKS[found.station.network]),
        "networks": [(key, _(words)) for key, words in NETWORKS.items()],
        "places": [(one, district_name(one.district)) for one in found.places],
        "positions": [(one, called(CATALOGUE[one.element])) for one in found.positions],
        "certificates": [(one, called(CATALOGUE[one.element]), _state(one.valid_to)) for one in found.certificates],
        "duties": [(one, called(CATALOGUE[one.task.element])) for one in found.duties],
        "past": [(one, called(CATALOGUE[one.element])) for one in found.past],
        "history": [(one, _(DONE.get(one.verb, one.verb))) for one in found.history],
        "elements": _elements(),
        "element": element,
        "moment": moment,
        "who": who,
        "today": clock.administrative_day(clock.now()),
        "may_change": RIGHT in rights(person),
    }
    return render(request, "observe/stations_record.html", told)


def _state(valid_to: dt.date) -> bool:
    return valid_to >= clock.administrative_day(clock.now())


@require_safe
def station_record(request: HttpRequest, code: str) -> HttpResponse:
    """Show the record of a station."""
    return _page(request, code)


@require_POST
def station_change(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """Do what one of the forms asks for."""
    person = viewer(request)
    if verb not in VERBS:
        raise Http404(f"no verb {verb}")
    _found(code)

    def act() -> HttpResponse:
        try:
            new = VERBS[verb](person, code, Fields(request.POST.dict()))
        except ObjectDoesNotExist as error:
            raise FieldRefused(_("该记录已不存在，请刷新页面后重试")) from error
        messages.success(request, _("已登记并写入台账"))
        if isinstance(new, Installation):
            count = touched(home(), new).count
            if count:
                messages.warning(request, _("此次登记改变了 %(n)d 个已到读数的测量设备") % {"n": count})
                return redirect("observe:station-touched", code, new.pk)
        return redirect("observe:station-record", code)

    return attempt(request, act, lambda: _page(request, code), ValueError)


@require_safe
def station_touched(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """List exactly the readings that an installation touches; as CSV where that is asked for."""
    viewer(request)
    rows = Installation.objects.select_related("device", "position__station")
    row = get_object_or_404(rows, pk=number, position__station__code=code)
    times = touched(home(), row).times
    if request.GET.get("format") == "csv":
        return _sheet(row, times)
    told = {
        "row": row,
        "station": row.position.station,
        "element": called(CATALOGUE[row.position.element]),
        "count": len(times),
        "first": times[0] if times else None,
        "last": times[-1] if times else None,
        "page": Paginator(times, A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "observe/stations_touched.html", told)


def _sheet(row: Installation, times: Iterable[dt.datetime]) -> HttpResponse:
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    name = f"touched-{row.position.station.code}-{row.pk}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(answer)
    writer.writerow(("station", "element", "time_utc", "time_beijing", "device"))
    of = (row.position.station.code, row.position.element)
    writer.writerows((*of, time.isoformat(), clock.beijing(time), str(row.device)) for time in times)
    return answer
