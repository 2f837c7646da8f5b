"""Feed, CAP file, receipts door and board, through the web."""

import datetime as dt
import json

import pytest
from django.contrib.auth import views as auth
from django.test import Client
from django.urls import include, path
from django.views.i18n import set_language
from lxml import etree

from xiangtian.core import clock
from xiangtian.core.models import Person, Unit
from xiangtian.publish import actions, seal
from xiangtian.publish.actions import TargetSpec, enqueue
from xiangtian.publish.channels.cap_feed import ADDRESSES
from xiangtian.publish.jobs import drain
from xiangtian.publish.models import Delivery
from xiangtian.publish.simulator import SmsGateway

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
urlpatterns = [
    path("login/", auth.LoginView.as_view(), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("language/", set_language, name="set_language"),
    path("", include("xiangtian.publish.urls")),
]
ATOM = {"a": "http://www.w3.org/2005/Atom"}
BASE = "{% for message in messages %}{{ message }}{% endfor %}{% block content %}{% endblock %}"


@pytest.fixture(autouse=True)
def plain_frame(settings) -> None:
    """Show the board in a frame of its own, so that this test needs no built front end."""
    (engine,) = settings.TEMPLATES
    loaders = [
        ("django.template.loaders.locmem.Loader", {"kit/base.html": BASE}),
        "django.template.loaders.app_directories.Loader",
    ]
    options = {**engine["OPTIONS"], "loaders": loaders}
    settings.TEMPLATES = [{"BACKEND": engine["BACKEND"], "OPTIONS": options}]


def entries(client: Client, address: str) -> list[tuple[str, str]]:
    root = etree.fromstring(client.get(address).content)
    return [
        (node.find("a:category[@scheme='urn:xiangtian:action']", ATOM).get("term"), node.find("a:title", ATOM).text)
        for node in root.findall("a:entry", ATOM)
    ]


def person(*roles: str) -> Person:
    unit = Unit.objects.create(code="U", zh="台", en="U", districts=["320505", "320506"])
    return Person.objects.create(username="p", zh="某", unit=unit, roles=list(roles))


def test_the_feed_is_where_its_targets_say(client) -> None:
    for address in ADDRESSES.values():
        answer = client.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")


def test_an_empty_feed_is_a_feed(client) -> None:
    assert etree.fromstring(client.get("/feed/atom.xml").content).tag == "{http://www.w3.org/2005/Atom}feed"


def test_exercises_stay_out_of_the_public_feed(client, notice) -> None:
    enqueue(notice("M1", status="Actual"))
    enqueue(notice("M2", status="Exercise", event="E2"))
    enqueue(notice("M3", status="Test", event="E3"))
    assert entries(client, "/feed/atom.xml") == [("NEW", "苏州市气象台发布暴雨黄色预警信号")]
    titles = {title for _, title in entries(client, "/feed/exercise.xml")}
    assert titles == {"【演练】苏州市气象台发布暴雨黄色预警信号", "【测试】苏州市气象台发布暴雨黄色预警信号"}


def test_a_reader_that_has_the_latest_gets_304_until_something_changes(client, notice, tmp_path) -> None:
    enqueue(notice("M1", status="Actual"))
    first = client.get("/feed/atom.xml")
    again = client.get("/feed/atom.xml", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    since = client.get("/feed/atom.xml", headers={"If-Modified-Since": first["Last-Modified"]})
    assert since.status_code == 304
    now = clock.now()
    later = notice("M2", status="Actual", action="CAN", sent=now + dt.timedelta(seconds=2))
    enqueue(later)
    changed = client.get("/feed/atom.xml", headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]
    assert [action for action, _ in entries(client, "/feed/atom.xml")] == ["CAN", "NEW"]


def test_expiry_appears_in_the_feed_by_itself_and_ages_out(client, notice, tmp_path) -> None:
    enqueue(notice("M1", status="Actual"))
    tag = client.get("/feed/atom.xml")["ETag"]
    start = clock.now()
    clock.bind(tmp_path / "clock")
    clock.set_scenario(tmp_path / "clock", start + dt.timedelta(hours=6, minutes=1), 1)
    assert client.get("/feed/atom.xml", headers={"If-None-Match": tag}).status_code == 200
    assert [action for action, _ in entries(client, "/feed/atom.xml")] == ["EXP", "NEW"]
    clock.set_scenario(tmp_path / "clock", start + dt.timedelta(days=8), 1)
    assert entries(client, "/feed/atom.xml") == []


def test_the_cap_file_is_served_byte_for_byte(client, notice) -> None:
    enqueue(notice("M1", status="Actual"))
    link = etree.fromstring(client.get("/feed/atom.xml").content).find("a:entry/a:link", ATOM).get("href")
    assert link == "http://testserver/feed/cap/M1.xml"
    answer = client.get(link.removeprefix("http://testserver"))
    assert answer.content == notice("M1").bodies["cap"].encode()
    assert answer["Content-Type"] == "application/cap+xml"
    assert client.get("/feed/cap/M1.xml", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert client.get("/feed/cap/none.xml").status_code == 404


def test_the_feed_only_reads(client) -> None:
    assert client.post("/feed/atom.xml").status_code == 405
    assert client.head("/feed/atom.xml").status_code == 200


class TestReceiptsDoor:
    """The gateway's callback."""

    @pytest.fixture
    def row(self, notice, aim) -> Delivery:
        aim(TargetSpec("a", "sms", "10001"))
        actions.use_exercise_endpoints("job:test", {"sms": "http://u:k@127.0.0.1:9"})
        enqueue(notice())
        Delivery.objects.update(state="sent", gateway_id="S1")
        return Delivery.objects.get()

    def tell(self, client: Client, said: object, key: str = "k", age: int = 0) -> tuple[int, dict]:
        body, stamp = json.dumps(said).encode(), str(int(clock.wall()) - age)
        headers = {seal.TIME_HEADER: stamp, seal.HEADER: seal.sign(key, stamp, body)}
        answer = client.post("/publish/receipts/", body, content_type="application/json", headers=headers)
        return answer.status_code, answer.json()

    def test_a_sealed_receipt_closes_the_row_once(self, row) -> None:
        client = Client(enforce_csrf_checks=True)
        said = {"receipts": [{"id": "S1", "kind": "delivered", "words": "ok"}]}
        assert self.tell(client, said) == (200, {"new": 1, "unknown": 0})
        assert self.tell(client, said) == (200, {"new": 0, "unknown": 0})
        assert Delivery.objects.get().state == "delivered"

    def test_an_unsealed_or_old_or_foreign_one_is_refused(self, row, client) -> None:
        said = {"receipts": [{"id": "S1", "kind": "delivered"}]}
        assert self.tell(client, said, key="other")[0] == 401
        assert self.tell(client, said, key="")[0] == 401
        assert self.tell(client, said, age=301)[0] == 401
        assert client.post("/publish/receipts/", b"{}", content_type="application/json").status_code == 401
        assert Delivery.objects.get().state == "sent"

    def test_an_exercise_gateway_can_not_close_a_real_row(self, client, notice, monkeypatch, row) -> None:
        monkeypatch.setenv("XIANGTIAN_SMS_URL", "http://u:real@gate/")
        said = {"receipts": [{"id": "S1", "kind": "delivered"}]}
        assert self.tell(client, said, key="real") == (200, {"new": 0, "unknown": 1})
        assert self.tell(client, said, key="k") == (200, {"new": 1, "unknown": 0})

    @pytest.mark.parametrize("said", [[], {"receipts": [{"kind": "read"}]}, "x"])
    def test_what_can_not_be_read_is_said(self, row, client, said) -> None:
        status, answer = self.tell(client, said)
        assert status == 400
        assert "receipt" in answer["error"]

    def test_too_much_at_once_is_refused(self, row, client) -> None:
        answer = client.post("/publish/receipts/", b"x" * (1024 * 1024 + 1), content_type="application/json")
        assert answer.status_code == 413

    @pytest.mark.django_db(transaction=False)
    def test_the_simulated_gateway_speaks_this_door(self, row, client, started, monkeypatch) -> None:
        # the gateway's own callback request is caught on its way and put through the door
        import httpx

        seen = []

        def post(url, content, headers, **_):
            seen.append((content, headers))
            return httpx.Response(200)

        monkeypatch.setattr("xiangtian.publish.simulator.gateway.httpx.post", post)
        gateway = started(SmsGateway("k", callback="http://x/publish/receipts/"))
        gateway._plan_receipts(row.key, "S1")
        while not seen:
            pass
        content, headers = seen[0]
        answer = client.post("/publish/receipts/", content, content_type="application/json", headers=headers)
        assert answer.json() == {"new": 1, "unknown": 0}


class TestBoard:
    """The page of deliveries."""

    def test_it_needs_a_login_and_the_right_to_view(self, client) -> None:
        assert client.get("/publish/").status_code == 302
        client.force_login(person())
        assert client.get("/publish/").status_code == 403

    def test_it_shows_counts_and_reasons_and_offers_retry_to_whom_it_may(self, client, notice, aim, courier) -> None:
        aim(TargetSpec("死站", "webhook", "http://127.0.0.1:9/"), TargetSpec("值班", "sms", "10001"))
        enqueue(notice())
        Delivery.objects.update(tries=1)
        drain(5, courier=courier)
        engineer = person("engineer")
        client.force_login(engineer)
        whole = client.get("/publish/").content.decode()
        assert "苏州市气象台发布暴雨黄色预警信号" in whole
        assert "系统推送" in whole
        page = client.get("/publish/", {"message": notice().message}).content.decode()
        assert "试了 1 次后放弃：无法连接" in page
        assert "短信网关未配置" in page
        assert page.count("重发") == 2
        Person.objects.update(roles=["viewer"])
        assert "重发</button>" not in client.get("/publish/", {"message": notice().message}).content.decode()

    def test_it_can_be_filtered_and_be_empty(self, client, notice) -> None:
        client.force_login(person("viewer"))
        assert "还没有发布过消息" in client.get("/publish/").content.decode()
        enqueue(notice("M1", status="Actual"))
        enqueue(notice("M2"))
        assert ">M1<" not in client.get("/publish/", {"list": "exercise"}).content.decode()
        assert ">M2<" in client.get("/publish/", {"list": "exercise"}).content.decode()
        assert "没有这条消息" in client.get("/publish/", {"message": "none"}).content.decode()

    def test_retry_from_the_page(self, client, notice, aim) -> None:
        aim(TargetSpec("a", "sms", "10001"))
        enqueue(notice())
        Delivery.objects.update(state="given_up", last_error="x")
        row = Delivery.objects.get()
        client.force_login(person("engineer"))
        answer = client.post(f"/publish/deliveries/{row.pk}/retry/", {"next": "https://elsewhere/"}, follow=True)
        assert answer.redirect_chain == [("/publish/", 302)]
        assert "已重新排队" in answer.content.decode()
        assert Delivery.objects.get().state == "failed"

    def test_retry_without_the_right_says_what_is_missing(self, client, notice, aim) -> None:
        aim(TargetSpec("a", "sms", "10001"))
        enqueue(notice())
        row = Delivery.objects.get()
        Delivery.objects.update(state="given_up")
        client.force_login(person("viewer"))
        answer = client.post(f"/publish/deliveries/{row.pk}/retry/", follow=True)
        assert "publish.retry" in answer.content.decode()
        assert Delivery.objects.get().state == "given_up"
        assert client.get(f"/publish/deliveries/{row.pk}/retry/").status_code == 405
