"""Features: stations and readings, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import HttpRequest

from xiangtian.core import clock, moments
from xiangtian.core.home import home
from xiangtian.kit.access import Scope
from xiangtian.observe.api.ogc import COLLECTIONS, Answer, NotThere, Told, base, door, places_now, wanted, window
from xiangtian.observe.edr import answers, asked, documents, openapi, stations
from xiangtian.observe.edr.answers import Place
from xiangtian.observe.edr.parameters import offered
from xiangtian.observe.queries import ogc
from xiangtian.observe.queries.ogc import Wanted, Window

PAGE, LARGEST = 100, 10_000


@door("items", openapi.ITEMS)
def items(request: HttpRequest, scope: Scope, collection: str) -> Answer:
    """Give a page of stations or of readings."""
    _known(collection)
    if collection == "stations":
        return _page(request, [answers.station_feature(one) for one in _stations(request, scope)])
    which = wanted(request, scope, offered(scope.elements))
    box = asked.bbox(request.GET.get("bbox", ""))
    places = stations.boxed(box, ogc.visible(scope, which.window))
    series = ogc.told(home(), places, scope, which) if places else []
    return _page(request, [feature for part in series for feature in answers.reading_features(part)])


@door("observations", openapi.LISTED)
def locations(request: HttpRequest, scope: Scope) -> Answer:
    """Give a page of the stations that readings are told of."""
    return _page(request, [answers.station_feature(one) for one in _stations(request, scope)])


@door("items", openapi.ONE_ITEM)
def item(request: HttpRequest, scope: Scope, collection: str, name: str) -> Answer:
    """Give one station or reading."""
    _known(collection)
    asked.form(request.GET.get("f", ""), ("GeoJSON", "json"))
    found = _station(request, scope, name) if collection == "stations" else _reading(request, scope, name)
    if found is None:
        raise NotThere(f"集合 {collection} 中没有 {name[:60]!r} (there is no such item)")
    here = f"{base(request)}/collections/{collection}"
    links = [
        documents.link(f"{here}/items/{found['id']}", "self", documents.GEOJSON),
        documents.link(here, "collection", documents.JSON),
    ]
    return Answer(found | {"links": links}, documents.GEOJSON)


def _known(collection: str) -> None:
    if collection not in COLLECTIONS:
        raise NotThere(f"没有集合 {collection[:40]!r}，有 {'、'.join(COLLECTIONS)} (no such collection)")


def _stations(request: HttpRequest, scope: Scope) -> Sequence[Place]:
    box = asked.bbox(request.GET.get("bbox", ""))
    timed = request.GET.get("datetime")
    held = ogc.visible(scope, window(request)) if timed else places_now(request, scope)
    return stations.boxed(box, held)


def _station(request: HttpRequest, scope: Scope, name: str) -> Told | None:
    found = [place for place in places_now(request, scope) if place.code == name]
    return answers.station_feature(found[0]) if found else None


def _reading(request: HttpRequest, scope: Scope, name: str) -> Told | None:
    code, _, time = name.rpartition("_")
    try:
        moment = asked.moment(time)
    except asked.Unreadable:
        return None
    which = Wanted(None, Window(moment, moment), moments.asked(request.GET.get("at")))
    places = [place for place in ogc.visible(scope, which.window) if place.code == code]
    series = ogc.told(home(), places, scope, which) if places else []
    return answers.reading_features(series[0])[0] if series else None


def _page(request: HttpRequest, found: Sequence[Told]) -> Answer:
    asked.form(request.GET.get("f", ""), ("GeoJSON", "json"))
    asked.crs(request.GET.get("crs", ""))
    limit = asked.whole("limit", request.GET.get("limit", ""), PAGE, 1, LARGEST)
    offset = asked.whole("offset", request.GET.get("offset", ""), 0, 0, 10**9)
    links = [documents.link(request.build_absolute_uri(), "self", documents.GEOJSON)]
    if offset + limit < len(found):
        links.append(documents.link(_at(request, limit, offset + limit), "next", documents.GEOJSON))
    if offset:
        links.append(documents.link(_at(request, limit, max(0, offset - limit)), "prev", documents.GEOJSON))
    shown = found[offset : offset + limit]
    time = moments.asked(request.GET.get("at")) or clock.now()
    return Answer(answers.features(shown, len(found), time, links), documents.GEOJSON, len(shown))


def _at(request: HttpRequest, limit: int, offset: int) -> str:
    told = {**request.GET.dict(), "limit": limit, "offset": offset}
    return f"{request.build_absolute_uri(request.path)}?{urlencode(told)}"
