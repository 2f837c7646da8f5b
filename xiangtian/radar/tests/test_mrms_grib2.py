import datetime as dt
import gzip

import numpy as np
import pytest

from xiangtian.radar.composites import mrms_grib2
from xiangtian.radar.errors import RadarError


def test_stored_numbers_become_mm_per_hour(mrms):
    # FM 92 template 5.41: (R + X 2^E) / 10^D = (-30 + 30) / 10 = 0, (-30 + 1518) / 10 = 148.8, (-30 + 0) / 10 = -3
    stored = np.full((3, 4), 30, np.uint16)
    stored[1, 2], stored[0, 0], stored[2, 3] = 1518, 0, 20
    frame = mrms_grib2.read(mrms(stored))
    assert frame.rate[1, 2] == pytest.approx(148.8)
    assert frame.rate[1, 1] == 0
    assert np.isnan(frame.rate[[0, 2], [0, 3]]).all()  # -3 no coverage, -1 missing
    assert frame.quality[0, 0] == 0
    assert frame.quality[1, 2] == 1


def test_scales_may_be_negative_as_grib_writes_them(mrms):
    # sign and magnitude: 0x8001 is -1, so X / 2 times 10: X = 3 gives (0 + 1.5) * 10 = 15
    body = mrms(np.full((3, 4), 3, np.uint16), reference=0.0, binary=0x8001, decimal=0x8001)
    assert mrms_grib2.read(body).rate[0, 0] == 15


@pytest.mark.parametrize("angles", [(0, 0), (1, 1_000_000)])
def test_the_grid_is_of_longitude_and_latitude(mrms, angles):
    grid = mrms_grib2.read(mrms(basic=angles[0], subdivisions=angles[1])).grid
    assert (grid.crs, grid.shape) == ("EPSG:4326", (3, 4))
    assert (grid.x0, grid.y0, grid.dx, grid.dy) == pytest.approx((-129.995, 54.995, 0.01, 0.01))


def test_time_and_gzip(mrms):
    body = mrms()
    frame = mrms_grib2.read(gzip.compress(body))
    assert frame.time == dt.datetime(2019, 6, 10, 0, 20, tzinfo=dt.UTC)
    assert mrms_grib2.sniff(gzip.compress(body)[:200])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"discipline": 0}, "discipline 209"),
        ({"number": 2}, "PrecipRate"),
        ({"template": 30}, "3.30"),
        ({"basic": 7}, "millionths"),
        ({"scan": 64}, "scanning mode 64"),
        ({"packing": 0}, "5.0"),
        ({"bitmap": 0}, "bitmap"),
        ({"year": 0}, "damaged"),
        ({"rows": 5}, "contradicts itself"),
        ({"rows": 4_000_000_000}, "cells"),
        ({"bits": 24}, "at most 16 bits"),
    ],
)
def test_another_product_is_refused_with_what_was_found(mrms, change, words):
    with pytest.raises(RadarError, match=words):
        mrms_grib2.read(mrms(**change))


def test_a_flipped_bit_in_the_picture_is_noticed(mrms):
    body = bytearray(mrms())
    body[body.index(b"IDAT") + 6] ^= 4
    with pytest.raises(RadarError, match="IDAT"):
        mrms_grib2.read(bytes(body))


@pytest.mark.shared
def test_a_real_file_agrees_with_eccodes(shared):
    # Expected: ecCodes 2.50, codes_get_values, negative values left out
    path = shared / "radar-mrms-20190610" / "grib2" / "PrecipRate_00.00_20190610-000000.grib2"
    frame = mrms_grib2.read(path.read_bytes())
    assert frame.grid.shape == (3500, 7000)
    assert np.isfinite(frame.rate).sum() == 15730507
    assert np.nanmax(frame.rate) == pytest.approx(148.8)
    assert np.nansum(frame.rate, dtype=float) == pytest.approx(2126764.0, rel=1e-6)
