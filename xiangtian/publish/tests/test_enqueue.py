"""Queueing: one row per (message, channel, target), of the right list, with the caller's transaction or not."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from xiangtian.core.models import LedgerEntry
from xiangtian.publish.actions import TargetSpec, enqueue
from xiangtian.publish.models import Delivery, ExerciseTarget, LiveTarget, Outgoing
from xiangtian.publish.queries import cap_file, notice_of

pytestmark = pytest.mark.django_db


def rows() -> list[str]:
    return sorted(row.target.split(" ")[0] for row in Delivery.objects.all())


def test_targets_are_chosen_by_district_danger_and_colour(notice, aim) -> None:
    aim(
        TargetSpec("all", "sms", "10001"),
        TargetSpec("here", "sms", "10002", areas=("320506", "320581")),
        TargetSpec("elsewhere", "sms", "10003", areas=("320581",)),
        TargetSpec("rain", "sms", "10004", hazards=("rainstorm",)),
        TargetSpec("fog", "sms", "10005", hazards=("fog",)),
        TargetSpec("yellow", "sms", "10006", least_colour="yellow"),
        TargetSpec("orange", "sms", "10007", least_colour="orange"),
    )
    ExerciseTarget.objects.create(name="off", channel="sms", address="10008", active=False)
    assert enqueue(notice()) == 4
    assert rows() == ["all", "here", "rain", "yellow"]
    assert Delivery.objects.filter(state="queued", attempts=0, lease_until=0).count() == 4
    assert LedgerEntry.objects.get(verb="publish.enqueue").detail["targets"] == 4


def test_without_targets_nothing_is_queued_but_the_message_is_kept(notice) -> None:
    assert enqueue(notice()) == 0
    assert Outgoing.objects.count() == 1


def test_who_was_warned_hears_of_the_downgrade_and_the_lifting(notice, aim) -> None:
    aim(TargetSpec("severe", "sms", "10001", least_colour="orange", areas=("320505",)))
    assert enqueue(notice("M1", colour="orange")) == 1
    assert enqueue(notice("M2", action="DNG", colour="blue")) == 1
    assert enqueue(notice("M3", action="CAN", colour="blue", areas=("320581",))) == 1
    assert enqueue(notice("M4", event="another", colour="blue")) == 0


def test_the_same_notice_again_adds_nothing_and_a_changed_one_is_refused(notice, aim) -> None:
    aim(TargetSpec("a", "sms", "10001"))
    first = notice()
    assert enqueue(first) == 1
    assert enqueue(first) == 0
    aim(TargetSpec("b", "sms", "10002"))
    assert enqueue(first) == 1, "a target that came later is still served"
    with pytest.raises(ValueError, match="released before with other contents"):
        enqueue(notice(colour="red"))


def test_an_exercise_takes_only_exercise_targets_and_a_warning_only_live_ones(notice, aim) -> None:
    aim(TargetSpec("drill", "sms", "10001"))
    LiveTarget.objects.create(name="real", channel="sms", address="13800000000")
    enqueue(notice("M1", status="Exercise"))
    enqueue(notice("M2", status="Test"))
    enqueue(notice("M3", status="Actual"))
    found = {(row.status, row.target_list, row.target) for row in Delivery.objects.all()}
    assert found == {
        ("Exercise", "exercise", "drill <10001>"),
        ("Test", "exercise", "drill <10001>"),
        ("Actual", "live", "real <13800000000>"),
    }


@pytest.mark.parametrize(("status", "list_name"), [("Exercise", "live"), ("Test", "live"), ("Actual", "exercise")])
def test_the_database_refuses_a_row_that_mixes_the_lists(notice, aim, status, list_name) -> None:
    aim(TargetSpec("drill", "sms", "10001"))
    enqueue(notice())
    with pytest.raises(IntegrityError, match="delivery_keeps_lists_apart"), transaction.atomic():
        Delivery.objects.update(status=status, target_list=list_name)


def test_rows_fall_with_the_callers_transaction(notice, aim) -> None:
    aim(TargetSpec("a", "sms", "10001"))
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert enqueue(notice()) == 1
        raise ZeroDivisionError
    assert (Delivery.objects.count(), Outgoing.objects.count()) == (0, 0)
    assert not LedgerEntry.objects.filter(verb="publish.enqueue").exists()


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_is_refused(notice) -> None:
    with pytest.raises(RuntimeError, match="outside a transaction"):
        enqueue(notice())


def test_what_was_frozen_comes_back_byte_for_byte(notice) -> None:
    first = notice(expires=dt.datetime(2099, 1, 1, tzinfo=dt.UTC))
    enqueue(first)
    kept = Outgoing.objects.get()
    assert notice_of(kept) == first
    assert cap_file(first.message) == first.bodies["cap"].encode()


def test_the_database_refuses_to_change_or_delete_a_released_message(notice) -> None:
    enqueue(notice())
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Outgoing.objects.update(colour="red")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Outgoing.objects.all().delete()
