"""Reviews of readings: what people decide stands beside what was reported."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from xiangtian.core.home import Home
from xiangtian.lake.observations import Appended, Observations
from xiangtian.lake.rollups import Rollups

NOON = dt.datetime(2026, 6, 18, 12, 0, tzinfo=dt.UTC)
T, WIND = "air_temperature", "wind_speed"


def at(minute: float) -> dt.datetime:
    return NOON + dt.timedelta(minutes=minute)


@pytest.fixture
def doubted(report):
    """Station A at noon: 41 degC was called suspect (1), with what the tests said (8); wind 3 m/s is good."""
    said = {T: 41.0, f"{T}_qc": 1, f"{T}_tests": 8, WIND: 3.0, f"{WIND}_qc": 0}
    return lambda **changed: report("A", 0, **(said | changed))


def review(number: int, minute: float, value: float, flag: int, station: str = "A") -> pl.DataFrame:
    row = {"station": station, "time": NOON, "received": at(minute), "source": f"review:{number}"}
    return pl.DataFrame([row | {T: value, f"{T}_qc": flag, f"{T}_tests": 8}])


def now(home: Home, as_of: dt.datetime | None = None) -> tuple[object, ...]:
    row = Observations(home).read(NOON, NOON, ["A"], [T, WIND], as_of).row(0, named=True)
    return row[T], row[f"{T}_qc"], row[f"{T}_tests"], row[WIND]


def test_a_review_changes_the_flag_and_nothing_else(home: Home, rows, doubted) -> None:
    lake = Observations(home)
    lake.append(rows(doubted()), 7)
    assert lake.amend(review(1, 60, 41.0, 0)) == 1
    assert now(home) == (41.0, 0, 8, 3.0)
    assert now(home, at(59)) == (41.0, 1, 8, 3.0)
    assert lake.latest().select(T, f"{T}_qc", WIND).rows() == [(41.0, 0, 3.0)]
    assert lake.latest(at(59))[f"{T}_qc"].to_list() == [1]
    assert lake.cursor() == 7


def test_a_corrected_value_stands_beside_the_reported_one(home: Home, rows, doubted) -> None:
    lake = Observations(home)
    lake.append(rows(doubted()))
    lake.amend(review(1, 60, 31.0, 4))
    assert now(home) == (31.0, 4, 8, 3.0)
    assert lake.read(NOON, NOON, resolve=False)[T].to_list() == [41.0, 31.0]


def test_what_is_stored_is_not_stored_again(home: Home, rows, doubted) -> None:
    Observations(home).append(rows(doubted()))
    assert [Observations(home).amend(review(1, 60, 41.0, 0)) for _ in range(2)] == [1, 0]


@pytest.mark.parametrize("body", ["", "the same said by another message"])
def test_the_same_message_sent_again_does_not_undo_it(home: Home, rows, doubted, body: str) -> None:
    running = Observations(home)
    running.append(rows(doubted()))
    running.amend(review(1, 60, 41.0, 0))
    for lake in (running, Observations(home)):
        done = lake.append(rows(doubted() | {"received": at(120), **({"source": body} if body else {})}))
        assert (done.rows, done.duplicates) == (0, 1)
        assert now(home) == (41.0, 0, 8, 3.0)


def test_a_correction_of_another_element_does_not_undo_it(home: Home, rows, doubted) -> None:
    lake = Observations(home)
    lake.append(rows(doubted()))
    lake.amend(review(1, 60, 41.0, 0))
    for minute, wind in ((120, 4.0), (130, 5.0)):
        assert lake.append(rows(doubted(late_s=60 * minute, wind_speed=wind))).corrections == 1
        assert now(home) == (41.0, 0, 8, wind)
        assert lake.latest().select(T, f"{T}_qc", WIND).rows() == [(41.0, 0, wind)]
    assert Observations(home).sums(at(1), [1]).is_empty() is False


def test_a_true_correction_counts_again_and_is_judged_anew(home: Home, rows, doubted) -> None:
    lake = Observations(home)
    lake.append(rows(doubted()))
    lake.amend(review(1, 60, 41.0, 0))
    done = lake.append(rows(doubted(late_s=7200, air_temperature=31.0, air_temperature_qc=0, air_temperature_tests=4)))
    assert (done.rows, done.corrections) == (1, 1)
    assert now(home) == (31.0, 0, 4, 3.0)
    assert lake.latest()[T].to_list() == [31.0]
    assert now(home, at(90)) == (41.0, 0, 8, 3.0)
    lake.append(rows(doubted(late_s=9000, air_temperature=31.0, air_temperature_qc=1, wind_speed=9.0)))
    assert now(home) == (31.0, 0, 4, 9.0)
    lake.amend(review(2, 200, 31.0, 2))
    assert now(home)[:2] == (31.0, 2)


def test_a_report_that_goes_back_to_the_reviewed_value_after_another_counts(home: Home, rows, doubted) -> None:
    lake = Observations(home)
    lake.append(rows(doubted()))
    lake.amend(review(1, 60, 41.0, 2))
    lake.append(rows(doubted(late_s=7200, air_temperature=31.0)))
    lake.append(rows(doubted(late_s=9000, air_temperature=41.0, air_temperature_qc=1) | {"source": "third"}))
    assert now(home)[:2] == (41.0, 1)


def test_the_last_of_several_reviews_counts(home: Home, rows, doubted) -> None:
    lake = Observations(home)
    lake.append(rows(doubted()))
    lake.amend(pl.concat([review(1, 60, 41.0, 2), review(2, 60.5, 41.0, 0)]))
    assert now(home)[1] == 0
    lake.amend(review(3, 10, 41.0, 2))  # decided under a clock that was set back
    assert now(home)[1] == 2


def test_latest_is_right_after_a_commit_that_was_not_yet_in_it(home: Home, rows, doubted) -> None:
    lake = Observations(home)
    lake.append(rows(doubted()))
    lake.amend(review(1, 60, 41.0, 0))
    stale = (home.lake / "latest.arrow").read_bytes()
    lake.append(rows(doubted(late_s=7200, wind_speed=4.0)))
    (home.lake / "latest.arrow").write_bytes(stale)
    Observations(home).repair()
    assert Observations(home).latest().select(T, f"{T}_qc", WIND).rows() == [(41.0, 0, 4.0)]


def test_the_intake_goes_on_beside_reviews(home: Home, rows, doubted, report) -> None:
    intake, desk = Observations(home), Observations(home)
    intake.append(rows(doubted()), 5)
    desk.amend(review(1, 60, 41.0, 0))
    assert intake.append(rows(doubted(), report("A", 1, air_temperature=20.0)), 6) == Appended(3, 1, 1, 0)
    assert desk.cursor() == 6


def test_roll_ups_follow_a_review(home: Home, rows, doubted) -> None:
    Observations(home).append(rows(doubted()))
    roll = Rollups(home)
    roll.refresh(at(1500))
    assert roll.days(NOON.date(), NOON.date(), elements=[T]).select("n", "n_good", "max").rows() == [(1, 0, None)]
    Observations(home).amend(review(1, 60, 41.0, 0))
    roll.refresh(at(1500))
    assert roll.days(NOON.date(), NOON.date(), elements=[T]).select("n", "n_good", "max").rows() == [(1, 1, 41.0)]


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (review(1, 1, 1.0, 0).with_columns(source=pl.lit("me")), "is no review"),
        (review(1, 1, 1.0, 0, "nobody"), "nothing is known of nobody at 2026-06-18T12:00"),
    ],
)
def test_what_is_no_review_is_refused(home: Home, rows, doubted, frame: pl.DataFrame, words: str) -> None:
    lake = Observations(home)
    lake.append(rows(doubted()))
    with pytest.raises(ValueError, match=words):
        lake.amend(frame)
    assert lake.version() == 1
