"""Form of the identifier: annex of value rules, and the public page 61072641600000_20250421062421."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangtian.warn.identifier import SecondFull, allot, build, defect, parse
from xiangtian.warn.tests.makers import NOW, UNIT


def test_a_release_in_beijing_time() -> None:
    made = build(UNIT, NOW, 3)
    assert made == "32050041600000_20260701101500_3"
    assert len(made) == 31


def test_a_public_example_is_read() -> None:
    # weather.cma.cn/web/alarm/61072641600000_20250421062421.html, with its number within the second added
    read = parse("61072641600000_20250421062421_0")
    assert read.adcode == "610726"
    assert read.sent == dt.datetime(2025, 4, 20, 22, 24, 21, tzinfo=dt.UTC)


@given(st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2099, 1, 1), timezones=st.just(dt.UTC)), st.integers(0, 9))
def test_what_is_built_is_read_back(sent: dt.datetime, number: int) -> None:
    read = parse(build(UNIT, sent, number))
    assert (read.unit, read.sent, read.number) == (UNIT, sent.replace(microsecond=0), number)


def test_ten_releases_in_one_second_have_ten_identifiers_and_the_eleventh_waits() -> None:
    taken: set[str] = set()
    for place in range(10):
        taken.add(allot(UNIT, NOW + dt.timedelta(milliseconds=90 * place), taken))
    assert len(taken) == 10
    with pytest.raises(SecondFull, match="all 10 numbers of 10:15:00; release again at 10:15:01"):
        allot(UNIT, NOW, taken)
    assert allot(UNIT, NOW + dt.timedelta(seconds=1), taken) == "32050041600000_20260701101501_0"
    assert allot("32058541600000", NOW, taken) == "32058541600000_20260701101500_0"


@pytest.mark.parametrize(
    ("unit", "sent", "number", "words"),
    [
        ("3205", NOW, 0, "not 14 digits"),
        (UNIT.translate({ord("3"): "\uff13"}), NOW, 0, "not 14 digits"),
        (UNIT, NOW.replace(tzinfo=None), 0, "no time zone"),
        (UNIT, NOW, -1, "below 0"),
        (UNIT, NOW, 10, "release again at 10:15:01"),
    ],
)
def test_what_can_not_be_is_refused(unit: str, sent: dt.datetime, number: int, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        build(unit, sent, number)


@pytest.mark.parametrize(
    "text",
    ["", "32050041600000_20260701101500", "32050041600000_20260701101500_10", "3205004160000_20260701101500_0",
     "32050041600000_20261301101500_0", "32050041600000_20260701101500_0 ", "32050041600000-20260701101500-0"],
)  # fmt: skip
def test_a_defect_is_told(text: str) -> None:
    assert defect(text)
    with pytest.raises(ValueError, match="identifier"):
        parse(text)


def test_a_right_one_has_no_defect() -> None:
    assert defect("32050041600000_20260701101500_0") is None
