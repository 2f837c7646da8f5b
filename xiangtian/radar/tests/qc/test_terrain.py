"""Terrain models: heights between cells, and the files they come in."""

import io

import h5py
import numpy as np
import pytest
from scipy.io import netcdf_file

from xiangtian.radar.errors import RadarError
from xiangtian.radar.polar.model import Site
from xiangtian.radar.qc.terrain import Terrain, parse, places

HEIGHTS = np.array([[10, 20, 30], [40, 50, -9999]], float)
ASCII = b"""ncols 3
nrows 2
xllcorner 120.0
yllcorner 31.0
cellsize 0.5
NODATA_value -9999
10 20 30
40 50 -9999
"""


def hdf5():
    body = io.BytesIO()
    with h5py.File(body, "w") as file:
        file["lon"], file["lat"] = [120.25, 120.75, 121.25], [31.25, 31.75]
        file["elevation"] = HEIGHTS[::-1].astype(np.int16)
        file["elevation"].attrs["_FillValue"] = np.int16(-9999)
    return body.getvalue()


def classic():
    body = io.BytesIO()
    file = netcdf_file(body, "w")
    file.createDimension("lat", 2)
    file.createDimension("lon", 3)
    for name, values in (("lat", [31.75, 31.25]), ("lon", [120.25, 120.75, 121.25])):
        file.createVariable(name, "f8", (name,))[:] = values
    field = file.createVariable("z", "f4", ("lat", "lon"))
    field._FillValue = np.float32(-9999)
    field[:] = HEIGHTS
    file.flush()
    return body.getvalue()


@pytest.mark.parametrize("body", [ASCII, hdf5(), classic()], ids=["ascii", "hdf5", "classic"])
def test_three_formats_give_one_model(body):
    """By hand: the corner 120, 31 of cells of half a degree has its middle at 120.25, 31.25."""
    terrain = parse(body)
    assert (terrain.west, terrain.north, terrain.dlon, terrain.dlat) == (120.25, 31.75, 0.5, 0.5)
    assert terrain(np.array([120.25, 120.5]), np.array([31.75, 31.5])).tolist() == [10.0, 30.0]
    assert np.isnan(terrain(np.array([121.25, 119.0]), np.array([31.25, 31.5]))).all()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"GIF89a",
        ASCII[:60],
        ASCII[:-12],
        ASCII.replace(b"ncols 3", b"ncols 99999999"),
        ASCII.replace(b"0.5", b"-1"),
        hdf5()[:700],
        classic()[:120],
        b"CDF\x01" + bytes(200),
    ],
)
def test_what_is_no_terrain_is_refused_in_words(body):
    with pytest.raises(RadarError, match=r"terrain model|ESRI|HDF5"):
        parse(body)


def test_uneven_grids_are_refused():
    body = io.BytesIO()
    with h5py.File(body, "w") as file:
        file["lon"], file["lat"], file["z"] = [120.0, 120.5, 121.6], [31.0, 31.5], np.zeros((2, 3))
    with pytest.raises(RadarError, match="evenly"):
        parse(body.getvalue())


def test_places_lie_on_great_circles():
    """On a sphere of 6371 km a degree of latitude is 111.195 km; due east at 60 N, 111.195 km is 2.000 degrees."""
    lon, lat = places(Site("", 120.0, 60.0, 0.0), np.array([0.0, 90.0]), np.array([111_194.93]))
    assert lat[0, 0] == pytest.approx(61.0, abs=1e-5)
    assert lon[1, 0] - 120 == pytest.approx(2.0, abs=1e-3)


def test_a_plane_is_met_everywhere():
    """A bilinear surface of a plane is that plane."""
    rows, columns = np.indices((20, 30))
    terrain = Terrain((5 * columns - 3 * rows).astype(np.float32), 120.0, 32.0, 0.1, 0.05)
    x, y = np.array([0.33, 17.5, 29.0]), np.array([0.5, 7.25, 19.0])
    assert terrain(120 + 0.1 * x, 32 - 0.05 * y) == pytest.approx(5 * x - 3 * y, abs=1e-4)
