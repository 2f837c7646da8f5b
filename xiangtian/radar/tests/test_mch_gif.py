import datetime as dt

import numpy as np
import pyproj
import pytest

from xiangtian.radar.composites import mch_gif
from xiangtian.radar.errors import RadarError


def test_indices_become_mm_per_hour(mch):
    # by hand: index 71.5 would be 0 dB; index 121 is 10^(49.5/20) = 298.54, /316 = 0.94475, ^(2/3) = 0.96282 mm in
    # 5 min, 11.554 mm/h; 0 and 1 are dry, 255 unknown
    index = np.zeros((640, 710), np.uint8)
    index[0, :4] = 121, 1, 255, 253
    frame = mch_gif.read(mch(index))
    assert frame.rate[0, :4] == pytest.approx([11.554, 0.0, np.nan, 0.0], rel=1e-4, nan_ok=True)
    assert frame.quality[0, :3].tolist() == [1.0, 1.0, 0.0]
    assert frame.rate[5, 5] == 0


def test_the_time_is_year_day_hour_minute_and_the_amount_is_spread_over_its_minutes(mch):
    # day 135 of 2015 is 15 May; half the rate over twice the time
    index = np.full((640, 710), 121, np.uint8)
    five, ten = mch_gif.read(mch(index)), mch_gif.read(mch(index, ACCUm="000010"))
    assert five.time == dt.datetime(2015, 5, 15, 15, 45, tzinfo=dt.UTC)
    assert (five.interval_s, ten.interval_s) == (300, 600)
    assert ten.rate[0, 0] == pytest.approx(five.rate[0, 0] / 2)


def test_the_grid_is_that_of_the_swiss_coordinates(mch):
    # Swisstopo: LV03 600 km east, 200 km north is the old observatory of Berne, 46.95108 N 7.43864 E
    # (WGS-84); beside it pyproj for EPSG:21781
    grid = mch_gif.read(mch()).grid
    row, column = grid.position(np.array(7.438637), np.array(46.951083))
    assert (float(row), float(column)) == pytest.approx((279.5, 344.5), abs=0.01)
    x, y = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:21781", always_xy=True).transform(8.5, 47.4)
    row, column = grid.position(np.array(8.5), np.array(47.4))
    assert (grid.x0 + 1000 * column, grid.y0 - 1000 * row) == pytest.approx((x, y), abs=2.0)


def test_all_unknown(mch):
    frame = mch_gif.read(mch(np.full((640, 710), 255, np.uint8)))
    assert np.isnan(frame.rate).all()
    assert not frame.quality.any()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"PRDT": "RZC151351545"}, "read are AQC, CPC"),
        ({"PRDT": "AQC159991545"}, "day of the year"),
        ({"SCALE": "8bit_dBZ"}, "its scale"),
        ({"ACCUm": "000000"}, "1 to 1440 minutes"),
        ({"size": (64, 71)}, "640x710"),
    ],
)
def test_another_product_is_refused_with_what_was_found(mch, change, words):
    with pytest.raises(RadarError, match=words):
        mch_gif.read(mch(**change))


def test_a_picture_that_says_it_is_huge_is_refused_before_it_is_unpacked(mch):
    body = bytearray(mch())
    body[6:10] = b"\xff\xff\xff\xff"
    with pytest.raises(RadarError, match=r"larger|65535x65535"):
        mch_gif.read(bytes(body))


@pytest.mark.shared
def test_a_real_file_agrees_with_pysteps(shared):
    # Expected: pysteps 1.21.5, import_mch_gif(path, product="AQC", unit="mm", accutime=5), times 12
    path = shared / "radar-mch-20150515" / "gif" / "AQC151351700F_00005.801.gif"
    frame = mch_gif.read(path.read_bytes())
    assert np.isfinite(frame.rate).sum() == 314404
    assert np.nanmax(frame.rate) == pytest.approx(107.001498, rel=1e-6)
    assert np.nansum(frame.rate.astype(float)) == pytest.approx(100351.73814, rel=1e-6)
