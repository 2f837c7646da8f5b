"""WIS2: what came and went (page), and what the world reads of us (files, records, notifications)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xiangtian.core import clock, settings
from xiangtian.core.home import home
from xiangtian.core.people import rights
from xiangtian.kit.views import attempt, fragment, viewer
from xiangtian.observe.actions import wis2_retry as actions
from xiangtian.observe.models import Wis2Message, Wis2Notice
from xiangtian.observe.queries import wis2 as queries
from xiangtian.observe.wis2 import ids, publishing
from xiangtian.observe.wis2.messages import BUFR, GEOJSON

SHOWN = 60
FOREVER = "public, max-age=604800, immutable"
WAYS = ("in", "out")


@dataclass(frozen=True)
class Asked:
    """What the page was asked for: direction, state, words."""

    way: str
    state: str
    words: str


def _asked(request: HttpRequest) -> Asked:
    way = request.GET.get("way", "")
    known = {state for state, _ in (*Wis2Notice.STATES, *Wis2Message.STATES)} | {"trouble"}
    state = request.GET.get("state", "")
    return Asked(way if way in WAYS else "in", state if state in known else "", request.GET.get("q", "").strip())


def _lists(request: HttpRequest) -> dict[str, object]:
    person, asked, now = viewer(request), _asked(request), clock.now()
    find = queries.notices if asked.way == "in" else queries.sent_messages
    flows = (
        (_("接收"), queries.flow_in(now), Wis2Notice.STATES),
        (_("发布"), queries.flow_out(now), Wis2Message.STATES),
    )
    return {
        "asked": asked,
        "flows": [(name, [(zh, flow.states.get(key, 0)) for key, zh in states], flow) for name, flow, states in flows],
        "rows": find(asked.state, asked.words, SHOWN),
        "may": "observe.wis2" in rights(person),
        "shown": SHOWN,
    }


def _page(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    told = {
        "states": (Wis2Notice if asked.way == "in" else Wis2Message).STATES,
        "node": queries.node(),
        "listens": bool(settings.text("XIANGTIAN_WIS2_SUBSCRIBE")),
        "publishes": bool(settings.text("XIANGTIAN_WIS2_PUBLISH")),
        "topics": queries.subscriptions(),
    }
    return render(request, "observe/wis2.html", _lists(request) | told)


@require_safe
def wis2(request: HttpRequest) -> HttpResponse:
    """Show what came in and went out, how late, and what failed why."""
    return _page(request)


@fragment
@require_safe
def wis2_lists(request: HttpRequest) -> HttpResponse:
    """Give the lists of the page anew."""
    return render(request, "observe/_wis2.html", _lists(request))


def _row(way: str, number: int) -> Wis2Notice | Wis2Message:
    if way not in WAYS:
        raise Http404
    return get_object_or_404(Wis2Notice, pk=number) if way == "in" else get_object_or_404(Wis2Message, pk=number)


def _one(request: HttpRequest, way: str, number: int) -> HttpResponse:
    person, row = viewer(request), _row(way, number)
    open_states = ("given_up", "quarantined") if way == "in" else ("given_up",)
    told = {
        "row": row,
        "way": way,
        "document": _pretty(row.document),
        "file": reverse("wis2:data", args=row.path.split("/")) if isinstance(row, Wis2Message) and row.path else "",
        "may_retry": "observe.wis2" in rights(person) and row.state in open_states,
    }
    return render(request, "observe/wis2_one.html", told)


def _pretty(document: str) -> str:
    try:
        return json.dumps(json.loads(document), ensure_ascii=False, indent=2)
    except ValueError:
        return document


@require_safe
def wis2_one(request: HttpRequest, way: str, number: int) -> HttpResponse:
    """Show one notification, as it came or went."""
    return _one(request, way, number)


@require_POST
def wis2_retry(request: HttpRequest, way: str, number: int) -> HttpResponse:
    """Fetch or send again what was given up."""
    person = viewer(request)
    _row(way, number)

    def act() -> HttpResponse:
        if way == "in":
            actions.retry_notice(person, number)
        else:
            actions.retry_message(person, number)
        messages.success(request, _("已重新排队"))
        return redirect("observe:wis2-one", way, number)

    return attempt(request, act, lambda: _one(request, way, number), actions.CantRetry)


def _public(request: HttpRequest, body: bytes, kind: str, keeps: str) -> HttpResponseBase:
    """Answer anybody from anywhere, with 304 if they have it already (RFC 9110, 13)."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    answer = HttpResponse(body, content_type=kind)
    answer["ETag"], answer["Cache-Control"], answer["Access-Control-Allow-Origin"] = tag, keeps, "*"
    return get_conditional_response(request, etag=tag, response=answer) or answer


@login_not_required
@require_safe
def data(request: HttpRequest, day: str, name: str) -> HttpResponseBase:
    """Serve a file that went out."""
    body = publishing.body(publishing.folder(home()), day, name)
    if body is None:
        raise Http404("no such file: it never went out, or is older than a week")
    return _public(request, body, BUFR, FOREVER)


@login_not_required
@require_safe
def records(request: HttpRequest) -> HttpResponseBase:
    """List our discovery records."""
    who = queries.node()
    there = publishing.record(home(), who.centre) is not None
    links = [{"rel": "item", "type": GEOJSON, "href": f"{who.base_url}/metadata/{ids.metadata_id(who.centre)}.json"}]
    answer = JsonResponse({"links": links if there else []})
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


@login_not_required
@require_safe
def record(request: HttpRequest, identifier: str) -> HttpResponseBase:
    """Serve a discovery record, byte for byte as it was announced."""
    centre = queries.node().centre
    body = publishing.record(home(), centre) if identifier == ids.metadata_id(centre) else None
    if body is None:
        raise Http404("no such record: nothing was published yet, or under another identifier")
    return _public(request, body, GEOJSON, "no-cache")


@login_not_required
@require_safe
def recent(request: HttpRequest) -> HttpResponseBase:
    """Serve our notifications of the last 24 h, for whoever missed them."""
    features = ",".join(queries.recent_documents(clock.now()))
    body = f'{{"type":"FeatureCollection","features":[{features}]}}'.encode()
    return _public(request, body, GEOJSON, "no-cache")
