"""The discovery record, against the published schema, and pywcmp's executable suite with tables of the registers.

pywcmp downloads its tables; here its folder is filled with the shared schema and the lines of WMO's and IANA's
registers that a record of ours can touch. The relation `items` is there because pywcmp's own passing records use it.
"""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from pywcmp.wcmp2 import ets

from xiangtian.observe.wis2 import discovery
from xiangtian.observe.wis2.discovery import Dataset

AT = dt.datetime(2026, 7, 1, 0, 30, tzinfo=dt.UTC)
OURS = Dataset(
    centre="cn-cma-suzhou-test",
    organization="苏州市气象局 Suzhou Meteorological Bureau",
    mail="",
    begins=AT,
    created=AT,
    updated=AT,
    bounds=(119.92, 30.76, 121.37, 32.03),
    base_url="https://example.org/wis2",
)
KINDS = [
    OURS,
    replace(OURS, mail="data@example.org", broker="mqtts://everyone:everyone@example.org:8883"),
    replace(OURS, exercise=True),
]
REGISTERS = {
    "wcmp-2/codelists/resource-type.csv": ["dataset", "service"],
    "wcmp-2/codelists/contact-role.csv": ["licensor", "producer", "processor", "host", "publisher"],
    "wcmp-2/codelists/link-type.csv": ["http://def.wmo.int/def/rel/wnm/-/update"],
    "wcmp-2/link-relations-1.csv": ["about", "canonical", "collection", "item", "items", "license"],
    "wis2-topic-hierarchy/channel.csv": ["origin", "cache"],
    "wis2-topic-hierarchy/version.csv": ["a"],
    "wis2-topic-hierarchy/system.csv": ["wis2"],
    "wis2-topic-hierarchy/centre-id.csv": ["cn-cma"],
    "wis2-topic-hierarchy/notification-type.csv": ["data", "metadata"],
    "wis2-topic-hierarchy/data-policy.csv": ["core", "recommended"],
    "wis2-topic-hierarchy/earth-system-discipline.csv": ["weather", "weather/surface-based-observations/synop"],
}


@pytest.fixture
def official(shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Run pywcmp's suite on a record and give what failed."""
    for name, words in REGISTERS.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(["Name", *words]) + "\n", encoding="utf-8")
    schema = (shared / "wis2/wcmp2/schemas/wcmp2-bundled.json").read_bytes()
    (tmp_path / "wcmp-2" / "wcmp2-bundled.json").write_bytes(schema)
    monkeypatch.setattr(ets, "get_userdir", lambda: tmp_path)
    monkeypatch.setattr(ets, "WCMP2_FILES", tmp_path / "wcmp-2")

    def failed(record: dict) -> list[str]:
        suite = ets.WMOCoreMetadataProfileTestSuite2(record)
        report = suite.run_tests(fail_on_schema_validation=True)
        assert report["summary"]["PASSED"] + report["summary"]["FAILED"] == 12
        return [one["id"].rsplit("/", 1)[-1] for one in report["tests"] if one["code"] != "PASSED"]

    return failed


@pytest.mark.shared
@pytest.mark.parametrize("dataset", KINDS, ids=["plain", "with broker and mail", "exercise"])
def test_our_record_passes_the_schema_and_the_official_suite(shared: Path, official, dataset: Dataset) -> None:
    record = discovery.record(dataset)
    schema = json.loads((shared / "wis2/wcmp2/schemas/wcmp2-bundled.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(record)
    assert official(record) == []
    assert discovery.faults(record) == []


@pytest.mark.shared
def test_the_official_suite_and_our_check_refuse_the_same(official) -> None:
    record = discovery.record(KINDS[1])
    bad_id = record | {"id": "urn:x:md:cn-cma:a"}
    no_channel = record | {"links": [{"rel": "items", "href": "mqtts://example.org"}]}
    no_theme = record | {"properties": record["properties"] | {"themes": [{"concepts": [{"id": "x"}], "scheme": "x"}]}}
    for broken, failed in ((bad_id, "identifier"), (no_channel, "links"), (no_theme, "themes")):
        assert failed in official(broken)
        assert discovery.faults(broken)


@pytest.mark.shared
def test_published_datasets_have_no_faults(shared: Path) -> None:
    told = [json.loads(path.read_text(encoding="utf-8")) for path in shared.glob("wis2/wcmp2/examples/*.json")]
    datasets = [one for one in told if one["properties"]["type"] == "dataset"]
    assert len(datasets) == 14
    assert [one["id"] for one in datasets if discovery.faults(one)] == []


@pytest.mark.parametrize("place", ["id", "conformsTo", "type", "geometry", "time", "links"])
def test_what_is_missing_is_named(place: str) -> None:
    record = discovery.record(OURS)
    del record[place]
    assert any(words.startswith(place) for words in discovery.faults(record))


@pytest.mark.parametrize("name", ["title", "description", "created", "type", "themes", "contacts", "wmo:dataPolicy"])
def test_what_is_missing_among_the_properties_is_named(name: str) -> None:
    record = discovery.record(OURS)
    del record["properties"][name]
    assert any(words.startswith(f"properties.{name}") for words in discovery.faults(record))


@pytest.mark.parametrize("document", [None, [], {}, {"properties": {"themes": 5, "contacts": "x"}, "links": [1]}])
def test_what_is_no_record_has_faults(document: object) -> None:
    assert discovery.faults(document)


def test_an_exercise_says_so_and_the_broker_is_told_with_its_topic() -> None:
    assert "EXERCISE" in discovery.record(KINDS[2])["properties"]["description"]
    items = [link for link in discovery.record(KINDS[1])["links"] if link["rel"] == "items"]
    topic = "origin/a/wis2/cn-cma-suzhou-test/data/core/weather/surface-based-observations/synop"
    assert [link["channel"] for link in items] == [topic]
