"""The push door: what it takes, what it refuses and how, and that 202 means on disk."""

import errno
import json
from io import BytesIO

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client, RequestFactory

from xiangtian.lake import durable, raw
from xiangtian.observe.intake import Intake
from xiangtian.observe.models import Quarantined
from xiangtian.observe.queries import readings
from xiangtian.observe.views import push

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-some-length"
BODY = json.dumps({"station": "P1", "time": "2026-07-01T02:10:00Z", "elements": {"air_temperature": 25.1}}).encode()


@pytest.fixture(autouse=True)
def door(home, at, monkeypatch) -> None:
    monkeypatch.setenv("XIANGTIAN_PUSH_TOKEN", TOKEN)
    at("2026-07-01T02:11")
    readings.cache_clear()


def send(body: bytes = BODY, name: str = "stations/P1", token: str | None = TOKEN, path: str = "/observe/push"):
    headers = {"X-Name": name} if name else {}
    headers |= {"Authorization": f"Bearer {token}"} if token is not None else {}
    client = Client(enforce_csrf_checks=True)
    return client.post(path, body, content_type="application/octet-stream", headers=headers)


def kept(home) -> list[raw.Kept]:
    return list(raw.arrivals(home))


def test_what_is_answered_with_202_is_on_disk(home) -> None:
    answer = send()
    assert answer.status_code == 202
    (one,) = kept(home)
    assert answer.json() == {"sha256": one.sha256}
    assert raw.body(home, one.sha256) == BODY
    assert (one.source, one.name) == ("http", "stations/P1")
    assert one.received.isoformat() == "2026-07-01T02:11:00+00:00"


def test_the_name_may_stand_in_the_path(home) -> None:
    assert send(name="", path="/observe/push/radar/202607010210.h5").status_code == 202
    assert kept(home)[0].name == "radar/202607010210.h5"
    assert send(name="%E4%B8%9C%E5%B1%B1").status_code == 202  # a header holds no Chinese: percent-encoded
    assert kept(home)[1].name == "东山"


def test_twice_is_read_once(home) -> None:
    assert send().json() == send().json()
    intake = Intake(home)
    while intake.sweep():
        pass
    rows = readings(home).latest()
    assert rows["station"].to_list() == ["P1"]
    assert rows["air_temperature"].to_list() == [25.1]
    assert len(list((home.raw / kept(home)[0].sha256[:2]).iterdir())) == 1


@pytest.mark.parametrize("token", [None, "", "wrong", TOKEN + "x", TOKEN[:-1], "令牌".encode().decode("latin-1")])
def test_without_the_token_nothing_is_taken(home, token) -> None:
    answer = send(token=token)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert "Authorization: Bearer" in answer.json()["error"]
    assert kept(home) == []


def test_another_scheme_is_no_token(home) -> None:
    answer = Client().post(
        "/observe/push/x", BODY, content_type="text/plain", headers={"Authorization": f"Basic {TOKEN}"}
    )
    assert answer.status_code == 401


def test_without_the_setting_the_door_is_shut(home, monkeypatch) -> None:
    monkeypatch.setenv("XIANGTIAN_PUSH_TOKEN", "")
    answer = send(token="")
    assert answer.status_code == 403
    assert "XIANGTIAN_PUSH_TOKEN" in answer.json()["error"]
    assert kept(home) == []


@pytest.mark.parametrize(
    ("name", "words"), [("", "has no name"), ("   ", "has no name"), ("n" * 301, "301 signs"), ("a%0Ab", "printable")]
)
def test_a_name_that_can_not_be_used_is_refused(home, name, words) -> None:
    answer = send(name=name)
    assert answer.status_code == 400
    assert words in answer.json()["error"]
    assert kept(home) == []


def test_too_large_is_refused_before_it_is_read(home) -> None:
    request = RequestFactory().post(
        "/observe/push/big", b"", content_type="text/plain", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    request.META["CONTENT_LENGTH"] = str(raw.MAX_BODY_BYTES + 1)
    request._stream = None  # whoever reads it fails
    answer = push(request, "big")
    assert answer.status_code == 413
    row = Quarantined.objects.get()
    assert (row.name, row.size, row.sha256) == ("big", raw.MAX_BODY_BYTES + 1, "")


def test_the_largest_is_taken(home) -> None:
    assert send(b"x" * raw.MAX_BODY_BYTES).status_code == 202


@pytest.mark.parametrize(("length", "status"), [("", 411), ("many", 411), ("-1", 411), ("0", 400)])
def test_the_length_must_be_told(home, length, status) -> None:
    request = RequestFactory().post(
        "/observe/push/x", BODY, content_type="text/plain", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    request.META["CONTENT_LENGTH"] = length
    assert push(request, "x").status_code == status


def test_a_torn_message_is_not_acknowledged(home) -> None:
    request = WSGIRequest(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/observe/push/x",
            "wsgi.input": BytesIO(BODY),
            "CONTENT_LENGTH": str(len(BODY) + 5),
            "HTTP_AUTHORIZATION": f"Bearer {TOKEN}",
        }
    )
    answer = push(request, "x")
    assert answer.status_code == 400
    assert f"{len(BODY)} of {len(BODY) + 5} bytes came" in json.loads(answer.content)["error"]
    assert kept(home) == []


@pytest.mark.parametrize(("number", "status"), [(errno.ENOSPC, 507), (errno.EDQUOT, 507), (errno.EROFS, 503)])
def test_a_disk_that_refuses_is_told_and_afterwards_all_is_well(home, monkeypatch, number, status) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, "refused")

    with monkeypatch.context() as broken:
        broken.setattr(durable, "write", refuse)
        answer = send()
    assert answer.status_code == status
    assert "nothing was acknowledged" in answer.json()["error"]
    assert kept(home) == []
    assert send().status_code == 202


@pytest.mark.parametrize("verb", ["get", "put", "delete", "patch"])
def test_only_post(home, verb) -> None:
    answer = getattr(Client(), verb)("/observe/push", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
