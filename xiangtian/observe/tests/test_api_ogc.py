"""The OGC API at its door: outside validators read it; a partner sees what was agreed and no trace of more."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re

import pytest

from xiangtian.core.elements import NAMES
from xiangtian.kit import access, partners, usage
from xiangtian.observe.edr import documents, openapi
from xiangtian.observe.queries import ogc
from xiangtian.observe.tests.maps import CHANGSHU, CODES, NOW, WUZHONG, fresh, network, tell, warm

T, U = "air_temperature", "relative_humidity"
HOURS = "2026-07-01T02:00:00Z/2026-07-01T04:00:00Z"
MINE = CODES[::2]
OTHERS = CODES[1::2]
SPAN = {"datetime": HOURS}
BOX = "POLYGON((119 30,123 30,123 33,119 33,119 30))"


@pytest.fixture
def house(at, home, person):
    fresh()
    access._Calls.times.clear()
    usage._Counts.held.clear()
    at(NOW)
    network()
    humidity = {U: 70.0}
    tell(home, -65, **warm(-65), air_temperature_qc=0, **humidity)
    tell(home, -5, **warm(-5), air_temperature_qc=[0] * 10 + [2, 0], **humidity)
    return person("m", "data_manager")


@pytest.fixture
def ask(house, client):
    row = partners.add_partner(house, partners.Wanted("地铁", "x", [WUZHONG], [T], 1000))
    _, secret = partners.issue_token(house, row)

    def get(path="", headers=None, **told):
        asked = {name.replace("_", "-"): value for name, value in told.items()}
        return client.get(f"/ogc/{path}", asked, headers=headers or {"Authorization": f"Bearer {secret}"})

    return get


def told(answer):
    assert answer.status_code == 200, answer.content.decode()
    return json.loads(answer.content)


OBS = "collections/observations"


def test_documents_of_the_service_are_valid_edr(ask):
    """edr-pydantic models the schemas of OGC 19-086r6."""
    from edr_pydantic.capabilities import ConformanceModel, LandingPageModel
    from edr_pydantic.collections import Collection, Collections

    landing = LandingPageModel.model_validate_json(ask().content)
    assert {link.rel for link in landing.links} >= {"self", "service-desc", "conformance", "data"}  # 19-086r6, 8.2.2
    ConformanceModel.model_validate_json(ask("conformance").content)
    both = Collections.model_validate_json(ask("collections").content).collections
    assert [one.id for one in both] == ["observations", "stations"]
    one = Collection.model_validate_json(ask(OBS).content)
    assert set(one.parameter_names.root) == {T, f"{T}_qc"}
    assert one.extent.temporal.interval[0][1] == NOW


def test_the_openapi_document_is_valid_and_tells_every_address(ask):
    from openapi_spec_validator import OpenAPIV30SpecValidator, validate

    from xiangtian.observe.api.addresses import open_doors

    document = told(ask("api"))
    validate(document, cls=OpenAPIV30SpecValidator)
    assert len(document["paths"]) == len(open_doors[0]) - 1  # all but the one that refuses the rest
    parameters = [one for path in document["paths"].values() for one in path["get"]["parameters"]]
    named = {parameter.get("$ref", "").split("/")[-1] for parameter in parameters}
    assert named - {""} <= set(openapi.PARAMETERS)


def test_the_api_of_the_house_is_documented_and_takes_no_token(ask, client):
    from openapi_spec_validator import validate

    from xiangtian.api.root import api

    document = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    validate(document)
    assert all(one.get("summary") for path in document["paths"].values() for one in path.values())
    secret = ask("").wsgi_request.headers["Authorization"]
    assert client.get("/api/map/stations", headers={"Authorization": secret}).status_code == 401


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("locations/T00", {"datetime": HOURS}),
        ("area", {"coords": BOX}),
        ("area", {"coords": BOX, "datetime": HOURS, "parameter_name": f"{T},{T}_qc"}),
        ("position", {"coords": "POINT(120.3 31.1)"}),
        ("radius", {"coords": "POINT(120.3 31.1)", "within": "30", "within_units": "km"}),
        ("cube", {"bbox": "120,31,121,32"}),
    ],
)
def test_coverages_are_valid_coveragejson(ask, path, asked):
    """covjson-pydantic models OGC 21-069r2."""
    from covjson_pydantic.coverage import Coverage, CoverageCollection

    answer = ask(f"{OBS}/{path}", **asked)
    assert answer["Content-Type"] == "application/prs.coverage+json"
    (Coverage if path.startswith("locations") else CoverageCollection).model_validate_json(answer.content)


def test_a_series_holds_what_the_lake_holds(ask):
    found = told(ask(f"{OBS}/locations/T02", datetime=HOURS))
    assert found["domain"]["axes"]["t"]["values"] == ["2026-07-01T02:55:00Z", "2026-07-01T03:55:00Z"]
    assert found["ranges"][T]["values"] == [20.35, 20.95]  # maps.warm: 20 + 2/2 - 0.65, 20 + 2/2 - 0.05
    assert found["parameters"][T]["unit"]["symbol"]["value"] == "Cel"


def test_a_value_judged_wrong_is_told_only_beside_its_flag(ask):
    bare = told(ask(f"{OBS}/locations/T10", datetime=HOURS))
    assert bare["ranges"][T]["values"] == [24.35]
    both = told(ask(f"{OBS}/locations/T10", datetime=HOURS, parameter_name=f"{T},{T}_qc"))
    assert both["ranges"][T]["values"] == [24.35, 24.95]
    assert both["ranges"][f"{T}_qc"]["values"] == [0, 2]


def test_what_came_later_is_not_told_of_an_earlier_moment(ask):
    early = told(ask(f"{OBS}/locations/T02", datetime=HOURS, at="2026-07-01T03:00:00Z"))
    assert early["ranges"][T]["values"] == [20.35]


@pytest.mark.parametrize("form", ["CoverageJSON", "GeoJSON", "CSV"])
def test_a_partner_sees_no_other_county_and_no_other_element(ask, form):
    for path, more in (
        ("area", {"coords": BOX}),
        ("cube", {"bbox": "119,30,123,33"}),
        ("area", {"coords": BOX, **SPAN}),
    ):
        body = ask(f"{OBS}/{path}", f=form, **more).content.decode()
        named = set(re.findall(r"T\d\d(?!:)", body))  # T03: is the hour of a moment
        assert set(MINE[:5]) <= named <= set(MINE)
        assert U not in body


def test_counts_links_extents_and_refusals_leak_nothing(ask, client, person):
    stations = told(ask("collections/stations/items", limit=2))
    assert (stations["numberMatched"], stations["numberReturned"]) == (6, 2)
    assert [one["id"] for one in stations["features"]] == ["T00", "T02"]
    box = told(ask(OBS))["extent"]["spatial"]["bbox"][0]
    assert box == pytest.approx([120.3, 31.1, 120.8, 31.26])  # maps.network: T00 and T10; latitudes of even places
    for path in ("locations/T01", "locations/NONE"):
        answers = ask(f"{OBS}/{path}"), ask(f"collections/stations/items/{path.split('/')[1]}")
        assert [one.status_code for one in answers] == [404, 404]
    alike = [ask(f"{OBS}", parameter_name="x"), ask(f"{OBS}/locations/T00", parameter_name=U)]
    assert [one.status_code for one in alike] == [400, 400]
    assert ask(f"{OBS}/items/T01_2026-07-01T03:55:00Z").status_code == 404
    assert told(ask(f"{OBS}/items/T02_2026-07-01T03:55:00Z"))["properties"][T] == 20.95
    client.force_login(person("c", "viewer", districts=(CHANGSHU,)))
    theirs = told(client.get("/ogc/collections/stations/items"))
    assert [one["id"] for one in theirs["features"]] == list(OTHERS)
    assert set(told(client.get(f"/ogc/{OBS}"))["parameter_names"]) >= set(NAMES)


def test_a_station_that_stood_elsewhere_meanwhile_is_left_out(ask):
    from xiangtian.observe.models import Site

    Site.objects.filter(station__code="T00").update(valid_from=dt.date(2026, 7, 1))
    old = Site.objects.get(station__code="T00")
    Site.objects.create(station=old.station, lon=120.3, lat=31.1, alt_m=4, district=CHANGSHU,
                        valid_from=dt.date(2020, 1, 1), valid_to=dt.date(2026, 6, 30))  # fmt: skip
    assert ask(f"{OBS}/locations/T00", datetime=HOURS).status_code == 200  # 10 to 12 h in Beijing, the same day
    over = "2026-06-30T00:00:00Z/2026-07-01T04:00:00Z"
    assert ask(f"{OBS}/locations/T00", datetime=over).status_code == 404


def test_features_are_valid_geojson_and_pages_follow_each_other(ask):
    """geojson-pydantic models RFC 7946."""
    from geojson_pydantic import Feature, FeatureCollection

    seen, path, more = [], f"{OBS}/items", {"datetime": HOURS, "limit": 5}
    while True:
        page = told(ask(path, **more))
        FeatureCollection.model_validate(page)
        seen += [one["id"] for one in page["features"]]
        onward = [link["href"] for link in page["links"] if link["rel"] == "next"]
        if not onward:
            break
        path, _, query = onward[0].partition("/ogc/")[2].partition("?")
        more = dict(part.split("=") for part in query.replace("%3A", ":").replace("%2F", "/").split("&"))
    assert len(seen) == len(set(seen)) == page["numberMatched"] == 11  # two of each of six, one judged wrong
    Feature.model_validate(told(ask("collections/stations/items/T00")))
    FeatureCollection.model_validate(told(ask(f"{OBS}/locations")))


def test_csv_has_a_row_a_reading(ask):
    body = ask(f"{OBS}/locations/T02", datetime=HOURS, f="csv").content.decode()
    rows = list(csv.reader(io.StringIO(body)))
    assert rows[0] == ["station", "datetime", "longitude", "latitude", T]
    assert rows[1][:2] + rows[1][4:] == ["T02", "2026-07-01T02:55:00Z", "20.35"]


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        (f"{OBS}/area", {"coords": BOX, "colour": "red"}, 400),
        (f"{OBS}/area", {}, 400),
        (f"{OBS}/area", {"coords": BOX, "crs": "EPSG:3857"}, 400),
        (f"{OBS}/area", {"coords": BOX, "f": "png"}, 400),
        (f"{OBS}/area", {"coords": BOX, "datetime": "yesterday"}, 400),
        (f"{OBS}/area", {"coords": BOX, "at": "2030-01-01T00:00:00Z"}, 400),
        (f"{OBS}/cube", {}, 400),
        (f"{OBS}/items", {"limit": "0"}, 400),
        (f"{OBS}/area", {"coords": BOX, "datetime": "2026-01-01T00:00:00Z/.."}, 413),
        ("collections/moon", {}, 404),
        ("collections/moon/items", {}, 404),
        ("nowhere/at/all", {}, 404),
    ],
)
def test_refusals_are_written_as_the_standard_says(ask, path, asked, status):
    """OGC 17-069r4, 7.5.2: an object with `code` and `description`."""
    answer = ask(path, **asked)
    assert answer.status_code == status
    body = json.loads(answer.content)
    assert set(body) == {"code", "description"}
    assert body["code"] == documents.problem(status, "")["code"]


def test_nothing_said_there_and_then_is_204(ask):
    assert ask(f"{OBS}/position", coords="POINT(100 10)").status_code == 204
    assert ask(f"{OBS}/locations/T00", datetime="2026-06-20T00:00:00Z").status_code == 204


def test_too_large_an_answer_is_refused_before_it_is_read(ask, monkeypatch):
    monkeypatch.setattr(ogc, "MOST_VALUES", 11)
    answer = ask(f"{OBS}/area", coords=BOX, datetime=HOURS, parameter_name=T)
    assert answer.status_code == 413
    assert "parameter-name" in json.loads(answer.content)["description"]
    assert ask(f"{OBS}/locations/T00", datetime=HOURS, parameter_name=T).status_code == 200


def test_nobody_is_anonymous_and_the_token_stands_in_the_header_only(house, client, ask):
    secret = ask("").wsgi_request.headers["Authorization"].removeprefix("Bearer ")
    for path in ("", "conformance", "api", "collections", f"{OBS}/area", "x"):
        answer = client.get(f"/ogc/{path}", {"token": secret})
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="xiangtian"')
        assert set(json.loads(answer.content)) == {"code", "description"}


def test_use_is_counted_by_collection(ask):
    ask(f"{OBS}/area", coords=BOX, datetime=HOURS)
    ask(f"{OBS}/area")
    ask("collections/stations/items")
    usage.flush()
    day = dt.date(2026, 7, 1)
    counted = {one.product: (one.partner, one.calls, one.refused, one.rows) for one in usage.lines(day, day)}
    assert counted == {"observations": ("地铁", 2, 1, 11), "stations": ("地铁", 1, 0, 6)}
