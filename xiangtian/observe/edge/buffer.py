"""The station's memory: every reading is on disk before it is sent, and leaves only when there is no more room.

SQLite with a write-ahead log and full syncing: a power cut in the middle of a write loses that write and nothing else.
Sequence numbers rise for the life of the file; a new file has a new `epoch`. Sent readings are kept as long as there is
room, so that the centre can ask for them again. When there is no room left: sent ones go first, oldest first; then, of
the unsent ones older than a day, all but one in ten minutes go, oldest first, and their numbers are written down as
given up and told to the centre; if that is still not enough, the oldest unsent ones go and are told as well.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import threading
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xiangtian.observe.edge.protocol import MOST_RANGES, ranges

MOST_ROWS = 2_000_000
"""A year and more of minutes with room to spare: some 300 MB."""
OLD = dt.timedelta(days=1)
THINNED_TO_S = 600
_TABLES = """
CREATE TABLE IF NOT EXISTS reading (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, body TEXT NOT NULL, sent INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS reading_unsent ON reading (sent, seq);
CREATE TABLE IF NOT EXISTS given_up (first INTEGER PRIMARY KEY, last INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A buffered reading: its number, and `time`, `elements`, `checks`."""

    seq: int
    stored: dict[str, Any]


class Buffer:
    """Readings of one station on disk; threads may share one."""

    def __init__(self, path: Path, most_rows: int = MOST_ROWS) -> None:
        self._most = most_rows
        self._one = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=20)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(_TABLES)
        self.epoch = self.note("epoch") or self._begin()
        self._rows = int(self._db.execute("SELECT count(*) FROM reading").fetchone()[0])

    def _begin(self) -> str:
        epoch = uuid.uuid4().hex[:16]
        self.set_note("epoch", epoch)
        return epoch

    def append(self, time: dt.datetime, elements: Mapping[str, float | None], checks: Mapping[str, str]) -> int:
        """Write a reading to the disk and give its number.

        Raises
        ------
        sqlite3.Error
            If the disk refuses: the reading is then not held, and the caller must say so.
        """
        told = {"time": time.isoformat().replace("+00:00", "Z"), "elements": dict(elements), "checks": dict(checks)}
        with self._one:
            row = self._db.execute(
                "INSERT INTO reading (at, body) VALUES (?, ?)", (int(time.timestamp()), json.dumps(told))
            )
            self._rows += 1
            if self._rows > self._most:
                self._make_room(time)
        return int(row.lastrowid or 0)

    def unsent(self, limit: int, above: int = 0) -> list[Held]:
        """Give unsent readings, oldest first, with numbers above one."""
        with self._one:
            rows = self._db.execute(
                "SELECT seq, body FROM reading WHERE sent = 0 AND seq > ? ORDER BY seq LIMIT ?", (above, limit)
            ).fetchall()
        return [Held(seq, json.loads(body)) for seq, body in rows]

    def newest_unsent(self) -> Held | None:
        """Give the newest reading, if it is unsent."""
        with self._one:
            row = self._db.execute("SELECT seq, body, sent FROM reading ORDER BY seq DESC LIMIT 1").fetchone()
        return None if row is None or row[2] else Held(row[0], json.loads(row[1]))

    def acknowledged(self, numbers: Iterable[int]) -> None:
        """Note that readings have arrived."""
        with self._one:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("UPDATE reading SET sent = 1 WHERE seq = ?", [(seq,) for seq in numbers])
            self._db.execute("COMMIT")

    def again(self, first: int, last: int) -> int:
        """Mark a range to be sent once more; give how many of it are held."""
        with self._one:
            done = self._db.execute("UPDATE reading SET sent = 0 WHERE seq BETWEEN ? AND ?", (first, last))
            return int(done.rowcount)

    def waiting(self) -> int:
        """Count what is unsent."""
        with self._one:
            return int(self._db.execute("SELECT count(*) FROM reading WHERE sent = 0").fetchone()[0])

    def last(self) -> int:
        """Give the highest number ever given, 0 for none."""
        with self._one:
            row = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'reading'").fetchone()
        return int(row[0]) if row else 0

    def last_at(self) -> int:
        """Give the time (s since 1970) of the newest reading that is held, 0 for none."""
        with self._one:
            row = self._db.execute("SELECT at FROM reading ORDER BY seq DESC LIMIT 1").fetchone()
        return int(row[0]) if row else 0

    def given_up(self) -> list[tuple[int, int]]:
        """Give the ranges of numbers that were given up unsent, newest ones first."""
        with self._one:
            rows = self._db.execute("SELECT first, last FROM given_up ORDER BY first DESC LIMIT ?", (MOST_RANGES,))
            return [(first, last) for first, last in rows]

    def note(self, name: str) -> str:
        """Read something the agent remembers, "" where it doesn't."""
        with self._one:
            row = self._db.execute("SELECT value FROM note WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def set_note(self, name: str, value: str) -> None:
        """Remember something for the next start."""
        with self._one:
            self._db.execute("INSERT OR REPLACE INTO note (name, value) VALUES (?, ?)", (name, value))

    def close(self) -> None:
        """Close the file."""
        with self._one:
            self._db.close()

    def _make_room(self, now: dt.datetime) -> None:
        """Make room for a twentieth of what may be held."""
        wanted = max(1, self._most // 20)
        self._db.execute("BEGIN IMMEDIATE")
        gone = self._drop("sent = 1", wanted)
        if gone < wanted:
            old = int((now - OLD).timestamp())
            keep = f"SELECT min(seq) FROM reading WHERE sent = 0 GROUP BY at / {THINNED_TO_S}"  # noqa: S608
            gone += self._drop(f"sent = 0 AND at < {old} AND seq NOT IN ({keep})", wanted - gone, told=True)
        if gone < wanted:
            gone += self._drop("sent = 0", wanted - gone, told=True)
        self._db.execute("COMMIT")
        self._rows -= gone

    def _drop(self, which: str, most: int, told: bool = False) -> int:
        rows = self._db.execute(f"SELECT seq FROM reading WHERE {which} ORDER BY seq LIMIT ?", (most,))  # noqa: S608
        numbers = [seq for (seq,) in rows]
        self._db.executemany("DELETE FROM reading WHERE seq = ?", [(seq,) for seq in numbers])
        if told:
            self._write_down(ranges(numbers))
        return len(numbers)

    def _write_down(self, lost: Sequence[tuple[int, int]]) -> None:
        for first, last in lost:
            before = self._db.execute("SELECT first FROM given_up WHERE last = ?", (first - 1,)).fetchone()
            start = before[0] if before else first
            self._db.execute("INSERT OR REPLACE INTO given_up (first, last) VALUES (?, ?)", (start, last))
