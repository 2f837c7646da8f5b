import bz2
import datetime as dt
import gzip

import numpy as np
import pytest

from xiangtian.radar.column import DRY_DBZ
from xiangtian.radar.composites import cma_mosaic
from xiangtian.radar.errors import RadarError


def test_stored_tenths_become_reflectivity_and_rain(moc):
    # Fulton et al. 1998: 53 dBZ by Z = 300 R^1.4 is 103.8 mm/h, and no more above; 24.77 dBZ is Z = 300, 1 mm/h
    stored = np.full((3, 4), -1280, np.int16)
    stored[0] = 530, 700, 248, -32768
    frame, echo = cma_mosaic.read(moc(stored)), cma_mosaic.reflectivity(moc(stored))
    assert frame.rate[0] == pytest.approx([103.8, 103.8, 1.005, np.nan], rel=1e-3, nan_ok=True)
    assert echo.dbz[0] == pytest.approx([53.0, 70.0, 24.8, np.nan], nan_ok=True)
    assert (frame.rate[1:] == 0).all()
    assert (echo.dbz[1:] == DRY_DBZ).all()
    assert frame.quality[0].tolist() == [1.0, 1.0, 1.0, 0.0]
    assert frame.notes["rain_from"] == "Z=300R^1.4, capped at 53 dBZ"
    assert "column" in echo.notes["level"]


def test_numbers_that_can_be_no_reflectivity_are_unknown(moc):
    # 16-bit numbers far below "nothing found" and above 100 dBZ
    stored = np.full((3, 4), -18500, np.int16)
    stored[0, :2] = 1200, -31500
    assert np.isnan(cma_mosaic.reflectivity(moc(stored)).dbz).all()


def test_the_grid_lies_inside_its_edges(moc):
    # edges 31.000-31.030 N, 120.000-120.040 E in cells of 0.01 degree: the first centre is 120.005 E, 31.025 N
    grid = cma_mosaic.read(moc()).grid
    assert (grid.x0, grid.y0, grid.dx, grid.dy) == pytest.approx((120.005, 31.025, 0.01, 0.01))


def test_the_clock_is_universal_time_whatever_the_zone_field_says(moc):
    frame = cma_mosaic.read(moc())
    assert frame.time == dt.datetime(2023, 7, 13, 0, 54, tzinfo=dt.UTC)
    assert "28800" in frame.notes["clock"]
    assert "clock" not in cma_mosaic.read(moc(zone=0)).notes


@pytest.mark.parametrize("kind", [0, 2])
def test_values_may_be_packed_otherwise(moc, kind):
    values = np.full((3, 4), 300, "<i2").tobytes()
    packed = gzip.compress(values) if kind else values
    body = moc(compress=kind, length=len(packed))[:256] + packed
    assert (cma_mosaic.reflectivity(body).dbz == 30.0).all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"product": b"ET"}, "'ET'"),
        ({"coordinate": 2}, "coordinates 2"),
        ({"compress": 3}, "packing 3"),
        ({"scale": 0}, "scale 0"),
        ({"begin": 8}, "byte 8"),
        ({"length": 99_999}, "cut off"),
        ({"rows": 7}, "contradicts itself"),
        ({"columns": 2_000_000_000}, "cells are read"),
        ({"north": 31_040, "rows": 4}, "need 32"),
        ({"year": 0}, "year, month"),
    ],
)
def test_another_file_is_refused_with_what_was_found(moc, change, words):
    with pytest.raises(RadarError, match=words):
        cma_mosaic.read(moc(**change))


def test_a_bomb_is_not_unpacked(moc):
    packed = bz2.compress(bytes(30_000_000))
    with pytest.raises(RadarError, match="more than"):
        cma_mosaic.read(moc(length=len(packed))[:256] + packed)


@pytest.mark.shared
def test_the_real_mosaic_agrees_with_cinrad(shared):
    # Expected: cinrad 1.9.3, MocMosaic(path).get_data(): values of at least 0 dBZ are kept, 1635413 cells,
    # up to 87.5 dBZ
    path = next((shared / "cn-radar-products").glob("*_CREF_*.bin"))
    echo = cma_mosaic.reflectivity(path.read_bytes())
    assert echo.grid.shape == (4200, 6200)
    assert (echo.grid.x0, echo.grid.y0) == pytest.approx((73.005, 54.195))
    assert (echo.dbz >= 0).sum() == 1635413
    assert np.nanmax(echo.dbz) == 87.5
