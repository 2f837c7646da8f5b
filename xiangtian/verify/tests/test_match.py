"""Pairing, worked by hand on one evening in two districts."""

import datetime as dt

import numpy as np
import pytest

from xiangtian.verify.match import Claim, Pair, counts, pair
from xiangtian.verify.truth import Episode, episodes, window_sums
from xiangtian.warn.colours import Colour
from xiangtian.warn.rules import Branch, Continuing, Level, RuleTable, Spatial

T = dt.datetime(2026, 7, 1, 10, tzinfo=dt.UTC)
WU, CHANG = "320506", "320581"


def at(minutes: float) -> dt.datetime:
    return T + dt.timedelta(minutes=minutes)


def claim(district: str, colour: Colour, issued: float, ends: float) -> Claim:
    return Claim("E1", "M1", district, colour, at(issued), at(ends))


def episode(district: str, colour: Colour, first: float, last: float) -> Episode:
    return Episode(district, colour, at(first), at(last), "S", 55.0, 6)


def outcome(lines: list[Pair]) -> list[tuple[str, float | None]]:
    return [(line.outcome, line.lead_min) for line in lines]


@pytest.mark.parametrize(
    ("claims", "met", "expected"),
    [
        ([], [], []),
        # issued at 0, met at 50: a hit with 50 min of lead
        ([claim(WU, Colour.YELLOW, 0, 360)], [episode(WU, Colour.YELLOW, 50, 90)], [("hit", 50.0)]),
        # met in the very minute of issue is still a hit
        ([claim(WU, Colour.YELLOW, 0, 360)], [episode(WU, Colour.YELLOW, 0, 90)], [("hit", 0.0)]),
        # met 20 min before the issue: late, with its negative lead
        ([claim(WU, Colour.YELLOW, 0, 360)], [episode(WU, Colour.YELLOW, -20, 90)], [("late", -20.0)]),
        # over before it was issued: a false alarm, and a miss
        ([claim(WU, Colour.YELLOW, 0, 360)], [episode(WU, Colour.YELLOW, -90, -20)],
         [("false_alarm", None), ("miss", None)]),
        # another district
        ([claim(CHANG, Colour.YELLOW, 0, 360)], [episode(WU, Colour.YELLOW, 50, 90)],
         [("false_alarm", None), ("miss", None)]),
        # a lower colour was in force
        ([claim(WU, Colour.YELLOW, 0, 360)],
         [episode(WU, Colour.YELLOW, 50, 200), episode(WU, Colour.ORANGE, 90, 120)],
         [("hit", 50.0), ("under_warned", None)]),
        # a higher colour was in force before the lower criterion was met: covered
        ([claim(WU, Colour.ORANGE, 0, 360)],
         [episode(WU, Colour.YELLOW, 50, 200), episode(WU, Colour.ORANGE, 90, 120)], [("hit", 90.0)]),
        # it came too late for the lower one, and the lower colour was never issued
        ([claim(WU, Colour.ORANGE, 60, 360)],
         [episode(WU, Colour.YELLOW, 50, 200), episode(WU, Colour.ORANGE, 90, 120)],
         [("hit", 30.0), ("miss", None)]),
    ],
)  # fmt: skip
def test_outcome(claims: list[Claim], met: list[Episode], expected: list[tuple[str, float | None]]) -> None:
    assert outcome(pair(claims, met)) == expected


def test_pod_counts_episodes_and_far_counts_claims() -> None:
    lines = pair(
        [claim(WU, Colour.YELLOW, 0, 360), claim(CHANG, Colour.YELLOW, 0, 360)],
        [episode(WU, Colour.YELLOW, 50, 90), episode(WU, Colour.ORANGE, 60, 70)],
    )
    table = counts(lines)
    assert (table.hits, table.false_alarms, table.misses) == (1, 1, 1)
    assert table.pod == 0.5
    assert table.far == 0.5


def test_window_sums_by_hand() -> None:
    rain = np.array([[1.0, 2.0, 3.0, 4.0]])
    assert window_sums(rain, 2).tolist() == [[1.0, 3.0, 5.0, 7.0]]
    with pytest.raises(ValueError, match="0 steps"):
        window_sums(rain, 0)


def table() -> RuleTable:
    level = Level(Colour.YELLOW, (Branch("observed", 1, 50),), ("a",), ("a",))
    return RuleTable("t", "rainstorm", "暴雨", "Rainstorm", "CN", dt.date(2007, 6, 12), None, "test", "test", None,
                     "11B03", Spatial(), Continuing(), (level,))  # fmt: skip


def test_episodes_begin_when_the_sum_reaches_the_threshold_and_end_when_it_leaves() -> None:
    # one station, 10-minute steps, 10 mm in each of steps 1-6 then dry: the 60-minute sum reaches 50 at the end of
    # step 5 (minute 50), stays for step 6 (60 mm) and step 7 (50 mm, minute 70), and is 40 mm at the end of step 8
    rain = np.array([[10.0] * 6 + [0.0] * 4, [1.0] * 10])
    found = episodes(rain, ["A", "B"], [WU, WU], T, 10, table())
    assert found == [Episode(WU, Colour.YELLOW, at(50), at(70), "A", 60.0, 1)]


def test_a_dry_day_has_no_episode() -> None:
    assert episodes(np.zeros((2, 50)), ["A", "B"], [WU, CHANG], T, 10, table()) == []
