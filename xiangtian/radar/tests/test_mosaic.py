"""A network that looks at a known atmosphere, and what the mosaic makes of it."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from xiangtian.met.grid import EARTH_RADIUS_M, Grid
from xiangtian.radar import synthetic
from xiangtian.radar.column import DRY_DBZ, Rules
from xiangtian.radar.mosaic.agreement import agreement
from xiangtian.radar.mosaic.network import mosaic, rain_frame
from xiangtian.radar.mosaic.reach import reach
from xiangtian.radar.mosaic.tilts import tilts
from xiangtian.radar.polar.model import NOT_MEASURED, Site, replaced, sweeps, volume

START = np.datetime64("2026-07-01T00:00:00")
GRID = Grid("+proj=laea +lat_0=30 +lon_0=120.5 +ellps=WGS84 +units=m", -99_500.0, 99_500.0, 1000.0, 1000.0, 200, 200)
A, B = Site("A", 120.1, 30.0, 50.0, "S"), Site("B", 120.9, 30.0, 400.0, "S")
DEGREE_M = np.pi / 180 * EARTH_RADIUS_M


def storm(lon, lat, height):
    """24 to 40 dBZ in waves of 60 km, 4 dB/km less above 4 km."""
    x, y = (lon - 120.5) * DEGREE_M * np.cos(np.radians(30)), (lat - 30) * DEGREE_M
    return 32 + 8 * np.sin(x / 9000) * np.cos(y / 11000) - np.maximum(height - 4000, 0) * 4e-3


@pytest.fixture(scope="module")
def volumes():
    return [synthetic.seen(place, storm, START) for place in (A, B)]


@pytest.fixture(scope="module")
def truth():
    row, column = np.indices(GRID.shape).astype(float)
    lon, lat = GRID.lonlat(row, column)
    return lambda height: storm(lon, lat, np.full(lon.shape, height))


def root_mean_square(error):
    return float(np.sqrt(np.nanmean(error**2)))


def test_the_mosaic_is_near_the_truth(volumes, truth):
    told = mosaic(volumes, GRID, rules=Rules(freezing_m=4500.0, minus20_m=7500.0))
    for level, limit in ((1000.0, 0.3), (2000.0, 0.3), (3000.0, 0.3), (5000.0, 0.4), (7000.0, 0.4), (9000.0, 0.6)):
        true = told.cappi.sel(level=level).values - truth(level)
        true[told.cappi_pseudo.sel(level=level).values == 1] = np.nan
        assert root_mean_square(true) < limit, level
        assert np.isfinite(true).mean() > 0.95
    assert root_mean_square(told.composite_reflectivity.values - truth(0.0)) < 0.3
    top = 4000 + (truth(0.0) - 18) / 4e-3
    assert root_mean_square(told.echo_top.values - top) < 100
    heights = np.arange(25, 15_000, 50.0)
    water = sum(3.44e-6 * (10 ** (truth(height) / 10)) ** (4 / 7) * 50 for height in heights)
    assert root_mean_square(told.vil.values / water - 1) < 0.12
    assert not np.isnan(told.rain_rate.values).any()
    assert float(told.mehs.max()) < 1


def test_there_is_no_seam_between_radars(volumes, truth):
    told = mosaic(volumes, GRID, ("cappi",), Rules(levels_m=(3000.0,)))
    radar = told.cappi_radar.values[0]
    seam = np.zeros(GRID.shape, bool)
    seam[:, 1:] = radar[:, 1:] != radar[:, :-1]
    assert seam.sum() >= GRID.rows  # it runs from north to south between them
    error = told.cappi.values[0] - truth(3000.0)
    across = np.abs(np.diff(error, axis=1))[seam[:, 1:]]
    elsewhere = np.abs(np.diff(error, axis=1))[~seam[:, 1:]]
    assert across.mean() < 2 * elsewhere.mean()


def test_the_cone_of_silence_is_unseen_by_one_and_filled_by_the_other(volumes):
    alone, both = (mosaic(some, GRID, ("cappi",), Rules(levels_m=(9000.0,))) for some in (volumes[:1], volumes))
    row, column = (round(float(value)) for value in GRID.position(np.array(A.longitude), np.array(A.latitude)))
    assert np.isnan(alone.cappi.values[0, row, column])
    assert (alone.cappi_quality.values[0, row, column], alone.cappi_radar.values[0, row, column]) == (0, -1)
    # the highest beam, 19.5 degrees, passes 9 km at about 25 km
    assert np.isfinite(alone.cappi.values[0, row, column + 30])
    assert np.isfinite(both.cappi.values[0, row, column])
    assert both.cappi_radar.values[0, row, column] == 1


def test_dry_is_not_unseen():
    dry = synthetic.seen(A, lambda lon, lat, height: np.full(lon.shape, -np.inf), START)
    told = mosaic([dry], GRID, rules=Rules(reach_m=60_000.0))
    seen = np.isfinite(told.composite_reflectivity.values)
    assert seen.sum() == pytest.approx(np.pi * 60**2, rel=0.03)  # a disc, of which the grid's edge cuts nothing off
    assert (told.composite_reflectivity.values[seen] == DRY_DBZ).all()
    for name in ("rain_rate", "vil", "echo_top"):
        assert (told[name].values[seen] == 0).all()
        assert np.isnan(told[name].values[~seen]).all()


def test_unseen_gates_and_gates_without_quality_are_left_to_others(volumes):
    changed = [one.copy() for one in sweeps(volumes[0])]
    changed[0]["gate"] = changed[0]["gate"].where(changed[0]["azimuth"] > 90, NOT_MEASURED).astype(np.uint8)
    good = np.ones(changed[0]["gate"].shape, np.float32)
    good[180:] = 0.1
    changed[0]["quality"] = (("azimuth", "range"), good)
    told = mosaic([replaced(volumes[0], changed)], GRID, ("rain",))
    whole = mosaic([volumes[0]], GRID, ("rain",))
    higher = told.hybrid_height.values > whole.hybrid_height.values + 10
    row, column = (float(value) for value in GRID.position(np.array(A.longitude), np.array(A.latitude)))
    i, j = np.indices(GRID.shape)
    turn = np.degrees(np.arctan2(j - column, row - i)) % 360
    far = np.hypot(j - column, row - i) > 5
    for low, high, raised in ((2, 88, True), (92, 178, False), (182, 358, True)):
        assert higher[far & (turn > low) & (turn < high)].mean() == pytest.approx(float(raised), abs=0.01)


def test_longitude_and_latitude_give_the_same_field(volumes):
    degrees = Grid("EPSG:4326", 119.8, 30.6, 0.01, 0.01, 121, 141)
    told = mosaic(volumes, degrees, ("composite",))
    lon, lat = np.meshgrid(degrees.x, degrees.y)
    assert root_mean_square(told.composite_reflectivity.values - storm(lon, lat, np.zeros_like(lon))) < 0.3
    assert told.composite_reflectivity.dims == ("latitude", "longitude")
    assert told.latitude.attrs["units"] == "degrees_north"


def test_the_dataset_says_what_it_is(volumes):
    told = mosaic(volumes, GRID, ("rain", "cappi"))
    rain = told["rain_rate"]
    assert (rain.units, rain.standard_name, rain.grid_mapping) == ("mm h-1", "rainfall_rate", "crs")
    assert told.crs.attrs["grid_mapping_name"] == "lambert_azimuthal_equal_area"
    assert told.radar.values.tolist() == ["A", "B"]
    assert told.cappi.dims == ("level", "y", "x")
    frame = rain_frame(told, GRID)
    # nine sweeps of 360 rays at 0.1 s: the last ray at 323.9 s
    assert frame.time == dt.datetime(2026, 7, 1, 0, 5, 23, tzinfo=dt.UTC)
    assert frame.notes == {"radars": "A B", "rain_from": "Z=300R^1.4 Z=200R^1.6"}
    assert (frame.rate == rain.values).all()


def test_refusals(volumes):
    with pytest.raises(ValueError, match="no products"):
        mosaic(volumes, GRID, ("sunshine",))
    with pytest.raises(ValueError, match="doesn't say where the radar stands"):
        mosaic([volume(sweeps(volumes[0]), replace(A, latitude=np.nan))], GRID)
    empty = replaced(volumes[0], [one.drop_vars("DBZH") for one in sweeps(volumes[0])])
    with pytest.raises(ValueError, match="none of the 1 volumes"):
        mosaic([empty], GRID)
    with pytest.raises(ValueError, match="no rain_rate"):
        rain_frame(mosaic(volumes, GRID, ("composite",)), GRID)
    assert not mosaic([empty, volumes[1]], GRID, ("composite",)).composite_radar.isin([0]).any()


def test_reach_is_a_disc_on_the_ground():
    near = reach(120.5, 30.0, GRID, 50_000.0)
    assert near.cells.size == pytest.approx(np.pi * 50**2, rel=0.01)
    row, column = np.divmod(near.cells, GRID.columns)
    # the cell 30 km north of the middle; the grid is equal in area, distances are right there to 1 in 10^4
    north = np.flatnonzero((row == 69) & (column == 100))[0]
    assert near.bins[north] * 100 == pytest.approx(np.hypot(30_500, 500), abs=60)
    assert near.azimuths[north] / 10 == pytest.approx(np.degrees(np.arctan2(500, 30_500)), abs=0.1)
    assert reach(0.0, 0.0, GRID, 50_000.0).cells.size == 0


def test_short_gates_are_averaged_and_the_second_sweep_of_an_elevation_is_left_out():
    scan = synthetic.Scan(elevations=(0.5, 0.55, 1.5), gates=800, gate_m=75.0, beamwidth=0.0)
    found = tilts(synthetic.seen(A, lambda lon, lat, height: np.full(lon.shape, 33.0), START, scan))
    assert [round(tilt.elevation, 2) for tilt in found] == [0.5, 1.5]
    assert (found[0].gate_m, found[0].first_m) == (600.0, 300.0)
    assert found[0].dbz.shape == (360, 100)
    assert found[0].dbz == pytest.approx(33.0, abs=1e-3)


def test_agreement_finds_a_radar_that_is_six_decibels_off(volumes):
    off = replaced(volumes[1], [one.assign(DBZH=one["DBZH"] + 6) for one in sweeps(volumes[1])])
    (pair,) = agreement([volumes[0], off], GRID)
    assert (pair.first, pair.second) == ("A", "B")
    assert pair.correlation > 0.99
    assert pair.difference_db == pytest.approx(6.0, abs=0.1)


def test_heavier_weight_of_a_nearer_radar(volumes):
    high = replaced(volumes[1], [one.assign(DBZH=one["DBZH"] + 6) for one in sweeps(volumes[1])])
    rules = replace(Rules(), levels_m=(3000.0,))
    told = mosaic([volumes[0], high], GRID, ("cappi",), rules).cappi.values[0]
    plain = mosaic(volumes, GRID, ("cappi",), rules).cappi.values[0]
    row, column = (round(float(value)) for value in GRID.position(np.array(120.5), np.array(30.0)))
    # half way both weigh alike: 10 log10((1 + 10^0.6) / 2) = 3.96 dB; 11 km from A and 66 km from B the latter has
    # exp(-1.32^2) / (exp(-1.32^2) + exp(-0.22^2)) = 0.155 of the weight: 10 log10(1 + 0.155 * 2.98) = 1.65 dB
    assert (told - plain)[row, column] == pytest.approx(3.96, abs=0.15)
    assert (told - plain)[row, column - 28] == pytest.approx(1.65, abs=0.15)
