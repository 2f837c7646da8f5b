"""Extremes since records began: records, ranks of today, records broken lately."""

import csv
import datetime as dt
import io

import polars as pl
import pytest

from xiangtian.core import clock
from xiangtian.kit.tests.frame import plain
from xiangtian.observe import queries
from xiangtian.observe.queries import extremes, station_page
from xiangtian.observe.queries.station_page import rollups
from xiangtian.observe.tests.makers import station
from xiangtian.observe.tests.rows import put

pytestmark = pytest.mark.django_db
TEMPERATURE, RAIN = "air_temperature", "precipitation_amount"


@pytest.fixture(autouse=True)
def frame(settings, at) -> None:
    plain(settings)
    queries.readings.cache_clear()
    station_page.rollups.cache_clear()
    at("2026-07-10T06:00")  # 14:00 in Beijing: climate day 10 July is running


def days(home, code: str, element: str, told: dict[str, tuple[float | None, ...]]) -> None:
    """Import days: (min, max, sum)."""
    rows = [
        {"station": code, "element": element, "day": dt.date.fromisoformat(day), "n": 24, "n_good": 24,
         "mean": None, "min": low, "max": high, "sum": total, "source": "ISD"}
        for day, (low, high, total) in told.items()
    ]  # fmt: skip
    kinds = dict.fromkeys(("mean", "min", "max", "sum"), pl.Float64)
    rollups(home).import_days(pl.DataFrame(rows, schema_overrides=kinds), clock.now())


def held(home, element: str) -> tuple[extremes.Held, ...]:
    return extremes.held(home, extremes.every(home), element, ["A", "B"])


HISTORY = {
    "2020-01-05": (-8.0, 3.0, None),
    "2021-07-10": (25.0, 36.0, None),
    "2022-07-10": (24.0, 39.5, None),
    "2023-07-10": (26.0, 34.0, None),
    "2023-08-01": (27.0, 40.1, None),
}


def test_records_with_day_source_and_years(home) -> None:
    station("A")
    days(home, "A", TEMPERATURE, HISTORY)
    put(home, {"station": "A", "time": "2026-07-10T05:00", "air_temperature": 38.0})
    (one,) = held(home, TEMPERATURE)
    told = {record.which: (record.value, record.day.isoformat(), record.source) for record in one.records}
    assert told == {"max": (40.1, "2023-08-01", "ISD"), "min": (-8.0, "2020-01-05", "ISD")}
    assert (one.first, one.years) == (dt.date(2020, 1, 5), 5)  # 2020 to 2023 and 2026


def test_today_among_the_same_calendar_days(home) -> None:
    station("A")
    days(home, "A", TEMPERATURE, HISTORY)
    put(home, {"station": "A", "time": "2026-07-10T05:00", "air_temperature": 38.0})
    (one,) = held(home, TEMPERATURE)
    # highest: 39.5 (2022), 38.0 (today), 36.0, 34.0; lowest of today 38.0 is above 24, 25 and 26
    assert one.today == (("max", 38.0, 2, 3, 3), ("min", 38.0, 1, 4, 3))


def test_29_february_is_compared_with_leap_years_only(home, at) -> None:
    at("2028-02-29T06:00")
    station("A")
    days(home, "A", TEMPERATURE, {"2024-02-29": (1.0, 5.0, None), "2027-02-28": (1.0, 9.0, None)})
    put(home, {"station": "A", "time": "2028-02-29T05:00", "air_temperature": 7.0})
    (one,) = held(home, TEMPERATURE)
    assert one.today[0] == ("max", 7.0, 1, 2, 1)


def test_broken_lately_and_what_it_beat(home) -> None:
    station("A")
    days(home, "A", TEMPERATURE, HISTORY)
    put(
        home,
        {"station": "A", "time": "2026-07-05T06:00", "air_temperature": 41.2},
        {"station": "A", "time": "2026-07-03T06:00", "air_temperature": 40.5},  # eight days: the window is seven
    )
    (one,) = extremes.broken(home, extremes.every(home))
    assert (one.record.which, one.record.value, one.record.day.isoformat()) == ("max", 41.2, "2026-07-05")
    assert (one.before.value, one.before.day.isoformat()) == (40.5, "2026-07-03")
    assert one.years == 5


def test_a_doubted_value_breaks_nothing(home) -> None:
    station("A")
    days(home, "A", TEMPERATURE, HISTORY)
    put(home, {"station": "A", "time": "2026-07-05T06:00", "air_temperature": 55.0, "air_temperature_qc": 2})
    assert extremes.broken(home, extremes.every(home)) == ()


def test_a_station_of_less_than_a_year_breaks_nothing(home) -> None:
    station("B")
    days(home, "B", TEMPERATURE, {"2025-07-05": (20.0, 30.0, None)})  # 364 days before 4 July 2026
    put(home, {"station": "B", "time": "2026-07-05T06:00", "air_temperature": 35.0})
    assert extremes.broken(home, extremes.every(home)) == ()


def test_of_rain_the_wettest_day_is_the_record(home) -> None:
    station("A")
    days(home, "A", RAIN, {"2020-06-20": (0.0, 9.0, 120.5), "2021-06-20": (0.0, 30.0, 80.0)})
    (one,) = held(home, RAIN)
    assert [(record.which, record.value) for record in one.records] == [("sum", 120.5)]


def test_nothing_kept(home) -> None:
    station("A")
    assert held(home, TEMPERATURE) == ()
    assert extremes.broken(home, extremes.every(home)) == ()
    assert extremes.of_station(home, "A") == ()
    assert extremes.elements_held(extremes.every(home)) == ()


class TestPage:
    """The page."""

    def test_records_ranks_and_what_was_broken(self, client, person, home) -> None:
        station("A")
        days(home, "A", TEMPERATURE, HISTORY)
        put(home, {"station": "A", "time": "2026-07-10T05:00", "air_temperature": 41.2})
        client.force_login(person("v", "viewer"))
        page = client.get("/observe/extremes/").content.decode()
        assert "<b>41.2</b>" in page
        assert "40.1" in page
        assert "从高第 1（共 3 年）" in page
        assert 'href="/observe/stations/A/"' in page
        assert "没有这样的记录" in client.get("/observe/extremes/?q=zzz").content.decode()

    def test_as_csv(self, client, person, home) -> None:
        station("A")
        days(home, "A", TEMPERATURE, HISTORY)
        client.force_login(person("v", "viewer"))
        answer = client.get("/observe/extremes/csv/?element=air_temperature")
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert rows[1][:8] == ["A", "东山", "吴中区", "气温", "最高", "40.1", "degC", "2023-08-01"]
        assert len(rows) == 3

    def test_who_may_look_and_nothing_yet(self, client, person, home) -> None:
        for path in ("/observe/extremes/", "/observe/extremes/csv/"):
            assert client.get(path).status_code == 302
        client.force_login(person("nobody"))
        for path in ("/observe/extremes/", "/observe/extremes/csv/"):
            assert client.get(path).status_code == 403
        client.force_login(person("v", "viewer"))
        assert "没有打破记录" in client.get("/observe/extremes/?element=nonsense&page=x").content.decode()
