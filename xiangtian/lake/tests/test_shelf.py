from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from xiangtian.lake import shelf
from xiangtian.lake.columns import SCHEMA, conform
from xiangtian.lake.shelf import Shelf
from xiangtian.lake.table import Table

DAY = dt.datetime(2026, 6, 18, tzinfo=dt.UTC)


@pytest.fixture
def table(tmp_path: Path, minute) -> Table:
    held = Table(tmp_path / "observations")
    for number in (0, 1, 2, 1440, 2880):
        held.commit(conform(minute(number)), None)
    return held


def asked(held: Shelf, table: Table, start_h: float, end_h: float) -> pl.DataFrame:
    start, end = (DAY + dt.timedelta(hours=h) for h in (start_h, end_h))
    return held.rows(table.files(), start, end).collect()


def test_both_ends_are_included(table: Table) -> None:
    held = Shelf()
    assert asked(held, table, 12, 12).height == 5
    assert asked(held, table, 12, 12 + 2 / 60).height == 15
    assert asked(held, table, 0, 11).height == 0
    assert asked(held, table, 12, 36).height == 20


def test_memory_and_disk_give_the_same(table: Table, monkeypatch) -> None:
    memory = asked(Shelf(), table, 0, 72)
    monkeypatch.setattr(shelf, "MOST_DAYS", 1)
    disk = asked(Shelf(), table, 0, 72)
    common = [name for name in memory.columns if name != "twice"]
    assert memory.select(common).sort("station", "time").equals(disk.select(common).sort("station", "time"))


def test_new_files_are_added_and_repeated_rows_noticed(table: Table, minute) -> None:
    held = Shelf()
    assert not asked(held, table, 0, 24)["twice"].any()
    table.commit(conform(minute(3)), None)
    assert asked(held, table, 0, 24)["twice"].to_list() == [False] * 20
    table.commit(conform(minute(1, rain=9.9)), None)
    found = asked(held, table, 0, 24)
    assert found.filter("twice")["time"].unique().to_list() == [DAY + dt.timedelta(hours=12, minutes=1)]
    assert found["twice"].sum() == 10


def test_a_compacted_day_reads_the_same(table: Table) -> None:
    held = Shelf()
    before = asked(held, table, 0, 24).sort("station", "time")
    table.compact(DAY.date())
    assert asked(held, table, 0, 24).sort("station", "time").equals(before)


def test_old_days_make_room(table: Table, monkeypatch) -> None:
    monkeypatch.setattr(shelf, "KEEP_BYTES", 1)
    held = Shelf()
    for start in (0, 24, 48, 0):
        assert asked(held, table, start, start + 24).height in (5, 15)


def test_files_written_before_an_element_was_known(tmp_path: Path, minute) -> None:
    conform(minute(0)).drop("day", "cloud_area_fraction").write_parquet(tmp_path / "old.parquet")
    found = shelf.scan([str(tmp_path / "old.parquet")]).collect()
    assert found["cloud_area_fraction"].null_count() == found.height == 5


def test_no_files_no_rows() -> None:
    empty = shelf.scan([]).collect()
    assert empty.shape == (0, len(SCHEMA) - 1)
