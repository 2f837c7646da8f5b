"""A rule table that is wrong is refused, and the message names file, field and what is allowed."""

import pytest
import yaml

from xiangtian.warn.rulebook import RuleError, parse
from xiangtian.warn.tests.makers import TABLE_FILE

TEXT = TABLE_FILE.read_text(encoding="utf-8")


def broken(*path: object, value: object = None, drop: bool = False) -> str:
    read = yaml.safe_load(TEXT)
    at = read
    for key in path[:-1]:
        at = at[key]
    if drop:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return yaml.safe_dump(read, allow_unicode=True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [", "t.yaml: not readable as YAML"),
        ("just words", "t.yaml: found str, needs fields"),
        (broken("region", drop=True), "t.yaml: field 'region' is missing"),
        (broken("colour", value=1), "t.yaml: unknown field 'colour'"),
        (broken("region", value=32), "region: found 32, needs CN or 2, 4 or 6 digits"),
        (broken("region", value="320"), "region: found '320'"),
        (broken("zh", value=""), "zh: found '', needs a text"),
        (broken("valid_from", value="soon"), "valid_from: found 'soon', needs a day"),
        (broken("valid_to", value=yaml.safe_load("2001-01-01")), "valid_to 2001-01-01 is before valid_from"),
        (broken("levels", value={}), "levels: found {}, needs at least one"),
        (broken("levels", "purple", value={}), "levels: no signal colour 'purple'"),
        (broken("levels", "red", "branches", value=[]), "levels: red: branches: found \\[\\]"),
        (broken("levels", "red", "branches", 0, "threshold_mm", value=0), "red: branch 1: threshold_mm: found 0"),
        (broken("levels", "red", "branches", 0, "threshold_mm", value="100"), "threshold_mm: found '100'"),
        (broken("levels", "red", "branches", 0, "window_h", value=float("nan")), "window_h: found nan"),
        (broken("levels", "red", "branches", 0, "window_h", value=True), "window_h: found True"),
        (broken("levels", "red", "branches", 0, "lead_h", value=3), "lead_h: a forecast branch needs it"),
        (broken("levels", "red", "branches", 1, "lead_h", drop=True), "red: branch 2: lead_h: a forecast branch"),
        (broken("levels", "red", "branches", 1, "basis", value="guess"), "basis: found 'guess', allowed"),
        (broken("levels", "red", "branches", 0, "continuing", value="yes"), "continuing: found 'yes'"),
        (broken("levels", "red", "guidance", value=[]), "guidance: found \\[\\], needs a list of texts"),
        (broken("spatial", value={"stations": 0}), "spatial: stations: found 0"),
        (broken("spatial", value={"share": 1.5}), "spatial: share: found 1.5, needs a number from 0 to 1"),
        (broken("continuing", value={"rain_mm": -1}), "continuing: rain_mm: found -1"),
    ],
)
def test_a_wrong_table_is_refused_by_name(text: str, words: str) -> None:
    with pytest.raises(RuleError, match=words):
        parse(text, "t.yaml")


def test_what_is_left_out_has_its_default() -> None:
    read = yaml.safe_load(TEXT)
    del read["spatial"], read["continuing"]
    table = parse(yaml.safe_dump(read, allow_unicode=True), "t.yaml")
    assert (table.spatial.stations, table.continuing.next_h, table.continuing.rain_mm) == (1, 1.0, 0.5)


def test_levels_are_sorted_from_blue_to_red_and_a_kind_may_have_fewer() -> None:
    read = yaml.safe_load(TEXT)
    read["levels"] = {key: read["levels"][key] for key in ("red", "yellow")}
    table = parse(yaml.safe_dump(read, allow_unicode=True), "t.yaml")
    assert [level.colour.key for level in table.levels] == ["yellow", "red"]


def test_no_code_can_come_in_with_a_table() -> None:
    with pytest.raises(RuleError, match="not readable as YAML"):
        parse("!!python/object/apply:os.system ['true']", "t.yaml")


HAIL = (TABLE_FILE.parent / "hail-national-2007.yaml").read_text(encoding="utf-8")
HEAT = (TABLE_FILE.parent / "heat-national-2007.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "old", "new", "words"),
    [
        (HEAT, "variable: tmax_daily", "variable: warmth", "condition 1: variable: found 'warmth', allowed"),
        (HEAT, "op: '>='", "op: about", "op: found 'about', allowed"),
        (HEAT, "value: 40", "value: hot", "value: found 'hot'"),
        (HEAT, "value: 40", "value: 40, window_h: 3", "window_h: sums and changes need it"),
        (HEAT, "lead_h: 72", "lead_h: 0", "lead_h: found 0"),
        (HEAT, "basis: forecast", "basis: feeling", "basis: found 'feeling'"),
        (HAIL, "judgement_en: ", "judgment_en: ", "unknown field 'judgment_en'"),
        (HAIL, "criteria:", "criteria: []\n    others:", "unknown field 'others'"),
        (HAIL, "  red:\n    criteria:", "  red:\n    branches:", "red: branch 1"),
    ],
)
def test_a_wrong_criterion_is_refused_by_name(text: str, old: str, new: str, words: str) -> None:
    assert old in text
    with pytest.raises(RuleError, match=words):
        parse(text.replace(old, new), "t.yaml")


def test_a_level_has_branches_or_criteria_not_both_nor_none() -> None:
    read = yaml.safe_load(HAIL)
    read["levels"]["red"]["branches"] = yaml.safe_load(TEXT)["levels"]["red"]["branches"]
    with pytest.raises(RuleError, match=r"red: needs branches .* or criteria"):
        parse(yaml.safe_dump(read), "t.yaml")
    del read["levels"]["red"]["branches"], read["levels"]["red"]["criteria"]
    with pytest.raises(RuleError, match=r"red: needs branches .* or criteria"):
        parse(yaml.safe_dump(read), "t.yaml")
