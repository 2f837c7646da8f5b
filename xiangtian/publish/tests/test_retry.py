"""A person sends again."""

import datetime as dt

import pytest

from xiangtian.core import clock
from xiangtian.core.models import LedgerEntry, Person, Unit
from xiangtian.core.people import NotAllowed
from xiangtian.publish.actions import CantRetry, TargetSpec, acknowledge, enqueue, retry
from xiangtian.publish.models import Delivery, ExerciseTarget

pytestmark = pytest.mark.django_db


@pytest.fixture
def engineer() -> Person:
    unit = Unit.objects.create(code="U1", zh="市台", en="City", districts=["320505", "320506"])
    return Person.objects.create(username="engineer", zh="工程师", unit=unit, roles=["engineer"])


@pytest.fixture
def given_up(notice, aim) -> Delivery:
    aim(TargetSpec("a", "sms", "10001"))
    enqueue(notice())
    Delivery.objects.update(state="given_up", attempts=40, last_error="x")
    return Delivery.objects.get()


def test_it_goes_to_the_head_of_the_queue_under_the_same_key(engineer, given_up) -> None:
    retry(engineer, given_up)
    row = Delivery.objects.get()
    assert (row.state, row.next_try, row.tries, row.sending_key) == ("failed", 0, 45, given_up.key)
    line = LedgerEntry.objects.get(verb="publish.retry")
    assert (line.actor, line.subject) == ("engineer", row.message)


def test_after_a_failure_the_gateway_reported_the_key_is_new(engineer, given_up) -> None:
    Delivery.objects.update(state="sent", gateway_id="S1")
    acknowledge("failed", "关机", gateway_id="S1")
    retry(engineer, given_up)
    assert Delivery.objects.get().sending_key == f"{given_up.key}-r1"


def test_without_the_right_or_outside_the_district_it_is_refused(engineer, given_up) -> None:
    viewer = Person.objects.create(username="viewer", roles=["viewer"], unit=engineer.unit)
    with pytest.raises(NotAllowed, match=r"publish\.retry"):
        retry(viewer, given_up)
    Unit.objects.update(districts=["320505"])
    engineer.refresh_from_db()
    with pytest.raises(NotAllowed, match="320506"):
        retry(engineer, given_up)
    assert Delivery.objects.get().state == "given_up"


@pytest.mark.parametrize("state", ["sent", "delivered", "confirmed"])
def test_what_is_handed_over_is_not_sent_again(engineer, given_up, state) -> None:
    Delivery.objects.update(state=state)
    with pytest.raises(CantRetry, match="无需重发"):
        retry(engineer, given_up)


def test_a_row_under_way_is_left_alone(engineer, given_up) -> None:
    Delivery.objects.update(state="failed", lease_until=clock.wall() + 60)
    with pytest.raises(CantRetry, match="正在发送"):
        retry(engineer, given_up)


def test_an_inactive_target_and_an_expired_message_are_refused(engineer, given_up, tmp_path) -> None:
    ExerciseTarget.objects.update(active=False)
    with pytest.raises(CantRetry, match="目标已停用"):
        retry(engineer, given_up)
    ExerciseTarget.objects.update(active=True)
    clock.set_scenario(tmp_path / "clock", clock.now() + dt.timedelta(hours=7), 1)
    clock.bind(tmp_path / "clock")
    with pytest.raises(CantRetry, match="到期"):
        retry(engineer, given_up)
