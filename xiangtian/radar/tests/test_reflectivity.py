import datetime as dt

import numpy as np
import pytest

from xiangtian.met.grid import Grid, RainFrame
from xiangtian.radar import reflectivity
from xiangtian.radar.column import CONVECTIVE, DRY_DBZ, MARSHALL_PALMER
from xiangtian.radar.errors import RadarError


def test_rain_of_known_reflectivities():
    # Marshall-Palmer at 23.0103 dBZ: Z = 200, 1 mm/h. WSR-88D: 103.8 mm/h at 53 dBZ (Fulton et al. 1998)
    assert reflectivity.rain_of(23.0103, MARSHALL_PALMER) == pytest.approx(1.0, rel=1e-5)
    capped = reflectivity.rain_of([53.0, 60.0, DRY_DBZ, np.nan], CONVECTIVE, reflectivity.HAIL_DBZ)
    assert capped == pytest.approx([103.8, 103.8, 0.0, np.nan], abs=0.05, nan_ok=True)


def test_there_and_back():
    dbz = np.array([-31.0, 0.0, 20.0, 70.0])
    assert reflectivity.dbz_of(reflectivity.rain_of(dbz, MARSHALL_PALMER), MARSHALL_PALMER) == pytest.approx(dbz)
    assert reflectivity.dbz_of([0.0, np.nan]) == pytest.approx([DRY_DBZ, np.nan], nan_ok=True)


def test_a_frame_of_rain_gives_reflectivity_by_the_relation_it_states():
    rate = np.array([[1.0, 0.0, np.nan]], np.float32)
    told = {"rain_from": "Z=316R^1.5"}
    grid = Grid("EPSG:4326", 8.0, 47.0, 0.01, 0.01, 1, 3)
    frame = RainFrame(dt.datetime(2026, 7, 1, tzinfo=dt.UTC), grid, rate, np.ones_like(rate), 300, "test", told)
    found = reflectivity.of_rain(frame)
    assert found.dbz[0] == pytest.approx([10 * np.log10(316), DRY_DBZ, np.nan], nan_ok=True)  # Z = 316 at 1 mm/h
    assert found.notes["reflectivity_from"] == "Z=316R^1.5"
    with pytest.raises(RadarError, match="give one"):
        reflectivity.of_rain(RainFrame(frame.time, grid, rate, frame.quality))
    assert reflectivity.of_rain(RainFrame(frame.time, grid, rate, frame.quality), CONVECTIVE).dbz[
        0, 0
    ] == pytest.approx(24.7712, abs=1e-4)
