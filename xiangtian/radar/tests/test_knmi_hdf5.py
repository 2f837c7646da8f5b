import datetime as dt

import numpy as np
import pytest

from xiangtian.radar.composites import knmi_hdf5
from xiangtian.radar.errors import RadarError


def test_counts_become_mm_per_hour_and_the_mask_becomes_unknown(knmi):
    # 0.01 mm a count in 5 min: 100 counts = 1 mm in 5 min = 12 mm/h (by hand); 65535 is outside the image
    raw = np.zeros((4, 5), np.uint16)
    raw[1, 2], raw[0, 0] = 100, 65535
    frame = knmi_hdf5.read(knmi(raw))
    assert frame.rate[1, 2] == pytest.approx(12.0)
    assert np.isnan(frame.rate[0, 0])
    assert frame.quality[0, 0] == 0
    assert frame.quality[1, 2] == 1
    assert frame.rate[3, 4] == 0


def test_the_time_is_the_end_of_the_interval_in_utc(knmi):
    frame = knmi_hdf5.read(knmi())
    assert frame.time == dt.datetime(2010, 8, 26, 5, 0, tzinfo=dt.UTC)
    assert frame.interval_s == 300


def test_kilometres_of_the_file_become_metres(knmi):
    # row offset 3650 km from the pole, cells of 1 km: the first centre lies at (0.5, -3650.5) km
    grid = knmi_hdf5.read(knmi()).grid
    assert (grid.x0, grid.y0, grid.dx, grid.dy) == (500.0, -3650500.0, 1000.0, 1000.0)


def test_all_masked_is_all_unknown(knmi):
    frame = knmi_hdf5.read(knmi(np.full((4, 5), 65535, np.uint16)))
    assert np.isnan(frame.rate).all()
    assert not frame.quality.any()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"image_geo_parameter": b"REFLECTIVITY_[DBZ]"}, "ACCUMULATED_PRECIPITATION"),
        ({"calibration_formulas": b"PV*PV"}, "GEO=0.01"),
        ({"product_datetime_end": b"2010-08-26 05:00"}, "26-AUG-2010"),
        ({"product_datetime_end": b"26-AUG-2010;04:55:00.000"}, "interval"),
        ({"geo_number_rows": np.array([7], np.int32)}, "7x5"),
        ({"geo_pixel_size_y": np.array([1.0], np.float32)}, "north to south"),
        ({"projection_proj4_params": b"+proj=longlat"}, "metres on a plane"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_what_was_found(knmi, change, words):
    with pytest.raises(RadarError, match=words):
        knmi_hdf5.read(knmi(**change))


@pytest.mark.shared
def test_a_real_file_agrees_with_pysteps(shared):
    # Expected: pysteps 1.21.5, import_knmi_hdf5(path, qty="ACRR", accutime=5, pixelsize=1000.0): largest 1.11 mm at
    # (452, 500), sum 5452.22 mm over 137229 cells; mm in 5 min times 12 is mm/h. Corners: `geo_product_corners`
    # of the file itself, to its three decimals.
    folder = shared / "radar-knmi-20100826" / "hdf5"
    frame = knmi_hdf5.read((folder / "RAD_NL25_RAP_5min_201008260500.h5").read_bytes())
    assert frame.rate.shape == (765, 700)
    assert np.unravel_index(np.nanargmax(frame.rate), frame.rate.shape) == (452, 500)
    assert np.nanmax(frame.rate) == pytest.approx(1.11 * 12, rel=1e-6)
    assert np.nansum(frame.rate.astype(float)) == pytest.approx(5452.22 * 12, rel=1e-6)
    assert np.isfinite(frame.rate).sum() == 137229
    lon, lat = frame.grid.lonlat(np.array([764.5, -0.5, -0.5, 764.5]), np.array([-0.5, -0.5, 699.5, 699.5]))
    assert lon == pytest.approx([0.0, 0.0, 10.856, 9.009], abs=6e-4)
    assert lat == pytest.approx([49.362, 55.974, 55.389, 48.895], abs=6e-4)
