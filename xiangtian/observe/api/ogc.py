"""The door of the OGC API: who asks, refusals as the standards write them, usage counted; documents of the service."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse

from xiangtian.core import clock, moments
from xiangtian.core.home import home
from xiangtian.kit import usage
from xiangtian.kit.access import Refused, Scope, enter
from xiangtian.observe.edr import asked, documents, openapi
from xiangtian.observe.edr.answers import Place
from xiangtian.observe.edr.documents import Extent
from xiangtian.observe.queries import ogc
from xiangtian.observe.queries.ogc import TooMuch, Wanted, Window

log = logging.getLogger(__name__)
Told = dict[str, Any]
COLLECTIONS = ("observations", "stations")


class NotThere(LookupError):
    """There is no such thing, or it is not in the agreement: nobody learns which."""


@dataclass(frozen=True)
class Answer:
    """A document with its kind and how many stations or readings it holds; None: nothing was said there and then."""

    body: Told | str | None
    kind: str = documents.JSON
    rows: int = 1


Work = Callable[..., Answer]


def door(product: str, allowed: Sequence[str]) -> Callable[[Work], Callable[..., HttpResponse]]:
    """Let in who may come in, refuse unknown parameters, answer, and count it under `product`."""

    def around(work: Work) -> Callable[..., HttpResponse]:
        @login_not_required
        @wraps(work)
        def answer(request: HttpRequest, **named: str) -> HttpResponse:
            try:
                scope = enter(request.headers, request.user)
            except Refused as error:
                return _closed(error)
            counted = named["collection"] if named.get("collection") in COLLECTIONS else product
            response, rows = _answered(request, scope, allowed, lambda: work(request, scope, **named))
            refused = response.status_code >= 400
            usage.count(counted, scope.partner, refused=refused, rows=rows, size=len(response.content))
            return response

        return answer

    return around


def _answered(
    request: HttpRequest, scope: Scope, allowed: Sequence[str], work: Callable[[], Answer]
) -> tuple[HttpResponse, int]:
    try:
        if request.method not in ("GET", "HEAD"):
            return problem(405, "只能 GET (only GET is answered)", Allow="GET, HEAD"), 0
        asked.known(request.GET, allowed)
        told = work()
    except (asked.Unreadable, moments.BadMoment) as error:
        return problem(400, str(error)), 0
    except NotThere as error:
        return problem(404, str(error)), 0
    except TooMuch as error:
        return problem(413, str(error)), 0
    if told.body is None:
        return _guarded(HttpResponse(status=204)), 0
    body = told.body if isinstance(told.body, str) else json.dumps(told.body, ensure_ascii=False, separators=(",", ":"))
    return _guarded(HttpResponse(body, content_type=told.kind)), told.rows


def problem(status: int, words: str, **headers: str) -> HttpResponse:
    """Write a refusal as the standards do."""
    body = json.dumps(documents.problem(status, words), ensure_ascii=False)
    return _guarded(HttpResponse(body, content_type=documents.JSON, status=status, headers=headers))


def _closed(error: Refused) -> HttpResponse:
    answer = problem(error.status, str(error))
    if error.status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="xiangtian"'
    if error.wait_s:
        answer["Retry-After"] = str(error.wait_s)
    return answer


def _guarded(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "private, no-store"
    answer["Vary"] = "Authorization, Cookie"
    return answer


def base(request: HttpRequest) -> str:
    """Give the address of the service, as whoever asks reached it."""
    return request.build_absolute_uri("/ogc")


def window(request: HttpRequest) -> Window:
    """Read `datetime` and close it."""
    return ogc.closed(home(), asked.span(request.GET.get("datetime", "")), _now(request))


def wanted(request: HttpRequest, scope: Scope, offered: Sequence[str]) -> Wanted:
    """Read which readings are asked for."""
    names = asked.chosen(request.GET.get("parameter-name", ""), offered)
    return Wanted(names, window(request), moments.asked(request.GET.get("at")))


def _now(request: HttpRequest) -> Any:
    return moments.asked(request.GET.get("at")) or clock.now()


def places_now(request: HttpRequest, scope: Scope) -> list[Place]:
    """Give the stations that somebody may see, as they stand at the moment asked about."""
    now = _now(request)
    return ogc.visible(scope, Window(now, now))


def _extent(request: HttpRequest, scope: Scope) -> Extent:
    places = places_now(request, scope)
    if not places:
        return Extent(None, None, _now(request))
    lons, lats = [one.lon for one in places], [one.lat for one in places]
    return Extent((min(lons), min(lats), max(lons), max(lats)), ogc.since(scope, places), _now(request))


@door("landing", ("f",))
def landing(request: HttpRequest, scope: Scope) -> Answer:
    """Say where everything is."""
    asked.form(request.GET.get("f", ""), ("json",))
    return Answer(documents.landing(base(request)))


@door("landing", ("f",))
def conformance(request: HttpRequest, scope: Scope) -> Answer:
    """Say which requirements are met."""
    asked.form(request.GET.get("f", ""), ("json",))
    return Answer(documents.conformance())


@door("landing", ("f",))
def api(request: HttpRequest, scope: Scope) -> Answer:
    """Give the OpenAPI document."""
    asked.form(request.GET.get("f", ""), ("json",))
    return Answer(openapi.document(base(request)), documents.OPENAPI)


@door("landing", openapi.READ)
def collections(request: HttpRequest, scope: Scope) -> Answer:
    """Describe the collections, as whoever asks may see them."""
    asked.form(request.GET.get("f", ""), ("json",))
    return Answer(documents.collections(base(request), scope.elements, _extent(request, scope)))


@door("landing", openapi.READ)
def collection(request: HttpRequest, scope: Scope, collection: str) -> Answer:
    """Describe one collection."""
    asked.form(request.GET.get("f", ""), ("json",))
    if collection == "observations":
        return Answer(documents.observations(base(request), scope.elements, _extent(request, scope)))
    if collection == "stations":
        return Answer(documents.stations(base(request), _extent(request, scope)))
    raise NotThere(f"没有集合 {collection[:40]!r}，有 {'、'.join(COLLECTIONS)} (no such collection)")


@door("landing", ())
def nothing(request: HttpRequest, scope: Scope, rest: str) -> Answer:
    """Refuse an address that means nothing here."""
    raise NotThere("没有这个地址：见 /ogc/api (nothing is at this address)")
