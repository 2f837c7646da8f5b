"""Identifiers: rules and examples of WMO-No. 1160, attachment 2.1 (0-20000-0-60351 is the manual's own)."""

import pytest

from xiangtian.observe.metadata.wigos import Wigos, WigosError, parse, usual


@pytest.mark.parametrize(
    "text", ["0-20000-0-60351", "0-156-0-M3901", "0-454-2-AWSCHIKANGAWA", "0-65534-65534-0123456789abcdef"]
)
def test_identifiers_are_read_and_written(text: str) -> None:
    assert str(parse(text)) == text


def test_parts() -> None:
    assert parse(" 0-20000-0-58358 ") == Wigos(0, 20000, 0, "58358")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("58358", "应为"),
        ("0-20000-0-", "应为"),
        ("0-20000-58358", "应为"),
        ("0-20000-0-58 358", "应为"),
        ("0-20000-0-东山", "应为"),
        ("1-20000-0-58358", "须为 0"),
        ("0-65535-0-58358", "超出"),
        ("0-20000-65535-58358", "超出"),
        ("0-020000-0-58358", "前导零"),
        ("0-20000-0-0123456789abcdefg", "1 至 16"),
    ],
)
def test_what_is_none_is_refused(text: str, words: str) -> None:
    with pytest.raises(WigosError, match=words):
        parse(text)


def test_usual_identifiers() -> None:
    assert str(usual("58358")) == "0-20000-0-58358"
    assert str(usual("M3901")) == "0-156-0-M3901"
    assert usual("站") is None
    assert usual("") is None
