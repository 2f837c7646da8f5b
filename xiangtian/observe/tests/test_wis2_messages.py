"""Notifications there and back; what we compose passes the published schema and pywis-pubsub's suite."""

import base64
import datetime as dt
import hashlib
import importlib
import json
from pathlib import Path

import jsonschema
import pytest
from pywis_pubsub.verification import data_verified

from xiangtian.observe.wis2 import messages
from xiangtian.observe.wis2.messages import Granule, NotificationError

ets = importlib.import_module("pywis_pubsub.ets")  # the package's own name `ets` is a command
AT = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
NOW = AT + dt.timedelta(minutes=2)
GRANULE = Granule(
    data_id="cn-cma-suzhou-test/data/core/weather/surface-based-observations/synop/WIGOS_0-20000-0-58358_20260701T000000",
    metadata_id="urn:wmo:md:cn-cma-suzhou-test:surface-based-observations.synop",
    href="https://example.org/wis2/data/20260701/a.bufr4",
    time=AT,
    place=(120.62, 31.41, 8.0),
    wigos="0-20000-0-58358",
)


@pytest.mark.shared
@pytest.mark.parametrize("size", [0, 100, 3072, 3073, 100_000])
@pytest.mark.parametrize("update", [False, True])
def test_ours_pass_the_schema_and_the_official_suite(shared: Path, monkeypatch, size: int, update: bool) -> None:
    path = shared / "wis2/wnm/schemas/wis2-notification-message-bundled.json"
    monkeypatch.setattr(ets, "MESSAGE_SCHEMA", path)
    granule = Granule(**{name: getattr(GRANULE, name) for name in GRANULE.__slots__} | {"update": update})
    document = json.loads(messages.write(messages.compose(granule, bytes(size), NOW)))
    jsonschema.Draft202012Validator(json.loads(path.read_text(encoding="utf-8"))).validate(document)
    report = ets.WNMTestSuite(document).run_tests(fail_on_schema_validation=True)["ets-report"]["summary"]
    assert report["FAILED"] == 0 and report["PASSED"] >= 7
    told, length = document["properties"]["integrity"], document["links"][0]["length"]
    assert data_verified(bytes(size), length, told["method"], told["value"])  # as pywis-pubsub verifies a download
    assert ("content" in document["properties"]) == (size <= 3072)


def test_an_update_says_so_and_keeps_the_canonical_link() -> None:
    granule = Granule(GRANULE.data_id, GRANULE.metadata_id, GRANULE.href, update=True)
    links = messages.compose(granule, b"x", NOW)["links"]
    assert [link["rel"] for link in links] == ["update", "canonical"]
    assert messages.read(messages.write(messages.compose(granule, b"x", NOW))).operation == "update"


def test_what_we_compose_is_read_as_what_it_was() -> None:
    found = messages.read(messages.write(messages.compose(GRANULE, b"BUFR7777", NOW)))
    assert (found.data_id, found.pubtime, found.operation) == (GRANULE.data_id, NOW, "create")
    assert found.link.href == GRANULE.href and found.link.length == 8
    assert base64.b64decode(found.content["value"]) == b"BUFR7777"
    assert found.integrity["value"] == base64.b64encode(hashlib.sha512(b"BUFR7777").digest()).decode()
    assert found.document["properties"]["datetime"] == "2026-07-01T00:00:00Z"
    assert found.document["geometry"]["coordinates"] == [120.62, 31.41, 8.0]
    assert found.name == f"wis2/{GRANULE.data_id}/a.bufr4"


@pytest.mark.shared
def test_a_deletion_of_the_examples_is_a_deletion(shared: Path) -> None:
    operations = {
        path.name: messages.read(path.read_bytes()).operation for path in shared.glob("wis2/wnm/examples/*.json")
    }
    assert sorted(operations.values()).count("delete") == 1  # example4 speaks of one
    assert len(operations) == 7


def test_a_web_address_is_preferred_and_a_name_is_made_printable() -> None:
    document = messages.compose(GRANULE, b"x", NOW)
    document["properties"]["data_id"] = "a/\x1bb.bufr"
    document["links"] = [
        {"rel": "item", "href": "https://example.org/item"},
        {"rel": "canonical", "href": "ftp://example.org/b.bufr"},
        {"rel": "canonical", "href": "https://example.org/files/%E6%B0%94.bufr"},
    ]
    found = messages.read(messages.write(document))
    assert found.link.href == "https://example.org/files/%E6%B0%94.bufr"
    assert found.name == "wis2/a/_b.bufr/气.bufr"


@pytest.mark.parametrize(("payload", "words"), [
    (b"", "no JSON"), (b"{", "no JSON"), (b"\xff\xfe", "no JSON"), (b"[" * 5000, "no JSON"),
    (b'{"id": NaN}', "no JSON"), (b"{}", "id: None"), (b" " * 8193, "too large"),
])  # fmt: skip
def test_what_is_no_notification_is_refused(payload: bytes, words: str) -> None:
    with pytest.raises(NotificationError, match=words):
        messages.read(payload)
