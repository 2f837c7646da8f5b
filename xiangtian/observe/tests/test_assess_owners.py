"""Who owns each minute: scopes, handovers, gaps, overlaps."""

import datetime as dt

import pytest

from xiangtian.core.clock import UTC
from xiangtian.observe.assess.owners import NOBODY, Gap, Place, Roster, Turn, clashes, gaps

START = dt.datetime(2026, 6, 30, 12, tzinfo=UTC)
A, B = Place("A", "320506", "regional"), Place("B", "320581", "regional")


def turn(person: int, first_h: float, last_h: float, scope="district", target="320506", joint=False) -> Turn:
    begin, end = (START + dt.timedelta(hours=hours) for hours in (first_h, last_h))
    return Turn(person, scope, target, "responsible", begin, end, joint)


def minutes(*turns: Turn, place: Place = A) -> dict[int, int]:
    owned = Roster(turns).owned([place], ["responsible"], START, 1440)
    edges = [*owned.cuts.tolist(), 1440]
    told: dict[int, int] = {}
    for person, first, last in zip(owned.persons[0].tolist(), edges, edges[1:], strict=False):
        told[person] = told.get(person, 0) + last - first
    return told


def test_one_owner_of_the_whole_day() -> None:
    assert minutes(turn(1, -5, 30)) == {1: 1440}


def test_a_handover_gives_the_moment_itself_to_the_next() -> None:
    # moments 12:01 to 19:59 are the first one's (479), 20:00 to 12:00 the second one's (961)
    assert minutes(turn(1, 0, 8), turn(2, 8, 24.1)) == {1: 479, 2: 961}


def test_the_narrower_scope_wins_and_the_wider_one_goes_on_behind_it() -> None:
    told = minutes(turn(1, -1, 25), turn(2, 2, 4, "station", "A"), turn(3, -1, 25, "network", "regional"))
    assert told == {1: 1320, 2: 120}


def test_of_two_of_one_scope_the_one_that_began_last_owns() -> None:
    assert minutes(turn(1, -1, 25), turn(2, 10, 25, joint=True)) == {1: 599, 2: 841}


def test_nobody_owns_what_no_turn_covers() -> None:
    assert minutes() == {NOBODY: 1440}
    assert minutes(turn(1, -1, 25), place=B) == {NOBODY: 1440}
    assert minutes(Turn(1, "district", "320506", "maintainer", START, START + dt.timedelta(days=2))) == {NOBODY: 1440}


def test_gaps_are_joined_and_named() -> None:
    roster = Roster([turn(1, -1, 2), turn(2, 3, 4), turn(1, 10, 25)])
    owned = roster.owned([A, B], ["responsible"] * 2, START, 1440)
    hours = [(one.station, (one.starts - START).seconds // 60, (one.ends - one.starts).total_seconds() / 60)
             for one in gaps([A, B], owned, START, 1440)]  # fmt: skip
    assert hours == [("A", 120, 60), ("A", 240, 360), ("B", 1, 1440)]
    assert isinstance(gaps([B], roster.owned([B], ["responsible"], START, 5), START, 5)[0], Gap)


def test_the_person_of_a_moment() -> None:
    roster = Roster([turn(1, 0, 8), turn(2, 8, 16)])
    told = [roster.at(A, "responsible", START + dt.timedelta(hours=hours)) for hours in (0, 8, 16)]
    assert told == [1, 2, NOBODY]


def test_the_duty_list_of_the_house_counts_only_where_no_roster_says_otherwise() -> None:
    shift = Turn(9, "shift", "320506", "duty", START, START + dt.timedelta(hours=24), joint=True)
    watch = Turn(2, "network", "regional", "duty", START, START + dt.timedelta(hours=8))
    roster = Roster([watch, shift])
    assert [roster.at(A, "duty", START + dt.timedelta(hours=hours)) for hours in (1, 9)] == [2, 9]


@pytest.mark.parametrize(
    ("other", "clash"),
    [
        (turn(2, 4, 12), True),
        (turn(1, 4, 12), True),  # oneself twice is an overlap too
        (turn(2, 8, 12), False),  # begins when the other ends
        (turn(2, 4, 12, joint=True), False),
        (turn(2, 4, 12, "station", "A"), False),
        (turn(2, 4, 12, target="320581"), False),
    ],
)
def test_overlap_is_allowed_only_where_stated(other, clash) -> None:
    assert bool(clashes(turn(1, 0, 8), [other])) is clash
