"""What is due at a sheet's stations, by tasks that are written here."""

import datetime as dt

import numpy as np
import pytest

from xiangtian.core.flags import Mark
from xiangtian.observe.duties import Duties
from xiangtian.observe.models import ObservingTask, Station
from xiangtian.observe.qc.model import Sheet

pytestmark = pytest.mark.django_db
MOMENT = dt.datetime(2026, 7, 1, 2, 0, tzinfo=dt.UTC)
T, V, W = "air_temperature", "visibility_in_air", "wind_speed"


@pytest.fixture(autouse=True)
def morning(at) -> None:
    at(MOMENT + dt.timedelta(hours=1))


@pytest.fixture
def task():
    def write(
        code: str, element: str, interval: int, offset: int = 0, begin: dt.datetime | None = None, end=None
    ) -> None:
        station, _ = Station.objects.get_or_create(code=code, defaults={"zh": code, "kind": "区域站"})
        ObservingTask.objects.create(
            station=station, element=element, interval_min=interval, offset_min=offset, network="regional",
            valid_from=begin or MOMENT - dt.timedelta(days=9), valid_to=end,
        )  # fmt: skip

    return write


def sheet(minutes: float, stations, *elements, marks=None) -> Sheet:
    when = np.datetime64((MOMENT + dt.timedelta(minutes=minutes)).replace(tzinfo=None), "s")
    blank = np.zeros(len(stations))
    names = np.array(stations)
    return Sheet(names, np.full(len(names), when), blank, blank, blank, dict.fromkeys(elements, blank), marks or {})


def told(due) -> dict[str, list[bool]]:
    return {name: column.tolist() for name, column in due.items()}


def test_nothing_is_known_without_tasks() -> None:
    assert Duties().due(sheet(0, ["A"], T)) is None


def test_due_by_interval_and_offset(task) -> None:
    task("A", T, 5)
    task("A", V, 60)
    task("B", T, 10, 5)
    duties = Duties()
    assert told(duties.due(sheet(0, ["A", "B"], T))) == {T: [True, False], V: [True, False]}
    assert told(duties.due(sheet(5, ["A", "B"], T))) == {T: [True, True]}
    assert told(duties.due(sheet(7, ["B", "A"], T, W))) == {T: [False, False], W: [False, False]}


def test_a_task_holds_from_its_beginning_to_its_end(task) -> None:
    task("A", T, 5, end=MOMENT)
    task("A", T, 10, begin=MOMENT)
    duties = Duties()
    assert [told(duties.due(sheet(minutes, ["A"], T)))[T] for minutes in (-5, 0, 5, 10)] == [
        [True],
        [True],
        [False],
        [True],
    ]


def test_a_station_without_tasks_goes_by_its_message(task) -> None:
    task("A", T, 5)
    marks = {T: np.array([0, 0, Mark.NO_TASK], np.int8)}
    due = Duties().due(sheet(0, ["A", "Z", "Y"], T, W, marks=marks))
    assert told(due) == {T: [True, True, False], W: [False, True, True]}


def test_new_tasks_are_seen_after_ten_minutes(task, at) -> None:
    task("A", T, 5)
    duties = Duties()
    duties.due(sheet(0, ["A"], T))
    task("A", W, 5)
    assert W not in duties.due(sheet(0, ["A"], T))
    at(MOMENT + dt.timedelta(hours=1, minutes=10))
    assert told(duties.due(sheet(0, ["A"], T)))[W] == [True]
