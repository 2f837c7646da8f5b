"""The centre's side of smart stations: gaps by arithmetic, orders until answered, rights, pages."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from xiangtian.core import clock
from xiangtian.core.models import LedgerEntry
from xiangtian.core.people import NotAllowed
from xiangtian.kit.tests.frame import plain
from xiangtian.lake import raw
from xiangtian.observe import actions as observe
from xiangtian.observe.actions import edge as actions
from xiangtian.observe.edge import centre, protocol
from xiangtian.observe.edge.protocol import Rejected
from xiangtian.observe.jobs import edge as jobs
from xiangtian.observe.models import EdgeCommand, EdgeGap, EdgeStation, Quarantined
from xiangtian.observe.queries import edge as queries

pytestmark = pytest.mark.django_db
STATION = "M3501"


@pytest.fixture(autouse=True)
def frame(settings, at) -> None:
    plain(settings)
    at("2026-07-01T02:15")


def readings(*numbers: int, epoch: str = "a") -> bytes:
    return json.dumps([{"station": STATION, "edge": {"epoch": epoch, "seq": number}} for number in numbers]).encode()


def state(**told: object) -> bytes:
    return json.dumps({"station": STATION, "sent": protocol.utc(clock.now()), "epoch": "a", **told}).encode()


def gaps() -> list[tuple[int, int, str]]:
    return list(EdgeGap.objects.order_by("first").values_list("first", "last", "state"))


def test_gaps_open_and_close_as_numbers_come() -> None:
    actions.enrol(STATION, "test")
    now = clock.now()
    actions.note_readings(STATION, readings(1, 2, 10), now)
    assert gaps() == [(3, 9, "open")]
    actions.note_readings(STATION, readings(5, 6, 12), now)
    assert gaps() == [(3, 4, "open"), (7, 9, "open"), (11, 11, "open")]
    actions.note_readings(STATION, readings(3, 4, 7, 8, 9, 11, 1), now)
    assert gaps() == []
    assert EdgeStation.objects.get().last_seq == 12


def test_a_new_buffer_begins_anew() -> None:
    actions.enrol(STATION, "test")
    actions.note_readings(STATION, readings(1, 5), clock.now())
    actions.note_readings(STATION, readings(1, 2, epoch="b"), clock.now())
    row = EdgeStation.objects.get()
    assert (row.epoch, row.last_seq) == ("b", 2)
    actions.note_readings(STATION, b"not json", clock.now())
    actions.note_readings("M9999", readings(4), clock.now())  # not enrolled: nothing to keep


def test_what_the_station_gave_up_is_no_longer_asked_for(at) -> None:
    actions.enrol(STATION, "test")
    actions.note_readings(STATION, readings(1, 20), clock.now())
    assert actions.note_status(STATION, state(given_up=[[4, 6]], waiting=3), clock.now()) == ""
    assert gaps() == [(2, 3, "open"), (4, 6, "given_up"), (7, 19, "open")]
    at(clock.now() + dt.timedelta(minutes=11))
    assert actions.ask_for_gaps(clock.now()) == 2
    assert actions.ask_for_gaps(clock.now()) == 0
    asked = list(EdgeCommand.objects.order_by("id").values_list("verb", "arguments"))
    assert asked == [("resend", {"first": 2, "last": 3}), ("resend", {"first": 7, "last": 19})]
    line = queries.edge_line(STATION, clock.now())
    assert (line.missing, line.given_up, line.waiting) == (15, 3, 3)


def test_gaps_of_an_old_buffer_are_not_asked_for_and_hold_up_none(at, monkeypatch) -> None:
    monkeypatch.setattr(actions, "MOST_AT_ONCE", 1)
    actions.enrol(STATION, "test")
    actions.note_readings(STATION, readings(1, 5), clock.now())  # 2 to 4 stay with a buffer that is gone
    actions.note_readings(STATION, readings(1, 7, 9, epoch="b"), clock.now())
    at(clock.now() + dt.timedelta(minutes=11))
    assert [actions.ask_for_gaps(clock.now()) for _ in range(3)] == [1, 1, 0]
    assert [one.arguments for one in EdgeCommand.objects.order_by("id")] == [
        {"first": 2, "last": 6}, {"first": 8, "last": 8},
    ]  # fmt: skip


def test_the_drift_of_a_clock_is_told() -> None:
    actions.enrol(STATION, "test")
    late = clock.now() + dt.timedelta(seconds=95)
    assert actions.note_status(STATION, state(), late) == ""
    line = queries.edge_line(STATION, late)
    assert line.row.drift_s == 95
    assert line.wrong_clock


def test_orders_need_the_right_and_the_district(person) -> None:
    row = actions.enrol(STATION, "test")
    row.district = "320581"
    row.save()
    with pytest.raises(NotAllowed):
        actions.order(person("v", "viewer"), STATION, "status")
    with pytest.raises(NotAllowed):
        actions.order(person("other", "engineer", districts=("320506",)), STATION, "status")
    engineer = person("e", "engineer")
    with pytest.raises(Rejected, match="explode"):
        actions.order(engineer, STATION, "explode")
    with pytest.raises(Rejected, match="interval_s"):
        actions.configure(engineer, STATION, {"interval_s": 0})
    assert actions.configure(engineer, STATION, {"interval_s": 30}).wanted_version == 1
    actions.order(engineer, STATION, "status")
    assert list(LedgerEntry.objects.filter(subject=STATION).order_by("id").values_list("verb", flat=True)) == [
        "observe.edge_enrolled", "observe.edge_configured", "observe.edge_ordered",
    ]  # fmt: skip


def test_orders_are_answered_once_or_expire(person, at) -> None:
    actions.enrol(STATION, "test")
    one = actions.order(person("e", "engineer"), STATION, "status")
    two = actions.order(person("f", "engineer"), STATION, "self-test")
    answer = {"id": one.identifier, "ok": True, "words": "state follows"}
    assert actions.note_status(STATION, state(answer=answer), clock.now()) == ""
    assert actions.note_status(STATION, state(answer=answer | {"words": "again"}), clock.now()) == ""
    one.refresh_from_db()
    assert (one.state, one.ok, one.words) == ("answered", True, "state follows")
    at(clock.now() + dt.timedelta(hours=2))
    assert actions.expire(clock.now()) == 1
    two.refresh_from_db()
    assert two.state == "expired"


def test_the_sweep_reads_the_journal_once_and_puts_aside_what_it_cannot_use(home) -> None:
    actions.enrol(STATION, "test")
    letters = [
        (protocol.READINGS + STATION, readings(1, 4)),
        (protocol.STATUS + STATION, state(waiting=0)),
        (protocol.STATUS + STATION, b"[]"),
        (protocol.STATUS + "M9999", state()),
        ("observe/stations/x", b"{}"),
    ]
    observe.receive(home, [raw.Incoming(body, "mqtt", name, clock.now()) for name, body in letters])
    assert jobs.listen(home) == 4
    assert jobs.listen(home) == 0
    assert gaps() == [(2, 3, "open")]
    assert sorted(Quarantined.objects.values_list("part", flat=True)) == [STATION, "M9999"]


def test_what_goes_down_is_signed_and_told_again_until_it_is_confirmed(home, person, at, monkeypatch) -> None:
    sent: list[tuple[str, bytes]] = []
    monkeypatch.setattr(centre, "send", lambda letters: [sent.append(one) is None for one in letters])
    actions.enrol(STATION, "test")
    engineer = person("e", "engineer")
    actions.configure(engineer, STATION, {"interval_s": 30})
    made = actions.order(engineer, STATION, "status")
    assert jobs.speak(home) == 2
    assert jobs.speak(home) == 0  # not at once again
    at(clock.now() + dt.timedelta(seconds=61))
    assert jobs.speak(home) == 2
    key = centre.signing_key(home).public_key()
    said = {topic: protocol.opened(body, key, STATION) for topic, body in sent}
    assert said[f"edge/{STATION}/config"]["config"]["interval_s"] == 30
    assert protocol.command(said[f"edge/{STATION}/command"], clock.now()).id == made.identifier
    actions.note_status(STATION, state(config=1), clock.now())
    actions.note_status(STATION, state(answer={"id": made.identifier, "ok": True, "words": ""}), clock.now())
    at(clock.now() + dt.timedelta(seconds=61))
    assert jobs.speak(home) == 0
    assert (home.secrets / "edge.key").stat().st_mode & 0o077 == 0


def test_the_pages(client, person) -> None:
    client.force_login(person("v", "viewer"))
    assert "xiangtian edge enrol" in client.get("/observe/edge/").content.decode()
    actions.enrol(STATION, "test")
    actions.note_readings(STATION, readings(1, 4), clock.now())
    actions.note_status(
        STATION, state(waiting=7, unheld=0, unread=0, disk_free_mb=9, house={"battery_v": 12.4}), clock.now()
    )
    assert "补传中" in client.get("/observe/edge/").content.decode()
    page = client.get(f"/observe/edge/{STATION}/").content.decode()
    assert "battery_v" in page
    assert "下达命令" not in page
    assert client.post(f"/observe/edge/{STATION}/order/", {"verb": "status"}).status_code == 403
    client.force_login(person("e", "engineer"))
    page = client.get(f"/observe/edge/{STATION}/").content.decode()
    assert "下达命令" in page
    assert (
        client.post(f"/observe/edge/{STATION}/order/", {"verb": "resend", "first": "2", "last": "3"}).status_code == 302
    )
    assert EdgeCommand.objects.get().arguments == {"first": 2, "last": 3}
    assert client.post(f"/observe/edge/{STATION}/order/", {"verb": "resend", "first": "x"}).status_code == 409
    told = dict.fromkeys(("interval_s", "status_s", "replay_per_s", "batch", "stuck_min"), "60")
    assert client.post(f"/observe/edge/{STATION}/configure/", told).status_code == 302
    assert client.post(f"/observe/edge/{STATION}/configure/", told | {"batch": "0"}).status_code == 409
    assert EdgeStation.objects.get().wanted["batch"] == 60
    assert client.get("/observe/edge/M9999/").status_code == 404
