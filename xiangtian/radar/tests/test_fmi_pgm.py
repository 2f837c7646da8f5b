import datetime as dt

import numpy as np
import pytest

from xiangtian.radar.composites import fmi_pgm
from xiangtian.radar.errors import RadarError


def test_values_become_rain_by_the_stated_relation(fmi):
    # by hand: value 164 -> (164 - 64) / 2 = 50 dBZ, Z = 1e5; R = (1e5 / 223)^(1 / 1.53) = 54.09 mm/h
    # value 64 -> 0 dBZ, Z = 1: R = 223^(-1 / 1.53) = 0.0292 mm/h; 0: no echo; 255: no data
    values = np.array([[164, 64, 0, 255]] * 3, np.uint8)
    frame = fmi_pgm.read(fmi(values))
    assert frame.rate[0, 0] == pytest.approx(54.09, abs=0.01)
    assert frame.rate[0, 1] == pytest.approx(0.0292, abs=1e-4)
    assert frame.rate[0, 2] == 0
    assert np.isnan(frame.rate[:, 3]).all()
    assert frame.quality[0].tolist() == [1, 1, 1, 0]


def test_the_upper_left_cell_lies_half_a_cell_inside_the_stated_corners(fmi):
    # The header's corners are the outer edges: 18.6 E, 57.93 N is the lower left of row 2, column 0
    grid = fmi_pgm.read(fmi()).grid
    lon, lat = grid.lonlat(np.array([2.5, -0.5]), np.array([-0.5, 3.5]))
    assert lon == pytest.approx([18.6, 18.661088], abs=1e-5)
    assert lat == pytest.approx([57.93, 57.960486], abs=1e-5)


def test_a_picture_without_gzip_is_read_too(fmi):
    assert fmi_pgm.read(fmi(packed=False)).time == dt.datetime(2016, 9, 28, 16, 0, tzinfo=dt.UTC)


def test_no_data_everywhere_is_all_unknown(fmi):
    frame = fmi_pgm.read(fmi(np.full((3, 4), 255, np.uint8)))
    assert np.isnan(frame.rate).all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"obstime": "yesterday"}, "201609281600"),
        ({"obstime": None}, "no 'obstime'"),
        ({"type": "mercator"}, "stereographic"),
        ({"topright": "34.9 69.0"}, "contradicts itself"),
        ({"metersperpixel_x": "wide"}, "numbers are needed"),
        ({"bottomleft": "18.6"}, "corners"),
    ],
)
def test_a_header_that_can_not_be_is_refused_with_what_was_found(fmi, change, words):
    with pytest.raises(RadarError, match=words):
        fmi_pgm.read(fmi(**change))


def test_a_packed_file_that_would_unpack_beyond_bounds_is_stopped(fmi, monkeypatch):
    monkeypatch.setattr(fmi_pgm, "MAX_BYTES", 100)
    with pytest.raises(RadarError, match="unpacks to more"):
        fmi_pgm.read(fmi(np.zeros((300, 400), np.uint8)))


@pytest.mark.shared
def test_a_real_file_agrees_with_pysteps(shared):
    # Expected: pysteps 1.21.5, import_fmi_pgm(path, gzipped=True) and conversion.to_rainrate with a=223, b=1.53:
    # largest 54.0921 mm/h (50 dBZ) at (180, 407), sum 177827.449 mm/h over 704916 cells, 213266 cells >= 0.1 mm/h;
    # upper left corner of the grid at (0.005, 1225544.659) m after its false easting and northing.
    folder = shared / "radar-fmi-20160928" / "pgm"
    frame = fmi_pgm.read((folder / "201609281600_fmi.radar.composite.lowest_FIN_SUOMI1.pgm.gz").read_bytes())
    assert frame.rate.shape == (1226, 760)
    assert np.unravel_index(np.nanargmax(frame.rate), frame.rate.shape) == (180, 407)
    assert np.nanmax(frame.rate) == pytest.approx(54.09212917, rel=1e-6)
    assert np.nansum(frame.rate.astype(float)) == pytest.approx(177827.44867, rel=1e-6)
    assert np.isfinite(frame.rate).sum() == 704916
    assert (frame.rate >= 0.1).sum() == 213266
    grid = frame.grid
    assert grid.x0 - grid.dx / 2 + 380886.310 == pytest.approx(0.005, abs=0.01)
    assert grid.y0 + grid.dy / 2 + 3395677.920 == pytest.approx(1225544.659, abs=0.5)
