"""The gauge over six hours: nine gauges on a ring of 5 km, the one in the middle at fault."""

import numpy as np
import pytest

from xiangtian.core.flags import Verdict
from xiangtian.observe.qc import Context, History, Rules, Sheet
from xiangtian.observe.qc.gauge import check, explain
from xiangtian.observe.qc.model import Case
from xiangtian.observe.qc.rain_hour import AMOUNT, HOUR

NOW = np.datetime64("2026-07-01T06:00:00", "s")
N, P, S, F = Verdict.NOT_RUN, Verdict.PASS, Verdict.SUSPECT, Verdict.FAIL
AROUND = [20.0, 22.0, 18.0, 25.0, 21.0, 19.0, 24.0, 20.0]


def case(six, hour, radar=np.nan, around=AROUND, hours=2.0):
    angle = np.linspace(0, 2 * np.pi, 9)[:8]
    lon, lat = 120.6 + 0.05 * np.r_[0, np.cos(angle)], 31.3 + 0.05 * np.r_[0, np.sin(angle)]
    columns = {HOUR: np.array([hour] + [hours] * 8)}
    sheet = Sheet(np.array([f"M{row}" for row in range(9)]), np.full(9, NOW), lon, lat, np.zeros(9), columns)
    history = History(History.none(9).times, totals={AMOUNT: np.array([six, *around])})
    return Case(sheet, history, Context(radar_6h_mm=np.array([radar] + [np.nan] * 8)), Rules())


@pytest.mark.parametrize(
    ("six", "hour", "radar", "expected"),
    [
        (20.0, 2.0, np.nan, P),
        (0.0, 0.0, np.nan, S),  # a blocked funnel: nothing where others have 20 mm
        (0.0, 0.0, 21.0, F),  # and the radar saw it too
        (0.0, 0.0, 0.5, P),  # the radar confirms the dry spot
        (2.0, 0.2, np.nan, S),  # too little: less than a fifth of the lower quartile of 20 mm
        (5.0, 0.2, np.nan, P),
        (80.0, 9.0, np.nan, S),  # more than three times the upper quartile of 24 mm
        (80.0, 9.0, 22.0, F),
        (80.0, 9.0, 45.0, P),  # a real extreme: the radar saw more than half of it
        (70.0, 9.0, np.nan, P),
        (80.0, 0.0, np.nan, P),  # it counts too much, but this hour's zero is no excess
        (np.nan, 0.0, np.nan, N),
        (0.0, np.nan, np.nan, N),
    ],
)
def test_six_hours_in_the_middle_of_eight(six, hour, radar, expected):
    assert int(check(case(six, hour, radar))[HOUR][0]) == expected


def test_a_zero_is_believed_when_the_rain_has_stopped():
    assert int(check(case(0.0, 0.0, hours=0.0))[HOUR][0]) == P
    assert int(check(case(0.5, 0.1, hours=0.0))[HOUR][0]) == S  # what it does show is still too little


def test_light_rain_blocks_no_funnel():
    assert int(check(case(0.0, 0.0, around=[2.5] * 8))[HOUR][0]) == P


def test_nobody_to_ask():
    few = case(0.0, 0.0, around=[20.0, 20.0, 20.0] + [np.nan] * 5)
    assert int(check(few)[HOUR][0]) == N
    blank = Case(few.sheet, History.none(9), few.context, few.rules)
    assert check(blank) == {}
    dry = Sheet(few.sheet.station, few.sheet.time, few.sheet.lon, few.sheet.lat, few.sheet.alt, {})
    assert check(Case(dry, few.history, few.context, few.rules)) == {}


def test_evidence_gives_the_ends_and_the_witnesses():
    """The lower quartile of eight is the third of them in order (the next higher one), 20 mm: a fifth is 4 mm."""
    (found,) = explain(case(2.0, 0.2, 15.0), 0, HOUR, S)
    assert (found.found, found.low, found.high) == (2.0, 4.0, 72.0)
    assert [one.value for one in found.witnesses][-1] == 15.0
    assert {one.who for one in found.witnesses} == {*(f"M{row}" for row in range(1, 9)), "radar"}
    assert found.witnesses[0].distance_km == pytest.approx(4.75, abs=0.8)
