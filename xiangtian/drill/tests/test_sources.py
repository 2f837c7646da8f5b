"""Where storms come from: the generator's frames are the truth, and a folder that holds none is refused in words."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from xiangtian.core import clock
from xiangtian.core.places import city
from xiangtian.drill import sources
from xiangtian.drill.sources import SourceError
from xiangtian.met.grid import Grid, RainFrame
from xiangtian.radar import odim_write

START = dt.datetime(2026, 7, 1, 2, 0, tzinfo=clock.UTC)


@pytest.fixture(scope="module")
def short() -> sources.Scenario:
    return sources.generated(START, 2.0, seed=5, hours=0.5)


def test_a_generated_storm_lies_over_the_city_and_says_what_it_is(short) -> None:
    assert [frame.time for frame in short.frames] == [START + dt.timedelta(minutes=5 * step) for step in range(7)]
    assert (short.begins, short.ends) == (START, START + dt.timedelta(minutes=30))
    lon, lat = city().centroid
    row, column = short.frames[0].grid.position(np.array([lon]), np.array([lat]))
    middle = (short.frames[0].grid.rows - 1) / 2
    assert (row[0], column[0]) == pytest.approx((middle, middle), abs=0.1)
    assert short.notes == {"storm": "built-in generator, seed 5", "rain_factor": "2"}
    assert short.frames[0].notes["rain_factor"] == "2"


def test_the_factor_multiplies_the_rain_and_nothing_else(short) -> None:
    single = sources.generated(START, 1.0, seed=5, hours=0.5)
    for once, twice in zip(single.frames, short.frames, strict=True):
        np.testing.assert_allclose(twice.rate, 2 * once.rate, rtol=1e-6)
    assert [one.id for one in single.stations] == [one.id for one in short.stations]


def test_every_station_tells_every_round_and_faults_are_among_them(short) -> None:
    assert len(short.stations) == 130  # seven national ones and 123 generated
    assert sum(one.national for one in short.stations) == 7
    told = {(one.station, one.message["time"]) for one in short.deliveries if one.message}
    assert len(told) == 130 * 7
    assert [one.send_time for one in short.deliveries] == sorted(one.send_time for one in short.deliveries)
    assert {one.kind for one in short.planted} >= {"spike", "late", "duplicate", "broken"}


def test_the_same_seed_plays_the_same_drill(short) -> None:
    again = sources.generated(START, 2.0, seed=5, hours=0.5)
    assert [one.body for one in again.deliveries] == [one.body for one in short.deliveries]
    assert again.planted == short.planted
    other = sources.generated(START, 2.0, seed=6, hours=0.5)
    assert [one.body for one in other.deliveries] != [one.body for one in short.deliveries]


def test_a_storm_begins_six_hours_ago_and_one_in_a_home_that_was_played_in_after_that(home, at) -> None:
    real = clock.now()
    assert (real - sources.next_start()).total_seconds() / 3600 == pytest.approx(6.5, abs=0.51)
    at("2026-07-01T05:37")
    assert sources.next_start() == dt.datetime(2026, 7, 1, 6, 0, tzinfo=clock.UTC)


@pytest.fixture
def storm(tmp_path):
    """Write a folder of composites: a shower of 10 mm/h on a grid far from the city."""

    def write(count: int):
        grid = Grid("+proj=laea +lat_0=52 +lon_0=5 +datum=WGS84 +units=m", -150_000, 150_000, 1000, 1000, 301, 301)
        rate = np.zeros(grid.shape, np.float32)
        rate[120:180, 130:190] = 10
        folder = tmp_path / "storm"
        folder.mkdir()
        (folder / "README.md").write_text("where it comes from")
        for step in range(count):
            frame = RainFrame(START + dt.timedelta(minutes=5 * step), grid, rate, np.ones_like(rate))
            (folder / f"{9 - step}.h5").write_bytes(odim_write.encode(frame))  # names in the wrong order
        return folder

    return write


def test_a_borrowed_storm_is_moved_onto_the_city_and_put_in_the_order_of_time(storm) -> None:
    played = sources.borrowed(storm(4), 8.0)
    assert [frame.time for frame in played.frames] == [START + dt.timedelta(minutes=5 * step) for step in range(4)]
    lon, lat = city().centroid
    grid = played.frames[0].grid
    row, column = (round(float(part[0])) for part in grid.position(np.array([lon]), np.array([lat])))
    assert played.frames[0].rate[row, column] == pytest.approx(80, rel=0.02)  # 8 x 10 mm/h
    assert played.notes["rain_factor"] == "8"
    assert played.notes["storm"].startswith("storm (")
    assert "52." in played.notes["storm"]


def test_a_folder_without_a_storm_is_refused_in_words(tmp_path, storm) -> None:
    with pytest.raises(SourceError, match="holds no radar composite; read are"):
        sources.borrowed(tmp_path, 1.0)
    with pytest.raises(SourceError, match="a drill needs 3 or more"):
        sources.borrowed(storm(2), 1.0)


def test_a_damaged_composite_is_named(storm) -> None:
    folder = storm(3)
    whole = (folder / "8.h5").read_bytes()
    (folder / "8.h5").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match=r"8\.h5"):
        sources.borrowed(folder, 1.0)


def test_a_scenario_can_be_cut(short) -> None:
    assert replace(short, frames=short.frames[:3]).ends == START + dt.timedelta(minutes=10)
