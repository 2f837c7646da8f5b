"""Pauses between tries."""

import pytest

from xiangtian.publish.patience import JITTER, Patience, pause_s


@pytest.mark.parametrize(("attempt", "whole"), [(1, 1), (2, 2), (3, 4), (7, 64), (8, 120), (40, 120), (10_000, 120)])
def test_pauses_double_up_to_the_cap(attempt, whole) -> None:
    # by hand: 1 s * 2**(attempt - 1), at most 120 s
    found = pause_s(Patience(), "k", attempt)
    assert whole * (1 - JITTER) <= found <= whole * (1 + JITTER)


def test_the_same_row_always_waits_the_same_and_rows_differ() -> None:
    assert pause_s(Patience(), "a", 3) == pause_s(Patience(), "a", 3)
    pauses = [pause_s(Patience(), str(n), 3) for n in range(400)]
    assert len(set(pauses)) == 400
    assert 3.9 < sum(pauses) / 400 < 4.1, "the jitter shortens and lengthens alike"


def test_a_target_may_be_away_for_half_an_hour() -> None:
    shortest = sum(pause_s(Patience(), "k", n) for n in range(1, Patience.tries))
    assert shortest > 30 * 60
