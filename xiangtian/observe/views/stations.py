"""The list of stations, what is due of whole networks, and the import of lists."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from xiangtian.core import clock
from xiangtian.core.elements import CATALOGUE
from xiangtian.core.people import rights
from xiangtian.core.places import city
from xiangtian.kit.views import attempt, viewer
from xiangtian.observe.actions.held import RIGHT
from xiangtian.observe.actions.lists import import_list
from xiangtian.observe.metadata.listed import ListError
from xiangtian.observe.metadata.lists import FORMATS, MOST_BYTES
from xiangtian.observe.metadata.tasks import NETWORKS
from xiangtian.observe.queries import Site, sites
from xiangtian.observe.queries.record import network_duties
from xiangtian.observe.queries.registered import conflicts, station_lists
from xiangtian.observe.views.words import called, district_name, districts

A_PAGE = 50


def _asked(request: HttpRequest) -> dict[str, str]:
    get = request.GET
    district, network = get.get("district", ""), get.get("network", "")
    return {
        "district": district if district in city().by_code else "",
        "network": network if network in NETWORKS else "",
        "kind": get.get("kind", ""),
        "words": get.get("q", "").strip(),
    }


def _fits(site: Site, asked: dict[str, str]) -> bool:
    words = asked["words"].lower()
    told = (site.zh, site.en.lower(), site.code.lower(), site.wigos.lower())
    chosen = all(asked[name] in ("", getattr(site, name)) for name in ("district", "network", "kind"))
    return chosen and (not words or any(words in one for one in told))


def _kinds(found: Iterable[Site]) -> list[str]:
    return sorted({one.kind for one in found if one.kind})


@require_safe
def stations(request: HttpRequest) -> HttpResponse:
    """Show the stations that exist now, by filters."""
    person, asked, found = viewer(request), _asked(request), sites()
    page = Paginator([one for one in found if _fits(one, asked)], A_PAGE).get_page(request.GET.get("page"))
    told = {
        "stations": [(one, district_name(one.district), _(NETWORKS[one.network])) for one in page],
        "page": page,
        "asked": asked,
        "districts": districts(),
        "networks": [(key, _(words)) for key, words in NETWORKS.items()],
        "kinds": _kinds(found),
        "waiting": conflicts().count(),
        "may_change": RIGHT in rights(person),
    }
    return render(request, "observe/stations.html", told)


@require_safe
def station_tasks(request: HttpRequest) -> HttpResponse:
    """Show what is due of each network, when next and by which deadline."""
    viewer(request)
    asked = _asked(request)
    lines = network_duties(clock.now(), asked["district"], asked["network"])
    told = {
        "lines": [(one, _(NETWORKS[one.network]), called(CATALOGUE[one.element])) for one in lines],
        "asked": asked,
        "districts": districts(),
        "networks": [(key, _(words)) for key, words in NETWORKS.items()],
    }
    return render(request, "observe/stations_tasks.html", told)


def _import_page(request: HttpRequest) -> HttpResponse:
    person = viewer(request)
    told = {
        "lists": station_lists(),
        "forms": [(form, reader.SIGN) for form, reader in FORMATS.items()],
        "most_mib": MOST_BYTES // 2**20,
        "may_change": RIGHT in rights(person),
    }
    return render(request, "observe/stations_import.html", told)


@require_http_methods(["GET", "HEAD", "POST"])
def station_import(request: HttpRequest) -> HttpResponse:
    """Show the lists that were compared; compare another."""
    if request.method != "POST":
        return _import_page(request)
    person, file, form = viewer(request), request.FILES.get("list"), request.POST.get("form", "")

    def act() -> HttpResponse:
        if file is None or file.size is None or file.size > MOST_BYTES:
            words = _("请选择一个不超过 %(most)d MiB 的文件") % {"most": MOST_BYTES // 2**20}
            raise ListError(words)
        row = import_list(person, file.name or "list", file.read(), form)
        words = _("已比对：新增待处理差异 %(fresh)d 条，此前已处理 %(settled)d 条")
        messages.success(request, words % {"fresh": row.counts["fresh"], "settled": row.counts["settled"]})
        return redirect("observe:station-conflicts" if row.counts["fresh"] else "observe:station-import")

    return attempt(request, act, lambda: _import_page(request), ListError)
