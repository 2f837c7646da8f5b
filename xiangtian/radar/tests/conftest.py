"""Small files made by the formats' own descriptions, to be bent and broken by the tests."""

from __future__ import annotations

import datetime as dt
import gzip
import io

import h5py
import numpy as np
import pytest

from xiangtian.met.grid import Grid, RainFrame

KNMI_PROJ = b"+proj=stere +lat_0=90 +lon_0=0.0 +lat_ts=60.0 +a=6378.137 +b=6356.752 +x_0=0 +y_0=0"
ODIM_PROJ = "+proj=laea +lat_0=31.3 +lon_0=120.6 +ellps=WGS84 +units=m"


def _hdf5(groups: dict, fields: dict) -> bytes:
    body = io.BytesIO()
    with h5py.File(body, "w") as file:
        for path, values in fields.items():
            file.create_dataset(path, data=values, compression="gzip")
        for path, attributes in groups.items():
            group = file.require_group(path)
            for name, value in attributes.items():
                group.attrs[name] = value
    return body.getvalue()


@pytest.fixture
def knmi():
    """Make a 4 x 5 KNMI file; keyword arguments replace attributes by name."""

    def make(raw=None, **changes) -> bytes:
        raw = np.zeros((4, 5), np.uint16) if raw is None else raw
        groups = {
            "geographic": {
                "geo_number_rows": np.array([4], np.int32),
                "geo_number_columns": np.array([5], np.int32),
                "geo_pixel_size_x": np.array([1.0], np.float32),
                "geo_pixel_size_y": np.array([-1.0], np.float32),
                "geo_column_offset": np.array([0.0], np.float32),
                "geo_row_offset": np.array([3650.0], np.float32),
            },
            "geographic/map_projection": {"projection_proj4_params": KNMI_PROJ},
            "image1": {
                "image_geo_parameter": b"ACCUMULATED_PRECIPITATION_[MM]",
                "image_product_name": b"RAD_NL25_RAU_H1.5_5mi",
            },
            "image1/calibration": {
                "calibration_formulas": b"GEO=0.01*PV+0.0",
                "calibration_missing_data": np.array([65535], np.int32),
                "calibration_out_of_image": np.array([65535], np.int32),
            },
            "overview": {
                "product_datetime_start": b"26-AUG-2010;04:55:00.000",
                "product_datetime_end": b"26-AUG-2010;05:00:00.000",
            },
        }
        for attributes in groups.values():
            attributes.update({name: value for name, value in changes.items() if name in attributes})
        return _hdf5(groups, {"image1/image_data": raw})

    return make


@pytest.fixture
def fmi():
    """Make a 3 x 4 FMI picture whose corners fit its cells; keyword arguments replace comment lines."""

    def make(values=None, packed=True, **changes) -> bytes:
        values = np.full((3, 4), 64, np.uint8) if values is None else values
        rows, columns = values.shape
        comments = {
            "obstime": "201609281600",
            "producttype": "CAPPI",
            "productname": "LOWEST",
            "metersperpixel_x": "999.674053",
            "metersperpixel_y": "999.62859",
            "type": "stereographic",
            "centrallongitude": "25",
            "centrallatitude": "90",
            "truelatitude": "60",
            "bottomleft": "18.600000 57.930000",
            "topright": "18.661088 57.960486",
        } | changes
        lines = "".join(f"# {name} {value}\n" for name, value in comments.items() if value is not None)
        picture = f"P5\n{lines}{columns} {rows}\n255\n".encode() + values.tobytes()
        return gzip.compress(picture) if packed else picture

    return make


@pytest.fixture
def odim():
    """Make a 3 x 4 ODIM composite of 1 km cells on 平江; keyword arguments are added to the named groups."""

    def make(raw=None, quantity="DBZH", extra=None, fields=None, **changes) -> bytes:
        raw = np.full((3, 4), 110, np.uint8) if raw is None else raw
        groups = {
            "/": {"Conventions": "ODIM_H5/V2_2"},
            "what": {
                "object": "COMP",
                "version": "H5rad 2.2",
                "date": "20260701",
                "time": "101500",
                "source": "ORG:38",
            },
            "where": {
                "projdef": ODIM_PROJ,
                "xsize": raw.shape[1],
                "ysize": raw.shape[0],
                "xscale": 1000.0,
                "yscale": 1000.0,
                "UL_lon": 120.6,
                "UL_lat": 31.3,
            },
            "dataset1/what": {
                "product": "PCAPPI",
                "startdate": "20260701",
                "starttime": "101000",
                "enddate": "20260701",
                "endtime": "101500",
            },
            "dataset1/data1/what": {
                "quantity": quantity,
                "gain": 0.5,
                "offset": -32.0,
                "nodata": 255.0,
                "undetect": 0.0,
            },
        }
        for attributes in groups.values():
            attributes.update({name: value for name, value in changes.items() if name in attributes})
        for path, attributes in (extra or {}).items():
            groups.setdefault(path, {}).update(attributes)
        return _hdf5(groups, {"dataset1/data1/data": raw, **(fields or {})})

    return make


@pytest.fixture
def frame():
    """Give a frame of 40 x 50 cells near Suzhou: a shower of 12.34 mm/h, drizzle, and an unmeasured corner."""
    rate = np.zeros((40, 50), np.float32)
    rate[10:14, 20:26] = 12.34
    rate[30, 5:9] = 0.27
    rate[:5, :5] = np.nan
    quality = np.where(np.isnan(rate), 0, 1).astype(np.float32)
    quality[30:, :] *= 0.5
    grid = Grid(ODIM_PROJ, -25_000.0, 20_000.0, 1000.0, 1000.0, 40, 50)
    return RainFrame(
        dt.datetime(2026, 7, 1, 2, 15, tzinfo=dt.UTC), grid, rate, quality, 300, "test", {"rain_factor": "8"}
    )
