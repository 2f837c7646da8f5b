"""Expected limits: WMO-No. 8 / Zahumensky table (T -80..60 degC, RH 0..100 %, p 500..1100 hPa, wind 0..75 m/s)."""

import numpy as np
import pytest

from xiangtian.core.flags import Verdict
from xiangtian.observe.qc import Context, History, Rules, Sheet, limits
from xiangtian.observe.qc.model import Case

N, P, S, F = Verdict.NOT_RUN, Verdict.PASS, Verdict.SUSPECT, Verdict.FAIL


def judged(**values):
    columns = {name: np.array(column, float) for name, column in values.items()}
    count = len(next(iter(columns.values())))
    place = np.full(count, 31.0)
    sheet = Sheet(
        np.array([f"M{row}" for row in range(count)]),
        np.full(count, np.datetime64("2026-07-01T00:00:00", "s")),
        place,
        place,
        place,
        columns,
    )
    found = limits.check(Case(sheet, History.none(count), Context(), Rules()))
    return {name: verdict.tolist() for name, verdict in found.items()}


@pytest.mark.parametrize(
    ("element", "values", "expected"),
    [
        ("air_temperature", [-80.1, -80.0, 20.0, 60.0, 60.1], [F, P, P, P, F]),
        ("air_temperature", [293.15, 77.0, np.inf, -np.inf], [F, F, F, F]),  # K, degF, division by zero
        ("surface_air_pressure", [101325.0, 499.9, 500.0, 1100.0], [F, F, P, P]),  # Pa
        ("relative_humidity", [-0.5, 0.0, 100.0, 102.0, 103.5], [S, P, P, S, F]),  # a sensor at its end stop
        ("wind_speed", [75.0, 75.1, -0.1], [P, F, F]),
        ("wind_from_direction", [0.0, 360.0, 361.0], [P, P, F]),
        ("air_temperature", [np.nan, np.nan], [N, N]),
        ("air_temperature", [25.0], [P]),
    ],
)
def test_limits(element, values, expected):
    assert judged(**{element: values})[element] == expected


def test_element_outside_the_catalogue_has_no_limits():
    assert judged(moon_phase=[1.0]) == {}


def test_record_rain_follows_the_envelope_of_world_records():
    """R = 422 D**0.475 (WMO-No. 1045): 1 h 422 mm; 24 h 422 * 24**0.475 = 422 * 4.525 = 1909.5 mm (hand)."""
    np.testing.assert_allclose(limits.record_rain(np.array([60.0, 1440.0])), [422.0, 1909.5], rtol=2e-4)
    assert np.isinf(limits.record_rain(np.array([0.0, np.nan]))).all()


def test_rain_beyond_any_record_for_its_period_fails_but_the_records_pass():
    """Seen: 31.2 mm in 1 min (Unionville 1956), 401 mm in 1 h (Shangdi 1975), both within the limits or their cap."""
    verdicts = judged(precipitation_amount=[31.2, 70.0, 130.0, 290.0], precipitation_period=[1.0, 1.0, 5.0, np.nan])
    assert verdicts["precipitation_amount"] == [P, F, F, P]
