"""The scenario clock, and the three kinds of day; expected days are counted by hand from the docstrings."""

import datetime as dt
import json
import time

import pytest

from xiangtian.core import clock

NOON = dt.datetime(2026, 7, 1, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def path(tmp_path):
    bound = tmp_path / "clock.json"
    clock.bind(bound)
    yield bound
    clock.bind(None)


def test_without_a_scenario_it_is_real_time(path) -> None:
    assert abs((clock.now() - dt.datetime.fromtimestamp(clock.wall(), dt.UTC)).total_seconds()) < 1
    assert clock.scenario() is None
    assert clock.status() == "Actual"


def test_a_standing_scenario_stands_and_is_an_exercise(path) -> None:
    clock.set_scenario(path, NOON, 0, {"storm": "knmi"})
    assert clock.now() == NOON
    time.sleep(0.01)
    assert clock.now() == NOON
    assert clock.status() == "Exercise"
    assert clock.scenario().notes == {"storm": "knmi"}


def test_a_running_scenario_runs_as_many_times_as_fast(path) -> None:
    told = clock.set_scenario(path, NOON, 60)
    assert told.at(told.origin_wall + 2.5) == NOON + dt.timedelta(seconds=150)  # 2.5 s x 60
    assert told.at(told.origin_wall - 1) == NOON - dt.timedelta(minutes=1)


def test_it_follows_the_file_when_it_changes_and_goes(path) -> None:
    clock.set_scenario(path, NOON, 0)
    assert clock.now() == NOON
    clock.set_scenario(path, NOON + dt.timedelta(hours=1), 0)
    assert clock.now() == NOON + dt.timedelta(hours=1)
    path.unlink()
    assert clock.scenario() is None
    clock.set_scenario(path, NOON, 0)
    assert clock.now() == NOON


def test_the_file_is_there_whole_or_not_at_all(path) -> None:
    clock.set_scenario(path, NOON.astimezone(clock.BEIJING), 2, {"a": "雨"})
    assert [one.name for one in path.parent.iterdir()] == ["clock.json"]
    told = json.loads(path.read_text(encoding="utf-8"))
    assert (told["origin"], told["rate"], told["notes"]) == ("2026-07-01T12:00:00+00:00", 2, {"a": "雨"})


@pytest.mark.parametrize(
    ("moment", "rate", "words"), [(dt.datetime(2026, 7, 1), 1, "a time with a zone"), (NOON, -1, "backwards")]
)
def test_a_clock_that_can_not_be_is_refused(path, moment, rate, words) -> None:
    with pytest.raises(ValueError, match=words):
        clock.set_scenario(path, moment, rate)
    assert not path.exists()


@pytest.mark.parametrize(
    ("moment", "climate", "administrative"),
    [
        ("2026-07-01T11:59:59+00:00", "2026-07-01", "2026-07-01"),  # 19:59:59 in Beijing
        ("2026-07-01T12:00:00+00:00", "2026-07-01", "2026-07-01"),  # 20:00: the climate day ends with it
        ("2026-07-01T12:00:01+00:00", "2026-07-02", "2026-07-01"),
        ("2026-07-01T15:59:59+00:00", "2026-07-02", "2026-07-01"),  # 23:59:59
        ("2026-07-01T16:00:00+00:00", "2026-07-02", "2026-07-02"),  # midnight
        ("2026-12-31T16:00:00+00:00", "2027-01-01", "2027-01-01"),
    ],
)
def test_days_end_at_20_and_at_24_in_beijing(moment: str, climate: str, administrative: str) -> None:
    at = dt.datetime.fromisoformat(moment)
    assert clock.climate_day(at) == dt.date.fromisoformat(climate)
    assert clock.administrative_day(at) == dt.date.fromisoformat(administrative)


def test_people_read_beijing_time() -> None:
    assert clock.beijing(dt.datetime(2025, 12, 31, 20, 5, tzinfo=dt.UTC)) == "2026-01-01 04:05"
