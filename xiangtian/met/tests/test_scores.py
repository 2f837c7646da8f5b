"""Scores against the worked example of the WWRP/WGNE forecast verification pages (rain at one station, a year)."""

import pytest

from xiangtian.met.scores import Contingency, contingency

# "Standard verification methods": hits 82, false alarms 38, misses 23, correct negatives 222 (365 days):
# POD 0.78, FAR 0.32, TS 0.57, bias 1.14, ETS 0.44 (from that page)
YEAR = contingency(82, 38, 23, 222)


@pytest.mark.parametrize(
    ("score", "published"), [("pod", 0.78), ("far", 0.32), ("csi", 0.57), ("bias", 1.14), ("ets", 0.44)]
)
def test_published_example(score: str, published: float) -> None:
    assert getattr(YEAR, score) == pytest.approx(published, abs=0.005)


def test_miss_rate_is_the_rest_of_pod() -> None:
    assert YEAR.miss_rate == pytest.approx(1 - 0.78, abs=0.005)


# Finley's tornado forecasts of 1884, as Wilks 2011 prints them (table 8.1): 28, 72, 23, 2680
@pytest.mark.parametrize(
    ("score", "published"),
    [("csi", 0.228), ("far", 0.720), ("pod", 0.549), ("bias", 1.96), ("hss", 0.355), ("ets", 0.216)],
)
def test_tornadoes_of_finley(score: str, published: float) -> None:
    assert getattr(contingency(28, 72, 23, 2680), score) == pytest.approx(published, abs=0.005)


def test_skill_by_chance_needs_the_correct_negatives() -> None:
    assert contingency(28, 72, 23).hss is None
    assert contingency(28, 72, 23).ets is None


@pytest.mark.parametrize("score", ["pod", "far", "csi", "bias", "ets", "hss", "miss_rate"])
def test_nothing_to_count_is_none_and_not_zero(score: str) -> None:
    assert getattr(Contingency(0, 0, 0), score) is None


def test_counts_below_zero_are_refused() -> None:
    with pytest.raises(ValueError, match="misses is -1"):
        Contingency(1, 1, -1)
