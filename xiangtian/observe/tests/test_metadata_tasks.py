"""Due times: the expected minutes are counted by hand."""

import datetime as dt

import numpy as np
import pytest

from xiangtian.observe.metadata.tasks import EVERY_HOUR, EVERY_MINUTE, Task, due_times, usual

UTC = dt.UTC
NIGHT = dt.datetime(2026, 7, 1, tzinfo=UTC)


def task(interval: int, offset: int = 0, since: dt.datetime = NIGHT - dt.timedelta(days=9), until=None) -> Task:
    return Task("58358", "air_temperature", interval, offset, since, until, "national")


def at(*times: str) -> list[np.datetime64]:
    return [np.datetime64(f"2026-07-01T{time}", "s") for time in times]


def test_the_beginning_is_not_due_and_the_end_is() -> None:
    found = due_times(task(5), NIGHT, NIGHT + dt.timedelta(minutes=15))
    assert found.dtype == np.dtype("datetime64[s]")
    assert list(found) == at("00:05:00", "00:10:00", "00:15:00")


def test_a_day_has_1440_minutes_and_one_evening() -> None:
    day = NIGHT + dt.timedelta(days=1)
    assert len(due_times(task(1), NIGHT, day)) == 1440
    assert list(due_times(task(1440, 720), NIGHT, day)) == at("12:00:00")  # 20:00 in Beijing


def test_an_offset_and_broken_seconds() -> None:
    start, end = NIGHT + dt.timedelta(seconds=150, microseconds=5), NIGHT + dt.timedelta(minutes=62, seconds=59)
    assert list(due_times(task(30, 2), start, end)) == at("00:32:00", "01:02:00")


def test_a_task_begins_with_its_first_moment_and_ends_before_its_last() -> None:
    since, until = NIGHT + dt.timedelta(minutes=10), NIGHT + dt.timedelta(minutes=20)
    assert list(due_times(task(5, 0, since, until), NIGHT, NIGHT + dt.timedelta(hours=1))) == at("00:10:00", "00:15:00")


def test_nothing_is_due_in_an_empty_period_or_after_the_end() -> None:
    assert due_times(task(5), NIGHT, NIGHT).size == 0
    assert due_times(task(5), NIGHT + dt.timedelta(hours=1), NIGHT).size == 0
    assert due_times(task(5, 0, until=NIGHT), NIGHT, NIGHT + dt.timedelta(hours=1)).size == 0


@pytest.mark.parametrize(("interval", "offset"), [(0, 0), (7, 0), (1441, 0), (5, 5), (5, -1)])
def test_what_can_not_be_is_refused(interval: int, offset: int) -> None:
    with pytest.raises(ValueError, match="不可用"):
        due_times(task(interval, offset), NIGHT, NIGHT)


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        due_times(task(5), dt.datetime(2026, 7, 1), NIGHT)


def test_usual_tasks_by_network_and_kind() -> None:
    national = {one.element: one.interval_min for one in usual("58358", "国家基本气象站", "national", NIGHT)}
    assert national == dict.fromkeys(EVERY_MINUTE, 1) | dict.fromkeys(EVERY_HOUR, 60)
    rain = usual("M3901", "单雨量区域站", "regional", NIGHT)
    assert [(one.element, one.interval_min, one.valid_to) for one in rain] == [("precipitation_amount", 5, None)]
    assert len(usual("M3902", "区域站", "regional", NIGHT)) == len(EVERY_MINUTE)
    assert usual("G0001", "雷达", "special", NIGHT) == ()
