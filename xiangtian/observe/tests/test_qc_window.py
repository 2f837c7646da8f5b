"""The rolling window: what it remembers, in which order, and what it does not believe."""

import numpy as np
import pytest

from xiangtian.core.flags import Flag, Verdict, pack
from xiangtian.observe.qc import Judged, Sheet, Window

T = "air_temperature"
START = np.datetime64("2026-07-01T00:00:00", "s")


def sheet(stations, minute, values, element=T, **more):
    count = len(stations)
    when = np.full(count, START + np.timedelta64(minute * 60, "s"))
    place = np.arange(float(count))
    columns = {element: np.array(values, float)} | {name: np.array(column, float) for name, column in more.items()}
    return Sheet(np.array(stations), when, 120 + place, 31 + place, place, columns)


def good(part, wrong=()):
    flags = {name: np.where(np.isnan(v), Flag.MISSING, Flag.GOOD).astype(np.int16) for name, v in part.values.items()}
    for column in flags.values():
        column[list(wrong)] = Flag.WRONG
    return Judged(
        flags,
        {name: np.full(len(part), pack({"limits": Verdict.PASS}), np.int32) for name in part.values},
    )


def push(window, part, wrong=()):
    window.push(part, good(part, wrong))


def past(window, station, minute, k=None):
    history = window.history(sheet([station], minute, [0.0]), k)
    there = ~np.isnat(history.times[0])
    values = history.values[T][0][there].tolist() if T in history.values else []
    return [float(m) for m in (history.times[0][there] - START) / np.timedelta64(60, "s")], values


def test_newest_stands_last_and_only_k_are_given():
    window = Window()
    for minute in (0, 5, 10):
        push(window, sheet(["A", "B"], minute, [minute, -minute]))
    assert past(window, "A", 15) == ([0.0, 5.0, 10.0], [0.0, 5.0, 10.0])
    assert past(window, "B", 15, 2) == ([5.0, 10.0], [-5.0, -10.0])
    assert window.history(sheet(["A"], 15, [0.0]), 2).times.shape == (1, 2)


def test_station_never_heard_has_no_past():
    window = Window()
    assert past(window, "A", 0) == ([], [])
    push(window, sheet(["A"], 0, [1.0]))
    assert past(window, "Z", 5) == ([], [])


def test_late_reading_finds_its_place_and_sees_only_what_is_older():
    window = Window()
    for minute in (0, 10, 5):
        push(window, sheet(["A"], minute, [minute]))
    assert past(window, "A", 15) == ([0.0, 5.0, 10.0], [0.0, 5.0, 10.0])
    assert past(window, "A", 5) == ([0.0], [0.0])


def test_correction_replaces():
    window = Window()
    push(window, sheet(["A"], 0, [1.0]), wrong=[0])
    push(window, sheet(["A"], 0, [2.0]))
    assert past(window, "A", 5) == ([0.0], [2.0])
    assert window.history(sheet(["A"], 5, [0.0])).trusted[T][0, -1]


def test_window_rolls_and_refuses_what_is_too_old():
    window = Window(minutes=20, interval_min=5)
    for minute in range(0, 60, 5):
        push(window, sheet(["A"], minute, [minute]))
    push(window, sheet(["A"], 1, [99.0]))
    assert past(window, "A", 60) == ([40.0, 45.0, 50.0, 55.0], [40.0, 45.0, 50.0, 55.0])
    assert past(window, "A", 300) == ([], [])


def test_wrong_values_are_remembered_but_not_trusted():
    window = Window()
    push(window, sheet(["A", "B"], 0, [40.0, 20.0]), wrong=[0])
    history = window.history(sheet(["A", "B", "C"], 5, [20.0, 20.0, 20.0]))
    assert history.values[T][:, -1].tolist()[:2] == [40.0, 20.0]
    assert history.trusted[T][:, -1].tolist() == [False, True, False]


def test_new_elements_and_missing_ones_keep_their_rows():
    window = Window()
    push(window, sheet(["A"], 0, [1.0]))
    push(window, sheet(["B"], 0, [1000.0], "surface_air_pressure"))
    push(window, sheet(["A"], 5, [999.0], "surface_air_pressure"))
    history = window.history(sheet(["A"], 10, [1.0], surface_air_pressure=[1.0]))
    np.testing.assert_array_equal(history.values[T][0, -2:], [1.0, np.nan])
    np.testing.assert_array_equal(history.values["surface_air_pressure"][0, -2:], [np.nan, 999.0])


def test_neighbours_are_the_latest_trusted_values_of_the_others():
    window = Window()
    push(window, sheet(["A", "B", "C", "D"], 0, [1.0, 2.0, 3.0, 4.0]))
    push(window, sheet(["B", "C"], 5, [50.0, 33.0]), wrong=[0])
    near = window.neighbours_now(sheet(["A"], 10, [1.0]))
    assert dict(zip(near.station.tolist(), near.of(T).tolist(), strict=True)) == {"B": 2.0, "C": 33.0, "D": 4.0}
    assert near.alt[near.station == "C"] == 1.0  # the position of its last report
    assert window.neighbours_now(sheet(["A"], 18, [1.0])).station.tolist() == ["B", "C"]
    assert len(window.neighbours_now(sheet(["A"], 300, [1.0]))) == 0


def test_neighbours_are_never_younger_than_the_sheet():
    window = Window()
    push(window, sheet(["A", "B"], 0, [1.0, 2.0]))
    push(window, sheet(["A", "B"], 30, [10.0, 20.0]))
    assert window.neighbours_now(sheet(["Z"], 0, [1.0])).of(T).tolist() == [1.0, 2.0]


def test_empty_window_has_no_neighbours():
    assert len(Window().neighbours_now(sheet(["A"], 0, [1.0]))) == 0


def test_neighbours_bring_the_rain_of_the_hour():
    window = Window()
    for minute in range(0, 60, 5):
        push(window, sheet(["A", "B"], minute, [0.5, 1.0], "precipitation_amount"), wrong=[1] if minute == 20 else ())
    near = window.neighbours_now(sheet(["Z"], 55, [0.0], "precipitation_amount"))
    np.testing.assert_allclose(near.of("precipitation_amount_1h"), [6.0, np.nan])


def test_impossible_window_is_refused():
    with pytest.raises(ValueError, match="both must be above 0"):
        Window(0)
