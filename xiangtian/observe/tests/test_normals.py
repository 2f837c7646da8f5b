"""The band of earlier years."""

import datetime as dt

import numpy as np
import pytest

from xiangtian.observe.normals import band, calendar_day, rank


def dates(*texts: str) -> np.ndarray:
    return np.array(texts, "datetime64[D]")


def test_calendar_days_of_common_and_leap_years_meet() -> None:
    # the place is the day of a leap year, less one: 1 March is day 61 of 2024, 31 December day 366
    assert calendar_day(dates("2023-02-28", "2024-02-29", "2023-03-01", "2024-03-01", "2023-12-31")).tolist() == [
        58, 59, 60, 60, 365,
    ]  # fmt: skip
    for text in ("2024-01-01", "2024-07-04", "2024-12-31"):
        assert calendar_day(dates(text))[0] == dt.date.fromisoformat(text).timetuple().tm_yday - 1


def test_quantiles_of_eleven_years() -> None:
    # one value a year, 0 to 10: with linear quantiles of eleven values p10 is 1, the median 5, p90 9
    days = dates(*(f"{year}-07-01" for year in range(2010, 2021)))
    found = band(days, np.arange(11.0), dates("2026-07-01"))
    assert (found.low[0], found.p10[0], found.p50[0], found.p90[0], found.high[0]) == (0, 1, 5, 9, 10)
    assert found.years[0] == 11


def test_the_window_reaches_over_new_year_and_no_further() -> None:
    days = dates("2020-12-25", "2021-01-09", "2020-12-24")  # 7 days before, 8 after, 8 before 1 January
    found = band(days, np.array([1.0, 2.0, 3.0]), dates("2026-01-01"))
    assert (found.low[0], found.high[0], found.years[0]) == (1.0, 1.0, 1)


def test_the_days_asked_for_and_later_ones_do_not_speak() -> None:
    days = dates("2025-07-01", "2026-06-30", "2026-07-01", "2027-07-01")
    found = band(days, np.array([1.0, 2.0, 3.0, 4.0]), dates("2026-06-30", "2026-07-01"))
    assert found.high.tolist() == [1.0, 1.0]


def test_nothing_known() -> None:
    found = band(dates("2020-07-01"), np.array([np.nan]), dates("2026-07-01"))
    assert np.isnan(found.p50[0])
    assert found.years[0] == 0
    assert len(band(dates(), np.zeros(0), dates()).low) == 0


def test_bad_input() -> None:
    with pytest.raises(ValueError, match="one value a day"):
        band(dates("2020-01-01"), np.zeros(2), dates("2026-01-01"))
    with pytest.raises(ValueError, match="window -1"):
        band(dates(), np.zeros(0), dates(), -1)


@pytest.mark.parametrize(
    ("earlier", "value", "expected"),
    [
        ([10.0, 12.0, 14.0], 15.0, (1, 4)),
        ([10.0, 12.0, 14.0], 9.0, (4, 1)),
        ([10.0, 12.0, 12.0, 14.0], 12.0, (2, 2)),  # equals share the better place
        ([], 3.0, (1, 1)),
    ],
)
def test_rank(earlier: list[float], value: float, expected: tuple[int, int]) -> None:
    assert rank(earlier, value) == expected
