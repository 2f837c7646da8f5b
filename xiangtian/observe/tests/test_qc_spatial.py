"""The second opinion of titanlib's spatial consistency test."""

import numpy as np

from xiangtian.core.flags import Verdict
from xiangtian.observe.qc import Context, History, Rules, Sheet
from xiangtian.observe.qc.model import Case
from xiangtian.observe.qc.spatial import check, explain

T = "air_temperature"
N, P, S, F = Verdict.NOT_RUN, Verdict.PASS, Verdict.SUSPECT, Verdict.FAIL


def case(count=120, departure=4.0, doubted=(7,), most=1000):
    rng = np.random.default_rng(3)
    lon, lat = 120 + rng.random(count), 31 + rng.random(count)
    values = 20 + rng.normal(0, 0.2, count)
    values[7] += departure
    sheet = Sheet(
        np.array([f"M{row}" for row in range(count)]), np.zeros(count, "datetime64[s]"), lon, lat, np.full(count, 5.0),
        {T: values},
    )  # fmt: skip
    said = np.full(count, P, np.int8)
    said[list(doubted)] = S
    rules = Rules.from_mapping({"consistency": {"most": most}})
    return Case(sheet, History.none(count), Context(), rules, {"neighbours": {T: said}})


def test_a_doubted_value_is_confirmed_or_refuted():
    said = check(case())[T]
    assert said[7] == F
    assert np.flatnonzero(said).tolist() == [7]
    assert check(case(departure=0.1))[T][7] == P


def test_it_is_not_asked_without_doubt_or_company_or_about_too_many():
    assert not check(case(doubted=()))[T].any()
    assert not check(case(count=40))[T].any()  # fewer than 50 take part
    assert not check(case(doubted=(7, 8, 9), most=2))[T].any()
    silent = Sheet(*(getattr(case().sheet, name) for name in ("station", "time", "lon", "lat", "alt")), {})
    assert check(Case(silent, History.none(120), Context(), Rules())) == {}


def test_evidence_gives_the_score_and_who_took_part():
    (found,) = explain(case(), 7, T, F)
    assert found.outside()
    assert (found.low, found.high, found.unit) == (0.0, 15.0, "1")
    assert 0 < len(found.witnesses) <= 20
    assert all(one.who != "M7" for one in found.witnesses)
    assert explain(case(), 8, T, P) == []
