"""The written file against the tables of ODIM_H5 2.4, against our reader, and against pysteps where it is installed."""

import io
from dataclasses import replace

import h5py
import numpy as np
import pytest

from xiangtian.met.grid import Grid
from xiangtian.radar.composites import odim_hdf5
from xiangtian.radar.odim_write import encode


@pytest.fixture
def file(frame):
    with h5py.File(io.BytesIO(encode(frame)), "r") as opened:
        yield opened


def test_the_way_there_and_back_keeps_the_frame(frame):
    back = odim_hdf5.read(encode(frame))
    assert back.rate == pytest.approx(frame.rate, abs=0.05, nan_ok=True)
    assert back.quality == pytest.approx(frame.quality, abs=1 / 254)
    assert back.grid == frame.grid
    assert (back.time, back.interval_s) == (frame.time, frame.interval_s)
    assert back.notes == {"rain_factor": "8", "origin_product": "test"}


def test_notes_may_be_chinese(frame):
    back = odim_hdf5.read(encode(replace(frame, notes={"transposed_from": "荷兰"})))
    assert back.notes["transposed_from"] == "荷兰"


def test_a_grid_of_longitude_and_latitude_goes_there_and_back(frame):
    degrees = Grid("EPSG:4326", 118.005, 34.495, 0.01, 0.01, 40, 50)
    body = encode(replace(frame, grid=degrees))
    with h5py.File(io.BytesIO(body), "r") as file:
        where = dict(file["where"].attrs)
    # ODIM_H5 2.4, table 2: projdef is a PROJ string, scales are in the projection's coordinates; the corner by hand
    assert where["projdef"] == b"+proj=longlat +datum=WGS84 +no_defs"
    assert (where["UL_lon"], where["UL_lat"], where["xscale"]) == pytest.approx((118.0, 34.5, 0.01))
    back = odim_hdf5.read(body).grid
    assert (back.x0, back.y0, back.dx, back.dy, back.shape) == (118.005, 34.495, 0.01, 0.01, (40, 50))
    assert back.position(np.array(118.205), np.array(34.295)) == pytest.approx((20.0, 20.0), abs=1e-6)


@pytest.mark.parametrize("rate", [0.0, np.nan, 654.0, 5000.0])
def test_uniform_fields_come_back(frame, rate):
    # beyond 655.34 mm/h the steps grow: 5000 mm/h still comes back within half a step of 5000 / 65534
    field = np.full(frame.grid.shape, rate, np.float32)
    back = odim_hdf5.read(encode(replace(frame, rate=field)))
    assert back.rate == pytest.approx(field, abs=0.05, nan_ok=True)


def test_the_file_has_what_the_tables_ask_for(file):
    # ODIM_H5 2.4, section 4: root what; where of a geographical image; dataset what; data what; quality
    assert file.attrs["Conventions"] == b"ODIM_H5/V2_4"
    what = dict(file["what"].attrs)
    assert (what["object"], what["version"], what["date"], what["time"]) == (
        b"COMP",
        b"H5rad 2.4",
        b"20260701",
        b"021500",
    )
    assert what["source"].startswith(b"CMT:")
    corners = {f"{corner}_{axis}" for corner in ("LL", "UL", "UR", "LR") for axis in ("lon", "lat")}
    assert set(file["where"].attrs) == {"projdef", "xsize", "ysize", "xscale", "yscale"} | corners
    inner = dict(file["dataset1/what"].attrs)
    assert inner == {
        "product": b"SURF",
        "startdate": b"20260701",
        "starttime": b"021000",
        "enddate": b"20260701",
        "endtime": b"021500",
    }
    values = file["dataset1/data1/what"].attrs
    assert values["quantity"] == b"RATE"
    assert {"gain", "offset", "nodata", "undetect"} <= set(values)
    assert file["dataset1/data1/data"].attrs["CLASS"] == b"IMAGE"
    assert file["dataset1/data1/data"].dtype == np.uint16


def test_texts_are_null_terminated_and_numbers_64_bit(file):
    # ODIM_H5 2.4, section 3.1: strings fixed-length null-terminated scalars, integers and reals of 64 bits
    kind = h5py.h5a.open(file["what"].id, b"object").get_type()
    assert kind.get_strpad() == h5py.h5t.STR_NULLTERM
    assert not kind.is_variable_str()
    assert kind.get_size() == 5
    assert file["where"].attrs["xsize"].dtype == np.int64
    assert file["where"].attrs["xscale"].dtype == np.float64


def test_the_upper_left_corner_is_the_outer_edge_of_the_first_cell(file, frame):
    lon, lat = frame.grid.lonlat(np.array(-0.5), np.array(-0.5))
    assert file["where"].attrs["UL_lon"] == pytest.approx(float(lon), abs=1e-9)
    assert file["where"].attrs["UL_lat"] == pytest.approx(float(lat), abs=1e-9)


def test_a_field_that_does_not_fit_its_grid_is_refused(frame):
    with pytest.raises(ValueError, match="must be the same"):
        encode(replace(frame, rate=frame.rate[:-1]))


def test_another_program_reads_the_same(frame, tmp_path):
    importers = pytest.importorskip("pysteps.io.importers", reason="pysteps is in the dependency group bench")
    path = tmp_path / "frame.h5"
    path.write_bytes(encode(frame))
    rate, quality, meta = importers.import_odim_hdf5(str(path), qty="RATE")
    assert rate == pytest.approx(frame.rate, abs=0.05, nan_ok=True)
    assert meta["x1"] == pytest.approx(frame.grid.x0 - 500, abs=0.01)
    assert meta["y2"] == pytest.approx(frame.grid.y0 + 500, abs=0.01)
    assert np.nanmax(quality) == 1
