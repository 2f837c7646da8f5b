"""Sentences for the public from findings."""

import pytest

from xiangtian.warn.hazards.rainstorm import detect
from xiangtian.warn.tests.makers import NOW, evidence, national, rain
from xiangtian.warn.wording import certainty, leading, parameters, sentences


def judged(*args: object, **more: object):
    return detect(evidence(*args, **more), national(), NOW)


def test_an_observed_criterion() -> None:
    said = sentences(judged([rain((3, 0, 60.0))], [2.0]), {"s0": "东山"})
    assert (said.happened_zh, said.expected_zh) == ("过去3小时东山站已降雨60.0毫米", "预计降雨仍将持续")
    assert said.happened_en == "60.0 mm of rain fell in the past 3 h at station s0"


def test_a_forecast_criterion_says_how_much_of_the_window_is_past() -> None:
    said = sentences(judged([rain((3, 0, 36.0))], [24.0]))
    assert said.happened_zh == "过去4小时50分钟局地已降雨36.0毫米"
    assert said.happened_en == "36.0 mm of rain fell in the past 4 h 50 min"
    assert said.expected_zh == "预计未来6小时内6小时雨量将达50毫米以上"


def test_where_nothing_fell_nothing_is_said() -> None:
    assert sentences(judged([rain()], [100.0])).happened_zh == ""


def test_observed_leads_and_the_surest_certainty_counts() -> None:
    findings = judged([rain(), rain((3, 0, 110.0))], [110.0, 2.0], ("320506", "320585"))
    assert [finding.colour.key for finding in findings] == ["red", "red"]
    assert leading(findings).branch.basis == "observed"
    assert certainty(findings) == "Observed"
    assert certainty(findings[:1]) == "Likely"


def test_parameters_name_rule_and_evidence() -> None:
    pairs = dict(parameters(judged([rain((3, 0, 60.0))], [2.0], nowcast_run="n1")))
    assert pairs["rule_version"] == national().version
    assert (pairs["rain_window_h"], pairs["rain_threshold_mm"], pairs["rain_observed_mm"]) == ("3", "50", "60.0")
    assert (pairs["evidence_station"], pairs["nowcast_run"]) == ("s0", "n1")
    assert "nowcast_run" not in dict(parameters(judged([rain((3, 0, 60.0))], [2.0])))


def test_no_finding_is_refused() -> None:
    with pytest.raises(ValueError, match="no finding"):
        sentences([])
