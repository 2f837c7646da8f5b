"""Stored forecasts are scored once, when their two hours are over, against the frames that came."""

import datetime as dt
from dataclasses import asdict

import numpy as np
import pytest

from xiangtian.core.places import city
from xiangtian.kit.tests.frame import plain
from xiangtian.lake import grids
from xiangtian.met.grid import Grid
from xiangtian.nowcast import actions as nowcast
from xiangtian.verify import ahead, forecasts, jobs
from xiangtian.verify.models import ForecastScore

pytestmark = pytest.mark.django_db
MOMENT = dt.datetime(2026, 7, 1, 2, 0, tzinfo=dt.UTC)
OVER = MOMENT + forecasts.HORIZON + forecasts.LATE


def frame(home, minutes: int) -> grids.GridRef:
    """Store a frame of one shower that moves east by 48 km/h and keeps its strength."""
    west, south, east, north = city().bounds
    lon, lat = (west + east) / 2, (south + north) / 2
    grid = Grid(f"+proj=laea +lat_0={lat:.4f} +lon_0={lon:.4f} +datum=WGS84 +units=m", -63e3, 63e3, 2000, 2000, 64, 64)
    y, x = np.mgrid[:64, :64] * 2.0
    rate = (30 * np.exp(-((x - 40 - 0.8 * minutes) ** 2 + (y - 64) ** 2) / 300)).astype(np.float32)
    rate += (8 * np.exp(-((x - 60 - 0.8 * minutes) ** 2 + (y - 30) ** 2) / 300)).astype(np.float32)
    time = MOMENT + dt.timedelta(minutes=minutes)
    attrs = {"interval_s": 300, "source": "test", "notes": {}, "received_wall": 1.0}
    return grids.write(home, "radar", time, {"rate": rate, "quality": np.ones_like(rate)}, asdict(grid), attrs, time)


@pytest.fixture
def storm(home, at):
    """Three frames with a nowcast and futures, and the frames of the two hours that followed."""
    for minutes in (-10, -5, 0):
        newest = frame(home, minutes)
    at(MOMENT)
    made = nowcast.make(home, newest), nowcast.imagine(home, newest)
    for step in range(1, 25):
        frame(home, 5 * step)
    return made


def test_a_run_is_scored_when_its_hours_are_over_and_once(home, storm, at) -> None:
    at(OVER - dt.timedelta(seconds=1))
    assert jobs.ahead() == ""
    at(OVER)
    assert jobs.ahead() == "2 forecasts scored"
    assert jobs.ahead() == ""
    rows = {row.method: row for row in ForecastScore.objects.all()}
    assert set(rows) == {"advect", "persistence", "steps-24"}
    assert {row.frames for row in rows.values()} == {25}
    forecasts.score(home, storm[0])
    assert ForecastScore.objects.count() == 3


def test_rain_that_only_moves_is_forecast_better_than_by_persistence(home, storm, at) -> None:
    at(OVER)
    jobs.ahead()
    rows, curves = forecasts.summary(MOMENT, MOMENT)
    hour = {row.method: row for row in rows if row.minutes == 60}
    assert hour["advect"].levels[0]["csi"] > hour["persistence"].levels[0]["csi"]
    assert hour["advect"].crps < hour["persistence"].crps
    assert hour["steps-24"].rmse_to_spread is not None
    assert hour["advect"].rmse_to_spread is None
    assert [row.method for row in rows if row.minutes == 30] == ["advect", "steps-24", "persistence"]
    assert {one.method for one in curves} == {"steps-24"}


def test_frames_that_lack_leave_the_windows_behind_them_unknown(home, at) -> None:
    for minutes in (-10, -5, 0, *(5 * step for step in range(1, 25) if step != 8)):
        newest = frame(home, minutes)
        if minutes == 0:
            at(MOMENT)
            nowcast.make(home, newest)
    at(OVER)
    assert jobs.ahead() == "1 forecasts scored"
    row = ForecastScore.objects.get(method="advect")
    assert row.frames == 8
    counts = ahead.unpacked(row.tallies)["categorical"].counts.sum(-1)[:, 0]
    assert counts[0] > 0
    assert counts[1:].tolist() == [0, 0]
    levels = [one.levels[0]["csi"] for one in forecasts.summary(MOMENT, MOMENT)[0] if one.method == "advect"]
    assert levels[1:] == [None, None]


def test_of_a_half_hour_the_first_run_is_scored(home, at) -> None:
    for step in range(-2, 8):
        newest = frame(home, 5 * step)
        at(MOMENT + dt.timedelta(minutes=5 * step))
        if step >= 0:
            nowcast.make(home, newest)
    found = forecasts.due(OVER + dt.timedelta(hours=1), 10)
    assert [run.time for run in found] == [MOMENT, MOMENT + dt.timedelta(minutes=30)]
    assert len(forecasts.due(OVER + dt.timedelta(hours=1), 1)) == 1


@pytest.fixture
def pages(settings):
    plain(settings)


def test_the_page_needs_a_right(pages, client, person) -> None:
    assert client.get("/verify/forecasts/").status_code == 302
    client.force_login(person("nobody"))
    assert client.get("/verify/forecasts/").status_code == 403


def test_the_page_shows_the_scores_and_says_when_there_are_none(pages, home, storm, at, client, person) -> None:
    client.force_login(person("v", "viewer"))
    at(OVER)
    assert "这段时间没有评过的预报" in client.get("/verify/forecasts/").content.decode()
    jobs.ahead()
    page = client.get("/verify/forecasts/?days=1").content.decode()
    for words in ("外推", "持续性（不动）", "集合（24）", "60 分钟", "概率可靠性", "<polyline"):
        assert words in page
    assert client.get("/verify/forecasts/?days=x").context["days"] == 7
