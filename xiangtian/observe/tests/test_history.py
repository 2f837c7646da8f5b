"""Archives of earlier years become climate days."""

from __future__ import annotations

import datetime as dt

import pytest

from xiangtian.lake import rolling
from xiangtian.lake.rollups import Rollups
from xiangtian.observe.actions.history import ArchiveFile, import_history
from xiangtian.observe.history import Gathering, days, frame, pieces
from xiangtian.observe.reading import Reading

NOON = dt.datetime(1988, 1, 1, 12, 0, tzinfo=dt.UTC)


def reading(hours: float, station: str = "A", **values: float) -> Reading:
    return Reading(station, NOON + dt.timedelta(hours=hours), values)


def told(frame, *columns):
    return frame.sort("station", "element", "day").select(columns).rows()


def test_days_of_readings() -> None:
    found = days(frame([reading(h, air_temperature=float(h)) for h in (1, 2, 24, 25)]))
    assert told(found, "day", "n", "min", "max", "mean") == [
        (dt.date(1988, 1, 2), 3, 1.0, 24.0, 9.0), (dt.date(1988, 1, 3), 1, 25.0, 25.0, 25.0),
    ]  # fmt: skip


def test_values_beyond_the_limits_are_not_used_and_the_later_report_counts() -> None:
    said = [reading(1, air_temperature=99.0), reading(2, air_temperature=5.0), reading(2, air_temperature=6.0)]
    assert told(days(frame(said, "B")), "station", "n", "n_good", "max") == [("B", 2, 1, 6.0)]


def test_rain_is_made_of_the_shortest_totals() -> None:
    said = [
        reading(6, precipitation_amount_6h=2.0), reading(12, precipitation_amount_6h=3.0),
        reading(24, precipitation_amount_6h=1.0, precipitation_amount_24h=6.0),
    ]  # fmt: skip
    found = days(frame(said))
    assert told(found.filter(element="precipitation_amount"), "n", "sum") == [(3, 6.0)]
    assert told(days(frame([reading(24, precipitation_amount_24h=6.5)])), "element", "sum")[0] == (
        "precipitation_amount", 6.5,
    )  # fmt: skip


def test_a_day_cut_between_two_files_is_one_day() -> None:
    gathering = Gathering()
    assert gathering.take(frame([reading(h, air_temperature=float(h)) for h in (-30, -10, 6, 11)])).height == 1
    assert gathering.take(frame([reading(h, air_temperature=float(h)) for h in (12, 23, 30)])).is_empty()
    assert told(gathering.finish(), "day", "n", "min", "max") == [
        (dt.date(1987, 12, 31), 1, -30.0, -30.0), (dt.date(1988, 1, 2), 4, 6.0, 23.0),
        (dt.date(1988, 1, 3), 1, 30.0, 30.0),
    ]  # fmt: skip
    assert gathering.finish().columns == list(rolling.DAYS)


def test_no_reading_no_day() -> None:
    assert days(frame([])).is_empty()


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([b"a|b\n", b"1|2\n", b"3|4\n"], [b"a|b\n1|2\n", b"a|b\n3|4\n"]),
        ([b"0057\n", b"0058\n", b"0059\n"], [b"0057\n0058\n", b"0059\n"]),
        ([b"<xml>\n", b"<a/>\n", b"</xml>"], [b"<xml>\n<a/>\n</xml>"]),
        ([b"a|b\n"], [b"a|b\n"]),
        ([], []),
    ],
)
def test_long_files_are_cut_between_reports(lines: list[bytes], expected: list[bytes]) -> None:
    assert list(pieces(lines, 4)) == expected


@pytest.mark.django_db
def test_counts_and_the_station_they_are_of(home, at) -> None:
    at("2026-07-01T00:00")
    said = [reading(h, "583580-99999", air_temperature=1.0 * h) for h in (1, 25, 49, 73)]
    files = [ArchiveFile("1988.gz", "isd", said), ArchiveFile("empty", "isd", [])]
    done = import_history(home, "job:history", files, "58358")
    assert (done.readings, done.days, done.new, done.stations) == (4, 4, 4, 1)
    assert (done.first, done.last) == (dt.date(1988, 1, 2), dt.date(1988, 1, 5))
    assert Rollups(home).days(done.first, done.last)["station"].unique().to_list() == ["58358"]
    assert import_history(home, "job:history", []).first is None
