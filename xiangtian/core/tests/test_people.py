"""Deny by default: a right, a district and a shift are each needed, and each refusal says which is missing."""

import datetime as dt

import pytest

from xiangtian.core import clock
from xiangtian.core.models import Person, Shift
from xiangtian.core.people import ROLES, NotAllowed, on_shift, require, rights

pytestmark = pytest.mark.django_db


def test_rights_are_the_union_of_the_roles(person) -> None:
    both = person("both", "observer", "forecaster")
    assert rights(both) == ROLES["observer"] | ROLES["forecaster"]
    assert rights(person("nobody")) == frozenset()
    assert rights(person("strange", "emperor")) == frozenset()


def test_who_was_made_inactive_has_no_right(person) -> None:
    gone = person("gone", "signer")
    gone.is_active = False
    assert rights(gone) == frozenset()
    with pytest.raises(NotAllowed):
        require(gone, "warn.sign")


def test_only_signers_sign() -> None:
    assert [role for role, held in ROLES.items() if "warn.sign" in held] == ["signer"]


def test_the_right_the_place_and_the_shift_are_asked_in_turn(person) -> None:
    one = person("one", "forecaster", districts=("320583",), duty=False)
    with pytest.raises(NotAllowed, match=r"没有权限“warn.sign”"):
        require(one, "warn.sign")
    with pytest.raises(NotAllowed, match="320505、320506"):
        require(one, "warn.draft", ["320583", "320506", "320505"])
    with pytest.raises(NotAllowed, match="not on shift"):
        require(one, "warn.draft", ["320583"], duty=True)
    require(one, "warn.draft", ["320583"])


def test_who_has_no_unit_acts_for_no_district(db) -> None:
    loose = Person.objects.create(username="loose", zh="loose", roles=["forecaster"], unit=None)
    require(loose, "warn.draft")
    with pytest.raises(NotAllowed, match="outside the unit's districts"):
        require(loose, "warn.draft", ["320583"])


@pytest.mark.parametrize(("minutes", "duty"), [(-1, False), (0, True), (59, True), (60, False)])
def test_a_shift_counts_from_its_first_moment_to_before_its_last(person, minutes: int, duty: bool) -> None:
    one, starts = person("one", "signer", duty=False), dt.datetime(2026, 7, 1, tzinfo=clock.UTC)
    Shift.objects.create(person=one, starts=starts, ends=starts + dt.timedelta(hours=1))
    assert on_shift(one, starts + dt.timedelta(minutes=minutes)) is duty
