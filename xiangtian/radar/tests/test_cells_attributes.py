"""Records of planted storms on a grid near Suzhou."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import fields

import numpy as np
import pytest
import shapely

from xiangtian.met.grid import Grid
from xiangtian.radar.cells import attributes, follow, identify, measure
from xiangtian.radar.cells.record import Fields, Lightning, StormCell

GRID = Grid("+proj=laea +lat_0=31.3 +lon_0=120.6 +ellps=WGS84 +units=m", -60_000.0, 50_000.0, 1000.0, 1000.0, 100, 120)
START = dt.datetime(2026, 7, 1, 2, 0, tzinfo=dt.UTC)


def storm(column: float, summit: float = 55.0) -> np.ndarray:
    y, x = np.mgrid[:100, :120]
    return (summit - 1.5 * np.hypot(y - 50, x - column)).astype(np.float32)


def described(known=lambda dbz: Fields(), count=5, grow=0.0, **more) -> tuple[StormCell, ...]:
    """Follow a storm that goes east at 1 km a minute; give the last moment's records."""
    sky, before, cells = None, [], ()
    for k in range(count):
        dbz = storm(40 + 5 * k, 50 + grow * k)
        labels = identify.cells(dbz, 1.0)
        prints = measure.footprints(labels, dbz)
        time = START + dt.timedelta(minutes=5 * k)
        sky = follow.advance(sky, time, labels, prints, (1.0, 1.0), lambda r, c: np.array([[1.0], [0.0]]))
        cells = attributes.describe(sky, dbz, GRID, known(dbz), before, **more)
        before += cells
    return cells


def test_place_motion_and_age():
    """The storm ends 0 km east and north of 120.6 E, 31.3 N and moves 1 km a minute, 16.67 m/s, to the east."""
    cell = described()[0]
    assert (cell.lon, cell.lat) == pytest.approx((120.6, 31.3), abs=1e-4)
    assert cell.speed_m_s == pytest.approx(16.67, abs=0.02)
    assert cell.toward_deg == pytest.approx(90, abs=0.5)
    assert (cell.age_min, cell.sights) == (20.0, 5)
    assert cell.highest_dbz == 50


def test_expected_places_lie_on_the_way_with_growing_doubt():
    """60 km east of 120.6 at 31.3 N: one degree of longitude there is 95.2 km."""
    ahead = {one.minutes: one for one in described()[0].ahead}
    assert ahead[60.0].lon == pytest.approx(120.6 + 60 / 95.2, abs=0.01)
    assert ahead[60.0].along_km > ahead[15.0].along_km > 0


def test_what_has_no_input_is_none():
    cell = described()[0]
    unknown = {each.name for each in fields(cell) if getattr(cell, each.name) is None}
    assert unknown == {
        "rain_mm_h", "rain_volume_m3_h", "echo_top_m", "hail_top_m", "vil_kg_m2", "vil_cell_kg_m2", "posh_percent",
        "mehs_mm", "vil_density_g_m3", "freezing_m", "radial_m_s", "flash_rate_min", "flash_jump",
    }  # fmt: skip
    assert cell.growth_per_h["echo_top_m"] is None


def test_rain_of_a_cell():
    """20 mm/h everywhere: 20 mm on each square kilometre are 20 000 m3."""
    cell = described(lambda dbz: Fields(rain=np.full(dbz.shape, 20, np.float32)))[0]
    assert cell.rain_mm_h == 20
    assert cell.rain_volume_m3_h == pytest.approx(20_000 * cell.area_km2)


def test_heights_of_a_cell():
    """50 dBZ at all levels up to 12 km: hail top and echo top there, water as in the test of columns, over 12 km."""

    def known(dbz):
        levels = np.repeat(dbz[None], 4, axis=0)
        return Fields(levels=levels, heights_m=(1000.0, 4000.0, 8000.0, 12000.0), freezing_m=4000.0, minus20_m=7000.0)

    cell = described(known)[0]
    water = 3.44e-6 * (10**5) ** (4 / 7) * 11000
    assert (cell.echo_top_m, cell.hail_top_m) == (12000, 12000)
    assert cell.vil_cell_kg_m2 == pytest.approx(water, rel=1e-3)
    assert cell.vil_density_g_m3 == pytest.approx(water / 12, rel=1e-3)
    index = 0.1 * 5e-6 * 10 ** (0.084 * 50) * 6500
    assert cell.mehs_mm == pytest.approx(2.54 * index**0.5, rel=1e-2)


def test_a_product_goes_before_the_profile_of_the_cell():
    def known(dbz):
        levels = np.repeat(dbz[None], 2, axis=0)
        return Fields(levels=levels, heights_m=(1000.0, 9000.0), echo_top=np.full(dbz.shape, 7000, np.float32))

    assert described(known)[0].echo_top_m == 7000


def test_growth_is_the_slope_of_the_last_half_hour():
    """The summit rises 1 dB in 5 minutes: 12 dB an hour."""
    assert described(grow=1.0)[0].growth_per_h["highest_dbz"] == pytest.approx(12.0)
    assert described(grow=1.0, count=2)[0].growth_per_h["highest_dbz"] is None


def flashes_of(complete: float) -> Lightning:
    ago = np.concatenate([np.full(24, 0.5), np.arange(2.5, 14, 2)])
    return Lightning(120.6 - ago / 95.2, np.full(ago.size, 31.3), ago, complete)


@pytest.mark.parametrize(("complete", "rate", "jump"), [(14.0, 12.0, True), (5.0, 12.0, None), (1.0, None, None)])
def test_lightning_is_told_as_far_as_it_is_complete(complete, rate, jump):
    cell = described(lightning=flashes_of(complete))[0]
    assert cell.flash_rate_min == rate
    assert cell.flash_jump is jump


def test_records_go_through_json_and_outlines_are_valid():
    cell = described(lambda dbz: Fields(rain=np.full(dbz.shape, 20, np.float32)))[0]
    again = json.loads(json.dumps(cell.plain()))
    assert again["time"] == "2026-07-01T02:20:00+00:00"
    shape = shapely.Polygon(again["outline"])
    assert shape.is_valid
    assert shape.contains(shapely.Point(cell.lon, cell.lat))


def test_fields_of_another_grid_are_refused():
    with pytest.raises(ValueError, match="one grid"):
        described(lambda dbz: Fields(rain=np.zeros((3, 3), np.float32)))
