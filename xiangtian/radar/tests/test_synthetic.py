"""The invented radar: what it sees of an atmosphere that is known."""

import numpy as np
import pytest

from xiangtian.radar import synthetic
from xiangtian.radar.polar.model import BELOW_THRESHOLD, MEASURED, Site, site, sweeps

START = np.datetime64("2026-07-01T00:00:00")
PLACE = Site("A", 120.0, 30.0, 100.0, "S")


def test_a_layer_is_seen_where_the_beam_runs_through_it():
    scan = synthetic.Scan(elevations=(2.0,), beamwidth=0.0, gates=200)
    tree = synthetic.seen(PLACE, lambda lon, lat, h: np.where((h > 2000) & (h < 3000), 30.0, -np.inf), START, scan)
    (one,) = sweeps(tree)
    found = one.range.values[one.gate.values[0] == MEASURED]
    # h = 100 + r sin 2 + (r cos 2)^2 / (2 4/3 6371 km): 2000 m at 50.2 km, 3000 m at 73.9 km
    assert (found.min(), found.max()) == (50_500.0, 73_500.0)
    assert site(tree) == PLACE


def test_sensitivity_falls_with_the_square_of_range():
    scan = synthetic.Scan(elevations=(0.5,), faintest_dbz=0.0, gates=230)
    (one,) = sweeps(synthetic.seen(PLACE, lambda lon, lat, h: np.full(lon.shape, -6.0), START, scan))
    # -6 dBZ is found as far as 100 km * 10^(-6/20) = 50.1 km
    found = one.gate.values[0] == MEASURED
    assert one.range.values[found].max() == 49_500.0
    assert (one.gate.values[0][~found] == BELOW_THRESHOLD).all()


def test_a_wide_beam_smears_an_edge():
    (one,) = sweeps(
        synthetic.seen(
            PLACE,
            lambda lon, lat, h: np.where(h < 2000, 30.0, -np.inf),
            START,
            synthetic.Scan(elevations=(1.0,), gates=150),
        )
    )
    ray = one.DBZH.values[0]
    assert ray[10] == pytest.approx(30.0, abs=1e-3)
    assert ((ray > 15) & (ray < 29.5)).sum() > 20


def test_wind_along_the_beam():
    def east(lon, lat, height):
        return np.full(lon.shape, 20.0), np.zeros(lon.shape), np.zeros(lon.shape)

    scan = synthetic.Scan(elevations=(60.0,), gates=5, nyquist=8.0, faintest_dbz=-99.0)
    (one,) = sweeps(synthetic.seen(PLACE, lambda lon, lat, h: np.full(lon.shape, 30.0), START, scan, east))
    # towards 89.5 degrees 20 * sin(89.5) * cos(60) = 10 m/s, folded at 8 m/s: -6
    assert one.VRADH.values[89, 0] == pytest.approx(-6.0, abs=0.01)
    assert one.VRADH.values[0, 0] == pytest.approx(20 * np.sin(np.radians(0.5)) * 0.5, abs=0.01)
