"""Optimal interpolation beside gridpp, and beside itself with stations really left out."""

import gridpp
import numpy as np
import pytest

from xiangtian.met import optimal
from xiangtian.met.lonlat import plane
from xiangtian.met.optimal import Structure

MIDDLE = (120.6, 31.3)
SHAPE = Structure(12.0, 0.2)


@pytest.fixture
def city():
    rng = np.random.default_rng(2)
    lon, lat = rng.uniform(120.0, 121.2, 60), rng.uniform(30.9, 31.8, 60)
    values = 20 + 2 * np.sin(6 * lon) + np.cos(8 * lat) + rng.normal(0, 0.2, 60)
    stations = np.stack(plane(lon, lat, MIDDLE))
    return lon, lat, values, stations


def slopes(stations):
    return np.stack([np.ones(stations.shape[1]), *(stations / 100)], axis=-1)


def test_the_field_is_that_of_gridpp_when_all_stations_take_part(city):
    lon, lat, values, stations = city
    grid_lon, grid_lat = np.linspace(120.2, 121.0, 9), np.linspace(31.7, 31.0, 8)
    found = optimal.fit(stations, values, slopes(stations), SHAPE)
    columns, rows = plane(grid_lon, grid_lat, MIDDLE)
    terms = np.stack([np.ones((8, 9)), *np.broadcast_arrays(columns / 100, rows[:, None] / 100)], axis=-1)
    told = optimal.field(found, stations, columns, rows, terms, SHAPE)
    # gridpp 0.8 gets the same background; its max_points is above the number of stations, so nothing is left away
    lats, lons = np.meshgrid(grid_lat, grid_lon, indexing="ij")
    peer = gridpp.optimal_interpolation(
        gridpp.Grid(lats, lons),
        (terms @ found.drift).astype(np.float32),
        gridpp.Points(lat, lon),
        values.astype(np.float32),
        np.full(60, SHAPE.noise, np.float32),
        (slopes(stations) @ found.drift).astype(np.float32),
        gridpp.BarnesStructure(1000 * SHAPE.radius_km, 0, 0, 200_000),
        1000,
    )
    # single precision and chords of the sphere there, double precision and a plane here
    np.testing.assert_allclose(told, peer, atol=0.02)


def test_leaving_out_in_closed_form_is_leaving_out(city):
    _, _, values, stations = city
    told = optimal.fit(stations, values, slopes(stations), SHAPE).left_out
    for place in (0, 31, 59):
        rest = np.arange(60) != place
        found = optimal.fit(stations[:, rest], values[rest], slopes(stations[:, rest]), SHAPE)
        here = stations[:, place]
        terms = slopes(here[:, None])[None]
        said = optimal.field(found, stations[:, rest], here[:1], here[1:], terms, SHAPE)[0, 0]
        assert told[place] == pytest.approx(values[place] - said, abs=1e-9)


def test_a_plane_is_its_own_background(city):
    _, _, _, stations = city
    values = 5 + 0.03 * stations[0] - 0.02 * stations[1]
    found = optimal.fit(stations, values, slopes(stations), SHAPE)
    np.testing.assert_allclose(found.drift, [5, 3, -2], atol=1e-9)  # per 100 km
    np.testing.assert_allclose(found.left_out, 0, atol=1e-9)


def test_many_stations_are_solved_from_the_nearest_ones_to_nearly_the_same(city):
    lon, lat, values, stations = city
    terms = slopes(stations)
    found = optimal.fit(stations, values, terms, SHAPE)
    grid = np.meshgrid(np.linspace(31.1, 31.6, 5), np.linspace(120.3, 120.9, 6), indexing="ij")
    east, north = plane(grid[1], grid[0], MIDDLE)
    on = np.stack([np.ones_like(east), east / 100, north / 100], axis=-1)
    backgrounds = terms @ found.drift, on @ found.drift
    told, left = optimal.local((lat, lon), values, backgrounds, (grid[0], grid[1]), SHAPE)
    whole = np.stack(
        [optimal.field(found, stations, east[:1, i], north[:, 0], on[:, i : i + 1], SHAPE)[:, 0] for i in range(6)], 1
    )
    np.testing.assert_allclose(told, whole, atol=0.05)
    assert np.corrcoef(left, found.left_out)[0, 1] > 0.99


def test_too_few_stations_for_the_background_are_refused():
    with pytest.raises(ValueError, match="at least 4"):
        optimal.fit(np.zeros((2, 3)), np.zeros(3), np.ones((3, 3)), SHAPE)


def test_stations_on_one_spot_without_noise_are_refused():
    with pytest.raises(ValueError, match="raise the noise"):
        optimal.fit(np.zeros((2, 4)), np.arange(4.0), np.ones((4, 1)), Structure(10.0, 0.0))
