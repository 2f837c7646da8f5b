"""Rain: false zeros and tenfold amounts that must be found, patchy rain that must not, and TITAN's labelled set."""

import numpy as np
import pytest

from xiangtian.core.flags import Mark, Verdict
from xiangtian.observe.qc import Context, History, Rules, Sheet, run
from xiangtian.observe.qc.model import Case
from xiangtian.observe.qc.rain import check
from xiangtian.observe.qc.rain_weigh import Around, beyond_radar, wet_neighbours

N, P, S, F = Verdict.NOT_RUN, Verdict.PASS, Verdict.SUSPECT, Verdict.FAIL
NOW = np.datetime64("2026-07-01T06:00:00", "s")
MINUTES = np.timedelta64(60, "s")
RULE = Rules().rain
HOUR, AMOUNT = "precipitation_amount_1h", "precipitation_amount"


def ring(values, marks=None):
    """Nine gauges about 5 km apart, the first in the middle."""
    angle = np.linspace(0, 2 * np.pi, 9)[:8]
    lon, lat = 120.6 + 0.05 * np.r_[0, np.cos(angle)], 31.3 + 0.05 * np.r_[0, np.sin(angle)]
    names = np.array([f"M{row}" for row in range(9)])
    columns = {name: np.asarray(column, float) for name, column in values.items()}
    return Sheet(names, np.full(9, NOW), lon, lat, np.zeros(9), columns, marks or {})


def first(sheet, element=HOUR, history=None, **context):
    around = Context(**{name: np.array([value] + [np.nan] * 8) for name, value in context.items()})
    return int(check(Case(sheet, history or History.none(9), around, Rules()))[element][0])


WET = [2.0, 2.5, 1.8, 3.0, 2.2, 2.6, 1.9, 2.4]
PATCHY = [0.0, 9.0, 0.0, 0.1, 12.0, 0.0, 0.3, 4.0]


@pytest.mark.parametrize(
    ("middle", "others", "radar", "expected"),
    [
        (0.0, WET, np.nan, S),  # a zero in even rain
        (0.0, WET, 2.0, F),  # and the radar saw the rain too
        (0.0, WET, 0.1, P),  # the radar confirms the dry spot
        (2.0, WET, np.nan, P),
        (0.0, PATCHY, np.nan, P),  # showers leave true zeros
        (0.0, [0.0] * 8, np.nan, P),
        (0.0, [0.0] * 8, 6.0, S),  # a heavy echo over a dry gauge
        (40.0, PATCHY, 30.0, P),  # a real extreme: the radar saw it
        (40.0, PATCHY, np.nan, P),  # not ten times the wetter neighbours
        (60.0, WET, 40.0, P),
        (12.0, WET, 2.2, S),  # more than five times the radar, not of the neighbours
        (22.0, WET, 2.2, F),  # more than five times both
        (40.0, WET, 2.2, F),
        (40.0, WET, np.nan, S),  # neighbours alone never make it wrong
        (180.0, [0.5] * 8, np.nan, S),
        (180.0, [0.5] * 8, 90.0, P),
        (4.0, [0.1] * 8, np.nan, P),  # too little to be sure
    ],
)
def test_hour_in_the_middle_of_eight(middle, others, radar, expected):
    assert first(ring({HOUR: [middle, *others]}), radar_1h_mm=radar) == expected


def test_trace_is_no_false_zero():
    marks = {HOUR: np.array([Mark.TRACE] + [0] * 8, np.int8)}
    assert first(ring({HOUR: [0.0, *WET]}, marks)) == P


def test_nobody_to_ask_is_not_run():
    sheet = ring({HOUR: [0.0] + [np.nan] * 8})
    assert first(sheet) == N
    assert first(sheet, radar_1h_mm=0.0) == P
    assert first(ring({HOUR: [np.nan, *WET]})) == N
    assert check(Case(ring({"air_temperature": [20.0] * 9}), History.none(9), Context(), Rules())) == {}


def reports(amounts, period=5):
    """History of nine gauges, each row of `amounts` one gauge's past reports."""
    past = np.asarray(amounts, float)
    times = NOW - MINUTES * (period * np.arange(past.shape[1], 0, -1))
    return History(np.tile(times, (9, 1)), {AMOUNT: past}, {AMOUNT: np.isfinite(past)})


def five_minutes(now, past, **context):
    sheet = ring({AMOUNT: [now] + [0.3] * 8, "precipitation_period": [5.0] * 9})
    amounts = np.full((9, 11), 0.3)
    amounts[0] = past
    return first(sheet, AMOUNT, reports(amounts), **context)


def test_short_zero_is_judged_by_its_hour():
    assert five_minutes(0.0, 0.0) == S
    assert five_minutes(0.0, 0.0, radar_1h_mm=3.5) == F
    assert five_minutes(0.0, 0.3) == P
    assert five_minutes(0.0, 0.0, radar_1h_mm=3.5, radar_mm=0.0) == P  # it has stopped here


def test_tenfold_amounts_are_suspect_when_the_hour_leaves_the_radars_and_wrong_when_it_leaves_the_neighbours_too():
    """By hand: hours of 6.3 and 11.7 mm against 2.5 * 3.6 + 1 = 10 mm that the radar still confirms."""
    assert five_minutes(3.0, 0.3, radar_mm=0.3) == S
    assert five_minutes(3.0, 0.3, radar_mm=0.3, radar_1h_mm=3.6) == P
    assert five_minutes(3.0, [0.3] * 9 + [3.0] * 2, radar_mm=0.3, radar_1h_mm=3.6) == S
    assert five_minutes(3.0, 3.0, radar_mm=0.3, radar_1h_mm=3.6) == F
    assert five_minutes(3.0, 3.0, radar_mm=2.4, radar_1h_mm=30.0) == P


def test_normal_amount_after_tenfold_ones_is_no_echo():
    assert five_minutes(0.3, 3.0, radar_mm=0.3, radar_1h_mm=3.6) == P


def test_excess_over_radar_shrinks_with_the_period():
    """5 mm in an hour is 5 * sqrt(5 / 60) = 1.443 mm in 5 min."""
    amount = np.array([1.54, 1.55, 5.0, 4.9])
    period = np.array([5.0, 5.0, 60.0, np.nan])
    assert beyond_radar(amount, np.array([0.1, 0.1, 0.0, 0.0]), period, RULE).tolist() == [False, True, True, False]


def test_wet_neighbours_want_even_rain():
    bearing = np.linspace(0, 90, 8)

    def told(amounts):
        return wet_neighbours(
            Around(np.array([amounts]), np.full((1, 8), 5000.0), np.array([bearing]), np.arange(8)[None]), RULE
        ).tolist()

    assert told(WET) == [True]
    assert told(PATCHY) == [False]
    assert told(np.full(8, np.nan)) == [False]


def planted(shared, share):
    """The good values of a labelled set, with a share of all set to zero where they are more than 0.1 mm."""
    file = shared / "qc-labelled-titan" / "observation_test_rr1_prid01_p02000_pGE020percent.txt"
    table = np.genfromtxt(file, delimiter=";", skip_header=1)
    table = table[table[:, 6] == 0]
    rain, rng = table[:, 5].copy(), np.random.default_rng(1)
    false = rng.choice(np.flatnonzero(rain > 0.1), int(share * len(table)), replace=False)
    rain[false] = 0.0
    names, count = np.arange(len(table)).astype(str), len(table)
    sheet = Sheet(names, np.full(count, NOW), table[:, 1], table[:, 2], np.zeros(count), {HOUR: rain})
    return sheet, np.isin(np.arange(count), false)


@pytest.mark.shared
@pytest.mark.parametrize(("share", "pod"), [(0.03, 0.95), (0.1, 0.8), (0.2, 0.4)])
def test_many_false_zeros_do_not_vouch_for_each_other(shared, share, pod):
    """With 20 % of all gauges at zero, 40 % of the wet ones, no majority of the neighbours is left."""
    sheet, false = planted(shared, share)
    found = run(sheet, History.none(len(sheet))).flagged(HOUR)
    assert found[false].mean() >= pod
    assert found[~false].mean() <= 0.01


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "pod", "pofa"),
    [
        ("prid01_p02000_zero003percent", 0.95, 0.01),
        ("prid01_p02000_pGE020percent", 0.95, 0.01),
        ("prid02_p00100_zero001percent", 1.0, 0.05),
        ("prid02_p00100_zero003percent", 0.6, 0.05),
        ("prid02_p00100_pGE003percent", 1.0, 0.05),
    ],
)
def test_labelled_rain(shared, name, pod, pofa):
    """TITAN's labelled hourly rain: 60 false zeros, or 400 errors, among 2,000, and a few among 100. POD is errors
    found / errors, POFA good values flagged / good values. A median check finds none of the zeros. Without radar
    nothing may be called wrong but what the limits refuse."""
    file = shared / "qc-labelled-titan" / f"observation_test_rr1_{name}.txt"
    table = np.genfromtxt(file, delimiter=";", skip_header=1)
    wrong = table[:, 6] == 1
    names = np.array([str(int(one)) for one in table[:, 0]])
    when = np.full(len(table), NOW)
    sheet = Sheet(names, when, table[:, 1], table[:, 2], np.zeros(len(table)), {HOUR: table[:, 5]})
    judged = run(sheet, History.none(len(sheet)))
    found = judged.said("rain", HOUR) >= S
    assert found[wrong].mean() >= pod
    assert found[~wrong].mean() <= pofa
    assert not (judged.flags[HOUR] == 2).any()
