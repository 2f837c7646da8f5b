"""Registering people, and what is refused."""

import datetime as dt

import pytest

from xiangtian.core import clock
from xiangtian.core.models import LedgerEntry, Person, Unit
from xiangtian.core.people import on_shift, rights
from xiangtian.core.registry import RegistryError, begin_shift, register_person

pytestmark = pytest.mark.django_db
GOOD = {
    "username": "zhang",
    "name": "张工",
    "roles": ["forecaster"],
    "unit": "32058341600000",
    "unit_name": "昆山市气象局",
    "districts": ["320583"],
    "password": "梅雨-plum-rain-2026",
}


def test_a_person_is_registered_with_unit_password_and_a_line_in_the_ledger(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    one = register_person(**GOOD)
    assert one.check_password(GOOD["password"])
    assert (one.zh, one.unit.zh, one.unit.districts) == ("张工", "昆山市气象局", ["320583"])
    assert rights(one) == {"warn.draft", "warn.dismiss", "view"}
    assert LedgerEntry.objects.get().verb == "core.person_registered"


def test_a_unit_that_is_there_is_used_and_one_without_districts_acts_for_all(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    first = register_person(**GOOD | {"districts": []})
    second = register_person(**GOOD | {"username": "li", "districts": ["320581"]})
    assert first.unit == second.unit
    assert len(Unit.objects.get().districts) == 9  # Suzhou has nine county-level districts


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"roles": []}, "roles none; allowed: forecaster"),
        ({"roles": ["forecaster", "emperor"]}, r"\['emperor'\]; allowed"),
        ({"districts": ["110101"]}, "110101"),
        ({"password": "short"}, "password"),
        ({"password": "1234567890"}, "password"),
    ],
)
def test_what_is_refused_leaves_nobody(change: dict, words: str) -> None:
    with pytest.raises(RegistryError, match=words):
        register_person(**GOOD | change)
    assert not Person.objects.exists()
    assert not LedgerEntry.objects.exists()


def test_a_log_in_name_is_given_once(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    register_person(**GOOD)
    with pytest.raises(RegistryError, match="'zhang' already"):
        register_person(**GOOD)


def test_a_shift_begins_now_and_ends_as_asked(home, at, person) -> None:
    now = at("2026-07-01T00:00")
    one = person("zhang", "signer", duty=False)
    assert begin_shift("zhang", dt.timedelta(hours=12)) == now + dt.timedelta(hours=12)
    assert on_shift(one, clock.now())
    assert not on_shift(one, now + dt.timedelta(hours=12))
    with pytest.raises(RegistryError, match="nobody is registered as 'wang'"):
        begin_shift("wang", dt.timedelta(hours=1))
