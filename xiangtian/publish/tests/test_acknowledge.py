"""Receipts: late, double, early, contradictory, and of nothing known."""

import pytest

from xiangtian.publish.actions import TargetSpec, UnknownDelivery, acknowledge, acknowledge_all, enqueue
from xiangtian.publish.channels.contract import News
from xiangtian.publish.models import Delivery, Receipt

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(notice, aim) -> Delivery:
    """A row the gateway has taken."""
    aim(TargetSpec("a", "sms", "10001"))
    enqueue(notice())
    Delivery.objects.update(state="sent", gateway_id="S1", handed_over_wall=1.0)
    return Delivery.objects.get()


def state() -> str:
    return Delivery.objects.get().state


def test_a_receipt_closes_the_row_once(row) -> None:
    assert acknowledge("delivered", "ok", gateway_id="S1") is True
    assert state() == "delivered"
    assert Delivery.objects.get().delivered_at is not None
    assert acknowledge("delivered", "ok", gateway_id="S1") is False
    assert Receipt.objects.count() == 1


def test_a_person_confirms_later_and_a_late_delivery_does_not_undo_it(row) -> None:
    acknowledge("confirmed", gateway_id="S1")
    acknowledge("delivered", gateway_id="S1")
    assert state() == "confirmed"
    assert Receipt.objects.count() == 2


def test_a_receipt_may_come_before_the_handing_over_is_recorded(row) -> None:
    Delivery.objects.update(state="queued", gateway_id="", handed_over_wall=None)
    assert acknowledge("delivered", key=row.key, gateway_id="S1")
    found = Delivery.objects.get()
    assert (found.state, found.handed_over_wall is not None) == ("delivered", True)


def test_failure_at_the_gateway_gives_up_with_its_words(row) -> None:
    acknowledge("failed", "关机", gateway_id="S1")
    assert state() == "given_up"
    assert "关机" in Delivery.objects.get().last_error


def test_good_news_corrects_bad_and_bad_news_never_undoes_good(row) -> None:
    acknowledge("failed", "关机", gateway_id="S1")
    acknowledge("delivered", gateway_id="S1")
    assert state() == "delivered"
    row.receipts.filter(kind="failed").delete()
    acknowledge("failed", "again", gateway_id="S1")
    assert state() == "delivered"


def test_failure_of_an_earlier_round_does_not_end_the_present_one(row) -> None:
    Delivery.objects.update(gateway_id="S2", round=1)
    acknowledge("failed", key=row.key, gateway_id="S1")
    assert state() == "sent"
    acknowledge("failed", key=f"{row.key}-r1", gateway_id="S2")
    assert state() == "given_up"


def test_a_key_of_a_later_round_is_still_the_row(row) -> None:
    assert acknowledge("delivered", key=f"{row.key}-r2")


def test_what_was_never_sent_is_refused(row) -> None:
    with pytest.raises(UnknownDelivery, match="key 'none' or gateway number 'S9'"):
        acknowledge("delivered", key="none", gateway_id="S9")
    with pytest.raises(ValueError, match="known are failed, delivered, confirmed"):
        acknowledge("read", gateway_id="S1")


def test_an_empty_number_means_no_row_even_if_rows_have_none(row) -> None:
    Delivery.objects.update(gateway_id="")
    with pytest.raises(UnknownDelivery):
        acknowledge("delivered")


def test_a_gateway_speaks_only_for_its_own_list(row) -> None:
    with pytest.raises(UnknownDelivery):
        acknowledge("delivered", gateway_id="S1", list_name="live")
    assert acknowledge("delivered", gateway_id="S1", list_name="exercise")


def test_one_unknown_receipt_does_not_spoil_the_others(row) -> None:
    news = [News("delivered", gateway_id="S9"), News("delivered", gateway_id="S1"), News("delivered", gateway_id="S1")]
    assert acknowledge_all(news, "exercise") == (1, 1)
    assert acknowledge_all([], "exercise") == (0, 0)
    assert state() == "delivered"
