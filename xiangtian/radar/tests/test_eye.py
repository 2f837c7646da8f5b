"""The eye of a cyclone: an invented one, and a gap that is none."""

import numpy as np
import pytest

from xiangtian.met.grid import Grid
from xiangtian.radar.column import DRY_DBZ
from xiangtian.radar.mosaic.eye import eye

GRID = Grid("EPSG:4326", 119.0, 31.0, 0.01, 0.01, 200, 240)


def ring(longitude, latitude, opening=0.0):
    """Give 40 dBZ between 12 and 45 km from a centre, 5 dBZ elsewhere; an opening of so many degrees to the east."""
    lon, lat = np.meshgrid(GRID.x, GRID.y)
    east, north = (lon - longitude) * 111.19 * np.cos(np.radians(latitude)), (lat - latitude) * 111.19
    far, turn = np.hypot(east, north), np.degrees(np.arctan2(north, east))
    wall = (far > 12) & (far < 45) & (np.abs(turn) >= opening / 2)
    return np.where(wall, 40.0, 5.0).astype(np.float32)


def test_the_centre_of_a_ring_is_found():
    found = eye(ring(120.35, 30.07), GRID)
    assert (found.longitude, found.latitude) == pytest.approx((120.35, 30.07), abs=0.011)
    assert found.radius_m == 12_000.0
    assert found.contrast_db == pytest.approx(35.0, abs=1.0)


def test_a_gap_between_bands_is_less_than_a_closed_wall():
    field = np.full(GRID.shape, 40.0, np.float32)
    field[90:110] = DRY_DBZ
    assert eye(field, GRID).contrast_db < 5
    assert eye(ring(120.35, 30.07, opening=120.0), GRID).contrast_db < 10


def test_nothing_seen_or_no_ring_seen_all_around():
    assert eye(np.full(GRID.shape, np.nan, np.float32), GRID) is None
    field = ring(120.35, 30.07)
    field[:, 130:] = np.nan
    found = eye(field, GRID)
    assert found is None or found.contrast_db < 10
