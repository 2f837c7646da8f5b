"""The home: the one folder that holds all state of an installation.

`XIANGTIAN_HOME` names it; deleting it starts afresh. No other module builds a path of its own.
"""

from __future__ import annotations

import errno
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

ENOUGH_BYTES = 200 * 1024 * 1024
"""Below this much free space the house refuses to start: an intake that can't keep what it hears must not listen."""


class HomeError(RuntimeError):
    """The home can't be used; the message says what was found and what to do."""


@dataclass(frozen=True)
class Home:
    """The folders and files of one installation."""

    root: Path

    @property
    def raw(self) -> Path:
        """Bytes as they came, by content address."""
        return self.root / "raw"

    @property
    def lake(self) -> Path:
        """Delta tables of observations."""
        return self.root / "lake"

    @property
    def grids(self) -> Path:
        """Zarr folders, one immutable run each."""
        return self.root / "grids"

    @property
    def records(self) -> Path:
        """The embedded records database."""
        return self.root / "records.sqlite3"

    @property
    def inbox(self) -> Path:
        """The folder that is watched for dropped files."""
        return self.root / "inbox"

    @property
    def messages(self) -> Path:
        """Frozen warning messages (CAP), as released."""
        return self.root / "messages"

    @property
    def bulletins(self) -> Path:
        """Frozen bulletins, as files."""
        return self.root / "bulletins"

    @property
    def secrets(self) -> Path:
        """Keys made for this home, readable by its owner alone."""
        return self.root / "secrets"

    @property
    def clock(self) -> Path:
        """The scenario clock, there only while a drill owns this home."""
        return self.root / "clock.json"

    @property
    def cache(self) -> Path:
        """What can be made again at any time."""
        return self.root / "cache"

    def prepare(self) -> Home:
        """Make the folders, and refuse a home that can't be written or is nearly full.

        Raises
        ------
        HomeError
            If a folder can't be made or written, or less than `ENOUGH_BYTES` are free.
        """
        try:
            for folder in (self.raw, self.lake, self.grids, self.inbox, self.messages, self.cache / "static"):
                folder.mkdir(parents=True, exist_ok=True)
            self.secrets.mkdir(mode=0o700, exist_ok=True)
            probe = self.root / f".probe-{os.getpid()}"
            probe.write_bytes(b"x")
            probe.unlink()
        except OSError as error:
            raise HomeError(self._why(error)) from error
        free = shutil.disk_usage(self.root).free
        if free < ENOUGH_BYTES:
            raise HomeError(
                f"only {free // 2**20} MiB are free under {self.root}, {ENOUGH_BYTES // 2**20} MiB or more are needed: "
                "make room, or point XIANGTIAN_HOME at another disk"
            )
        return self

    def _why(self, error: OSError) -> str:
        hint = {
            errno.EACCES: "this user may not write there: change its owner, or point XIANGTIAN_HOME elsewhere",
            errno.EROFS: "the disk is read-only: point XIANGTIAN_HOME at one that can be written",
            errno.ENOSPC: "the disk is full: make room, or point XIANGTIAN_HOME at another disk",
            errno.ENOTDIR: "part of the path is a file: point XIANGTIAN_HOME at a folder",
            errno.EEXIST: "a file stands where a folder is needed: point XIANGTIAN_HOME at a folder",
        }.get(error.errno or 0, "check the path in XIANGTIAN_HOME")
        return f"the home {self.root} can't be used ({error.strerror}): {hint}"


def home() -> Home:
    """Give the home that `XIANGTIAN_HOME` names (default: `~/.local/share/xiangtian`)."""
    named = os.environ.get("XIANGTIAN_HOME")
    return Home(Path(named).expanduser().resolve() if named else Path.home() / ".local/share/xiangtian")
