from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable

from xiangtian.lake import table
from xiangtian.lake.columns import SCHEMA, Shape, conform
from xiangtian.lake.table import LakeError, Table


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "observations"


def entry(root: Path, version: int) -> Path:
    return root / "_delta_log" / f"{version:020}.json"


def filled(root: Path, minute, commits: int = 3) -> Table:
    held = Table(root)
    for number in range(commits):
        held.commit(conform(minute(number)), 100 * (number + 1))
    return held


def test_an_empty_table(root: Path) -> None:
    held = Table(root)
    assert (held.version(), held.cursor(), held.files().height) == (-1, 0, 0)


def test_another_program_reads_what_was_written(root: Path, minute) -> None:
    filled(root, minute)
    found = pl.scan_delta(root).collect()
    assert found.height == 15
    assert set(found.columns) == set(SCHEMA)
    assert DeltaTable(root).metadata().partition_columns == ["day"]


def test_the_cursor_is_in_the_same_commit(root: Path, minute) -> None:
    held = filled(root, minute)
    assert held.cursor() == Table(root).cursor() == 300
    actions = [json.loads(line) for line in entry(root, held.version()).read_text().splitlines()]
    assert {next(iter(action)) for action in actions} >= {"add", "txn"}


def test_a_cursor_alone_makes_a_commit_without_rows(root: Path, minute) -> None:
    held = filled(root, minute)
    version = held.commit(conform(minute(0)).clear(), 999)
    assert (version, held.cursor(), held.files()["rows"].sum()) == (held.version(), 999, 15)


def test_a_reader_follows_a_writer(root: Path, minute) -> None:
    writer, reader = filled(root, minute), Table(root)
    assert reader.version() == writer.version()
    writer.commit(conform(minute(9)), 400)
    assert (reader.version(), reader.files()["rows"].sum(), reader.cursor()) == (writer.version(), 20, 400)


def test_compaction_keeps_the_rows_and_the_cursor(root: Path, minute) -> None:
    held = filled(root, minute, 5)
    before = pl.read_parquet(held.files()["path"].to_list()).sort("station", "time")
    assert held.compact(before["time"][0].date()) == 5
    after = pl.read_parquet(held.files()["path"].to_list()).sort("station", "time")
    assert held.files().height == 1
    assert before.equals(after.select(before.columns))
    assert Table(root).cursor() == 500
    assert held.compact(before["time"][0].date()) == 0
    assert held.clean() == 0


def test_large_days_are_compacted_too(root: Path, minute, monkeypatch) -> None:
    monkeypatch.setattr(table, "SORT_UP_TO_ROWS", 3)
    held = filled(root, minute, 3)
    assert held.compact(minute(0)["time"][0].date()) == 3
    assert held.files()["rows"].to_list() == [15]


def test_files_of_later_commits_can_be_asked_for(root: Path, minute) -> None:
    held = filled(root, minute, 3)
    assert len(held.added_since(1)) == 2
    assert held.added_since(held.version()) == []
    held.compact(minute(0)["time"][0].date())
    assert len(held.added_since(1)) == 2
    entry(root, 2).unlink()
    assert held.added_since(1) is None
    assert held.added_since(99) is None


def test_an_element_that_the_catalogue_got_later_is_added(root: Path, minute) -> None:
    older = {name: kind for name, kind in SCHEMA.items() if not name.startswith("cloud_area_fraction")}
    Table(root, Shape(older, "day", "time")).commit(conform(minute(0)).select(*older), 1)
    Table(root).commit(conform(minute(1)).with_columns(cloud_area_fraction=pl.lit(50.0)), 2)
    assert pl.scan_delta(root).collect()["cloud_area_fraction"].drop_nulls().to_list() == [50.0] * 5


def test_a_table_that_can_not_be_written_is_a_clear_error(root: Path, minute) -> None:
    held = filled(root, minute)
    shutil.rmtree(root / f"day={minute(0)['time'][0].date()}")
    (root / f"day={minute(0)['time'][0].date()}").write_text("a file in the way")
    with pytest.raises(LakeError, match="nothing of this batch was acknowledged"):
        held.commit(conform(minute(9)), 1000)
    assert Table(root).cursor() == 300
