"""Which reports were due, arrived, and were in time; counted by hand."""

import numpy as np
import pytest

from xiangtian.observe.presence import Reports, presence, usual

NAN = np.nan


def limits(stations: int, every: int, allowed: float = 5.0, hours: int = 1) -> np.ndarray:
    """Due each `every` minutes on the full ones: minute 4 of the window is five past."""
    limit = np.full((stations, hours * 60), NAN)
    limit[:, every - 1 :: every] = allowed
    return limit


def reports(*told: tuple[int, int, float]) -> Reports:
    rows = np.array(told, float).reshape(-1, 3)
    return Reports(rows[:, 0].astype(int), rows[:, 1].astype(int), rows[:, 2])


def counts(found) -> list[list[list[int]]]:
    return [part.tolist() for part in (found.due, found.arrived, found.punctual)]


def test_an_hour_of_five_minute_reports() -> None:
    # 12 are due; 4 came: within 5 min, in exactly 5, later, and one off the grid, which counts for nothing
    came = reports((0, 4, 1.0), (0, 9, 5.0), (0, 14, 5.1), (0, 15, 1.0))
    assert counts(presence(limits(1, 5), came, 999)) == [[[12]], [[3]], [[2]]]


def test_versions_of_a_report_count_once_and_the_first_decides_on_punctuality() -> None:
    came = reports((0, 59, 2.0), (0, 59, 500.0))
    assert counts(presence(limits(1, 60), came, 999)) == [[[1]], [[1]], [[1]]]


def test_what_may_still_come_is_not_due_unless_it_came() -> None:
    # 30 min past: minutes 5 to 25 are over with their 5 min; minute 30 has come already, 35 has too (a fast clock)
    came = reports((0, 29, 0.1), (0, 34, -1.0))
    assert counts(presence(limits(1, 5), came, 30.0)) == [[[7]], [[2]], [[2]]]


def test_stations_and_hours_are_kept_apart() -> None:
    came = reports((1, 59, 1.0), (0, 119, 9.0))
    assert counts(presence(limits(2, 60, hours=2), came, 999)) == [
        [[1, 1], [1, 1]],
        [[0, 1], [1, 0]],
        [[0, 0], [1, 0]],
    ]


def test_without_task_nothing_is_due_and_nothing_counts() -> None:
    assert counts(presence(np.full((1, 60), NAN), reports((0, 3, 1.0)), 999)) == [[[0]], [[0]], [[0]]]
    assert presence(np.zeros((0, 60)), reports(), 60).due.shape == (0, 1)


def test_a_window_of_part_of_an_hour_is_refused() -> None:
    with pytest.raises(ValueError, match="whole hours"):
        presence(np.zeros((1, 61)), reports(), 60)


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        ([4, 9, 14, 24, 29], (5, 4)),  # gaps 5, 5, 10, 5
        ([0, 1, 2, 3], (1, 0)),
        ([3, 3, 2, 1, 0], (1, 0)),  # in any order, with repetitions
        ([10, 20, 25, 30, 40, 45], (5, 0)),  # gaps 10, 5, 5, 10, 5
        ([0, 60, 120], None),  # too few
        ([], None),
    ],
)
def test_the_usual_interval(minutes: list[int], expected: tuple[int, int] | None) -> None:
    assert usual(np.array(minutes, int)) == expected
