"""Facts are heard once, in order, and not lost when a listener fails half-way."""

import pytest
from django.db import transaction

from xiangtian.core import facts

pytestmark = pytest.mark.django_db
KIND = "radar.written"


def test_a_listener_hears_what_it_has_not_heard_oldest_first() -> None:
    told = [facts.tell(KIND, str(number), {"n": number}) for number in range(3)]
    assert [fact.subject for fact in facts.unheard("a", [KIND])] == ["0", "1", "2"]
    facts.heard("a", told[1])
    assert [fact.subject for fact in facts.unheard("a", [KIND])] == ["2"]
    assert len(facts.unheard("b", [KIND])) == 3  # each listener has a cursor of its own


def test_a_listener_that_failed_before_heard_hears_again() -> None:
    facts.tell(KIND, "x")
    assert len(facts.unheard("a", [KIND])) == 1
    assert len(facts.unheard("a", [KIND])) == 1


def test_only_the_kinds_asked_for_and_no_more_than_the_limit() -> None:
    facts.tell("nowcast.written", "n")
    for number in range(5):
        facts.tell(KIND, str(number))
    assert [fact.subject for fact in facts.unheard("a", [KIND], limit=2)] == ["0", "1"]
    assert facts.unheard("a", ["warning.scored"]) == []


def test_a_fact_is_there_only_if_what_it_tells_of_is() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        facts.tell(KIND, "never")
        raise RuntimeError("the work failed")
    assert facts.unheard("a", [KIND]) == []


def test_an_unknown_kind_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"known are observations\.appended"):
        facts.tell("radar.writen", "x")
