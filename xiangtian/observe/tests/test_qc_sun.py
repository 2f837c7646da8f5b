"""Daylight against almanacs: at midsummer 2024 the sun rises at 04:46 and sets at 19:46 (UTC+8) in Beijing, at 03:43
and 20:21 (UTC) in London; published to the minute."""

import numpy as np
import pytest

from xiangtian.observe.qc.sun import daylight_minutes

BEIJING, LONDON = (116.4, 39.9), (-0.13, 51.5)


@pytest.mark.parametrize(
    ("place", "end", "minutes"),
    [
        (BEIJING, "2024-06-20T21:00", 14),  # 05:00, the sun is up since 04:46
        (BEIJING, "2024-06-21T12:00", 46),  # 20:00, it set at 19:46
        (LONDON, "2024-06-21T04:00", 17),
        (LONDON, "2024-06-21T21:00", 21),
        (BEIJING, "2024-06-21T04:00", 60),
        (BEIJING, "2024-06-21T18:00", 0),
    ],
)
def test_hours_of_sunrise_and_sunset(place, end, minutes):
    found = daylight_minutes(np.array([place[0]]), np.array([place[1]]), np.array([end], "datetime64[s]"), 60.0)
    assert found[0] == pytest.approx(minutes, abs=2.0)


def test_a_day_here_and_under_the_midnight_sun():
    lon, lat = np.array([116.4, 10.0, 10.0, np.nan]), np.array([39.9, 80.0, 80.0, 80.0])
    ends = np.array(["2024-06-21T16:00", "2024-06-21T23:00", "2024-12-21T12:00", "2024-12-21T12:00"], "datetime64[s]")
    found = daylight_minutes(lon, lat, ends, 1440.0)
    np.testing.assert_allclose(found, [900.0, 1440.0, 0.0, np.nan], atol=2.0)
