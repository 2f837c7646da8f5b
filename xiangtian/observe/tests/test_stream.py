"""Streams: patience and kinds of refusals."""

import pytest

from xiangtian.observe.stream import kind_of, patience_min


def test_a_source_of_each_minute_is_waited_for_ten_minutes() -> None:
    assert patience_min(set(range(60))) == 10.0


def test_a_slower_source_is_waited_for_three_times_its_longest_usual_gap() -> None:
    # every 20 min: the 95th percentile of the gaps is 20, three times that 60
    assert patience_min(set(range(0, 400, 20))) == 60.0


def test_one_long_gap_among_many_short_ones_does_not_count() -> None:
    minutes = set(range(100)) | set(range(700, 800))  # 198 gaps of 1, one of 601: the 95th percentile is 1
    assert patience_min(minutes) == 10.0


@pytest.mark.parametrize("minutes", [set(), {5}, set(range(11))])
def test_nobody_waits_for_an_occasional_source(minutes: set[int]) -> None:
    assert patience_min(minutes) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("the message has 41 bytes, allowed are 32", "the message has 9999 bytes, allowed are 32"),
        ("unknown format: first bytes 66 69", "unknown format: first bytes 00 01"),
        ("报文 33.1 MiB，超过上限 32 MiB", "报文 99.0 MiB，超过上限 32 MiB"),
        ("the decoder 'a' stumbled: ValueError", 'the decoder "b" stumbled: KeyError'),
    ],
)
def test_refusals_that_differ_in_details_are_of_one_kind(one: str, other: str) -> None:
    assert kind_of(one) == kind_of(other)


def test_other_faults_are_of_other_kinds_and_nothing_is_lost() -> None:
    assert kind_of("the message is empty") != kind_of("the message has 3 bytes")
    assert kind_of(": odd") == ": odd"
    assert len(kind_of("x" * 500)) == 60
