"""A nowcast for every new frame, from the frames at the product's spacing, and named with them."""

import datetime as dt

import numpy as np
import pytest

from xiangtian.core import facts
from xiangtian.core.places import city
from xiangtian.lake import grids
from xiangtian.nowcast import actions, cycle, jobs, queries

pytestmark = pytest.mark.django_db
MOMENT = dt.datetime(2026, 7, 1, 2, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def now(at) -> None:
    at(MOMENT + dt.timedelta(minutes=1))


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


def test_the_last_hour_and_a_half_is_looked_at_and_a_gap_is_bridged(home, store) -> None:
    runs = {minutes: store(minutes) for minutes in range(-100, 1, 5) if minutes not in (-15, -10)}
    made = actions.make(home, runs[0])
    assert made.attrs["frames"] == [run.path for minutes, run in runs.items() if minutes >= -90]
    assert made.attrs["motion_cells"][0] == pytest.approx(2.0, abs=0.5)  # cells a step, though two steps are missing


def test_a_frame_that_came_twice_is_used_once(home, store) -> None:
    first, _ = store(-5), store(0)
    second = store(0)
    assert actions.make(home, second).attrs["frames"] == [first.path, second.path]


class TestImagine:
    """The many futures of a frame."""

    def test_they_name_their_frames_and_can_be_made_again(self, home, store, monkeypatch) -> None:
        monkeypatch.setenv("XIANGTIAN_MEMBERS", "3")
        runs = [store(minutes) for minutes in (-10, -5, 0)]
        made = [actions.imagine(home, runs[-1]) for _ in range(2)]
        assert made[0].kind == "ensemble"
        assert made[0].attrs["frames"] == [run.path for run in runs]
        assert made[0].attrs["seed"] == int(MOMENT.timestamp())
        amounts = [np.asarray(grids.read(home, run).arrays["amount"]) for run in made]
        np.testing.assert_array_equal(*amounts)
        assert amounts[0].shape[:2] == (3, 24)
        assert not np.array_equal(amounts[0][0], amounts[0][1], equal_nan=True)
        # their mean rain is that of the one future, on the same part, within what three of them stray
        (one,) = (np.asarray(grids.read(home, actions.make(home, runs[-1])).arrays["amount"]),)
        assert one.shape == amounts[0].shape[1:]
        assert np.nanmean(amounts[0][:, 11]) == pytest.approx(np.nanmean(one[11]), rel=0.3)

    def test_two_frames_are_not_enough_and_none_may_be_wanted(self, home, store, monkeypatch) -> None:
        store(-10)
        assert actions.imagine(home, store(-5)) is None
        monkeypatch.setenv("XIANGTIAN_MEMBERS", "0")
        assert actions.imagine(home, store(0)) is None

    def test_they_follow_each_nowcast(self, home, store, monkeypatch) -> None:
        monkeypatch.setenv("XIANGTIAN_MEMBERS", "2")
        for minutes in (-10, -5, 0):
            store(minutes)
        assert jobs.futures() == ""
        jobs.cycle()
        assert jobs.futures().startswith("2 futures ensemble/")
        assert jobs.futures() == ""


def test_a_run_overtaken_by_a_newer_frame_is_dropped_once_and_the_next_is_finished(home, store, monkeypatch) -> None:
    monkeypatch.setenv("XIANGTIAN_MEMBERS", "2")
    for minutes in (-20, -15, -10):
        store(minutes)
    jobs.cycle()
    forecast = cycle.ensemble.forecast

    def while_another_comes(minutes: float):
        def made(*given, **named):
            store(minutes)
            jobs.cycle()
            return forecast(*given, **named)

        return made

    monkeypatch.setattr(cycle.ensemble, "forecast", while_another_comes(-5))
    assert "were dropped" in jobs.futures()
    assert grids.newest("ensemble") is None
    monkeypatch.setattr(cycle.ensemble, "forecast", while_another_comes(0))
    assert jobs.futures().startswith("2 futures")  # not twice in a row, though one came again
    assert grids.newest("ensemble").time == MOMENT - dt.timedelta(minutes=5)
    monkeypatch.setattr(cycle.ensemble, "forecast", forecast)
    assert jobs.futures().startswith("2 futures")
    assert grids.newest("ensemble").time == MOMENT
