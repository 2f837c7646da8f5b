"""What many futures say of places, as programs ask for it; the futures are written down, so the answer is a count."""

import datetime as dt
import json
from dataclasses import asdict

import numpy as np
import pytest

from xiangtian.core import settings
from xiangtian.core.places import city
from xiangtian.lake import grids
from xiangtian.met.grid import Grid
from xiangtian.nowcast import queries

pytestmark = pytest.mark.django_db
MOMENT = dt.datetime(2026, 7, 1, 2, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def now(at) -> None:
    at(MOMENT + dt.timedelta(minutes=1))


@pytest.fixture
def run(home) -> grids.GridRef:
    """Four futures of two steps of 30 minutes over the city: 0, 10, 20 and 30 mm everywhere in the second step."""
    west, south, east, north = city().bounds
    grid = Grid(
        "EPSG:4326", west, north, 0.02, 0.02, round((north - south) / 0.02) + 1, round((east - west) / 0.02) + 1
    )
    amount = np.zeros((4, 2, *grid.shape), np.float32)
    amount[:, 1] = np.array([0, 10, 20, 30], np.float32)[:, None, None]
    attrs = {"leads_min": [30.0, 60.0], "members": 4}
    return grids.write(home, "ensemble", MOMENT, {"amount": amount}, asdict(grid), attrs, MOMENT)


def test_the_chance_of_a_district_is_the_share_of_futures(home, run) -> None:
    shares = {one.code: one.share for one in queries.chances(home, run, 30, 15)}
    assert shares == {one.code: 0.5 for one in city().districts}  # two of four have 15 mm or more
    assert {one.share for one in queries.chances(home, run, 60, 25)} == {0.25}
    assert {one.share for one in queries.chances(home, run, 30, 31)} == {0.0}


def test_watched_places_come_after_the_districts(home, run, tmp_path, monkeypatch) -> None:
    lon, lat = city().centroid
    features = [
        {"type": "Feature", "properties": {"code": "M1", "name": "一号线", "kind": "metro", "width_m": 5000},
         "geometry": {"type": "LineString", "coordinates": [[lon, lat], [lon + 0.1, lat]]}},
        {"type": "Feature", "properties": {"code": "FAR", "name": "远处", "kind": "catchment"},
         "geometry": {"type": "Point", "coordinates": [100, 30]}},
    ]  # fmt: skip
    file = tmp_path / "watched.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    monkeypatch.setenv("XIANGTIAN_WATCHED", str(file))
    found = queries.chances(home, run, 30, 15)[len(city().districts) :]
    assert [(one.code, one.kind, one.share) for one in found] == [("M1", "metro", 0.5), ("FAR", "catchment", None)]
    file.write_text("{}")
    with pytest.raises(settings.SettingError, match="FeatureCollection"):
        queries.chances(home, run, 30, 15)


@pytest.mark.parametrize(("minutes", "mm"), [(30, 0), (30, -1), (90, 10), (0, 10), (float("nan"), 10)])
def test_what_the_forecast_does_not_hold(home, run, minutes, mm) -> None:
    with pytest.raises(ValueError, match=r"above 0|30 to 60"):
        queries.chances(home, run, minutes, mm)


class TestDoor:
    """The address that programs ask at."""

    def test_who_may_ask_and_what_is_told(self, client, person, home, run) -> None:
        assert client.get("/api/nowcast/chances").status_code == 401
        client.force_login(person("v", "viewer"))
        told = client.get("/api/nowcast/chances?minutes=30&mm=15").json()
        assert (told["run"], told["members"], told["places"][0]["share"]) == (run.path, 4, 0.5)
        assert client.get("/api/nowcast/chances?minutes=500&mm=15").status_code == 400

    def test_no_futures_yet(self, client, person, home) -> None:
        client.force_login(person("v", "viewer"))
        assert client.get("/api/nowcast/chances").json()["places"] == []
