"""Expected values: the public station lists of 2016 and 2024 (identifier, degrees and minutes, altitude)."""

import csv
import datetime as dt
import gzip

import pytest

from xiangtian.core import clock, places, stations

NOW = dt.datetime(2026, 7, 1, tzinfo=clock.UTC)
SEVEN = ["58349", "58352", "58353", "58356", "58358", "58359", "58377"]


def test_seven_stations_each_in_its_district():
    found = stations.national(NOW)
    assert [one.id for one in found] == SEVEN
    assert [one.zh for one in found] == ["苏州", "常熟", "张家港", "昆山", "东山", "吴江", "太仓"]
    for one in found:
        assert places.suzhou().at(one.lon, one.lat) == one.district
        assert one.national


def test_the_move_of_58349_takes_a_day_in_beijing():
    before = stations.national(dt.datetime(2013, 12, 31, 15, 59, tzinfo=clock.UTC))[0]
    after = stations.national(dt.datetime(2013, 12, 31, 16, 0, tzinfo=clock.UTC))[0]
    assert (before.lat, before.lon, before.district) == (31.2667, 120.6333, "320506")  # 31 deg 16, 120 deg 38
    assert (after.lat, after.lon, after.district) == (31.4167, 120.5667, "320507")  # 31 deg 25, 120 deg 34


def test_every_past_position_lies_in_the_district_it_names():
    for year in range(1956, 2027):
        for one in stations.national(dt.datetime(year, 6, 1, tzinfo=clock.UTC)):
            assert places.suzhou().at(one.lon, one.lat) == one.district, (year, one.id)


def test_dongshan_is_not_suzhou():
    dongshan = {one.id: one for one in stations.national(NOW)}["58358"]
    assert (dongshan.zh, dongshan.en, dongshan.alt_m) == ("东山", "Dongshan", 16.7)
    assert "SUZHOU" in stations.history()["stations"]["58358"]["other_names"]


def test_before_the_first_period_there_is_no_station():
    assert stations.national(dt.datetime(1950, 1, 1, tzinfo=clock.UTC)) == ()
    assert [one.id for one in stations.national(dt.datetime(1956, 6, 1, tzinfo=clock.UTC))] == ["58358"]


def test_a_moment_without_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        stations.national(dt.datetime(2026, 7, 1))


def test_periods_join_without_gap_or_overlap():
    for name, row in stations.history()["stations"].items():
        ends = [place["valid_to"] for place in row["positions"]]
        starts = [place["valid_from"] for place in row["positions"]]
        assert ends[-1] is None
        assert [end + dt.timedelta(days=1) for end in ends[:-1]] == starts[1:], name


@pytest.mark.shared
def test_history_agrees_with_the_relocation_list(shared):
    path = shared / "stations-china/tidymet/mete2481_station_moves_195101-202003.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as text:
        rows = [row for row in csv.DictReader(text) if row["site"] in SEVEN]
    assert len(rows) == 45
    for row in rows:
        moment = dt.datetime.combine(dt.date.fromisoformat(row["period_date_begin"]), dt.time(12), clock.BEIJING)
        found = {one.id: one for one in stations.national(moment)}[row["site"]]
        lon, lat = (int(row[name][:-2]) + int(row[name][-2:]) / 60 for name in ("lon", "lat"))
        swings = row["site"] == "58377" and row["period_date_begin"] >= "2019-02-01"  # 6 and 7 minutes in turn
        assert found.lat == pytest.approx(lat, abs=1e-4)
        assert found.lon == pytest.approx(lon, abs=0.0168 if swings else 1e-4)
        assert found.alt_m == pytest.approx(10 * float(row["alt"]), abs=0.05)
