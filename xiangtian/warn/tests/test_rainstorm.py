"""The criteria of CMA Order 16 (2007) on rain laid out by hand; a Suzhou case from the press."""

import datetime as dt
from dataclasses import replace
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiangtian.warn.colours import Colour
from xiangtian.warn.finding import Finding
from xiangtian.warn.hazards import HAZARDS
from xiangtian.warn.hazards.rainstorm import StaleEvidence, detect
from xiangtian.warn.rules import Spatial
from xiangtian.warn.tests.makers import LEADS, NOW, evidence, national, rain

DRY_AHEAD, WET_AHEAD = [0.0], [2.0]  # 2 mm in two hours: 1 mm in the next one, rain continues


def found(*args: object, **more: object) -> list[Finding]:
    return detect(evidence(*args, **more), national(), NOW)


def colour(*args: object, **more: object) -> Colour | None:
    return next((finding.colour for finding in found(*args, **more)), None)


def test_the_family_knows_this_hazard() -> None:
    assert HAZARDS["rainstorm"] is detect


@pytest.mark.parametrize(
    ("spell", "expected"),
    [
        ((12, 0, 50.0), Colour.BLUE),
        ((12, 0, 48.0), None),
        ((6, 0, 50.0), Colour.YELLOW),
        ((3, 0, 50.0), Colour.ORANGE),
        ((3, 0, 100.0), Colour.RED),
        ((3, 0, 99.0), Colour.ORANGE),
        ((1, 0, 100.0), Colour.RED),
        ((12, 9, 60.0), Colour.BLUE),
    ],
)
def test_each_colour_at_its_limit_and_below(spell: tuple[float, float, float], expected: Colour | None) -> None:
    one = evidence([rain(spell)])
    assert next((f.colour for f in detect(_raining(one), national(), NOW)), None) == expected


def _raining(of):
    """Continue by persistence: no nowcast, so only the observed branch is judged; 0.5 mm more in the last half hour."""
    steps = of.past.good_mm.copy()
    if steps[0, -6:].sum() < 0.5:
        steps[0, -6:] += 0.5 / 6
    return replace(of, past=replace(of.past, good_mm=steps))


def test_the_threshold_itself_meets_and_a_tenth_less_does_not() -> None:
    assert colour([rain((3, 0, 50.0))], WET_AHEAD) == Colour.ORANGE
    under = found([rain((3, 0, 49.9))], DRY_AHEAD)
    assert under == []


def test_rain_that_stops_meets_no_criterion() -> None:
    assert colour([rain((3, 0, 80.0))], WET_AHEAD) == Colour.ORANGE
    assert colour([rain((3, 0, 80.0))], DRY_AHEAD) is None


@pytest.mark.parametrize(("two_hours_mm", "met"), [(0.98, False), (1.0, True)])
def test_continuing_is_half_a_millimetre_in_the_next_hour(two_hours_mm: float, met: bool) -> None:
    table = replace(national(), levels=tuple(_only(level, "observed") for level in national().levels))
    assert bool(detect(evidence([rain((3, 0, 50.0))], [two_hours_mm]), table, NOW)) is met


def _only(level, basis: str):
    return replace(level, branches=tuple(branch for branch in level.branches if branch.basis == basis))


def test_without_a_nowcast_persistence_decides() -> None:
    assert colour([rain((3, 0, 60.0))]) == Colour.ORANGE
    assert colour([rain((3, 1, 60.0))]) is None
    assert found([rain((3, 0, 60.0))])[0].primary.top.next_mm is None


def test_forecast_adds_what_fell_to_what_is_expected_and_keeps_both() -> None:
    # 36 mm in the last 3 h at 12 mm/h, 24 mm in the next 2 h at 12 mm/h: the 6 h sum reaches 50 after 70 min
    finding = found([rain((3, 0, 36.0))], [24.0])[0]
    hit = finding.primary.top
    assert (finding.colour, finding.primary.branch.basis) == (Colour.YELLOW, "forecast")
    assert (hit.observed_mm, hit.nowcast_mm) == (pytest.approx(36.0), pytest.approx(14.0))
    assert hit.window_to == finding.primary.onset == NOW + dt.timedelta(minutes=70)
    assert hit.window_from == NOW - dt.timedelta(hours=4, minutes=50)
    assert hit.observed_h == pytest.approx(290 / 60)


def test_forecast_drops_what_leaves_the_window() -> None:
    # 45 mm fell 3 h to 2 h ago; 20 mm come in 2 h. A 3 h window never holds both: at lead t it has lost 45 t/60.
    assert colour([rain((3, 2, 45.0))], [20.0]) == Colour.YELLOW
    # 35 mm in the last hour stay within every 3 h window: 35 + 20 = 55
    assert colour([rain((1, 0, 35.0))], [20.0]) == Colour.ORANGE


def test_the_nowcast_alone_can_meet_red() -> None:
    finding = found([rain()], [100.0])[0]
    assert (finding.colour, finding.primary.branch.basis) == (Colour.RED, "forecast")
    assert finding.primary.top.observed_mm == 0


def test_a_forecast_within_its_lead_only() -> None:
    table = national()
    red = replace(table.level(Colour.RED), branches=(replace(table.level(Colour.RED).branches[1], lead_h=1.0),))
    assert detect(evidence([rain()], [100.0]), replace(table, levels=(red,)), NOW) == []  # 50 mm by then


def test_rain_that_fell_and_is_over_is_no_forecast() -> None:
    assert found([rain((6, 3, 90.0))], [0.2]) == []


def test_observed_leads_over_forecast_and_the_highest_colour_wins() -> None:
    finding = found([rain((6, 0, 110.0))], [30.0])[0]
    assert finding.colour == Colour.ORANGE
    assert [met.branch.basis for met in finding.met] == ["observed", "forecast"]
    assert finding.certainty == "Observed"


def test_suspect_rain_alone_never_triggers() -> None:
    assert found([rain()], WET_AHEAD, doubtful=[rain((3, 0, 200.0))]) == []
    assert found([rain()], WET_AHEAD, doubtful=[rain((3, 0, 200.0))], radar=[rain((3, 0, 20.0))]) == []


def test_suspect_rain_that_radar_supports_triggers_and_says_so() -> None:
    finding = found([rain()], WET_AHEAD, doubtful=[rain((3, 0, 60.0))], radar=[rain((3, 0, 40.0))])[0]
    assert finding.colour == Colour.ORANGE
    assert finding.primary.top.doubtful
    assert finding.primary.top.radar_mm == pytest.approx(40.0)
    good = found([rain((3, 0, 60.0))], WET_AHEAD, doubtful=[rain((3, 0, 5.0))], radar=[rain((3, 0, 60.0))])[0]
    assert not good.primary.top.doubtful


def test_a_partial_sum_is_a_lower_bound() -> None:
    finding = found([rain((3, 0, 50.0))], WET_AHEAD, coverage=0.3)[0]
    assert finding.colour == Colour.ORANGE
    assert finding.primary.top.coverage == pytest.approx(0.3)


def test_all_missing_and_no_station() -> None:
    assert found([rain()], [np.nan], coverage=0.0) == []
    nothing = evidence([rain()])
    none = replace(
        nothing, stations=(), districts=(), past=replace(nothing.past, **dict.fromkeys(
            ("good_mm", "doubtful_mm", "coverage"), np.zeros((0, 144)))),
    )  # fmt: skip
    assert detect(none, national(), NOW) == []


def test_districts_are_judged_apart_in_order_of_their_codes() -> None:
    districts = ("320585", "320506", "320585", "320509")
    wet = [rain((3, 0, 60.0)), rain((3, 0, 120.0)), rain((3, 0, 70.0)), rain()]
    findings = found(wet, [2.0] * 4, districts)
    assert [(f.district, f.colour) for f in findings] == [("320506", Colour.RED), ("320585", Colour.ORANGE)]
    assert [hit.station for hit in findings[1].primary.stations] == ["s2", "s0"]  # the wettest first
    assert findings[1].primary.reporting == 2


def test_the_spatial_rule_is_applied_and_recorded() -> None:
    table = replace(national(), spatial=Spatial(2, 0.5))
    one = evidence([rain((3, 0, 60.0)), rain(), rain()], [2.0] * 3)
    assert detect(one, table, NOW) == []
    two = evidence([rain((3, 0, 60.0)), rain((3, 0, 60.0)), rain()], [2.0] * 3)
    finding = detect(two, table, NOW)[0]
    assert finding.spatial == "至少2站且不少于有效站数的50%"


def test_probability_of_what_is_still_missing() -> None:
    chances = np.tile(np.array([0.8, 0.2]), (1, len(LEADS), 1))
    finding = found([rain((3, 0, 36.0))], [24.0], levels_mm=(10.0, 20.0), exceedance=chances)[0]
    # 14 mm are missing: 0.8 - 0.4 * 0.6 = 0.56
    assert finding.primary.top.probability == pytest.approx(0.56)
    assert finding.certainty == "Likely"
    doubtful = found([rain((3, 0, 36.0))], [24.0], levels_mm=(10.0, 20.0), exceedance=chances * 0.6)[0]
    assert doubtful.certainty == "Possible"


@pytest.mark.parametrize(("share", "least", "proposed"), [(0.5, 0.3, False), (0.5, 0.28, True), (0.5, 0.0, True)])
def test_a_forecast_needs_the_least_probability_of_the_table(share: float, least: float, proposed: bool) -> None:
    # 14 mm are missing; their chance is 0.56 * 0.5 = 0.28, as worked above
    chances = np.tile(np.array([0.8, 0.2]) * share, (1, len(LEADS), 1))
    given = evidence([rain((3, 0, 36.0))], [24.0], levels_mm=(10.0, 20.0), exceedance=chances)
    assert bool(detect(given, replace(national(), least_probability=least), NOW)) is proposed


def test_a_finding_names_rule_version_and_what_was_read() -> None:
    finding = found([rain((3, 0, 60.0))], WET_AHEAD, nowcast_run="n1", lake_version="41")[0]
    assert finding.primary.rule_id == "rainstorm-national-2007/orange/observed-3h-50mm"
    assert (finding.table_version, finding.nowcast_run, finding.lake_version) == (national().version, "n1", "41")
    assert not finding.approved


@pytest.mark.parametrize(("minutes", "fits"), [(-2, False), (-1, True), (0, True), (30, True), (31, False)])
def test_old_evidence_is_not_judged(minutes: int, fits: bool) -> None:
    later = NOW + dt.timedelta(minutes=minutes)
    if fits:
        assert detect(evidence([rain()]), national(), later) == []
    else:
        with pytest.raises(StaleEvidence, match="age of 0 to 30 min"):
            detect(evidence([rain()]), national(), later)


def test_too_short_a_past_is_refused() -> None:
    with pytest.raises(ValueError, match="reach back 6 h; table rainstorm-national-2007 needs 12 h"):
        detect(evidence([rain(hours=6)]), national(), NOW)


def test_suzhou_30_june_2022_was_orange_at_least() -> None:
    """Press: 08-16 h 129.1 mm at one station, 95.7 mm in the wettest hour; signals stayed yellow."""
    assert found([rain((8, 1, 129.1 - 95.7), (1, 0, 95.7))], WET_AHEAD)[0].colour >= Colour.ORANGE


def test_a_light_storm_deserves_nothing() -> None:
    """The wettest pixel of the Dutch storm of 2010-08-26 has 12.8 mm in 12 h."""
    assert found([rain((12, 0, 12.8))], WET_AHEAD) == []


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 12), st.integers(0, 800)), min_size=1, max_size=4),
    st.integers(0, 600),
)
def test_as_a_plain_count_by_minutes_says(spells: list[tuple[int, int]], ahead: int) -> None:
    """Against a count of minutes that knows nothing of arrays, thresholds written from Order 16."""
    steps = rain(*((began, began - 1, tenths / 10) for began, tenths in spells))
    minutes = [mm / 5 for mm in steps for _ in range(5)] + [ahead / 10 / 120] * 120
    upto, now, tiny, best = [0.0, *accumulate(minutes)], 720, 1e-6, 0
    for rank, hours, amount in ((1, 12, 50), (2, 6, 50), (3, 3, 50), (4, 3, 100)):
        span = hours * 60
        observed = upto[now] - upto[now - span] >= amount - tiny
        if observed and upto[now + 60] - upto[now] >= 0.5 - tiny:
            best = rank
        for end in range(now + 5, now + 121, 5):
            new = upto[end] - upto[now]
            if upto[end] - upto[end - span] >= amount - tiny and (new >= 0.5 - tiny or (new > 0 and not observed)):
                best = rank
    assert (colour([steps], [ahead / 10]) or 0) == best
