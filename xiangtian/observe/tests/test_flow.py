"""The flow board: messages by door and format, delays, refusals, silence."""

import datetime as dt
import json

import pytest

from xiangtian.core import clock
from xiangtian.kit.tests.frame import plain
from xiangtian.lake import raw
from xiangtian.observe import actions, queries
from xiangtian.observe.models import Quarantined
from xiangtian.observe.queries import arriving
from xiangtian.observe.queries.flow import flow
from xiangtian.observe.tests.makers import station
from xiangtian.observe.tests.rows import put

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 7, 1, 2, 32, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def frame(settings, at) -> None:
    plain(settings)
    queries.readings.cache_clear()
    arriving.tally.cache_clear()
    at(NOW)


def ago(minutes: float) -> dt.datetime:
    return NOW - dt.timedelta(minutes=minutes)


def report(code: str, time: dt.datetime) -> bytes:
    return json.dumps({"station": code, "time": time.isoformat(), "elements": {"air_temperature": 20.0}}).encode()


def come(home, door: str, *told: tuple[float, bytes]) -> list[str]:
    """Let messages come in so many minutes ago; give the hashes of their bytes."""
    kept = actions.receive(home, [raw.Incoming(body, door, "x", ago(minutes)) for minutes, body in told])
    return [one.sha256 for one in kept]


def stored(home, code: str, minutes: float, late_s: float, source: str) -> None:
    """A reading in the lake that came in so many minutes ago, so many seconds late."""
    time = ago(minutes) - dt.timedelta(seconds=late_s)
    told = {"station": code, "time": time.replace(tzinfo=None).isoformat(), "late_s": late_s, "source": source}
    put(home, told | {"air_temperature": 20.0})


class TestFlow:
    """The question."""

    def test_counts_by_five_minutes_door_and_format(self, home) -> None:
        come(home, "folder", (200.0, b"older than three hours"), (4.0, b"what is this"))
        come(home, "mqtt", *((minutes, report("A", ago(minutes))) for minutes in (3.5, 2.0, 1.0)))
        found = flow(home)
        doors = {door.name: door for door in found.doors}
        # 02:31, 02:30 (end included) and 02:28:30: the five minutes that end at 02:35 and at 02:30
        assert [end.strftime("%H:%M") for end in found.ends[-2:]] == ["02:30", "02:35"]
        assert doors["mqtt"].counts[-2:] == (2, 1)
        assert doors["mqtt"].formats == (("station-json", 3),)
        assert doors["folder"].formats == ((arriving.UNKNOWN, 1),)
        assert (doors["folder"].total, len(doors["folder"].counts)) == (1, 36)
        assert found.since == ago(200.0)

    def test_what_comes_later_is_added_and_what_grows_old_forgotten(self, home, at) -> None:
        come(home, "mqtt", (1.0, report("A", ago(1))))
        assert flow(home).doors[0].total == 1
        at(NOW + dt.timedelta(minutes=170))
        come(home, "mqtt", (-165.0, report("A", ago(-165))))
        assert flow(home).doors[0].total == 2
        at(NOW + dt.timedelta(hours=6))
        (door,) = flow(home).doors
        assert (door.total, door.formats, door.last) == (0, (), ago(-165))

    def test_a_regular_source_that_stopped_is_silent(self, home) -> None:
        come(home, "mqtt", *((float(minutes), report("A", ago(minutes))) for minutes in range(60, 12, -1)))
        come(home, "http", *((float(minutes), report("B", ago(minutes))) for minutes in range(60, 9, -1)))
        come(home, "resend", (150.0, b"once"))
        found = {door.name: door for door in flow(home).doors}
        # each minute, so patience is the least one, 10 min: mqtt last spoke 13 min ago, http exactly 10
        assert (found["mqtt"].silent, found["mqtt"].patience_min) == (True, 10.0)
        assert found["http"].silent is False
        assert (found["resend"].silent, found["resend"].patience_min) == (False, None)

    def test_delays_by_door_and_network(self, home) -> None:
        station("A", network="national")
        (body,) = come(home, "mqtt", (20.0, b"five readings of A"))
        for minutes, late_s in enumerate((60, 120, 180, 240, 1200), 20):
            stored(home, "A", minutes, late_s, body)
        (other,) = come(home, "folder", (5.0, b"one of C"))
        stored(home, "C", 5.0, 30.0, other)
        stored(home, "C", 200.0, 99.0, other)  # came in before the hours shown
        mqtt, folder = sorted(flow(home).delays, key=lambda one: -one.n)
        assert (mqtt.door, mqtt.network, mqtt.n, mqtt.p50_s, mqtt.most_s) == ("mqtt", "national", 5, 180.0, 1200.0)
        assert mqtt.p95_s == 1200.0
        assert (folder.door, folder.network, folder.n, folder.p50_s) == ("folder", "", 1, 30.0)

    def test_refusals_of_one_kind_stand_together(self, home) -> None:
        for size in (41, 42):
            actions.refuse_large("http", f"m{size}", size * 2**20)
        Quarantined.objects.filter(name="m41").update(state="closed")
        Quarantined.objects.create(
            source="mqtt",
            name="old",
            reason="elsewhere",
            size=1,
            received=NOW - dt.timedelta(hours=25),
            sha256="",
            part="",
        )
        (one,) = flow(home).refused
        assert (one.n, one.waiting, one.newest) == (2, 1, Quarantined.objects.get(name="m42").pk)

    def test_a_large_journal_is_read_from_the_hours_shown_only(self, home, monkeypatch) -> None:
        monkeypatch.setattr(arriving, "MOST_BYTES", 2000)
        come(home, "mqtt", *((float(minutes), b"x%d" % minutes) for minutes in range(600, 170, -10)))
        assert flow(home).since == ago(180.0)

    def test_nothing_yet(self, home) -> None:
        found = flow(home)
        assert (found.doors, found.delays, found.refused, found.since) == ((), (), (), None)


class TestPage:
    """The board."""

    def test_it_says_who_fell_silent_and_shows_the_numbers(self, client, person, home) -> None:
        come(home, "mqtt", *((float(minutes), report("A", ago(minutes))) for minutes in range(60, 12, -1)))
        client.force_login(person("v", "viewer"))
        page = client.get("/observe/flow/").content.decode()
        assert "MQTT 报文 已 13 分钟没有报文" in page
        assert "station-json 48" in page
        assert page.count("<rect") == 36
        bins = client.get("/observe/flow/bins/").content.decode()
        assert bins.count("<tr>") == 37
        assert clock.beijing(NOW)[-5:-2] in bins

    def test_a_journal_that_can_not_be_read_is_told(self, client, person, home) -> None:
        come(home, "mqtt", (1.0, b"x"))
        (journal,) = (home.raw / "journal").glob("*.jsonl")
        journal.write_bytes(b"?" + journal.read_bytes()[1:])
        client.force_login(person("v", "viewer"))
        answer = client.get("/observe/flow/lists/")
        assert answer.status_code == 200
        assert "到报日志读不出" in answer.content.decode()

    def test_nothing_yet_and_who_may_look(self, client, person, home) -> None:
        assert client.get("/observe/flow/").status_code == 302
        client.force_login(person("nobody"))
        assert client.get("/observe/flow/").status_code == 403
        client.force_login(person("v", "viewer"))
        assert "还没有收到过报文" in client.get("/observe/flow/").content.decode()
