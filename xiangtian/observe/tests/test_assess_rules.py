"""Rule tables: strict reading, which one is in force, deadlines, versions; and who is charged under them."""

import datetime as dt
from dataclasses import replace
from importlib import resources

import pytest

from xiangtian.core.clock import UTC
from xiangtian.observe.assess.charges import UNNOTICED, Charge, Work, charge, error_rate, errors, unnoticed
from xiangtian.observe.assess.owners import NOBODY, Place, Roster, Turn
from xiangtian.observe.assess.rulebook import RuleError, parse
from xiangtian.observe.assess.rules import in_force
from xiangtian.observe.tests.assessing import RULES

TEXT = (resources.files("xiangtian.observe.assess") / "tables/surface-default.yaml").read_text(encoding="utf-8")
DAY = dt.date(2026, 7, 1)
NOON = dt.datetime(2026, 7, 1, 4, tzinfo=UTC)


def test_what_ships_is_not_approved_and_says_so() -> None:
    assert RULES.approved_by is None
    assert (RULES.weights["running"], RULES.deadline_min("national", 60)) == (0.4, 5)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("running: 0.4", "running: 0.5", "weights: they add up to 1.1"),
        ("running: 0.4", "speed: 0.4", "weights: found"),
        ("wrong_flags: [2, 4]", "wrong_flags: [2, 44]", "wrong_flags: found"),
        ("wrong_flags: [2, 4]", "wrong_flags: []", "wrong_flags: found"),
        ("deadline_min: 3}", "deadline_min: -3}", "deadlines: line 2: deadline_min: found -3"),
        ("deadline_min: 3}", "deadline_min: 2000}", "allowed up to 1440"),
        ("interval_min: 60", "interval_min: 0.5", "line 1: interval_min"),
        ("national: duty", "national: king", "owners: national: found 'king'"),
        ('"*": responsible', "special: responsible", "owners: found"),
        ("equipment: maintainer", "equipment: nobody", "charges: equipment"),
        ("  power: null\n", "", "charges: field 'power' is missing"),
        ("appeal_days: 5", "appeal_days: 2.5", "whole number"),
        ("appeal_days: 5", "appeal_days: 5\nmore: 1", "mine.yaml: unknown field 'more'"),
        ("stations: 5", "stations: 1", "together: stations"),
        ("valid_to: null", "valid_to: 1999-01-01", "before valid_from"),
        ("region: CN", "region: Jiangsu", "region: found 'Jiangsu'"),
        ("approved_by: null", "approved_by: ''", "approved_by"),
        ("weights: {", "weights: [", "not readable as YAML"),
    ],
)
def test_a_table_that_can_not_be_used_says_why(old, new, words) -> None:
    assert old in TEXT
    with pytest.raises(RuleError, match=words) as refused:
        parse(TEXT.replace(old, new, 1), "mine.yaml")
    assert "mine.yaml" in str(refused.value)


def test_the_narrowest_deadline_counts() -> None:
    assert [RULES.deadline_min(*asked) for asked in (("national", 1), ("national", 10), ("special", 1))] == [3, 5, 5]
    with pytest.raises(KeyError, match="no deadline for network 'special'"):
        replace(RULES, deadlines=RULES.deadlines[:2]).deadline_min("special", 1)


def test_which_table_is_in_force() -> None:
    city = replace(RULES, id="city", region="3205", valid_from=dt.date(2026, 7, 1), valid_to=dt.date(2026, 7, 31))
    newer = replace(RULES, id="newer", valid_from=dt.date(2026, 7, 10))
    tables = [RULES, city, newer]
    told = {day: in_force(tables, "3205", dt.date(2026, *day)).id for day in ((6, 30), (7, 1), (7, 31), (8, 1))}
    assert told == {(6, 30): "surface-default", (7, 1): "city", (7, 31): "city", (8, 1): "newer"}
    assert in_force(tables, "3301", dt.date(2026, 7, 5)).id == "surface-default"
    with pytest.raises(LookupError, match="no assessment table holds"):
        in_force([city], "3205", dt.date(2026, 8, 1))
    with pytest.raises(LookupError, match="city and twin both claim 3205"):
        in_force([city, replace(city, id="twin")], "3205", DAY)


def test_the_version_follows_the_content_and_not_the_approval() -> None:
    approved = parse(TEXT.replace("approved_by: null", "approved_by: 局长办公会"), "x.yaml")
    changed = parse(TEXT.replace("notice_within_min: 30", "notice_within_min: 31"), "x.yaml")
    assert approved.version == RULES.version
    assert len({RULES.version, changed.version}) == 2


PLACE = Place("A", "320506", "regional")
ROSTER = Roster(
    Turn(person, "district", "320506", duty, NOON, NOON + dt.timedelta(hours=8))
    for person, duty in enumerate(("responsible", "duty", "maintainer", "network"), 1)
)


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        ("equipment", Charge("equipment", "maintainer", 3)),
        ("communication", Charge("communication", "network", 4)),
        ("metadata", Charge("metadata", "chief", NOBODY)),  # no chief stands in the roster
        (UNNOTICED, Charge(UNNOTICED, "duty", 2)),
        ("power", None),
        ("", None),
    ],
)
def test_the_cause_decides_who_is_charged(cause, expected) -> None:
    assert charge(RULES, ROSTER, PLACE, cause, NOON) == expected


def test_a_cause_nobody_knows_is_refused() -> None:
    with pytest.raises(KeyError):
        charge(RULES, ROSTER, PLACE, "gremlins", NOON)


def test_noticed_in_time() -> None:
    half = dt.timedelta(minutes=30)
    second = dt.timedelta(seconds=1)
    told = [
        unnoticed(RULES, NOON, NOON + half, NOON + 3 * half),
        unnoticed(RULES, NOON, NOON + half + second, NOON + 3 * half),
        unnoticed(RULES, NOON, None, NOON + half),
        unnoticed(RULES, NOON, None, NOON + half + second),
    ]
    assert told == [False, True, False, True]


def test_personal_measures() -> None:
    """Errors per 10 000 of the base number: 3 errors on 8 640 reports and 12 defects handled (5 each) = 3.45."""
    base = Work(8640, 51840, 12, 0).base(RULES)
    assert base == 8700
    assert error_rate(errors(RULES, {"silence": 2, "doubt": 1}), base) == pytest.approx(3.448, abs=0.001)
    assert error_rate(1, 0) is None
