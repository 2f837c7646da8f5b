"""The page of one station and what it asks: values, hours, wind rose, doubts, own history."""

import csv
import datetime as dt
import io

import polars as pl
import pytest

from xiangtian.core import clock
from xiangtian.core.flags import Verdict, pack
from xiangtian.kit.tests.frame import plain
from xiangtian.observe import queries
from xiangtian.observe.models import Defect, SensorPosition
from xiangtian.observe.queries import station_now, station_page, station_quality
from xiangtian.observe.tests.makers import station
from xiangtian.observe.tests.rows import put

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 7, 1, 2, 30, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def frame(settings, at) -> None:
    plain(settings)
    queries.readings.cache_clear()
    station_page.rollups.cache_clear()
    at(NOW)


def said(time: str, **told: object) -> dict:
    return {"station": "A", "time": f"2026-07-01T{time}", **told}


class TestNow:
    """The newest values."""

    def test_each_element_has_its_own_newest_value_flag_and_age(self, home) -> None:
        put(
            home,
            said("01:00", air_temperature=20.0, relative_humidity=80.0),
            said("02:20", air_temperature=61.0, air_temperature_qc=2),
        )
        found = {one.element.name: one for one in station_now.values(home, "A", None)}
        assert [(one.value, one.flag, one.age_min) for one in found.values()] == [(61.0, 2, 10.0), (80.0, 0, 90.0)]

    def test_missing_is_told_and_no_task_is_not(self, home) -> None:
        put(home, said("02:20", air_temperature=None, air_temperature_qc=8, wind_speed=None, wind_speed_qc=7))
        (one,) = station_now.values(home, "A", None)
        assert (one.element.name, one.value, one.flag) == ("air_temperature", None, 8)

    def test_rain_of_the_last_hours(self, home) -> None:
        wet = {"precipitation_amount": 1.5, "precipitation_period": 10.0}
        put(home, said("02:20", **wet), said("01:20", **wet), said("00:20", **wet))
        told = {window: (total, n) for window, total, n in station_now.rain(home, "A", None)}
        # 01:20 is 70 min ago, 00:20 130 min
        assert (told[1.0], told[3.0], told[24.0]) == ((1.5, 1), (4.5, 3), (4.5, 3))
        assert station_now.rain(home, "B", None)[0] == (1.0, None, 0)

    def test_what_was_known_then(self, home) -> None:
        put(home, said("01:00", air_temperature=20.0), said("01:10", air_temperature=25.0, late_s=3600))
        (one,) = station_now.values(home, "A", dt.datetime(2026, 7, 1, 1, 30, tzinfo=dt.UTC))
        assert (one.value, one.age_min) == (20.0, 30.0)


class TestWind:
    """The wind rose."""

    def test_doubted_winds_are_left_out(self, home) -> None:
        put(
            home,
            said("02:00", wind_speed=2.0, wind_from_direction=90.0),
            said("02:05", wind_speed=99.0, wind_from_direction=90.0, wind_speed_qc=2),
            said("02:10", wind_speed=0.1, wind_from_direction=0.0),
        )
        speed, found = station_page.wind(home, "A", NOW - dt.timedelta(hours=1), NOW, None)
        assert (speed, found.counts[4].tolist(), found.calm, found.unknown) == ("wind_speed", [0, 1, 0, 0, 0, 0], 1, 1)

    def test_another_mean_stands_in_where_there_is_no_plain_wind(self, home) -> None:
        put(home, said("02:00", wind_speed_2min=2.0, wind_speed_2min_qc=0, wind_from_direction=180.0))
        speed, found = station_page.wind(home, "A", NOW - dt.timedelta(hours=1), NOW, None)
        assert (speed, found.prevailing) == ("wind_speed_2min", "S")


class TestHours:
    """The hours."""

    def test_from_the_roll_ups_and_as_known_then_from_the_readings(self, home) -> None:
        put(
            home,
            said("00:10", air_temperature=20.0),
            said("01:00", air_temperature=22.0),
            said("00:30", air_temperature=60.0, late_s=7000, air_temperature_qc=0),
        )
        begin = NOW - dt.timedelta(hours=4)
        now = station_page.hours(home, "A", begin, NOW, ["air_temperature"], None)
        assert now.select("n", "mean", "min", "max").row(0) == (3, 34.0, 20.0, 60.0)
        then = dt.datetime(2026, 7, 1, 2, tzinfo=dt.UTC)  # 00:30 came at 02:26:40
        early = station_page.hours(home, "A", begin, then, ["air_temperature"], then)
        assert early.select("n", "mean", "max").row(0) == (2, 21.0, 22.0)
        assert early["time"][0] == dt.datetime(2026, 7, 1, 1, tzinfo=dt.UTC)


class TestQuality:
    """What the checks said."""

    def test_counts_by_beijing_day_and_test(self, home) -> None:
        step = pack({"limits": Verdict.PASS, "step": Verdict.SUSPECT})
        both = pack({"step": Verdict.FAIL, "internal": Verdict.FAIL})
        put(
            home,
            {"station": "A", "time": "2026-06-30T15:59", "air_temperature": 1.0, "air_temperature_qc": 1,
             "air_temperature_tests": step},
            {"station": "A", "time": "2026-06-30T16:01", "air_temperature": 2.0, "air_temperature_qc": 2,
             "air_temperature_tests": both},
            {"station": "A", "time": "2026-06-30T16:02", "air_temperature": 3.0, "air_temperature_qc": 0,
             "air_temperature_tests": pack({"step": Verdict.PASS})},
        )  # fmt: skip
        found = station_quality.quality(home, "A", 3, None)
        # 15:59 UTC is 23:59 of 30 June in Beijing, 16:01 is already 1 July
        assert [day.isoformat() for day in found.days] == ["2026-06-29", "2026-06-30", "2026-07-01"]
        assert found.values == (0, 1, 2)
        assert found.tests == {"step": ((0, 0), (1, 0), (0, 1)), "internal": ((0, 0), (0, 0), (0, 1))}
        assert found.flags == {0: (0, 0, 1), 1: (0, 1, 0), 2: (0, 0, 1)}
        assert [(one.value, one.flag, dict(one.tests)) for one in found.doubts] == [
            (2.0, 2, {"step": Verdict.FAIL, "internal": Verdict.FAIL}),
            (1.0, 1, {"step": Verdict.SUSPECT}),
        ]

    def test_nothing_judged(self, home) -> None:
        found = station_quality.quality(home, "A", 2, None)
        assert (found.values, found.tests, found.flags, found.doubts) == ((0, 0), {}, {}, ())


class TestClimate:
    """Beside its own history."""

    def test_the_running_day_beside_earlier_years(self, home) -> None:
        put(home, said("02:00", air_temperature=30.0))
        rows = [
            {"station": "A", "element": "air_temperature", "day": dt.date(year, 7, 1), "n": 24, "n_good": 24,
             "mean": float(year - 2000), "source": "ISD"}
            for year in range(2010, 2021)
        ]  # fmt: skip
        station_page.rollups(home).import_days(pl.DataFrame(rows), clock.now())
        found = station_page.climate(home, "A", "air_temperature", 2, NOW)
        assert (found.figure, found.first) == ("mean", dt.date(2010, 7, 1))
        assert found.days["value"].to_list() == [None, 30.0]
        # means of 10 to 20 in eleven years: the median is 15, p10 is 11
        assert (found.band.p50[1], found.band.p10[1], found.band.years[1]) == (15.0, 11.0, 11)

    def test_no_history(self, home) -> None:
        found = station_page.climate(home, "A", "precipitation_amount", 30, NOW)
        assert (found.figure, found.first, found.days.height, int(found.band.years.max())) == ("sum", None, 30, 0)


class TestPage:
    """The page and its doors."""

    def test_it_shows_who_the_station_is_and_its_values(self, client, person, home) -> None:
        one = station("A", "东山", kind="四要素站")
        put(home, said("02:29", air_temperature=25.14))
        SensorPosition.objects.create(station=one, element="air_temperature", height_m=1.5, valid_from=NOW)
        client.force_login(person("v", "viewer"))
        page = client.get("/observe/stations/A/").content.decode()
        for words in (
            "东山",
            "四要素站",
            "吴中区",
            "25.1",
            "1 分钟前",
            "未登记仪器",
            "没有登记的缺陷",
            "建站以来极值",
        ):
            assert words in page
        assert 'data-station="A"' in page

    def test_at_a_past_moment_it_shows_what_was_known(self, client, person, home) -> None:
        station("A", "东山")
        put(home, said("01:00", air_temperature=20.0), said("02:29", air_temperature=25.0))
        client.force_login(person("v", "viewer"))
        page = client.get("/observe/stations/A/?at=2026-07-01T01:30:00Z").content.decode()
        assert "当时的值" in page
        assert "20.0" in page
        assert "25.0" not in page
        assert client.get("/observe/stations/A/?at=2026-07-01T09:30").content.decode().count("20.0") == page.count(
            "20.0"
        )

    def test_defects_known_then(self, client, person, home) -> None:
        station("A", "东山")
        told = {"station": "A", "kind": "silence", "found_by": "job", "rule": "x", "due": 7}
        Defect.objects.create(starts=NOW - dt.timedelta(hours=2), found_at=NOW - dt.timedelta(hours=1), **told)
        assert len(station_now.defects("A", NOW)) == 1
        assert station_now.defects("A", NOW - dt.timedelta(hours=2)) == []
        client.force_login(person("v", "viewer"))
        assert "仍在持续" in client.get("/observe/stations/A/").content.decode()

    def test_no_such_station_and_who_may_look(self, client, person, home) -> None:
        station("A")
        assert client.get("/observe/stations/A/").status_code == 302
        client.force_login(person("nobody"))
        assert client.get("/observe/stations/A/").status_code == 403
        client.force_login(person("v", "viewer"))
        assert client.get("/observe/stations/nonsense/").status_code == 404
        assert client.get("/observe/stations/A/values/").status_code == 200

    def test_without_readings_it_says_so(self, client, person, home) -> None:
        station("A")
        client.force_login(person("v", "viewer"))
        assert "最近 24 小时没有读数" in client.get("/observe/stations/A/").content.decode()
        for question in ("hours", "rose", "quality", "climate"):
            assert client.get(f"/api/stations/A/{question}").status_code == 200

    def test_the_series_as_csv(self, client, person, home) -> None:
        put(home, said("02:00", air_temperature=20.5), said("02:05", air_temperature=None, air_temperature_qc=8))
        client.force_login(person("v", "viewer"))
        answer = client.get("/api/stations/A/series.csv?hours=1")
        assert answer.content.startswith(b"\xef\xbb\xbf")
        assert answer["Content-Disposition"] == 'attachment; filename="A_series_20260701T0230Z.csv"'
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert rows == [
            ["站号", "时间(北京时)", "气温(degC)", "气温质量码"],
            ["A", "2026-07-01 10:00", "20.5", "0"],
            ["A", "2026-07-01 10:05", "", "8"],
        ]
        hours = client.get("/api/stations/A/hours.csv?days=1").content.decode("utf-8-sig").splitlines()
        assert hours[1] == "A,气温(degC),2026-07-01 10:00,20.5,20.5,20.5,,1,1"

    @pytest.mark.parametrize(
        "question",
        ["hours?days=0", "hours?days=99", "rose?hours=nan", "rose?hours=0", "quality?days=0", "climate?element=x",
         "series.csv?hours=73", "hours?at=x"],
    )  # fmt: skip
    def test_what_can_not_be_asked(self, client, person, home, question: str) -> None:
        client.force_login(person("v", "viewer"))
        assert client.get(f"/api/stations/A/{question}").status_code == 422
        client.logout()
        assert client.get(f"/api/stations/A/{question}").status_code == 401
