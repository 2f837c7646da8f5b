"""Small files made by the formats' own descriptions, to be bent and broken by the tests."""

from __future__ import annotations

import bz2
import datetime as dt
import gzip
import io
import struct

import cv2
import h5py
import numpy as np
import pytest
from PIL import Image

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
def mch():
    """Make a picture of MeteoSwiss on its grid of 640 x 710; keyword arguments replace parts of the comment."""

    def make(index=None, size=(640, 710), **changes) -> bytes:
        index = np.zeros(size, np.uint8) if index is None else index
        words = {
            "PRDT": "AQC151351545",
            "SCALE": "mmh2LASSEN8bitmm_mn",
            "COLOR": "reddish",
            "ACCUm": "000005",
            "DeltaT": "000005",
        } | changes
        image = Image.fromarray(index)
        image.putpalette([part for i in range(256) for part in (255, 255 - i, 255 - i)])
        body = io.BytesIO()
        comment = "generated by Meteoswiss\n" + " ".join(f"{name}={word}" for name, word in words.items())
        image.save(body, "GIF", comment=comment.encode(), optimize=False)
        return body.getvalue()

    return make


@pytest.fixture
def mrms():
    """Make a GRIB2 message of 3 x 4 cells from the tables of FM 92; keyword arguments replace single numbers."""

    def make(stored=None, **changes) -> bytes:
        stored = np.full((3, 4), 30, np.uint16) if stored is None else stored
        rows, columns = stored.shape
        say = {
            "discipline": 209, "edition": 2, "year": 2019, "category": 6, "number": 1, "basic": 0, "subdivisions": 0,
            "north": 54_995_000, "west": 230_005_000, "step": 10_000, "scan": 0, "packing": 41, "template": 0,
            "bitmap": 255, "rows": rows, "reference": -30.0, "binary": 0, "decimal": 1, "bits": 16,
        } | changes  # fmt: skip
        south = say["north"] - (rows - 1) * 10_000
        east = say["west"] + (columns - 1) * 10_000
        size = (columns, say["rows"], say["basic"], say["subdivisions"])
        corners = struct.pack(
            ">IIBIIIIB", say["north"], say["west"], 48, south, east, say["step"], say["step"], say["scan"]
        )
        png = cv2.imencode(".png", stored)[1].tobytes()
        parts = {
            1: struct.pack(">HHBBBHBBBBBBB", 161, 0, 255, 1, 3, say["year"], 6, 10, 0, 20, 0, 0, 0),
            3: struct.pack(">BIBBHBBIBIBI", 0, stored.size, 0, 0, say["template"], 1, 0, 0, 0, 0, 0, 0)
            + struct.pack(">IIII", *size)
            + corners,
            4: struct.pack(">HHBB", 0, 0, say["category"], say["number"]) + bytes(23),
            5: struct.pack(
                ">IHfHHBB", stored.size, say["packing"], say["reference"], say["binary"], say["decimal"], say["bits"], 0
            ),
            6: bytes([say["bitmap"]]),
            7: png,
        }
        body = b"".join(struct.pack(">IB", len(part) + 5, number) + part for number, part in parts.items()) + b"7777"
        return b"GRIB\0\0" + bytes([say["discipline"], say["edition"]]) + struct.pack(">Q", len(body) + 16) + body

    return make


@pytest.fixture
def moc():
    """Make a mosaic of 3 x 4 cells by the header's description; keyword arguments replace its fields."""

    def make(stored=None, **changes) -> bytes:
        stored = np.full((3, 4), 300, np.int16) if stored is None else stored
        rows, columns = stored.shape
        values = bz2.compress(stored.astype("<i2").tobytes())
        say = {
            "coordinate": 3, "product": b"CREF", "begin": 256, "length": len(values), "zone": 28800, "year": 2023,
            "south": 31_000, "west": 120_000, "north": 31_000 + rows * 10, "east": 120_000 + columns * 10,
            "columns": columns, "rows": rows, "step": 100, "compress": 1, "scale": 10,
        } | changes  # fmt: skip
        head = struct.pack(
            "<4s4sihh8s64s", b"MOC", b"", 256 + len(values), 1129, say["coordinate"], say["product"], b"Composite"
        )
        head += struct.pack(
            "<iii6hiHHi",
            say["begin"],
            say["length"],
            say["zone"],
            say["year"],
            7,
            13,
            0,
            54,
            0,
            3240,
            19552,
            46457,
            3616,
        )
        head += struct.pack(
            "<10i",
            *(say[name] for name in ("south", "west", "north", "east")),
            0,
            0,
            say["columns"],
            say["rows"],
            say["step"],
            say["step"],
        )
        head += struct.pack("<hhiihh8s8s60s", 0, say["compress"], 223, 2 * stored.size, say["scale"], 0, b"", b"", b"")
        return head + values

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


@pytest.fixture
def cinrad_sa():
    """Make a CINRAD level II file: a row of cuts, each a mapping; see the defaults for what they may say."""

    def radial(cut: dict, number: int, ray: int) -> bytes:
        rays, size = cut["rays"], cut["size"]
        z, v, w = (bytes(cut[name]) for name in ("z", "v", "w"))
        at_z = 100 if z else 0
        at_v = 100 + len(z) if v else 0
        at_w = at_v + len(v) + cut["gap"] if w else 0
        status = cut["first"] if ray == 0 else cut["last"] if ray == rays - 1 else 1
        azimuth = round((cut["azimuth"] + ray * cut["turn"] / rays) % 360 * 32768 / 180) % 65536
        head = struct.pack(
            "<14xH12xIHHHHHHHhhHHHHHfHHHHH14xH",
            1, cut["ms"] + 50 * ray, cut["day"], 4600, azimuth, ray + 1, status, round(cut["elevation"] * 32768 / 180),
            number, 0, -375, 1000, 250, len(z), len(v), 1, 0.0, at_z, at_v, at_w, cut["resolution"], 21,
            cut["nyquist"],
        )  # fmt: skip
        body = bytearray(size)
        body[: len(head)] = head
        for at, codes in ((at_z, z), (at_v, v), (at_w, w)):
            if at:
                body[28 + at : 28 + at + len(codes)] = codes
        return bytes(body)

    def make(*cuts: dict) -> bytes:
        defaults = {
            "size": 2432, "rays": 360, "turn": 360.0, "azimuth": 0.5, "elevation": 0.5, "first": 0, "last": 2, "z": [],
            "v": [], "w": [], "gap": 0, "resolution": 2, "nyquist": 2700, "day": 18118, "ms": 57_600_000,
        }  # fmt: skip
        full = [defaults | cut for cut in cuts]
        return b"".join(radial(cut, number, ray) for number, cut in enumerate(full, 1) for ray in range(cut["rays"]))

    return make


@pytest.fixture
def cma_fmt():
    """Make a file in the standard format of base data: cuts of 360 radials, moments by their number."""

    def make(*cuts: dict, longitude=120.6, latitude=31.3, frequency=9400.0, code=b"Z9999", rays=360) -> bytes:
        head = struct.pack("<4sHHII16x", b"RSTM", 2, 0, 1, 0)
        site = struct.pack("<8s32sffiif", code, b"test", latitude, longitude, 100, 0, frequency)
        task = struct.pack("<32s128siiiii", b"VCP21D", b"", 3, 0, 500, 1_774_766_880, len(cuts))
        plan, radials = b"", b""
        for number, cut in enumerate(cuts, 1):
            one = bytearray(256)
            struct.pack_into("<f", one, 24, cut.get("elevation", 0.5))
            struct.pack_into("<ii", one, 44, cut.get("gate_z", 75), cut.get("gate_v", 75))
            struct.pack_into("<i", one, 60, cut.get("start", 0))
            struct.pack_into("<f", one, 80, cut.get("nyquist", 26.5))
            plan += bytes(one)
            moments = b""
            for kind, (scale, offset, width, codes) in cut["moments"].items():
                gates = struct.pack(f"<{len(codes)}{'B' if width == 1 else 'H'}", *codes)
                moments += struct.pack("<3i2hi12x", kind, scale, offset, width, 0, len(gates)) + gates
            for ray in range(rays):
                state = 0 if ray == 0 else 2 if ray == rays - 1 else 1
                radials += struct.pack(
                    "<5i2f4i20x", state, 0, ray, ray + 1, number, (ray + 0.5) % 360, cut.get("elevation", 0.5),
                    1_774_766_880 + ray // 20, 50_000 * (ray % 20), len(moments), len(cut["moments"]),
                ) + moments  # fmt: skip
        common = (head + site).ljust(160, b"\x00") + task
        return common.ljust(416, b"\x00") + plan + radials

    return make


@pytest.fixture
def odim_volume():
    """Make an ODIM volume of sweeps of 360 rays x 4 gates; keyword arguments replace attributes by name."""

    def make(sweeps=1, raw=None, quantity="DBZH", object="PVOL", fields=None, how=None, **changes) -> bytes:
        raw = np.full((360, 4), 110, np.uint8) if raw is None else raw
        groups = {
            "/": {"Conventions": "ODIM_H5/V2_2"},
            "what": {"object": object, "version": "H5rad 2.2", "date": "20260701", "time": "101500",
                     "source": "NOD:cnszs,WMO:58358"},
            "where": {"lon": 120.6, "lat": 31.3, "height": 40.0},
        }  # fmt: skip
        arrays = dict(fields or {})
        for number in range(1, sweeps + 1):
            groups |= {
                f"dataset{number}/what": {"product": "SCAN", "startdate": "20260701", "starttime": f"1015{number:02d}",
                                          "enddate": "20260701", "endtime": f"1016{number:02d}"},
                f"dataset{number}/where": {"elangle": 0.5 * number, "nrays": raw.shape[0], "nbins": raw.shape[1],
                                           "rscale": 250.0, "rstart": 1.0, "a1gate": 0},
                f"dataset{number}/how": {"NI": 30.0, **(how or {})},
                f"dataset{number}/data1/what": {"quantity": quantity, "gain": 0.5, "offset": -32.0, "nodata": 255.0,
                                                "undetect": 0.0},
            }  # fmt: skip
            arrays.setdefault(f"dataset{number}/data1/data", raw)
        for attributes in groups.values():
            attributes.update({name: value for name, value in changes.items() if name in attributes})
        return _hdf5(groups, arrays)

    return make
