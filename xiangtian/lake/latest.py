"""The latest row of each station, in one small file that is replaced whole.

It can be made again from the table at any time: it bears the version of the table it was made from, and a
reader that finds it unreadable asks the table. Columns that hold nothing are left out of it.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

import polars as pl

from xiangtian.lake import answers
from xiangtian.lake.columns import answer, complete, lean
from xiangtian.lake.table import LakeError

_STAMP = "version"


class Latest:
    """The file `latest.arrow`, and what was last read from it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[tuple[int, int, int], int, pl.DataFrame] | None = None

    def read(self) -> tuple[int, pl.DataFrame] | None:
        """Give the version it was made from, and the rows; None where there is no readable file."""
        try:
            stamp = _stamp(self.path)
            if self._seen is None or self._seen[0] != stamp:
                self._seen = stamp, *_parted(pl.read_ipc(io.BytesIO(self.path.read_bytes())))
        except (OSError, pl.exceptions.PolarsError):
            return None
        return self._seen[1:]

    def write(self, version: int, rows: pl.DataFrame) -> None:
        """Put rows (one for each station) in its place, whole or not at all.

        Parameters
        ----------
        version : int
            Version of the table they come from.
        rows : DataFrame
            One for each station.

        Raises
        ------
        LakeError
            If the disk refuses; the table itself is not touched by this.
        """
        said = lean(rows).with_columns(pl.lit(version, pl.Int64).alias(_STAMP))
        aside = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        try:
            said.write_ipc(aside)
            stamp = _stamp(aside)
            aside.replace(self.path)
            self._seen = stamp, *_parted(said)
        except (OSError, pl.exceptions.PolarsError) as error:
            aside.unlink(missing_ok=True)
            raise LakeError(f"{self.path} can't be written ({error}): look for a full or read-only disk") from error

    def extend(self, version: int, held: pl.DataFrame, fresh: pl.DataFrame) -> None:
        """Take new rows of the table in."""
        columns = answer(None)
        near = fresh.select(name for name in fresh.columns if name in columns)
        self.write(version, answers.newest(pl.concat([lean(held), lean(near)], how="diagonal")))


def _stamp(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


def _parted(rows: pl.DataFrame) -> tuple[int, pl.DataFrame]:
    version = rows[_STAMP].max() if rows.height else -1
    return int(version), complete(rows, answer(None))  # type: ignore[arg-type]
