"""EDR queries: the readings of stations at a position, around it, within a shape, or of one station by its code."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.http import HttpRequest

from xiangtian.core.home import home
from xiangtian.kit.access import Scope
from xiangtian.observe.api.ogc import Answer, NotThere, base, door, wanted
from xiangtian.observe.edr import answers, asked, documents, openapi, stations
from xiangtian.observe.edr.answers import Place, Series
from xiangtian.observe.edr.parameters import offered
from xiangtian.observe.queries import ogc

Choose = Callable[[Sequence[Place]], list[Place]]
CSV = "text/csv; charset=utf-8"


def _answer(request: HttpRequest, scope: Scope, choose: Choose, *, one: bool = False) -> Answer:
    asked.crs(request.GET.get("crs", ""))
    form = asked.form(request.GET.get("f", ""), documents.FORMATS)
    which = wanted(request, scope, offered(scope.elements))
    places = choose(ogc.visible(scope, which.window))
    series = ogc.told(home(), places, scope, which) if places else []
    if not series:
        return Answer(None)
    rows = sum(len(part.times) for part in series)
    if form == "CSV":
        return Answer(answers.table(series), CSV, rows)
    if form == "GeoJSON":
        found = [feature for part in series for feature in answers.reading_features(part)]
        links = [documents.link(request.build_absolute_uri(), "self", documents.GEOJSON)]
        end = min(which.window.end, which.at or which.window.end)
        return Answer(answers.features(found, len(found), end, links), documents.GEOJSON, rows)
    return Answer(_covered(series, one=one), documents.COVJSON, rows)


def _covered(series: list[Series], *, one: bool) -> answers.Told:
    return answers.coverage(series[0]) if one else answers.coverages(series)


@door("observations", openapi.ONE_LOCATION)
def location(request: HttpRequest, scope: Scope, code: str) -> Answer:
    """Give the readings of one station."""

    def choose(places: Sequence[Place]) -> list[Place]:
        found = [place for place in places if place.code == code]
        if not found:
            raise NotThere(f"没有测站 {code[:40]!r}：见 {base(request)}/collections/stations/items (no such station)")
        return found

    return _answer(request, scope, choose, one=True)


@door("observations", openapi.QUERIES["position"])
def position(request: HttpRequest, scope: Scope) -> Answer:
    """Give the readings of the station nearest to each point."""
    points = asked.shape(request.GET.get("coords", ""), ("Point", "MultiPoint"))
    return _answer(request, scope, lambda places: stations.nearest(points, places))


@door("observations", openapi.QUERIES["radius"])
def radius(request: HttpRequest, scope: Scope) -> Answer:
    """Give the readings of the stations around a point."""
    point = asked.shape(request.GET.get("coords", ""), ("Point",))
    reach = asked.reach_km(request.GET.get("within", ""), request.GET.get("within-units", ""))
    return _answer(request, scope, lambda places: stations.around(point, reach, places))


@door("observations", openapi.QUERIES["area"])
def area(request: HttpRequest, scope: Scope) -> Answer:
    """Give the readings of the stations within polygons."""
    shape = asked.shape(request.GET.get("coords", ""), ("Polygon", "MultiPolygon"))
    return _answer(request, scope, lambda places: stations.inside(shape, places))


@door("observations", openapi.QUERIES["cube"])
def cube(request: HttpRequest, scope: Scope) -> Answer:
    """Give the readings of the stations within a box."""
    box = asked.bbox(request.GET.get("bbox", ""))
    if box is None:
        raise asked.Unreadable("bbox is needed: west,south,east,north in degrees")
    return _answer(request, scope, lambda places: stations.boxed(box, places))
