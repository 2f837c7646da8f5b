import pytest

from xiangtian.core.elements import CATALOGUE
from xiangtian.observe.qc import Rules


def test_defaults_cover_the_catalogue_and_name_only_its_elements():
    rules = Rules()
    assert rules.limits.keys() == CATALOGUE.keys()
    for table in (rules.steps, rules.stuck, rules.buddies):
        assert table.keys() <= CATALOGUE.keys()


def test_suspect_comes_before_wrong_everywhere():
    rules = Rules()
    for one in (*rules.steps.values(), *rules.buddies.values()):
        assert 0 < one.suspect < one.fail
    assert all(0 < one.suspect_min < one.fail_min <= 125 for one in rules.stuck.values())


def test_table_changes_what_it_names_and_nothing_else():
    rules = Rules.from_mapping(
        {
            "version": "2026-05",
            "steps": {"air_temperature": {"fail": 5}},
            "buddies": {"visibility_in_air": {"floor": 1e3, "floor_per_100km": 1e3, "suspect": 4, "fail": 6}},
            "rain": {"least": 6},
            "calm_m_s": 0.5,
        }
    )
    assert rules.version == "2026-05"
    assert (rules.steps["air_temperature"].suspect, rules.steps["air_temperature"].fail) == (3.0, 5.0)
    assert rules.steps["wind_speed"] == Rules().steps["wind_speed"]
    assert rules.buddies["visibility_in_air"].lapse_per_m == 0.0
    assert rules.rain.least == 6
    assert isinstance(rules.rain.least, int)
    assert rules.calm_m_s == 0.5
    assert Rules.from_mapping({}) == Rules()


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"step": {}}, "does not know step; it knows version, limits, steps"),
        ({"steps": {"temperature": {"fail": 5}}}, "does not know temperature; it knows air_temperature"),
        ({"steps": {"air_temperature": {"wrong": 5}}}, "steps.air_temperature does not know wrong; it knows suspect"),
        ({"steps": {"air_temperature": {"fail": "5"}}}, "steps.air_temperature.fail is '5'"),
        ({"steps": {"visibility_in_air": {"fail": 5}}}, "has no default, so give it whole"),
        ({"rain": 5}, "rain is 5; give names and values"),
        ({"calm_m_s": True}, "calm_m_s is True"),
    ],
)
def test_bad_table_is_refused_in_words(table, words):
    with pytest.raises(ValueError, match="(?s)" + words):
        Rules.from_mapping(table)
