"""The public feed and CAP files, the door for receipts, and the board of deliveries."""

from __future__ import annotations

import hashlib
import json
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from xiangtian.core import clock
from xiangtian.core.models import Person
from xiangtian.core.people import NotAllowed, rights
from xiangtian.publish import actions, queries, seal
from xiangtian.publish import feed as atom_feed
from xiangtian.publish.channels.sms import read_news, secret_of
from xiangtian.publish.models import STATES, Delivery

LARGEST_RECEIPTS = 1024 * 1024
LISTS = ("live", "exercise")


@login_not_required
@require_safe
def feed(request: HttpRequest, list_name: str) -> HttpResponseBase:
    """Serve a feed of all changes; a reader that has the latest gets 304."""
    entries = atom_feed.changes(queries.listed(list_name), clock.now())
    cap_url = request.build_absolute_uri(reverse("publish:cap", args=["{message}"])).replace(
        "%7Bmessage%7D", "{message}"
    )
    body = atom_feed.atom(entries, list_name, request.build_absolute_uri(request.path), cap_url)
    since = int(atom_feed.last_change(entries).timestamp())
    return _public(request, body, "application/atom+xml; charset=utf-8", since)


@login_not_required
@require_safe
def cap(request: HttpRequest, message: str) -> HttpResponseBase:
    """Serve a message's CAP file, byte for byte as it was frozen."""
    body = queries.cap_file(message)
    if body is None:
        raise Http404(f"没有标识为 {message} 的预警消息")
    return _public(request, body, "application/cap+xml", None)


def _public(request: HttpRequest, body: bytes, kind: str, since: int | None) -> HttpResponseBase:
    """Answer anybody from anywhere, with 304 if they have it already (RFC 9110, 13)."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    answer = HttpResponse(body, content_type=kind)
    answer["ETag"] = tag
    answer["Cache-Control"] = "no-cache"
    answer["Access-Control-Allow-Origin"] = "*"
    if since is not None:
        answer["Last-Modified"] = http_date(since)
    return get_conditional_response(request, etag=tag, last_modified=since, response=answer) or answer


@csrf_exempt
@login_not_required
@require_POST
def receipts(request: HttpRequest) -> HttpResponse:
    """Take receipts from a phone-message gateway, sealed with the key in its address."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_RECEIPTS:
        return JsonResponse({"error": f"more than {LARGEST_RECEIPTS} bytes: send fewer receipts at once"}, status=413)
    stamp, seal_found = request.headers.get(seal.TIME_HEADER, ""), request.headers.get(seal.HEADER, "")
    speaker = _speaker(request.body, stamp, seal_found)
    if speaker is None:
        words = (
            f"the seal in {seal.HEADER} is wrong or older than {seal.FRESH_S} s: sign the body with the gateway's key"
        )
        return JsonResponse({"error": words}, status=401)
    try:
        news = read_news(json.loads(request.body))
    except ValueError as error:
        return JsonResponse({"error": str(error)}, status=400)
    new, unknown = actions.acknowledge_all(news, speaker)
    return JsonResponse({"new": new, "unknown": unknown})


def _speaker(body: bytes, stamp: str, signature: str) -> str | None:
    """Tell which list's gateway sealed a body; None: neither."""
    for list_name in LISTS:
        if seal.holds(secret_of(queries.endpoints(list_name).sms_url), stamp, body, signature, clock.wall()):
            return list_name
    return None


def _person(request: HttpRequest) -> Person:
    person = cast(Person, request.user)
    if "view" not in rights(person):
        raise PermissionDenied(f"{person} 没有权限查看发布情况 (no right view)")
    return person


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Show the latest messages with their deliveries, and of one of them the rows in trouble."""
    person = _person(request)
    list_name, message = request.GET.get("list", ""), request.GET.get("message", "")
    shown = [found for found in [queries.board(message)] if found] if message else queries.boards(30, list_name)
    context = {
        "boards": shown,
        "list_name": list_name,
        "message": message,
        "states": STATES,
        "troubled": queries.troubled(message) if message else [],
        "may_retry": "publish.retry" in rights(person),
    }
    return render(request, "publish/board.html", context)


@require_POST
def retry(request: HttpRequest, number: int) -> HttpResponse:
    """Send a row again, and say what came of the wish."""
    person, row = _person(request), get_object_or_404(Delivery, pk=number)
    try:
        actions.retry(person, row)
        messages.success(request, f"已重新排队：{row.target}")
    except (NotAllowed, actions.CantRetry) as error:
        messages.error(request, str(error))
    onward = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, {request.get_host()}, request.is_secure()):
        onward = reverse("publish:board")
    return redirect(onward)
