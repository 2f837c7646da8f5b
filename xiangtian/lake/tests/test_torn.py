from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from xiangtian.lake import table, torn
from xiangtian.lake.columns import conform
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


@pytest.mark.parametrize(
    "damage",
    [
        lambda root, last: last.write_bytes(b""),
        lambda root, last: last.write_bytes(last.read_bytes()[:-200]),
        lambda root, last: last.write_bytes(bytes(len(last.read_bytes()))),
        lambda root, last: newest_file(root).write_bytes(b""),
        lambda root, last: newest_file(root).write_bytes(bytes(newest_file(root).stat().st_size)),
        lambda root, last: newest_file(root).unlink(),
    ],
    ids=["empty entry", "torn entry", "entry of NULs", "empty file", "file of NULs", "no file"],
)
def test_a_commit_that_is_not_whole_is_set_aside(root: Path, minute, damage) -> None:
    version = filled(root, minute).version()
    damage(root, entry(root, version))
    held = Table(root)
    (damaged,) = held.repair(root.parent / "damaged")
    assert damaged.entry == entry(root, version).name
    assert damaged.reason
    assert damaged.moved_to.parent == root.parent / "damaged"
    assert (held.version(), held.cursor(), held.files()["rows"].sum()) == (version - 1, 200, 10)
    held.commit(conform(minute(2)), 300)
    assert pl.scan_delta(root).collect().height == 15


def newest_file(root: Path) -> Path:
    return max(root.rglob("day=*/*.parquet"), key=lambda path: path.stat().st_mtime_ns)


def test_a_whole_table_needs_no_repair(root: Path, minute) -> None:
    held = filled(root, minute)
    assert held.repair(root / "damaged") == []
    assert held.version() == 3


def test_a_torn_checkpoint_is_set_aside_and_nothing_is_lost(root: Path, minute, monkeypatch) -> None:
    monkeypatch.setattr(table, "CHECKPOINT_EVERY", 4)
    held = filled(root, minute, 6)
    (checkpoint,) = root.glob("_delta_log/*.checkpoint.parquet")
    checkpoint.write_bytes(checkpoint.read_bytes()[:50])
    damaged = Table(root).repair(root.parent / "damaged")
    assert [found.entry for found in damaged] == [checkpoint.name, "_last_checkpoint"]
    again = Table(root)
    assert (again.version(), again.cursor(), again.files()["rows"].sum()) == (held.version(), 600, 30)


def test_a_torn_table_says_what_to_do_until_it_is_repaired(root: Path, minute) -> None:
    last = entry(root, filled(root, minute).version())
    last.write_bytes(last.read_bytes()[:40])
    with pytest.raises(LakeError, match="start the intake"):
        Table(root).version()


def test_no_table_has_nothing_torn(root: Path) -> None:
    assert torn.repair(root, root.parent / "damaged") == []


def test_two_commits_that_are_not_whole_are_both_set_aside(root: Path, minute) -> None:
    version = filled(root, minute).version()
    for number in (version, version - 1):
        entry(root, number).write_bytes(b"")
    assert len(torn.repair(root, root.parent / "damaged")) == 2
    assert Table(root).cursor() == 100
