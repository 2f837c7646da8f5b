"""Limits from past years. Expected: ten Julys of 30 days that reach from 20 to 36 degC have a range of 16 K, so the
limits are 20 - 3.2 and 36 + 3.2."""

from __future__ import annotations

import numpy as np
import pytest

from xiangtian.observe.climate import Climatology, Range, fit

NAN = float("nan")


def julys(years: int, low=20.0, high=36.0, days=30, station=0) -> list[np.ndarray]:
    return [
        np.full(years, station), np.full(years, 7), np.full(years, low), np.full(years, high), np.full(years, days),
    ]  # fmt: skip


def limits(found: Range, month: int = 7, station: int = 0) -> tuple[float, float]:
    return round(float(found.low[station, month - 1]), 6), round(float(found.high[station, month - 1]), 6)


def test_the_range_is_widened_by_a_fifth_at_either_end() -> None:
    found = fit(*julys(10), 1)
    assert limits(found) == (16.8, 39.2)
    assert found.years[0].tolist() == [0] * 6 + [10] + [0] * 5
    assert np.isnan(np.delete(found.low[0], 6)).all()


def test_records_of_single_years_count() -> None:
    station, month, low, high, days = julys(10)
    low[3], high[8] = 18.0, 38.0
    assert limits(fit(station, month, low, high, days, 1)) == (14.0, 42.0)


def test_nine_years_are_too_few() -> None:
    assert np.isnan(fit(*julys(9), 1).low).all()


@pytest.mark.parametrize(("days", "known"), [(20, True), (19, False)])
def test_a_month_needs_twenty_days(days: int, known: bool) -> None:
    parts = [np.concatenate(pair) for pair in zip(julys(9), julys(1, 0.0, 50.0, days), strict=True)]
    found = fit(*parts, 1)
    assert bool(np.isfinite(found.high[0, 6])) is known
    assert not known or limits(found) == (-10.0, 60.0)


def test_missing_months_do_not_count() -> None:
    station, month, low, high, days = julys(10)
    low[0] = NAN
    assert np.isnan(fit(station, month, low, high, days, 1).low).all()
    nothing = np.array([], np.int64)
    assert np.isnan(fit(nothing, nothing, nothing * 1.0, nothing * 1.0, nothing, 2).high).all()


def test_stations_and_months_do_not_mix() -> None:
    parts = [np.concatenate(pair) for pair in zip(julys(10), julys(10, 0.0, 10.0, station=1), strict=True)]
    parts[1][10:] = 1
    found = fit(*parts, 3)
    assert (limits(found), limits(found, 1, 1)) == ((16.8, 39.2), (-2.0, 12.0))
    assert np.isnan([found.low[0, 0], found.low[1, 6], *found.low[2]]).all()


@pytest.mark.parametrize(("place", "value", "words"), [(1, 13, "1 to 12 are allowed"), (2, 40.0, "changed round")])
def test_bad_input_is_refused(place: int, value: float, words: str) -> None:
    parts = julys(10)
    parts[place][0] = value
    with pytest.raises(ValueError, match=words):
        fit(*parts, 1)


def test_a_sheet_is_looked_up_at_once() -> None:
    held = Climatology(["A", "B"], {"air_temperature": fit(*julys(10, station=1), 2)})
    low, high = held.limits(np.array(["B", "X", "A"]), 7, "air_temperature")
    assert np.round(low, 6).tolist()[:1] == [16.8]
    assert np.isnan([*low[1:], *high[1:]]).all()
    low, _ = held.limits(np.array(["B", "B"]), np.array([6, 7]), "air_temperature")
    assert np.isfinite(low).tolist() == [False, True]
    assert np.isnan(held.limits(np.array(["B"]), 7, "wind_speed")).all()
    assert held.elements == ("air_temperature",)
