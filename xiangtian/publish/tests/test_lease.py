"""Leases: no row has two holders, and none is lost with its holder."""

import datetime as dt

import pytest

from xiangtian.core import clock
from xiangtian.publish.actions import TargetSpec, acknowledge, enqueue
from xiangtian.publish.actions.lease import Ask, claim, due, postpone, reclaim, release
from xiangtian.publish.actions.record import Tried, record
from xiangtian.publish.channels.contract import Outcome
from xiangtian.publish.models import Attempt, Delivery, ExerciseTarget, Receipt
from xiangtian.publish.patience import Patience

pytestmark = pytest.mark.django_db
SMS = Ask("sms", "exercise", False, 10)
AGAIN = Ask("sms", "exercise", True, 10)


@pytest.fixture
def three(notice, aim) -> None:
    aim(*(TargetSpec(f"t{n}", "sms", f"1000{n}") for n in range(3)))
    enqueue(notice())


def tried(parcel, outcome: Outcome) -> Tried:
    return Tried(parcel, outcome, clock.now(), 0.1, clock.wall())


def test_a_row_has_one_holder(three) -> None:
    first, second = claim(SMS, 60), claim(SMS, 60)
    assert len(first) == 3
    assert second == []
    assert {parcel.attempt for parcel in first} == {1}
    assert len({parcel.key for parcel in first}) == 3


def test_an_ended_lease_is_taken_again_and_the_old_holders_failure_is_not_believed(three) -> None:
    old = claim(SMS, -1)
    new = claim(AGAIN, 60)
    assert [parcel.attempt for parcel in new] == [2, 2, 2]
    record([tried(old[0], Outcome("failed_for_good", "old"))], Patience())
    assert Delivery.objects.filter(state="given_up").count() == 0
    record([tried(old[1], Outcome("handed_over", "ok", "S1"))], Patience())
    assert Delivery.objects.get(pk=old[1].delivery).state == "sent", "what was handed over is handed over"


def test_a_killed_holders_rows_can_be_reclaimed_at_once(three) -> None:
    claim(SMS, 3600)
    assert due(clock.wall()).count() == 0
    assert reclaim() == 3
    assert due(clock.wall()).count() == 3
    assert reclaim() == 0


def test_what_is_given_back_was_no_try(three) -> None:
    release(claim(SMS, 60))
    assert set(Delivery.objects.values_list("attempts", "lease_until")) == {(0, 0.0)}


def test_one_row_per_target_at_a_time_and_busy_targets_are_left_out(notice, aim) -> None:
    aim(TargetSpec("a", "webhook", "http://a/"), TargetSpec("b", "webhook", "http://b/"))
    enqueue(notice("M1"))
    enqueue(notice("M2", event="E2"))
    first = claim(Ask("webhook", "exercise", False, 10), 60)
    assert [parcel.notice.message for parcel in first] == ["M1", "M1"]
    busy = frozenset({first[0].target.number})
    second = claim(Ask("webhook", "exercise", False, 10, busy), 60)
    assert [(p.notice.message, p.target.number) for p in second] == [("M2", first[1].target.number)]


def test_targets_in_trouble_are_served_among_the_repeated(three) -> None:
    slow = ExerciseTarget.objects.get(name="t1").pk
    fast = claim(Ask("sms", "exercise", False, 10, slow=frozenset({slow})), 60)
    assert [parcel.target.name for parcel in fast] == ["t0", "t2"]
    assert [p.target.name for p in claim(Ask("sms", "exercise", True, 10, slow=frozenset({slow})), 60)] == ["t1"]


def test_failure_waits_and_the_last_one_gives_up_with_its_reason(three) -> None:
    parcel = claim(SMS, 60)[0]
    first = tried(parcel, Outcome("failed_for_now", "繁忙"))
    record([first], Patience(10, 10, 2))
    row = Delivery.objects.get(pk=parcel.delivery)
    assert (row.state, row.last_error) == ("failed", "繁忙")
    assert 7.5 <= row.next_try - first.wall <= 12.5  # 10 s, a quarter of jitter
    Delivery.objects.filter(pk=row.pk).update(next_try=0, tries=2)
    parcel = claim(AGAIN, 60)[0]
    record([tried(parcel, Outcome("failed_for_now", "繁忙"))], Patience(10, 10, 2))
    row.refresh_from_db()
    assert (row.state, row.last_error) == ("given_up", "试了 2 次后放弃：繁忙")
    assert sorted(Attempt.objects.filter(delivery=row).values_list("number", flat=True)) == [1, 2]


def test_failure_reported_before_the_handing_over_is_recorded_stays_failure(three) -> None:
    parcel = claim(SMS, 60)[0]
    acknowledge("failed", "关机", key=parcel.key, gateway_id="S1")
    record([tried(parcel, Outcome("handed_over", "ok", "S1"))], Patience())
    row = Delivery.objects.get(pk=parcel.delivery)
    assert (row.state, row.gateway_id) == ("given_up", "S1")


def test_delivered_at_once_has_a_receipt_that_says_what_proves_it(three) -> None:
    parcel = claim(SMS, 60)[0]
    record([tried(parcel, Outcome("delivered", "应答 200；没有回执", "http-200"))] * 2, Patience())
    row = Delivery.objects.get(pk=parcel.delivery)
    assert row.state == "delivered"
    assert row.handed_over_wall >= row.queued_wall
    assert Receipt.objects.get(delivery=row).words == "应答 200；没有回执"


def test_people_get_nothing_expired(three, tmp_path) -> None:
    clock.set_scenario(tmp_path / "clock", clock.now() + dt.timedelta(hours=7), 1)
    clock.bind(tmp_path / "clock")
    assert claim(SMS, 60) == []
    assert set(Delivery.objects.values_list("state", "attempts")) == {("given_up", 0)}
    assert "到期" in Delivery.objects.first().last_error


def test_people_get_nothing_that_a_newer_message_replaced(three, notice) -> None:
    enqueue(notice("M2", action="CAN"))
    parcels = claim(SMS, 60) + claim(SMS, 60)
    assert {parcel.notice.message for parcel in parcels} == {"M2"}
    assert set(Delivery.objects.filter(message="M2").values_list("state", flat=True)) == {"queued"}
    old = Delivery.objects.exclude(message="M2")
    assert {row.state for row in old} == {"given_up"}
    assert "更新的消息" in old[0].last_error


def test_a_target_that_was_switched_off_gets_nothing(three) -> None:
    ExerciseTarget.objects.filter(name="t0").update(active=False)
    assert len(claim(SMS, 60)) == 2
    assert Delivery.objects.get(state="given_up").last_error == "目标已停用，未发送"


def test_a_channel_that_can_not_send_lets_its_rows_wait_with_the_reason(three) -> None:
    assert postpone("sms", "exercise", "短信网关未配置") == 3
    assert set(Delivery.objects.values_list("state", "attempts", "last_error")) == {("queued", 0, "短信网关未配置")}
    assert due(clock.wall()).count() == 0
    assert due(clock.wall() + 16).count() == 3
