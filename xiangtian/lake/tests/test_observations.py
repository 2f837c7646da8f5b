from __future__ import annotations

import datetime as dt
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest

from xiangtian.core.home import Home
from xiangtian.lake import durable
from xiangtian.lake.columns import KEYS, Shape, complete, conform, of_elements
from xiangtian.lake.durable import Busy
from xiangtian.lake.observations import Appended, Observations
from xiangtian.lake.questions import Questions
from xiangtian.lake.table import Table

NOON = dt.datetime(2026, 6, 18, 12, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def at(minute: float) -> dt.datetime:
    return NOON + dt.timedelta(minutes=minute)


def test_append_says_what_it_did(home: Home, report, rows) -> None:
    lake = Observations(home)
    a, b = report("A", 0, air_temperature=20.0), report("B", 0, air_temperature=21.0)
    corrected = report("A", 0, late_s=300, air_temperature=19.0)
    assert lake.append(rows(a, b), 10) == Appended(version=1, rows=2, duplicates=0, corrections=0)
    assert lake.append(rows(a, corrected, b), 20) == Appended(version=2, rows=1, duplicates=2, corrections=1)
    assert lake.append(rows(a, b)) == Appended(version=2, rows=0, duplicates=2, corrections=0)
    assert lake.append(rows(a, b), 30) == Appended(version=3, rows=0, duplicates=2, corrections=0)
    assert (lake.cursor(), lake.version()) == (30, 3)


def test_values_flags_and_tests_come_back(home: Home, report, rows) -> None:
    said = report("58358", 0, surface_air_pressure=1013.25, surface_air_pressure_qc=1, surface_air_pressure_tests=49)
    Observations(home).append(rows(said))
    found = Observations(home).series("58358", NOON, NOON, ["surface_air_pressure"])
    assert found.row(0, named=True) == said


def test_latest_follows_late_reports_and_corrections(home: Home, report, rows) -> None:
    lake = Observations(home)
    lake.append(rows(report("A", 5, air_temperature=20.0), report("B", 5, air_temperature=1.0)))
    lake.append(rows(report("A", 4, late_s=600, air_temperature=10.0)))
    lake.append(rows(report("A", 5, late_s=900, air_temperature=21.0)))
    expected = [("A", at(5), 21.0), ("B", at(5), 1.0)]
    assert Observations(home).latest().select("station", "time", "air_temperature").rows() == expected


def test_reading_again_after_a_crash_stores_nothing_twice(home: Home, minute) -> None:
    Observations(home).append(pl.concat([minute(0), minute(1)]), 50)
    restarted = Observations(home)
    done = restarted.append(pl.concat([minute(1), minute(2)]), 80)
    assert (done.rows, done.duplicates, done.corrections) == (5, 5, 0)
    assert restarted.read(NOON, at(9), resolve=False).height == 15


def test_two_writers_in_turn_know_of_each_other(home: Home, minute) -> None:
    one, two = Observations(home), Observations(home)
    assert one.append(minute(0)).rows == 5
    assert two.append(minute(0)).duplicates == 5
    assert two.append(minute(1)).rows == 5
    assert one.append(minute(1)).duplicates == 5


def test_a_second_writer_at_the_same_time_is_refused(home: Home, minute, monkeypatch) -> None:
    locked = durable.locked
    with locked(home.lake / "writer.lock"):
        monkeypatch.setattr(durable, "locked", lambda path: locked(path, wait_s=0.05))
        with pytest.raises(Busy, match="only one may write"):
            Observations(home).append(minute(0))
    assert Observations(home).append(minute(0)).rows == 5


def test_a_torn_commit_is_set_aside_and_can_be_given_again(home: Home, minute) -> None:
    lake = Observations(home)
    for number in range(3):
        lake.append(minute(number), number + 1)
    last = home.lake / "observations/_delta_log" / f"{lake.version():020}.json"
    last.write_bytes(last.read_bytes()[:100])
    again = Observations(home)
    (damaged,) = again.repair()
    assert damaged.moved_to.exists()
    assert again.cursor() == 2
    assert again.latest()["time"].unique().to_list() == [at(1)]
    assert again.append(minute(2), 3).rows == 5
    assert again.read(NOON, at(9), resolve=False).height == 15


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"ARROW1")])
def test_latest_is_made_again_from_the_table(home: Home, minute, damage) -> None:
    lake = Observations(home)
    lake.append(minute(0))
    lake.append(minute(1))
    expected = lake.latest()
    damage(home.lake / "latest.arrow")
    assert Observations(home).latest().equals(expected)
    Observations(home).repair()
    assert Observations(home).latest().equals(expected)


def test_latest_catches_up_with_a_commit_that_was_not_yet_in_it(home: Home, minute, report, rows) -> None:
    lake = Observations(home)
    lake.append(rows(report("silent", -3000, air_temperature=1.0)))
    lake.append(minute(0))
    stale = (home.lake / "latest.arrow").read_bytes()
    lake.append(minute(1))
    expected = lake.latest()
    (home.lake / "latest.arrow").write_bytes(stale)
    Observations(home).repair()
    assert Observations(home).latest().equals(expected)
    assert "silent" in expected["station"]


def test_compaction_changes_no_answer(home: Home, minute, report, rows) -> None:
    lake = Observations(home)
    for number in range(6):
        lake.append(minute(number), number + 1)
    lake.append(rows(report("S000", 2, late_s=900, precipitation_amount=7.0)))

    def answered() -> list[pl.DataFrame]:
        return [
            lake.read(NOON, at(9)), lake.read(NOON, at(9), resolve=False), lake.read(NOON, at(9), as_of=at(4)),
            lake.latest(), lake.latest(as_of=at(4)), lake.sums(at(9), [1, 24]),
        ]  # fmt: skip

    before = answered()
    assert lake.compact(NOON.date()) == 7
    assert all(new.equals(old) for new, old in zip(answered(), before, strict=True))
    assert lake.cursor() == 6
    assert lake.append(minute(3)).duplicates == 5
    assert Observations(home).append(minute(4)).duplicates == 5


def test_a_reader_beside_the_writer_sees_whole_batches(home: Home, minute) -> None:
    writer, reader = Observations(home), Questions(home)
    for number in range(12):
        writer.append(minute(number))
        assert reader.read(NOON, at(60), elements=["air_temperature"]).height == 5 * (number + 1)
        assert reader.latest().height == 5


def test_threads_share_one(home: Home, minute) -> None:
    lake = Observations(home)
    with ThreadPoolExecutor(3) as threads:
        writing = threads.submit(lambda: [lake.append(minute(number)).rows for number in range(15)])
        seen = [threads.submit(lambda: lake.read(NOON, at(60), elements=["wind_speed"]).height) for _ in range(40)]
        heights = [look.result() for look in seen]
    assert writing.result() == [5] * 15
    assert {height % 5 for height in heights} == {0}
    assert lake.sums(at(60), [24])["n_24h"].to_list() == [15] * 5


def test_a_home_from_before_the_catalogue_grew_is_read_and_added_to(home: Home, minute, report, rows) -> None:
    kept = ("air_temperature", "precipitation_amount", "precipitation_period", "wind_speed")
    older = KEYS | {"day": pl.Date} | of_elements(kept) | {"source": pl.String}
    old = Table(home.lake / "observations", Shape(older, "day", "time"))
    version = old.commit(conform(minute(0)).select(*older), 7)
    latest = complete(conform(minute(0)), {name: kind for name, kind in older.items() if name != "day"})
    latest.with_columns(version=pl.lit(version, pl.Int64)).write_ipc(home.lake / "latest.arrow")

    lake = Observations(home)
    assert lake.repair() == []
    assert lake.latest()["soil_temperature_40cm"].null_count() == 5
    done = lake.append(rows(report("S000", 1, soil_temperature_40cm=12.5), *minute(0).to_dicts()), 8)
    assert (done.rows, done.duplicates, lake.cursor()) == (1, 5, 8)
    assert lake.compact(NOON.date()) == 2
    found = Observations(home).read(NOON, at(9), ["S000"], ["air_temperature", "soil_temperature_40cm"])
    assert found.select("air_temperature", "soil_temperature_40cm").rows() == [(20.0, None), (None, 12.5)]
    assert Observations(home).latest()["soil_temperature_40cm"].to_list() == [12.5, None, None, None, None]


APPENDING = """
import datetime as dt, pathlib, sys
import polars as pl
from xiangtian.core.home import Home
from xiangtian.lake.observations import Observations
lake = Observations(Home(pathlib.Path(sys.argv[1])))
lake.repair()
noon = dt.datetime(2026, 6, 18, 12, tzinfo=dt.UTC)
n = lake.cursor()
while True:
    time = noon + dt.timedelta(minutes=n)
    frame = pl.DataFrame([
        {"station": f"S{k}", "time": time, "received": time, "source": "ab" * 32, "air_temperature": n + k / 10}
        for k in range(20)])
    n += 1
    lake.append(frame, n)
    print(n, flush=True)
"""


def test_killed_at_any_instant_each_acknowledged_row_is_there_once(home: Home) -> None:
    chance, acknowledged = random.Random(11), 0
    for _ in range(6):
        child = subprocess.Popen([sys.executable, "-c", APPENDING, str(home.root)], stdout=subprocess.PIPE)
        assert child.stdout
        first = child.stdout.readline()
        time.sleep(chance.uniform(0.0, 0.2))
        child.kill()
        acknowledged = int((first + child.stdout.read()).split()[-1])
        child.wait()
        lake = Observations(home)
        lake.repair()
        assert lake.cursor() in (acknowledged, acknowledged + 1)
        found = lake.read(NOON, NOON + 100 * HOUR, elements=["air_temperature"], resolve=False)
        assert found.height == 20 * lake.cursor()
        assert found.select("station", "time").is_unique().all()
        assert lake.latest()["time"].unique().to_list() == [at(lake.cursor() - 1)]
    assert acknowledged > 10
