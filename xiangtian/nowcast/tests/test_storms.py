"""Storm cells of every nowcast: found, followed under one name, told to programs with what they may bring."""

import datetime as dt

import numpy as np
import pytest

from xiangtian.core.places import city
from xiangtian.lake import grids
from xiangtian.nowcast import actions, jobs, queries

pytestmark = pytest.mark.django_db
MOMENT = dt.datetime(2026, 7, 1, 2, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def now(at) -> None:
    at(MOMENT + dt.timedelta(minutes=1))
    actions._skies.clear()


def runs(home, store, *minutes: int) -> list[grids.GridRef]:
    """Store frames, and of each but the first the nowcast and the storms."""
    store(minutes[0])
    return [actions.watch_storms(home, actions.make(home, store(one))) for one in minutes[1:]]


def test_the_shower_of_the_frames_is_one_cell_that_moves_as_it_was_made_to(home, store) -> None:
    last = runs(home, store, -15, -10, -5, 0)[-1]
    assert last.kind == "storms"
    (cell,) = (one for one in last.attrs["cells"] if one["rain_mm_h"] > 20)
    assert cell["rain_mm_h"] == pytest.approx(30, rel=0.1)
    assert cell["speed_m_s"] == pytest.approx(0.8 * 1000 / 60, rel=0.2)  # 0.8 km a minute eastward
    assert cell["toward_deg"] == pytest.approx(90, abs=10)
    assert cell["echo_top_m"] is None  # nothing is known of heights


def test_a_cell_keeps_its_name_and_its_trail(home, store) -> None:
    first, *_, last = runs(home, store, -20, -15, -10, -5, 0)
    names = {one["id"] for one in first.attrs["cells"]}
    assert names
    assert names == {one["id"] for one in last.attrs["cells"]}
    trail = queries.cells_before(last)
    for name in names:
        assert len(trail[name]) == 3
        assert [spot[0] for spot in trail[name]] == sorted(spot[0] for spot in trail[name])  # eastward


def test_after_a_restart_the_cells_are_followed_anew_from_the_frames(home, store) -> None:
    runs(home, store, -15, -10, -5)
    actions._skies.clear()
    again = actions.watch_storms(home, actions.make(home, store(0)))
    assert all(one["sights"] == 4 for one in again.attrs["cells"])


def test_every_district_is_told_each_hazard_and_what_can_t_be_told_says_why(home, store) -> None:
    last = runs(home, store, -10, -5, 0)[-1]
    told = {(one["hazard"], one["area"], one["from_min"], one["to_min"]) for one in last.attrs["chances"]}
    assert {(hazard, code) for hazard, code, *_ in told} == {
        (hazard, code) for hazard in ("heavy_rain", "gale", "hail") for code in city().by_code
    }
    heavy = [one for one in last.attrs["chances"] if one["kind"] == "rate_20" and one["to_min"] == 30]
    assert max(one["probability"] or 0 for one in heavy) > 0.5  # a shower of 30 mm/h stands over the city
    unknown = [one for one in last.attrs["chances"] if one["probability"] is None]
    assert unknown
    assert all(one["reason"] for one in unknown)


def test_dry_air_has_no_cells(home, store, monkeypatch) -> None:
    monkeypatch.setattr(np, "exp", lambda x: np.zeros_like(x))
    last = runs(home, store, -5, 0)[-1]
    assert last.attrs["cells"] == []
    assert all(not one["probability"] for one in last.attrs["chances"])


def test_the_job_watches_the_newest_nowcast_once(home, store) -> None:
    for minutes in (-10, -5, 0):
        store(minutes)
    assert jobs.watch() == ""
    jobs.cycle()
    assert "storm cells storms/" in jobs.watch()
    assert jobs.watch() == ""


def test_programs_get_cells_and_chances(home, store, client, person, settings) -> None:
    assert client.get("/api/radar/cells").status_code in (302, 401, 403)
    client.force_login(person("v", "viewer"))
    assert client.get("/api/radar/cells").json()["features"] == []
    assert client.get("/api/nowcast/likelihood").json()["chances"] == []
    runs(home, store, -10, -5, 0)
    found = client.get("/api/radar/cells").json()
    one = found["features"][0]
    assert one["geometry"]["coordinates"][0][0] == one["geometry"]["coordinates"][0][-1]  # a closed ring
    assert len(one["properties"]["past"]) == 1
    told = client.get("/api/nowcast/likelihood").json()
    assert "未经本地检验" in told["note"]
    assert told["table"] == "severe-2026"
    late = client.get("/api/radar/cells?at=2026-07-01T01:00:00Z").json()
    assert late["run"] is None


def test_on_a_day_without_a_table_cells_are_told_and_chances_are_not(home, store, client, person, monkeypatch) -> None:
    assert queries.severe_table(dt.date(2020, 1, 1)) is None
    monkeypatch.setattr(actions.queries, "severe_table", lambda day: None)
    last = runs(home, store, -10, -5, 0)[-1]
    assert last.attrs["cells"]
    assert last.attrs["chances"] == []
    client.force_login(person("v", "viewer"))
    assert client.get("/api/nowcast/likelihood").json()["table"] is None
    page = client.get("/nowcast/").content.decode()
    assert "没有强对流判断" in page
    assert "当日没有生效的强对流系数表" in page


def test_what_base_data_tell_of_the_column_makes_gale_and_hail_tellable(home, store) -> None:
    last = store(0)
    grid = grids.read(home, last, ["rate"])
    shape = grid.arrays["rate"].shape
    deep = {"vil": np.full(shape, 60, np.float32), "echo_top": np.full(shape, 9000, np.float32)}
    store(-10), store(-5)
    column = grids.write(home, "column", MOMENT, deep, grid.grid, {}, MOMENT)
    told = actions.watch_storms(home, actions.make(home, last))
    assert told.attrs["column"] == column.path
    assert {(one["vil_kg_m2"], one["echo_top_m"]) for one in told.attrs["cells"]} == {(60, 9000)}
    gale = [one for one in told.attrs["chances"] if one["hazard"] == "gale"]
    assert all(one["probability"] is not None for one in gale)
    assert max(one["probability"] for one in gale) > 0


def test_a_column_on_another_grid_is_not_used(home, store) -> None:
    frames = [store(minutes) for minutes in (-10, -5, 0)]
    grid = grids.read(home, frames[-1], ["rate"]).grid | {"rows": 3, "columns": 3}
    none = np.zeros((3, 3), np.float32)
    grids.write(home, "column", MOMENT, {"vil": none, "echo_top": none}, grid, {}, MOMENT)
    told = actions.watch_storms(home, actions.make(home, frames[-1]))
    assert told.attrs["column"] is None
    assert all(one["vil_kg_m2"] is None for one in told.attrs["cells"])
