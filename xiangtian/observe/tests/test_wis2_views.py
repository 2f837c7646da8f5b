"""The page of WIS2, who may act on it, and what the world reads of us without a log-in."""

import datetime as dt
import hashlib
import json

import pytest

from xiangtian.core import clock
from xiangtian.observe.models import Wis2Message, Wis2Notice
from xiangtian.observe.wis2 import ids, messages, publishing
from xiangtian.observe.wis2.messages import Granule

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
CENTRE = "cn-cma-suzhou-test"


@pytest.fixture
def rows(home):
    now = clock.now()
    document = messages.write(
        messages.compose(Granule("jp-jma/a", "urn:x", "https://example.org/a"), b"x", AT)
    ).decode()
    told = {"topic": "cache/a/wis2/jp-jma/data", "centre": "jp-jma", "document": document, "received": now}
    done = {"pubtime": now - dt.timedelta(seconds=30), "finished": now, "state": "done", "size": 290}
    Wis2Notice.objects.create(message_id="1", data_id="jp-jma/a", **told, **done)
    failed = {"state": "given_up", "reason": "应答 404", "tries": 12, "link": "https://example.org/b"}
    Wis2Notice.objects.create(message_id="2", data_id="jp-jma/b", **told, **failed)
    body = b"BUFR of ours"
    path = publishing.keep(publishing.folder(home), "WIGOS_0-20000-0-58358_20260701T000000", now.date(), body)
    sent = {"time": now - dt.timedelta(seconds=90), "known": now, "prepared": now, "topic": "t", "document": document}
    Wis2Message.objects.create(
        message_id="3", station="58358", data_id=f"{CENTRE}/x", path=path, state="sent", sent=now, **sent
    )
    Wis2Message.objects.create(message_id="4", data_id=f"{CENTRE}/record", state="given_up", reason="无法连接", **sent)
    return path, body, document


@pytest.fixture
def log_in(client, person):
    def enter(*roles: str):
        client.force_login(person("somebody", *roles))
        return client

    return enter


def words(answer) -> str:
    return answer.content.decode()


def test_both_directions_are_shown_with_states_delays_and_reasons(log_in, rows) -> None:
    client = log_in("viewer")
    taken, sent = words(client.get("/observe/wis2/")), words(client.get("/observe/wis2/?way=out"))
    assert "jp-jma/a" in taken and "应答 404" in taken and "30.0" in taken
    assert f"{CENTRE}/x" in sent and "无法连接" in sent and "90.0" in sent and "发现元数据" in sent
    assert "jp-jma/a" not in sent


@pytest.mark.parametrize(("query", "shown", "hidden"), [
    ("state=trouble", "jp-jma/b", "jp-jma/a"), ("state=done", "jp-jma/a", "jp-jma/b"),
    ("q=jma/b", "jp-jma/b", "jp-jma/a"),
    ("state=nonsense", "jp-jma/a", "nonsense"), ("state=waiting", "没有这样的通知", "jp-jma/a"),
    ("way=out&state=trouble", ">record<", f"{CENTRE}/x"), ("way=sideways", "jp-jma/a", "sideways"),
])  # fmt: skip
def test_the_lists_are_filtered(log_in, rows, query: str, shown: str, hidden: str) -> None:
    found = words(log_in("viewer").get(f"/observe/wis2/lists/?{query}"))
    assert shown in found
    assert hidden not in found


def test_one_notification_is_shown_as_it_came(log_in, rows) -> None:
    client = log_in("viewer")
    one = Wis2Notice.objects.get(message_id="2")
    found = words(client.get(f"/observe/wis2/in/{one.pk}/"))
    assert "应答 404" in found and "https://example.org/b" in found and "conformsTo" in found
    assert "重新获取" not in found  # a viewer may not
    ours = Wis2Message.objects.get(message_id="3")
    assert f"/wis2/data/{rows[0]}" in words(client.get(f"/observe/wis2/out/{ours.pk}/"))
    assert client.get("/observe/wis2/in/999/").status_code == 404
    assert client.get(f"/observe/wis2/up/{one.pk}/").status_code == 404


def test_what_was_given_up_is_tried_again_by_who_may(log_in, rows) -> None:
    client = log_in("data_manager")
    for way, row in (("in", Wis2Notice.objects.get(message_id="2")), ("out", Wis2Message.objects.get(message_id="4"))):
        assert ("重新获取" if way == "in" else "重新发送") in words(client.get(f"/observe/wis2/{way}/{row.pk}/"))
        assert client.post(f"/observe/wis2/{way}/{row.pk}/retry/").status_code == 302
        row.refresh_from_db()
        assert (row.state, row.tries) == ("waiting", 0)
        assert client.post(f"/observe/wis2/{way}/{row.pk}/retry/").status_code == 409


def test_without_the_right_or_a_log_in_nothing_is_tried_again(client, log_in, rows) -> None:
    row = Wis2Notice.objects.get(message_id="2")
    assert client.post(f"/observe/wis2/in/{row.pk}/retry/").status_code == 302  # to the log-in
    assert log_in("observer").post(f"/observe/wis2/in/{row.pk}/retry/").status_code == 403
    row.refresh_from_db()
    assert row.state == "given_up"


def test_the_world_reads_a_file_without_a_log_in_and_once(client, rows) -> None:
    path, body, _ = rows
    answer = client.get(f"/wis2/data/{path}")
    assert (answer.content, answer["Content-Type"]) == (body, "application/bufr")
    assert hashlib.sha256(body).hexdigest()[:32] in answer["ETag"]
    assert client.get(f"/wis2/data/{path}", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert client.head(f"/wis2/data/{path}").status_code == 200
    assert client.post(f"/wis2/data/{path}").status_code == 405


@pytest.mark.parametrize("path", [
    "20260701/x.bufr4", "20260701/..%2f..%2frecords.sqlite3", "..%2fmetadata/cn-cma.json", "20260701/.WIGOS",
    "20200101/WIGOS_0-20000-0-58358_20200101T000000_0123456789abcdef.bufr4",
])  # fmt: skip
def test_nothing_else_is_read_there(client, rows, path: str) -> None:
    assert client.get(f"/wis2/data/{path}").status_code == 404


def test_the_record_is_served_when_there_is_one(client, home) -> None:
    address = f"/wis2/metadata/{ids.metadata_id(CENTRE)}.json"
    assert client.get("/wis2/metadata/").json() == {"links": []}
    assert client.get(address).status_code == 404
    publishing.keep_record(home, CENTRE, b'{"id": 1}')
    (link,) = client.get("/wis2/metadata/").json()["links"]
    assert link["href"].endswith(address)
    answer = client.get(address)
    assert (answer.content, answer["Content-Type"]) == (b'{"id": 1}', "application/geo+json")
    assert client.get("/wis2/metadata/urn:wmo:md:other:x.json").status_code == 404


def test_who_missed_notifications_reads_the_last_day(client, rows) -> None:
    found = client.get("/wis2/messages/")
    assert found["Content-Type"] == "application/geo+json"
    assert json.loads(found.content) == {"type": "FeatureCollection", "features": [json.loads(rows[2])]}
    assert found["Access-Control-Allow-Origin"] == "*"
