"""The Delta table on the disk: every commit flushed before it counts, and mended at start.

Delta Lake itself flushes nothing. After a power cut its last log entry may be empty (the commit is silently
gone) or torn (the table can't be opened), or name a file whose bytes never reached the disk. So each commit
here flushes data files, log entry and folders, and `repair` sets a last commit aside that was not whole.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from deltalake import (
    CommitProperties,
    DeltaTable,
    PostCommitHookProperties,
    Transaction,
    WriterProperties,
    write_deltalake,
)
from deltalake.exceptions import DeltaError

from xiangtian.lake import durable
from xiangtian.lake.columns import SCHEMA

CONSUMER = "intake"
"""Under this name the cursor of the journal stands in the commits."""

CHECKPOINT_EVERY = 100
KEEP_REPLACED_H = 24
"""Files that a compaction replaced stay this long, for readers that still hold their names."""

SORT_UP_TO_ROWS = 5_000_000
"""A day of at most this many rows is sorted by station when it is compacted (it must fit in memory)."""

FILES = {"path": pl.String, "day": pl.Date, "rows": pl.Int64, "first": SCHEMA["time"], "last": SCHEMA["time"]}
SETTINGS = {
    "delta.dataSkippingNumIndexedCols": "3",
    "delta.logRetentionDuration": "interval 7 days",
    "delta.deletedFileRetentionDuration": f"interval {KEEP_REPLACED_H} hours",
}
_QUIET = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)


class LakeError(RuntimeError):
    """The table can't be written or read; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Damaged:
    """A commit that was not whole and has been set aside: what it was, why, and where it lies now."""

    entry: str
    reason: str
    moved_to: Path


class Table:
    """One append-only table; several may look at it, one at a time may write (hold `writing`)."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._log = root / "_delta_log"
        self._handle: DeltaTable | None = None
        self._files: tuple[int, pl.DataFrame] | None = None

    def version(self) -> int:
        """Give the number of the last commit, -1 before the first one."""
        return -1 if (handle := self._fresh()) is None else int(handle.version())

    def cursor(self) -> int:
        """Give the journal offset stored with the last commit that had one, 0 before the first one."""
        handle = self._fresh()
        return int(handle.transaction_version(CONSUMER) or 0) if handle else 0

    def files(self) -> pl.DataFrame:
        """Give path, day, rows and the bounds of `time` of each file that the table holds now."""
        handle = self._fresh()
        if handle is None:
            return pl.DataFrame(schema=FILES)
        if self._files is None or self._files[0] != handle.version():
            self._files = handle.version(), _listed(handle, self.root)
        return self._files[1]

    def commit(self, rows: pl.DataFrame, cursor: int | None) -> int:
        """Append rows and store the cursor in one commit, flush all of it, and give its number.

        Raises
        ------
        LakeError
            If it can't be written; it must not be acknowledged.
        """
        properties = CommitProperties(app_transactions=[Transaction(CONSUMER, cursor)] if cursor is not None else None)

        def write(handle: DeltaTable) -> None:
            if rows.height:
                merge: Any = "merge" if len(handle.schema().fields) < len(SCHEMA) else None
                write_deltalake(
                    handle, rows, mode="append", schema_mode=merge,
                    commit_properties=properties, post_commithook_properties=_QUIET,
                )  # fmt: skip
            else:
                handle.create_write_transaction([], "append", handle.schema(), commit_properties=properties)

        return self._flushed(lambda: write(self._fresh() or self._create()))

    def compact(self, day: dt.date) -> int:
        """Join the files of a day into few, sorted by station, with the same rows; give how many files were joined.

        Raises
        ------
        LakeError
            If it can't be written; the day is as it was.
        """
        held = self.files().filter(pl.col("day") == day)
        handle = self._fresh()
        if handle is None or held.height < 2:
            return 0
        of_day = f"day = '{day.isoformat()}'"
        settings: Any = {
            "file_pruning_predicate": of_day,
            "post_commithook_properties": _QUIET,
            "writer_properties": WriterProperties(compression="ZSTD", max_row_group_size=65536),
        }
        if held["rows"].sum() <= SORT_UP_TO_ROWS:
            self._flushed(lambda: handle.optimize.z_order(["station"], **settings))
        else:
            self._flushed(lambda: handle.optimize.compact(**settings))
        return held.height

    def clean(self) -> int:
        """Remove files that no commit of the last `KEEP_REPLACED_H` hours names; give how many."""
        handle = self._fresh()
        if handle is None:
            return 0
        gone: list[str] = []
        self._flushed(lambda: gone.extend(handle.vacuum(KEEP_REPLACED_H, dry_run=False)))
        self._checkpoint()
        handle.cleanup_metadata()
        durable.sync(self._log)
        return len(gone)

    def repair(self, aside: Path) -> list[Damaged]:
        """Set a last commit aside that is torn, or whose files are, and a torn checkpoint with it.

        Parameters
        ----------
        aside : Path
            Folder to which damaged files are moved.

        Returns
        -------
        list of Damaged
            What was set aside, newest first; what it held is to be read again from the journal after `cursor`.
        """
        moved = []
        checkpoint = _newest(self._log, "*.checkpoint.parquet")
        if checkpoint and (why := _torn_parquet(checkpoint)):
            moved.append(self._set_aside(checkpoint, why, aside))
        if (pointer := self._log / "_last_checkpoint").exists() and (why := _torn_pointer(pointer)):
            moved.append(self._set_aside(pointer, why, aside))
        while (last := _newest(self._log, "*.json")) and (why := self._fault(last)):
            moved.append(self._set_aside(last, why, aside))
        self._handle = self._files = None
        return moved

    def _fresh(self) -> DeltaTable | None:
        if self._handle is None:
            if not any(self._log.glob("*.json")):
                return None
            self._handle = DeltaTable(self.root)
        elif self._entry(self._handle.version() + 1).exists():
            self._handle.update_incremental()
        return self._handle

    def _create(self) -> DeltaTable:
        self.root.mkdir(parents=True, exist_ok=True)
        empty: Any = pl.DataFrame(schema=SCHEMA)
        write_deltalake(self.root, empty, mode="ignore", partition_by=["day"], configuration=SETTINGS)  # type: ignore[call-overload]
        durable.sync_tree(self.root)
        durable.sync(self.root.parent)
        self._handle = DeltaTable(self.root)
        return self._handle

    def _flushed(self, write: Callable[[], object]) -> int:
        before = self.version()
        try:
            write()
            after = self.version()
            for version in range(max(before, -1) + 1, after + 1):
                self._sync_commit(version)
            if after // CHECKPOINT_EVERY > before // CHECKPOINT_EVERY:
                self._checkpoint()
        except (OSError, DeltaError) as error:
            self._handle = self._files = None
            raise LakeError(
                f"the table {self.root} can't be written ({error}): "
                "look for a full or read-only disk; nothing of this batch was acknowledged"
            ) from error
        return after

    def _sync_commit(self, version: int) -> None:
        entry = self._entry(version)
        paths = [self.root / action["add"]["path"] for action in _actions(entry) if "add" in action]
        for path in paths:
            durable.sync(path)
        for folder in {path.parent for path in paths}:
            durable.sync(folder)
        if paths:
            durable.sync(self.root)
        durable.sync(entry)
        durable.sync(self._log)

    def _checkpoint(self) -> None:
        if (handle := self._fresh()) is None:
            return
        handle.create_checkpoint()
        for path in (_newest(self._log, "*.checkpoint.parquet"), self._log / "_last_checkpoint", self._log):
            if path:
                durable.sync(path)
        self._handle = DeltaTable(self.root)

    def _entry(self, version: int) -> Path:
        return self._log / f"{version:020}.json"

    def _fault(self, entry: Path) -> str:
        try:
            actions = _actions(entry)
        except ValueError as error:
            return f"the log entry is torn: {error}"
        if not actions:
            return "the log entry is empty"
        adds = [action["add"] for action in actions if "add" in action]
        return next((why for add in adds if (why := _torn_file(self.root / add["path"], add["size"]))), "")

    def _set_aside(self, path: Path, why: str, aside: Path) -> Damaged:
        aside.mkdir(parents=True, exist_ok=True)
        taken = len(list(aside.glob(f"{path.name}.*")))
        target = aside / f"{path.name}.{taken}"
        path.replace(target)
        durable.sync(path.parent)
        durable.sync(aside)
        return Damaged(path.name, why, target)


def _actions(entry: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in entry.read_text(encoding="utf-8").splitlines() if line.strip()]


def _listed(handle: DeltaTable, root: Path) -> pl.DataFrame:
    adds = pl.DataFrame(handle.get_add_actions(flatten=True))
    if adds.is_empty():
        return pl.DataFrame(schema=FILES)
    return adds.select(
        (pl.lit(f"{root}/") + pl.col("path")).alias("path"),
        pl.col("partition.day").cast(pl.Date).alias("day"),
        pl.col("num_records").cast(pl.Int64).alias("rows"),
        pl.col("min.time").cast(SCHEMA["time"]).alias("first"),
        (pl.col("max.time").cast(SCHEMA["time"]) + dt.timedelta(milliseconds=1)).alias("last"),
    )


def _newest(log: Path, pattern: str) -> Path | None:
    return max(log.glob(pattern), default=None)


def _torn_file(path: Path, size: int) -> str:
    if not path.exists():
        return f"its file {path.name} is not there"
    if (found := path.stat().st_size) != size:
        return f"its file {path.name} has {found} bytes instead of {size}"
    return _torn_parquet(path)


def _torn_parquet(path: Path) -> str:
    try:
        pl.scan_parquet(path).select(pl.all().hash().max()).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        return f"its file {path.name} can't be read: {error}"
    return ""


def _torn_pointer(pointer: Path) -> str:
    try:
        version = json.loads(pointer.read_text(encoding="utf-8"))["version"]
    except (ValueError, KeyError) as error:
        return f"the pointer to the last checkpoint is torn: {error}"
    named = pointer.with_name(f"{version:020}.checkpoint.parquet")
    return "" if named.exists() else f"the checkpoint {version} that it names is not there"
