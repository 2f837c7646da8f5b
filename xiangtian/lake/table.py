"""The Delta table on the disk: every commit flushed before it counts, and mended at start.

Delta Lake itself flushes nothing. After a power cut its last log entry may be empty (the commit is silently
gone) or torn (the table can't be opened), or name a file whose bytes never reached the disk. So each commit
here flushes data files, log entry and folders, and `repair` sets a last commit aside that was not whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
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

from xiangtian.lake import durable, torn
from xiangtian.lake.columns import MOMENT, OBSERVED, Shape
from xiangtian.lake.torn import Damaged

CONSUMER = "intake"
"""Under this name the cursor of the journal stands in the commits."""

CHECKPOINT_EVERY = 100
KEEP_REPLACED_H = 24
"""Files that a compaction replaced stay this long, for readers that still hold their names."""

SORT_UP_TO_ROWS = 5_000_000
"""A day of at most this many rows is sorted by station when it is compacted (it must fit in memory)."""

ROWS_A_GROUP = 65_536
"""A reader skips groups of so many rows by their bounds."""

SETTINGS = {
    "delta.dataSkippingNumIndexedCols": "3",
    "delta.logRetentionDuration": "interval 7 days",
    "delta.deletedFileRetentionDuration": f"interval {KEEP_REPLACED_H} hours",
}
_QUIET = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)


class LakeError(RuntimeError):
    """The table can't be written or read; the message says why and what to do."""


class Table:
    """One append-only table; several may look at it, one at a time may write (hold `writing`)."""

    def __init__(self, root: Path, shape: Shape = OBSERVED) -> None:
        self.root = root
        self.shape = shape
        self._log = root / "_delta_log"
        self._handle: DeltaTable | None = None
        self._files: tuple[int, pl.DataFrame] | None = None

    def version(self) -> int:
        """Give the number of the last commit, -1 before the first one."""
        return -1 if (handle := self._fresh()) is None else int(handle.version())

    def cursor(self) -> int:
        """Give the journal offset stored with the last commit that had one, 0 before the first one."""
        return self.mark(CONSUMER)

    def mark(self, name: str) -> int:
        """Give the number stored under a name with the last commit that had one, 0 before the first one."""
        handle = self._fresh()
        return int(handle.transaction_version(name) or 0) if handle else 0

    def files(self) -> pl.DataFrame:
        """Give path, folder (`part`), rows and the bounds of `order` of each file that the table holds now."""
        handle = self._fresh()
        if handle is None:
            return _listed(None, self)
        if self._files is None or self._files[0] != handle.version():
            self._files = handle.version(), _listed(handle, self)
        return self._files[1]

    def added_since(self, version: int) -> list[str] | None:
        """Give the files of rows that commits after a version have added, None if their log is no longer there."""
        last = self.version()
        entries = [self._entry(number) for number in range(version + 1, last + 1)]
        if version > last or not all(entry.exists() for entry in entries):
            return None
        adds = (action["add"] for entry in entries for action in torn.actions(entry) if "add" in action)
        return [str(self.root / add["path"]) for add in adds if add["dataChange"]]

    def commit(self, rows: pl.DataFrame, cursor: int | None) -> int:
        """Append rows and store the cursor in one commit, see `commit_marked`."""
        return self.commit_marked(rows, {} if cursor is None else {CONSUMER: cursor})

    def commit_marked(self, rows: pl.DataFrame, marks: Mapping[str, int]) -> int:
        """Append rows and store numbers under names in one commit, flush all of it, and give its number.

        Parameters
        ----------
        rows : DataFrame
            With the columns of the table; may be none.
        marks : Mapping
            Name to number; names that are left out stay as they are.

        Returns
        -------
        int
            Version.

        Raises
        ------
        LakeError
            If it can't be written; it must not be acknowledged.
        """
        noted = [Transaction(name, number) for name, number in marks.items()]
        properties = CommitProperties(app_transactions=noted or None)

        def write(handle: DeltaTable) -> None:
            if rows.height:
                merge: Any = "merge" if len(handle.schema().fields) < len(self.shape.schema) else None
                write_deltalake(
                    handle, rows, mode="append", schema_mode=merge,
                    commit_properties=properties, post_commithook_properties=_QUIET,
                )  # fmt: skip
            else:
                handle.create_write_transaction([], "append", handle.schema(), commit_properties=properties)

        return self._flushed(lambda: write(self._fresh() or self._create()))

    def replace(self, part: dt.date | int, rows: pl.DataFrame) -> int:
        """Put rows in the place of all rows of a folder in one commit, whole or not at all, and give its number.

        Parameters
        ----------
        part : date or int
            The folder.
        rows : DataFrame
            With the columns of the table, all of that folder.

        Returns
        -------
        int
            Version.

        Raises
        ------
        LakeError
            If it can't be written; the folder is as it was.
        """
        handle = self._fresh() or self._create()
        settings: Any = {
            "mode": "overwrite",
            "predicate": f"{self.shape.part} = '{part}'",
            "post_commithook_properties": _QUIET,
            "writer_properties": WriterProperties(compression="ZSTD", max_row_group_size=ROWS_A_GROUP),
        }
        return self._flushed(lambda: write_deltalake(handle, rows, **settings))

    def compact(self, part: dt.date | int) -> int:
        """Join the files of a folder into few, sorted by station, with the same rows; give how many files were joined.

        Parameters
        ----------
        part : date or int
            The folder: for observations the UTC date.

        Returns
        -------
        int
            0 if there was nothing to join.

        Raises
        ------
        LakeError
            If it can't be written; the folder is as it was.
        """
        held = self.files().filter(pl.col(self.shape.part) == part)
        handle = self._fresh()
        if handle is None or held.height < 2:
            return 0
        settings: Any = {
            "partition_filters": [(self.shape.part, "=", str(part))],
            "post_commithook_properties": _QUIET,
            "writer_properties": WriterProperties(compression="ZSTD", max_row_group_size=ROWS_A_GROUP),
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
        """Set a torn last commit or checkpoint aside, see `torn.repair`; to be called before anything else."""
        self._handle = self._files = None
        return torn.repair(self.root, aside)

    def _fresh(self) -> DeltaTable | None:
        if self._handle is None:
            if not any(self._log.glob("*.json")):
                return None
            self._handle = self._open()
        elif self._entry(self._handle.version() + 1).exists():
            self._handle.update_incremental()
        return self._handle

    def _open(self) -> DeltaTable:
        try:
            return DeltaTable(self.root)
        except (OSError, ValueError, DeltaError) as error:
            raise LakeError(
                f"the table {self.root} can't be opened ({error}): start the intake, which sets a torn commit aside"
            ) from error

    def _create(self) -> DeltaTable:
        self.root.mkdir(parents=True, exist_ok=True)
        empty: Any = pl.DataFrame(schema=self.shape.schema)
        write_deltalake(self.root, empty, mode="ignore", partition_by=[self.shape.part], configuration=SETTINGS)
        durable.sync_tree(self.root)
        durable.sync(self.root.parent)
        self._handle = self._open()
        return self._handle

    def _flushed(self, write: Callable[[], object]) -> int:
        before = max(self.version(), 0)
        try:
            write()
            after = self.version()
            for version in range(before + 1, after + 1):
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
        paths = [self.root / action["add"]["path"] for action in torn.actions(entry) if "add" in action]
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
        for path in (torn.newest(self._log, "*.checkpoint.parquet"), self._log / "_last_checkpoint", self._log):
            if path:
                durable.sync(path)
        self._handle = self._open()

    def _entry(self, version: int) -> Path:
        return self._log / f"{version:020}.json"


def _listed(handle: DeltaTable | None, table: Table) -> pl.DataFrame:
    shape = table.shape
    part, order = shape.schema[shape.part], shape.schema[shape.order]
    adds = pl.DataFrame() if handle is None else pl.DataFrame(handle.get_add_actions(flatten=True))
    if adds.is_empty():
        return pl.DataFrame(
            schema={"path": pl.String, shape.part: part, "rows": pl.Int64, "first": order, "last": order}
        )
    slack = dt.timedelta(milliseconds=1 if order == MOMENT else 0)
    return adds.select(
        (pl.lit(f"{table.root}/") + pl.col("path")).alias("path"),
        pl.col(f"partition.{shape.part}").cast(part).alias(shape.part),
        pl.col("num_records").cast(pl.Int64).alias("rows"),
        pl.col(f"min.{shape.order}").cast(order).alias("first"),
        (pl.col(f"max.{shape.order}").cast(order) + slack).alias("last"),
    )
