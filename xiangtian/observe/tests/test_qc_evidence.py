"""Evidence: for every doubt of the chain there is a finding that shows it, and it can be had again."""

import numpy as np
import pytest

from xiangtian.core.flags import TESTS, Verdict
from xiangtian.observe.qc import CHAIN, Context, History, Rules, Sheet, Window, explain, judge, run
from xiangtian.observe.qc.evidence import WORDS, Finding
from xiangtian.observe.qc.model import Case

START = np.datetime64("2026-07-01T00:00:00", "s")
COUNT, REPORTS = 60, 85
T, RAIN, PERIOD = "air_temperature", "precipitation_amount", "precipitation_period"


def report(number, faulty=False):
    """A calm network of 60 stations, 8 km apart, each five minutes; with `faulty` one fault of every kind."""
    place, rng = np.random.default_rng(5), np.random.default_rng(100 + number)
    lon, lat = 120.3 + 0.6 * place.random(COUNT), 31 + 0.6 * place.random(COUNT)
    values = {
        T: (26 + rng.normal(0, 0.15, COUNT)).round(1),
        "relative_humidity": np.clip(70 + rng.normal(0, 1, COUNT), 0, 100).round(0),
        "surface_air_pressure": (1004 + rng.normal(0, 0.2, COUNT)).round(1),
        "wind_speed": (4 * (1 + rng.normal(0, 0.15, COUNT))).clip(0).round(1),
        RAIN: np.round(rng.poisson(5, COUNT) * 0.1, 1),
        PERIOD: np.full(COUNT, 5.0),
    }
    values[RAIN][8] = 0.0  # a blocked funnel, always
    values["wind_speed"][9] = 4.0  # a stuck anemometer, always
    values["surface_air_pressure"][10] += 0.1 * number  # a drifting barometer
    if faulty:
        values[T][[1, 2, 3]] = [31.0, 61.0, 29.5]
        values["dew_point_temperature"] = np.where(np.arange(COUNT) == 4, 10.0, np.nan)
        values[RAIN][5] = 60.0
    when = np.full(COUNT, START + number * np.timedelta64(300, "s"))
    names = np.array([f"M{row:04d}" for row in range(COUNT)])
    return Sheet(names, when, lon, lat, np.full(COUNT, 4.0), values)


@pytest.fixture(scope="module")
def case():
    window = Window()
    for number in range(REPORTS):
        judge(window, report(number))
    sheet = report(REPORTS, faulty=True)
    climate = {T: np.full(COUNT, 5.0)}, {T: np.full(COUNT, 30.0)}
    context = Context(None, window.neighbours_now(sheet), climate_low=climate[0], climate_high=climate[1])
    return Case(sheet, window.history(sheet), context, Rules())


def doubted(judged, case):
    return [
        (test, name, int(row))
        for name in case.sheet.values
        for test in TESTS
        for row in np.flatnonzero(judged.said(test, name) >= Verdict.SUSPECT)
    ]


def test_every_doubt_has_a_finding_outside_what_is_allowed(case):
    judged = run(case.sheet, case.history, case.context, case.rules)
    found = doubted(judged, case)
    assert {test for test, _, _ in found} == set(TESTS)  # every test has something to doubt here
    for test, name, row in found:
        told = [one for one in explain(case, row, name) if one.test == test]
        worst = max(one.verdict for one in told)
        assert worst == judged.said(test, name)[row], (test, name, row)
        assert all(one.outside() for one in told if one.verdict >= Verdict.SUSPECT), (test, name, row, told)


def test_every_passed_test_has_a_finding_inside(case):
    judged = run(case.sheet, case.history, case.context, case.rules)
    for name in case.sheet.values:
        told = explain(case, 20, name)
        ran = {test for test in TESTS if judged.said(test, name)[20]}
        assert {one.test for one in told} == ran
        assert not any(one.outside() for one in told)


def test_findings_stand_in_the_order_of_the_chain_and_come_again(case):
    first, again = explain(case, 1, T), explain(case, 1, T)
    order = [list(CHAIN).index(one.test) for one in first]
    assert order == sorted(order)
    assert first == again


def test_neighbours_are_named_with_value_and_distance(case):
    (found,) = [one for one in explain(case, 1, T) if one.test == "neighbours"]
    assert found.found == 31.0
    assert found.low < 26 < found.high
    assert 5 <= len(found.witnesses) <= 20
    assert all(one.who.startswith("M") and one.distance_km > 0 for one in found.witnesses)
    assert "M0002" not in {one.who for one in found.witnesses}  # 61 degC is nobody's witness


def test_a_missing_value_has_no_evidence(case):
    assert explain(case, 0, "dew_point_temperature") == []


@pytest.mark.parametrize("row", [-1, COUNT])
def test_a_row_that_is_not_there_is_refused(case, row):
    with pytest.raises(IndexError, match="give 0 to 59"):
        explain(case, row, T)


def test_findings_are_told_in_both_languages():
    found = Finding("step", "step", Verdict.FAIL, 31.0, 21.5, 27.5, "degC")
    assert found.told() == (
        "与前一可信值相比 31 degC，允许 21.5 … 27.5 (value against the last trusted one; allowed 21.5 … 27.5)"
    )
    assert "≤ 15" in Finding("rain", "large", Verdict.PASS, 3.0, -np.inf, 15.0, "mm").told()
    assert "≥ 0.1" in Finding("rain", "dry", Verdict.PASS, 0.0, 0.1, np.inf, "mm").told()
    assert all(chinese and english for chinese, english in WORDS.values())


def test_history_of_nobody_gives_evidence_of_what_ran():
    sheet = report(0, faulty=True)
    told = explain(Case(sheet, History.none(COUNT), Context(), Rules()), 2, T)
    assert {one.test for one in told} == {"limits", "neighbours"}
