import datetime as dt

import numpy as np
import pytest

from xiangtian.radar.composites import odim_hdf5
from xiangtian.radar.errors import RadarError


def test_reflectivity_becomes_rain_by_marshall_and_palmer(odim):
    # The usual table of Z = 200 R^1.6: 20, 30, 40, 50 dBZ are 0.65, 2.73, 11.53, 48.62 mm/h.
    # gain 0.5, offset -32: stored 104, 124, 144, 164
    raw = np.array([[104, 124, 144, 164]] * 3, np.uint8)
    frame = odim_hdf5.read(odim(raw))
    assert frame.rate[0] == pytest.approx([0.65, 2.73, 11.53, 48.62], abs=0.01)
    assert frame.notes["rain_from"] == "Z=200R^1.6"


def test_the_relation_of_the_file_goes_first(odim):
    # NEXRAD's Z = 300 R^1.4: 40 dBZ are 12.2 mm/h (by hand: (10000 / 300)^(1 / 1.4) = 12.24)
    frame = odim_hdf5.read(odim(np.full((3, 4), 144, np.uint8), extra={"how": {"zr_a": 300.0, "zr_b": 1.4}}))
    assert frame.rate[1, 1] == pytest.approx(12.24, abs=0.01)


def test_undetected_is_dry_and_nodata_is_unknown(odim):
    raw = np.array([[0, 255, 0, 144]] * 3, np.uint8)
    frame = odim_hdf5.read(odim(raw))
    assert frame.rate[0, 0] == 0
    assert np.isnan(frame.rate[0, 1])
    assert frame.quality[0].tolist() == [1, 0, 1, 1]


def test_an_amount_is_spread_over_its_interval(odim):
    # 2.5 mm (stored 69: 69 / 2 - 32) in the five minutes of the file are 30 mm/h
    frame = odim_hdf5.read(odim(np.full((3, 4), 69, np.uint8), quantity="ACRR"))
    assert frame.rate[2, 3] == pytest.approx(30.0)
    assert frame.interval_s == 300
    assert frame.time == dt.datetime(2026, 7, 1, 10, 15, tzinfo=dt.UTC)


def test_rate_is_taken_before_reflectivity(odim):
    extra = {"dataset2/data1/what": {"quantity": "RATE", "gain": 0.1, "offset": 0.0, "nodata": 255.0, "undetect": 0.0}}
    frame = odim_hdf5.read(odim(extra=extra, fields={"dataset2/data1/data": np.full((3, 4), 42, np.uint8)}))
    assert frame.rate[0, 0] == pytest.approx(4.2)


def test_the_corner_is_the_outer_edge_of_the_first_cell(odim):
    # UL is 120.6 E, 31.3 N, the centre of the projection: the edge is at (0, 0), the first cell half a cell inside
    grid = odim_hdf5.read(odim()).grid
    assert (grid.x0, grid.y0) == (500.0, -500.0)
    row, column = grid.position(np.array([120.6]), np.array([31.3]))
    assert (row[0], column[0]) == pytest.approx((-0.5, -0.5), abs=1e-6)


def test_the_lowest_of_the_quality_indices_counts(odim):
    index = np.full((3, 4), 255, np.uint8)
    index[0, 0] = 51  # 51 / 255 = 0.2
    extra = {"dataset1/data1/quality1/what": {"gain": 1 / 255, "offset": 0.0}}
    frame = odim_hdf5.read(odim(extra=extra, fields={"dataset1/data1/quality1/data": index}))
    assert frame.quality[0, 0] == pytest.approx(0.2)
    assert frame.quality[0, 1] == 1


def test_a_quality_field_that_is_no_index_is_left_aside(odim):
    # a height of 0 to 4000 m is no quality between 0 and 1
    extra = {"dataset1/data1/quality1/what": {"gain": 100.0, "offset": 0.0}}
    fields = {"dataset1/data1/quality1/data": np.full((3, 4), 40, np.uint8)}
    assert (odim_hdf5.read(odim(extra=extra, fields=fields)).quality == 1).all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"object": "PVOL"}, "holds a PVOL"),
        ({"quantity": "VRADH"}, "VRADH; allowed are RATE, ACRR, DBZH, TH"),
        ({"xsize": 9}, "3x9"),
        ({"xscale": -1.0}, "above 0"),
        ({"projdef": "+proj=longlat +ellps=WGS84"}, "scales must be in degrees"),
        ({"projdef": "+proj=geocent +ellps=WGS84"}, "metres on a plane"),
        ({"endtime": "100000"}, "run backwards"),
        ({"date": "1 July"}, "20260701"),
        ({"quantity": "ACRR", "starttime": "101500"}, "its interval is needed"),
        ({"extra": {"where": {"UR_lon": 121.0, "UR_lat": 31.3}}}, "contradicts itself"),
        ({"extra": {"how": {"zr_a": 0.0, "zr_b": 1.6}}}, "above 0"),
        ({"UL_lat": np.nan}, "finite number"),
    ],
)
def test_a_file_that_can_not_be_is_refused_with_what_was_found(odim, change, words):
    with pytest.raises(RadarError, match=words):
        odim_hdf5.read(odim(**change))


@pytest.mark.shared
def test_a_real_volume_is_recognised_and_refused(shared):
    body = (shared / "radar-polar-odim-cfradial" / "T_PAZA63_C_LFPW_20230420065041.h5").read_bytes()
    with pytest.raises(RadarError, match="composites"):
        odim_hdf5.read(body)


def test_a_grid_of_longitude_and_latitude_is_read_in_degrees(odim):
    # upper left corner 120.6 E 31.3 N, cells of 0.01 degree: the first centre lies half a cell inside; 4 x 3 cells on
    where = {"projdef": "+proj=longlat +ellps=WGS84", "xscale": 0.01, "yscale": 0.01}
    grid = odim_hdf5.read(odim(extra={"where": {"UR_lon": 120.64, "UR_lat": 31.3}}, **where)).grid
    assert (grid.x0, grid.y0, grid.dx, grid.dy) == (120.605, 31.295, 0.01, 0.01)
    row, column = grid.position(np.array([120.625]), np.array([31.275]))
    assert (row[0], column[0]) == pytest.approx((2.0, 2.0), abs=1e-6)
