"""The check of notifications, against the published JSON schema and its examples, and pywis-pubsub's own suite."""

import copy
import importlib
import json
from pathlib import Path

import jsonschema
import pytest

from xiangtian.observe.wis2 import faults

ets = importlib.import_module("pywis_pubsub.ets")  # the package's own name `ets` is a command
VALID = {
    "id": "31e9d66a-cd83-4174-9429-b932f1abe1be",
    "conformsTo": [faults.CONFORMANCE],
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [120.62, 31.41]},
    "properties": {
        "pubtime": "2026-07-01T00:02:00Z",
        "datetime": "2026-07-01T00:00:00Z",
        "data_id": "cn-cma-suzhou-test/data/core/weather/surface-based-observations/synop/A",
    },
    "links": [{"rel": "canonical", "href": "https://example.org/a.bufr4"}],
}


def changed(place: str, value: object) -> dict:
    """Give the valid message with one place changed; `...` removes it."""
    document = copy.deepcopy(VALID)
    *way, last = place.split(".")
    at = document
    for step in way:
        at = at[int(step)] if step.isdigit() else at.setdefault(step, {})
    if value is ...:
        del at[last]
    else:
        at[last] = value
    return document


BROKEN = [
    ("id", 5), ("id", ...), ("type", "Thing"), ("type", ...), ("conformsTo", ...), ("conformsTo", ["other"]),
    ("version", "v04"), ("geometry", ...), ("geometry", {"type": "Line", "coordinates": []}),
    ("geometry.coordinates", [120.62]), ("geometry.coordinates", ["a", "b"]), ("geometry.coordinates", ...),
    ("geometry", {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0]]]}),
    ("properties", ...), ("properties.pubtime", ...), ("properties.pubtime", 5), ("properties.data_id", ...),
    ("properties.data_id", 7), ("properties.metadata_id", 7), ("properties.datetime", ...), ("properties.datetime", 3),
    ("properties.cache", "no"), ("properties.integrity", {"method": "md5", "value": "x"}),
    ("properties.integrity", {"method": "sha512"}), ("properties.integrity", {"value": "x"}),
    ("properties.content", {"encoding": "utf-8", "value": "x"}),
    ("properties.content", {"encoding": "zip", "value": "x", "size": 1}),
    ("properties.content", {"encoding": "utf-8", "value": "x", "size": 4097}),
    ("properties.content", {"encoding": "utf-8", "value": "x" * 4097, "size": 1}),
    ("links", ...), ("links", []), ("links.0.rel", ...), ("links.0.rel", 1), ("links.0.href", ...), ("links.0.href", 1),
    ("links.0.type", 1), ("links.0.length", "12"),
]  # fmt: skip
"""What the schema refuses."""
SOUND = [
    ("geometry", None), ("geometry.coordinates", [120.62, 31.41, 4.0]), ("properties.datetime", None),
    ("geometry", {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 0]]]}), ("properties.cache", False),
    ("properties.content", {"encoding": "base64", "value": "x" * 4096, "size": 4096}), ("links.0.length", 12),
    ("properties.wigos_station_identifier", "0-20000-0-58358"),
]  # fmt: skip
STRICTER = [
    ("id", "no uuid"), ("links.0.href", "gopher://example.org/a"), ("links.0.rel", "item"),
    ("properties.pubtime", "2026-07-01 00:02"), ("properties.datetime", "2026-07-01T08:00:00+08:00"),
    ("geometry.coordinates", [200, 0]),
]  # fmt: skip
"""What the standard forbids in words, and its schema can't say."""


@pytest.fixture
def schema(shared: Path) -> jsonschema.Draft202012Validator:
    text = (shared / "wis2/wnm/schemas/wis2-notification-message-bundled.json").read_text(encoding="utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))


@pytest.mark.shared
@pytest.mark.parametrize(("place", "value"), BROKEN)
def test_what_the_schema_refuses_has_a_fault_that_names_the_place(schema, place: str, value: object) -> None:
    document = changed(place, value)
    assert not schema.is_valid(document)
    found = faults.faults(document)
    named = "conformsTo" if place == "version" else place.split(".")[0]
    assert any(words.startswith(named) for words in found), found


@pytest.mark.shared
@pytest.mark.parametrize(("place", "value"), SOUND)
def test_what_the_schema_allows_is_allowed(schema, place: str, value: object) -> None:
    document = changed(place, value)
    assert schema.is_valid(document)
    assert faults.faults(document) == []


@pytest.mark.shared
@pytest.mark.parametrize(("place", "value"), STRICTER)
def test_the_words_of_the_standard_count_where_the_schema_is_silent(schema, place: str, value: object) -> None:
    document = changed(place, value)
    assert schema.is_valid(document)
    assert len(faults.faults(document)) == 1


@pytest.mark.shared
def test_published_examples_are_judged_as_the_schema_judges_them(schema, shared: Path) -> None:
    paths = [*shared.glob("wis2/wnm/examples/*.json"), *shared.glob("wis2/pywis-pubsub/*.json")]
    verdicts = {}
    for path in paths:
        if path.name != "test_malformed.json":  # it is no JSON
            document = json.loads(path.read_text(encoding="utf-8"))
            verdicts[path.name] = (schema.is_valid(document), faults.faults(document) == [])
    assert len(verdicts) == 12
    assert {name for name, (theirs, ours) in verdicts.items() if theirs != ours} == set()
    assert sum(theirs for theirs, _ in verdicts.values()) == 8


@pytest.mark.shared
def test_the_executable_suite_of_pywis_pubsub_agrees(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ets, "MESSAGE_SCHEMA", shared / "wis2/wnm/schemas/wis2-notification-message-bundled.json")
    for place, value in [
        ("properties.cache", False),
        *STRICTER[:3],
        ("properties.datetime", "2026-07-01T08:00:00+08:00"),
    ]:
        document = changed(place, value)
        report = ets.WNMTestSuite(document).run_tests(fail_on_schema_validation=True)["ets-report"]
        assert bool(report["summary"]["FAILED"]) == bool(faults.faults(document)), place


@pytest.mark.parametrize("document", [None, [], "text", 5, {}])
def test_what_is_no_object_or_empty_has_faults(document: object) -> None:
    assert faults.faults(document)


@pytest.mark.parametrize(("text", "seconds"), [
    ("2022-03-20T04:50:18.314854383Z", 1647751818.314854), ("2022-03-20t04:50:18z", 1647751818.0),
    ("2022-03-20T12:50:18+08:00", 1647751818.0),
])  # fmt: skip
def test_times_are_read_as_rfc_3339_has_them(text: str, seconds: float) -> None:
    found = faults.moment(text)  # seconds since 1970: date -u -d 2022-03-20T04:50:18 +%s
    assert found is not None and found.timestamp() == pytest.approx(seconds, abs=1e-6)


@pytest.mark.parametrize(
    "text", ["20220320T045018Z", "2022-03-20", "2022-03-20T04:50:18", "2022-13-20T04:50:18Z", 5, None]
)
def test_other_times_are_none(text: object) -> None:
    assert faults.moment(text) is None
