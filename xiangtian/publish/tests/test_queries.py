"""Boards, percentiles and lists for other rooms."""

import pytest

from xiangtian.publish import queries
from xiangtian.publish.actions import TargetSpec, acknowledge, enqueue
from xiangtian.publish.models import Delivery
from xiangtian.publish.queries.sending import event_areas

pytestmark = pytest.mark.django_db


def test_a_message_nobody_knows_has_no_board() -> None:
    assert queries.board("none") is None
    assert queries.of_message("none") == []
    assert queries.boards() == []


def test_the_board_counts_states_per_channel(notice, aim) -> None:
    aim(
        TargetSpec("a", "sms", "10001"),
        TargetSpec("b", "sms", "10002"),
        TargetSpec("c", "sms", "10003"),
        TargetSpec("d", "webhook", "http://d/"),
    )
    enqueue(notice())
    board = queries.board(notice().message)
    assert board.lines[1].cells == (3, 0, 0, 0, 0, 0)
    assert [(line.channel, line.counts, line.total) for line in board.lines] == [
        ("webhook", {"queued": 1}, 1),
        ("sms", {"queued": 3}, 3),
    ]
    assert board.handed is None
    Delivery.objects.filter(target__startswith="a").update(state="sent", gateway_id="S1")
    acknowledge("delivered", gateway_id="S1")
    acknowledge("confirmed", gateway_id="S1")
    board = queries.board(notice().message)
    assert board.lines[1].counts == {"queued": 2, "confirmed": 1}
    assert board.receipts == 2
    one = queries.of_message(notice().message)[1]
    assert (one.target, one.state, set(one.receipts)) == ("a <10001>", "confirmed", {"delivered", "confirmed"})


def test_percentiles_are_nearest_rank(notice, aim) -> None:
    # nearest rank by hand for 1, 2, ..., 20 s: p50 is the 10th value, p95 the 19th
    aim(*(TargetSpec(f"t{n}", "sms", f"100{n:02d}") for n in range(21)))
    enqueue(notice())
    for n, row in enumerate(Delivery.objects.order_by("id")[:20], 1):
        Delivery.objects.filter(pk=row.pk).update(handed_over_wall=row.queued_wall + n)
    handed = queries.board(notice().message).handed
    found = [round(value, 3) for value in (handed.first_s, handed.p50_s, handed.p95_s, handed.last_s)]
    assert found == [1, 10, 19, 20]
    Delivery.objects.exclude(pk=Delivery.objects.order_by("id").first().pk).update(handed_over_wall=None)
    handed = queries.board(notice().message).handed
    assert handed.first_s == handed.p50_s == handed.p95_s == handed.last_s


def test_troubled_names_the_given_up_first(notice, aim) -> None:
    aim(*(TargetSpec(f"t{n}", "sms", f"1000{n}") for n in range(4)))
    enqueue(notice())
    ids = list(Delivery.objects.order_by("id").values_list("id", flat=True))
    Delivery.objects.filter(pk=ids[0]).update(state="failed", last_error="繁忙")
    Delivery.objects.filter(pk=ids[1]).update(state="given_up", last_error="空号")
    Delivery.objects.filter(pk=ids[2]).update(state="delivered", last_error="")
    assert [(row.words, row.channel_zh) for row in queries.troubled(notice().message)] == [
        ("空号", "短信"),
        ("繁忙", "短信"),
    ]


def test_districts_of_an_event_are_those_of_all_its_messages(notice) -> None:
    enqueue(notice("M1"))
    enqueue(notice("M2", areas=("320581",)))
    assert event_areas(notice().event) == ["320505", "320506", "320581"]
    assert event_areas("none") == []


def test_live_gateways_come_from_the_settings(monkeypatch) -> None:
    monkeypatch.setenv("XIANGTIAN_SMS_URL", "http://g/")
    monkeypatch.setenv("XIANGTIAN_SMTP_URL", "smtp://m")
    monkeypatch.setenv("XIANGTIAN_MQTT_PORT", "1884")
    found = queries.endpoints("live")
    assert (found.sms_url, found.smtp_url, found.mqtt_url) == ("http://g/", "smtp://m", "mqtt://127.0.0.1:1884")
    monkeypatch.setenv("XIANGTIAN_MQTT_URL", "mqtts://broker:8883")
    assert queries.endpoints("live").mqtt_url == "mqtts://broker:8883"
    monkeypatch.setenv("XIANGTIAN_MQTT_URL", "")
    monkeypatch.setenv("XIANGTIAN_MQTT_PORT", "0")
    assert queries.endpoints("live").mqtt_url == ""
