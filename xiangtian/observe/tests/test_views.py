"""The page of the network: batches, stations, quarantine; and what may be done with a quarantined message."""

import json

import pytest

from xiangtian.core import clock
from xiangtian.core.models import LedgerEntry
from xiangtian.kit.tests.frame import plain
from xiangtian.lake import raw
from xiangtian.observe import actions
from xiangtian.observe.intake import Intake
from xiangtian.observe.models import Batch, Quarantined
from xiangtian.observe.queries import readings
from xiangtian.observe.tests.makers import station
from xiangtian.observe.views.quarantine import head

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script>"
WUZHONG, CHANGSHU = "320506", "320581"


@pytest.fixture(autouse=True)
def frame(settings, at) -> None:
    plain(settings)
    readings.cache_clear()
    at("2026-07-01T02:15")


def take_in(home, *bodies: bytes, name: str = "stations/x") -> None:
    actions.receive(home, [raw.Incoming(body, "mqtt", name, clock.now()) for body in bodies])
    intake = Intake(home)
    while intake.sweep():
        pass


def report(code: str, time: str, **elements: float) -> bytes:
    return json.dumps({"station": code, "time": time, "elements": elements}).encode()


def text(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def refused(home) -> Quarantined:
    take_in(home, f'{{"station": "A", "time": {SCRIPT}'.encode(), name=f"stations/{SCRIPT}")
    return Quarantined.objects.get()


class TestBoard:
    """The lists."""

    def test_who_may_look(self, client, person) -> None:
        assert client.get("/observe/").status_code == 302
        client.force_login(person("nobody"))
        assert client.get("/observe/").status_code == 403

    def test_nothing_yet_says_so(self, client, person) -> None:
        client.force_login(person("v", "viewer"))
        page = text(client.get("/observe/"))
        for words in ("还没有收到过报文", "没有隔离的报文", "没有这样的站点"):
            assert words in page

    def test_batches_and_newest_readings(self, client, person, home) -> None:
        station("A", "东山")
        station("B", "虞山", CHANGSHU)
        take_in(
            home,
            report("A", "2026-07-01T02:05:00Z", air_temperature=25.14),
            report("A", "2026-07-01T02:10:00Z", air_temperature=25.26, wind_speed=3.0),
        )
        client.force_login(person("v", "viewer"))
        answer = client.get("/observe/")
        a, b = answer.context["stations"].object_list
        # 02:10 to 02:15 is five minutes; one decimal as the catalogue says
        assert (a.site.code, a.age_min, a.late) == ("A", 5.0, False)
        assert [cell.text for cell in a.cells][:4] == ["25.3", "–", "–", "3.0"]
        assert (b.site.code, b.time, b.late, b.cells) == ("B", None, True, ())
        batch = Batch.objects.get()
        assert answer.context["batches"] == [batch]
        assert (batch.arrivals, batch.readings) == (2, 2)
        assert "从未到报" in text(answer)

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", ["A", "B", "C"]),
            (f"district={CHANGSHU}", ["B", "C"]),
            ("district=999999", ["A", "B", "C"]),
            ("late=yes", ["B", "C"]),  # B reported 16 min ago, C never
            ("q=山", ["A", "B"]),
            ("q=c", ["C"]),
            (f"late=yes&district={WUZHONG}", []),
            ("page=99", ["A", "B", "C"]),
            ("page=x&state=%27", ["A", "B", "C"]),
        ],
    )
    def test_filters(self, client, person, home, query, expected) -> None:
        station("A", "东山")
        station("B", "虞山", CHANGSHU)
        station("C", "梅李", CHANGSHU)
        take_in(
            home,
            report("A", "2026-07-01T02:00:00Z", air_temperature=25.0),
            report("B", "2026-07-01T01:59:00Z", air_temperature=25.0),
        )
        client.force_login(person("v", "viewer"))
        found = client.get(f"/observe/?{query}").context["stations"].object_list
        assert [one.site.code for one in found] == expected

    def test_the_limit_of_late_is_not_late(self, client, person, home) -> None:
        station("A", "东山")
        take_in(home, report("A", "2026-07-01T02:00:00Z", air_temperature=25.0))  # 15 min ago, to the second
        client.force_login(person("v", "viewer"))
        (one,) = client.get("/observe/lists/").context["stations"].object_list
        assert (one.age_min, one.late) == (15.0, False)

    def test_a_doubted_value_carries_its_flag(self, client, person, home) -> None:
        station("A", "东山")
        take_in(home, report("A", "2026-07-01T02:10:00Z", relative_humidity=140.0))  # above what can be (0 to 100 %)
        client.force_login(person("v", "viewer"))
        answer = client.get("/observe/")
        (one,) = answer.context["stations"].object_list
        assert one.cells[1].flag == 2
        assert "✕ 错误" in text(answer)

    def test_long_lists_have_pages_that_keep_the_filters(self, client, person) -> None:
        for number in range(51):
            station(f"S{number:03d}", f"站{number}")
        client.force_login(person("v", "viewer"))
        first = client.get(f"/observe/lists/?district={WUZHONG}")
        assert len(first.context["stations"].object_list) == 50
        assert f'href="/observe/?district={WUZHONG}&amp;page=2"' in text(first)
        second = client.get(f"/observe/?district={WUZHONG}&page=2")
        assert [one.site.code for one in second.context["stations"].object_list] == ["S050"]

    def test_names_are_text(self, client, person, refused) -> None:
        station("A", SCRIPT)
        client.force_login(person("v", "viewer"))
        page = text(client.get("/observe/"))
        assert page.count("&lt;script&gt;alert(1)") >= 2
        assert SCRIPT not in page

    def test_it_asks_few_questions(self, client, person, home, django_assert_max_num_queries) -> None:
        for number in range(30):
            station(f"S{number:03d}", f"站{number}")
        take_in(home, *(report(f"S{n:03d}", "2026-07-01T02:10:00Z", air_temperature=25.0) for n in range(30)))
        client.force_login(person("v", "viewer"))
        with django_assert_max_num_queries(7):
            client.get("/observe/")

    def test_in_english(self, client, person) -> None:
        station("A", "东山")
        client.force_login(person("v", "viewer"))
        client.post("/language/", {"language": "en", "next": "/observe/"})
        page = text(client.get("/observe/"))
        assert "Quarantine" in page
        assert "Wuzhong" in page
        assert "Air temperature °C" in page


class TestQuarantine:
    """One message."""

    def test_it_shows_why_and_how_the_bytes_begin(self, client, person, refused) -> None:
        client.force_login(person("v", "viewer"))
        page = text(client.get(f"/observe/quarantine/{refused.pk}/"))
        assert refused.sha256 in page
        assert "0000  7b 22 73 74 61 74 69 6f 6e" in page  # {"station in ASCII
        assert SCRIPT not in page
        assert "您的岗位不能重送或关闭报文" in page
        assert client.get("/observe/quarantine/999/").status_code == 404

    def test_only_who_has_the_right_sends_again_or_closes(self, client, person, refused) -> None:
        client.force_login(person("v", "viewer"))
        for verb in ("resend", "close"):
            answer = client.post(f"/observe/quarantine/{refused.pk}/{verb}/", {"reason": "x"})
            assert answer.status_code == 403
            assert "observe.resend" in text(answer)
        refused.refresh_from_db()
        assert refused.state == "waiting"

    def test_sent_again_it_goes_through_the_intake(self, client, person, home, refused) -> None:
        client.force_login(person("o", "observer"))
        before = len(list(raw.arrivals(home)))
        answer = client.post(f"/observe/quarantine/{refused.pk}/resend/", follow=True)
        assert answer.redirect_chain == [("/observe/", 302)]
        assert "已重新送入解码" in text(answer)
        again = list(raw.arrivals(home))[before:]
        assert [(one.sha256, one.source) for one in again] == [(refused.sha256, "resend")]

    def test_closing_needs_a_reason_and_is_written_down(self, client, person, refused) -> None:
        client.force_login(person("o", "observer"))
        empty = client.post(f"/observe/quarantine/{refused.pk}/close/", {"reason": " "})
        assert empty.status_code == 409
        assert "关闭必须写明原因" in text(empty)
        client.post(f"/observe/quarantine/{refused.pk}/close/", {"reason": "站点已更换"})
        refused.refresh_from_db()
        assert refused.state == "closed"
        line = LedgerEntry.objects.get(verb="observe.close")
        assert (line.actor, line.subject, line.detail["reason"]) == ("o", refused.sha256, "站点已更换")
        twice = client.post(f"/observe/quarantine/{refused.pk}/close/", {"reason": "又"})
        assert twice.status_code == 409
        assert LedgerEntry.objects.filter(verb="observe.close").count() == 1
        assert [row.pk for row in client.get("/observe/?state=closed").context["quarantined"]] == [refused.pk]

    def test_what_was_never_kept_can_not_be_sent_again(self, client, person, home) -> None:
        actions.refuse_large("http", "big", 50 * 2**20)
        row = Quarantined.objects.get()
        client.force_login(person("o", "observer"))
        assert "原文过大，没有保存" in text(client.get(f"/observe/quarantine/{row.pk}/"))
        answer = client.post(f"/observe/quarantine/{row.pk}/resend/")
        assert answer.status_code == 409
        assert "无法重送" in text(answer)

    def test_bytes_that_are_gone_are_said_and_not_a_crash(self, client, person, home, refused) -> None:
        raw.place(home, refused.sha256).unlink()
        client.force_login(person("o", "observer"))
        assert "restore it" in text(client.get(f"/observe/quarantine/{refused.pk}/"))
        assert client.post(f"/observe/quarantine/{refused.pk}/resend/").status_code == 409

    def test_verbs_are_posts(self, client, person, refused) -> None:
        client.force_login(person("o", "observer"))
        for verb in ("resend", "close"):
            assert client.get(f"/observe/quarantine/{refused.pk}/{verb}/").status_code == 405


class TestHead:
    """How bytes are written."""

    def test_like_hexdump(self) -> None:
        # `printf 'BUFR\0\1é\n' | hexdump -C`: 42 55 46 52 00 01 c3 a9 0a |BUFR.....|
        assert head(b"BUFR\0\1\xc3\xa9\n").lines == (("0000", "42 55 46 52 00 01 c3 a9 0a", "BUFR....."),)

    def test_512_bytes_and_no_more(self) -> None:
        found = head(b"x" * 1000)
        assert len(found.lines) == 32
        assert found.lines[-1] == ("01f0", "78 " * 15 + "78", "x" * 16)
        assert found.text == "x" * 512

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            (b"", ""),
            ("观测\n".encode(), "观测\n"),
            (b"\xff\xfe\x00\x01binary", ""),
            (b"a\x00b", ""),
            ("测".encode() * 200, "测" * 170),  # cut within a sign: 170 whole ones fit 512 bytes
        ],
    )
    def test_text_only_where_it_is_text(self, body: bytes, expected: str) -> None:
        assert head(body).text == expected
