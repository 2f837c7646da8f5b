"""A nowcast for every new frame, from the frames at the product's spacing, and named with them."""

import datetime as dt
from dataclasses import asdict

import numpy as np
import pytest

from xiangtian.core import facts
from xiangtian.core.places import city
from xiangtian.lake import grids
from xiangtian.met.grid import Grid
from xiangtian.nowcast import actions, jobs, queries

pytestmark = pytest.mark.django_db
MOMENT = dt.datetime(2026, 7, 1, 2, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def now(at) -> None:
    at(MOMENT + dt.timedelta(minutes=1))


@pytest.fixture
def store(home):
    """Store a frame of 128 x 128 km over the city: a shower that moves 4 km east in 5 minutes."""

    def keep(minutes: float, interval_s: int = 300, cell_m: float = 2000) -> grids.GridRef:
        lon, lat = city().centroid
        crs = f"+proj=laea +lat_0={lat:.4f} +lon_0={lon:.4f} +datum=WGS84 +units=m"
        cells = round(128_000 / cell_m)
        grid = Grid(crs, -64_000 + cell_m / 2, 64_000 - cell_m / 2, cell_m, cell_m, cells, cells)
        y, x = np.mgrid[:cells, :cells] * cell_m / 1000
        rate = (30 * np.exp(-((x - 50 - 0.8 * minutes) ** 2 + (y - 64) ** 2) / 200)).astype(np.float32)
        rate += (5 * np.exp(-((x - 80 - 0.8 * minutes) ** 2 + (y - 30) ** 2) / 90)).astype(np.float32)
        time = MOMENT + dt.timedelta(minutes=minutes)
        attrs = {"interval_s": interval_s, "source": "test", "notes": {"rain_factor": "8"}, "received_wall": 1.0}
        arrays = {"rate": rate, "quality": np.ones_like(rate)}
        run = grids.write(home, "radar", time, arrays, asdict(grid), attrs, time)
        facts.tell("radar.written", run.path, {"time": time.isoformat(), "wall": 1.0})
        return run

    return keep


def test_one_frame_is_not_enough(home, store) -> None:
    assert actions.make(home, store(0)) is None
    assert jobs.cycle() == "one frame is not enough for a motion"
    assert jobs.cycle() == ""


def test_a_nowcast_names_its_frames_method_and_districts(home, store) -> None:
    runs = [store(minutes) for minutes in (-10, -5, 0)]
    made = actions.make(home, runs[-1])
    assert (made.kind, made.time, made.received) == ("nowcast", MOMENT, MOMENT + dt.timedelta(minutes=1))
    assert made.attrs["frames"] == [run.path for run in runs]
    assert made.attrs["notes"] == {"rain_factor": "8"}
    assert set(made.attrs["districts"]) == set(city().by_code)
    assert made.attrs["motion_cells"][0] == pytest.approx(2.0, abs=0.5)  # 4 km in cells of 2 km
    stored = grids.read(home, made)
    assert stored.arrays["rate"].shape[0] == len(made.attrs["leads_min"]) == 24
    assert [fact.subject for fact in facts.unheard("x", ["nowcast.written"])] == [made.path]


def test_frames_off_the_spacing_are_not_used(home, store) -> None:
    store(-7)
    assert actions.make(home, store(0)) is None


def test_frames_that_piled_up_are_answered_once(home, store) -> None:
    for minutes in (-15, -10, -5, 0):
        store(minutes)
    assert jobs.cycle().startswith("nowcast nowcast/")
    assert jobs.cycle() == ""
    assert len(grids.listing("nowcast", MOMENT - dt.timedelta(hours=1), MOMENT)) == 1


def test_a_nowcast_that_failed_is_made_at_the_next_sweep(home, store, monkeypatch) -> None:
    for minutes in (-5, 0):
        store(minutes)
    with monkeypatch.context() as broken:
        broken.setattr(actions.grids, "write", lambda *_, **__: (_ for _ in ()).throw(RuntimeError("full disk")))
        with pytest.raises(RuntimeError):
            jobs.cycle()
    assert jobs.cycle().startswith("nowcast nowcast/")


def test_a_nowcast_is_usable_for_half_an_hour(home, store, at) -> None:
    for minutes in (-5, 0):
        run = store(minutes)
    made = actions.make(home, run)
    assert queries.newest().path == made.path
    at(MOMENT + queries.USABLE)
    assert queries.newest() is not None
    at(MOMENT + queries.USABLE + dt.timedelta(seconds=1))
    assert queries.newest() is None
    assert queries.newest(as_of=MOMENT) is None  # it was received a minute later


def test_frames_before_a_change_of_the_radar_s_grid_are_not_used(home, store) -> None:
    store(-10, cell_m=4000)
    first = store(-5)
    assert actions.make(home, first) is None
    second = store(0)
    assert actions.make(home, second).attrs["frames"] == [first.path, second.path]
