"""Seals and keys."""

import pytest

from xiangtian.publish import seal

# printf '1700000000.{}' | openssl dgst -sha256 -hmac Jefe
OPENSSL = "sha256=d3793e2b4103edfbd98cc19591832f5fad701d413db9fcae0ae7dab8184ed207"


def test_the_seal_is_what_openssl_computes() -> None:
    assert seal.sign("Jefe", "1700000000", b"{}") == OPENSSL


@pytest.mark.parametrize(
    ("secret", "stamp", "body", "wall", "good"),
    [
        ("Jefe", "1700000000", b"{}", 1700000000.0, True),
        ("Jefe", "1700000000", b"{}", 1700000300.0, True),
        ("Jefe", "1700000000", b"{}", 1700000301.0, False),
        ("Jefe", "1700000000", b"{ }", 1700000000.0, False),
        ("jefe", "1700000000", b"{}", 1700000000.0, False),
        ("", "1700000000", b"{}", 1700000000.0, False),
        ("Jefe", "", b"{}", 1700000000.0, False),
        ("Jefe", "-1", b"{}", 0.0, False),
    ],
)
def test_only_a_right_and_fresh_seal_holds(secret, stamp, body, wall, good) -> None:
    assert seal.holds(secret, stamp, body, OPENSSL, wall) is good


def test_an_empty_secret_holds_nothing_even_if_sealed_with_it() -> None:
    assert not seal.holds("", "1700000000", b"{}", seal.sign("", "1700000000", b"{}"), 1700000000.0)


def test_a_seal_of_other_letters_is_refused_and_not_an_error() -> None:
    assert not seal.holds("Jefe", "1700000000", b"{}", "雨", 1700000000.0)


def test_keys_tell_message_channel_list_and_target_apart() -> None:
    places = [
        ("A1", "sms", "live", 1),
        ("A", "1sms", "live", 1),
        ("A1", "sms", "exercise", 1),
        ("A1", "sms", "live", 11),
    ]
    assert len({seal.key_of(*place) for place in places}) == 4
