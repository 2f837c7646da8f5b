"""Criteria and levels: CMA Order 16 (2007), annex, as restated publicly (12/6/3/3 h; 50/50/50/100 mm)."""

import datetime as dt
from dataclasses import replace

import pytest

from xiangtian.warn.colours import Colour, colour
from xiangtian.warn.rules import Spatial, in_force, may_drive
from xiangtian.warn.tests.makers import NOW, national

ORDER_16 = {Colour.BLUE: (12, 50), Colour.YELLOW: (6, 50), Colour.ORANGE: (3, 50), Colour.RED: (3, 100)}


def test_the_national_table_holds_the_criteria_of_order_16() -> None:
    table = national()
    assert {level.colour for level in table.levels} == set(ORDER_16)
    for level in table.levels:
        hours, amount = ORDER_16[level.colour]
        assert {(b.basis, b.window_h, b.threshold_mm, b.lead_h, b.continuing) for b in level.branches} == {
            ("observed", hours, amount, 0.0, True),
            ("forecast", hours, amount, float(hours), False),
        }
        assert len(level.guidance) == len(level.guidance_en) > 0


def test_the_version_changes_with_the_content_but_not_with_the_approval() -> None:
    table = national()
    assert replace(table, approved_by="officer").version == table.version
    assert replace(table, valid_to=dt.date(2030, 1, 1)).version != table.version
    assert replace(table, spatial=Spatial(2)).version != table.version
    assert len(table.version) == 12


@pytest.mark.parametrize(("status", "may"), [("Exercise", True), ("Test", True), ("Actual", False)])
def test_an_unapproved_table_drives_exercises_and_tests_only(status: str, may: bool) -> None:
    assert may_drive(national(), status) is may
    assert may_drive(replace(national(), approved_by="officer"), status)


def test_a_status_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="allowed: Actual, Exercise, Test"):
        may_drive(national(), "Draft")


def test_the_most_specific_table_wins_then_the_newest() -> None:
    nation = national()
    province = replace(nation, id="js", region="32")
    city = replace(nation, id="sz", region="3205")
    newer = replace(city, id="sz2", valid_from=dt.date(2024, 1, 1))
    tables = [newer, nation, city, province]
    assert in_force(tables, "320585", NOW)["rainstorm"].id == "sz2"
    assert in_force(tables, "320585", dt.datetime(2020, 1, 1, tzinfo=dt.UTC))["rainstorm"].id == "sz"
    assert in_force(tables, "320100", NOW)["rainstorm"].id == "js"
    assert in_force(tables, "310000", NOW)["rainstorm"].id == nation.id
    assert in_force([province], "310000", NOW) == {}


@pytest.mark.parametrize(
    ("moment", "held"),
    [  # the day is Beijing's: 12 June 2007 begins at 16:00 UTC on the 11th
        (dt.datetime(2007, 6, 11, 15, 59, tzinfo=dt.UTC), False),
        (dt.datetime(2007, 6, 11, 16, 0, tzinfo=dt.UTC), True),
        (dt.datetime(2007, 6, 30, 15, 59, tzinfo=dt.UTC), True),
        (dt.datetime(2007, 6, 30, 16, 0, tzinfo=dt.UTC), False),
    ],
)
def test_a_table_holds_from_its_first_to_its_last_day(moment: dt.datetime, held: bool) -> None:
    table = replace(national(), valid_to=dt.date(2007, 6, 30))
    assert (in_force([table], "320500", moment) != {}) is held


def test_two_tables_with_equal_claim_are_refused() -> None:
    with pytest.raises(ValueError, match="rainstorm-national-2007 and other"):
        in_force([national(), replace(national(), id="other")], "320500", NOW)


@pytest.mark.parametrize(
    ("rule", "meeting", "reporting", "met"),
    [
        (Spatial(1), 1, 100, True),
        (Spatial(2), 1, 1, False),
        (Spatial(1, 0.1), 9, 100, False),
        (Spatial(1, 0.1), 10, 100, True),
    ],
)
def test_spatial(rule: Spatial, meeting: int, reporting: int, met: bool) -> None:
    assert rule.met(meeting, reporting) is met


def test_a_level_that_is_not_there_is_named() -> None:
    table = replace(national(), levels=national().levels[:1])
    with pytest.raises(KeyError, match="no red level; it has blue"):
        table.level(Colour.RED)


def test_colours_have_the_words_of_order_16_and_the_severity_of_the_published_mapping() -> None:
    assert [(c.zh, c.level, c.severity) for c in Colour] == [
        ("蓝色", "IV", "Minor"), ("黄色", "III", "Moderate"), ("橙色", "II", "Severe"), ("红色", "I", "Extreme"),
    ]  # fmt: skip
    with pytest.raises(ValueError, match="blue, yellow, orange, red"):
        colour("purple")
