"""What a power cut can leave of a table: finding it, and setting it aside.

The last log entry may be empty or torn, or name a file that is not whole; a checkpoint may be torn. All that
was acknowledged had been flushed before, so what is found here was never acknowledged.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from xiangtian.lake import durable


@dataclass(frozen=True, slots=True)
class Damaged:
    """A commit that was not whole and has been set aside: what it was, why, and where it lies now."""

    entry: str
    reason: str
    moved_to: Path


def repair(root: Path, aside: Path) -> list[Damaged]:
    """Set a last commit aside that is torn, or whose files are, and a torn checkpoint with it.

    Parameters
    ----------
    root : Path
        Folder of the table.
    aside : Path
        Folder to which damaged files are moved.

    Returns
    -------
    list of Damaged
        What was set aside, newest first; what it held is to be read again from the journal after the cursor.
    """
    log, moved = root / "_delta_log", []
    checkpoint, pointer = newest(log, "*.checkpoint.parquet"), log / "_last_checkpoint"
    if checkpoint and (why := _torn_parquet(checkpoint)):
        moved.append(_set_aside(checkpoint, why, aside))
    if pointer.exists() and (why := _torn_pointer(pointer)):
        moved.append(_set_aside(pointer, why, aside))
    while (last := newest(log, "*.json")) and (why := _fault(last, root)):
        moved.append(_set_aside(last, why, aside))
    return moved


def actions(entry: Path) -> list[dict[str, Any]]:
    """Read the actions of a log entry, one a line.

    Parameters
    ----------
    entry : Path
        The log entry.

    Returns
    -------
    list of dict
        In the order of the lines.

    Raises
    ------
    ValueError
        If a line is torn.
    """
    return [json.loads(line) for line in entry.read_text(encoding="utf-8").splitlines() if line.strip()]


def newest(log: Path, pattern: str) -> Path | None:
    """Give the file of the highest version, None where there is none."""
    return max(log.glob(pattern), default=None)


def _fault(entry: Path, root: Path) -> str:
    try:
        found = actions(entry)
    except ValueError as error:
        return f"the log entry is torn: {error}"
    if not found:
        return "the log entry is empty"
    adds = [action["add"] for action in found if "add" in action]
    return next((why for add in adds if (why := _torn_file(root / add["path"], add["size"]))), "")


def _set_aside(path: Path, why: str, aside: Path) -> Damaged:
    aside.mkdir(parents=True, exist_ok=True)
    taken = len(list(aside.glob(f"{path.name}.*")))
    target = aside / f"{path.name}.{taken}"
    path.replace(target)
    durable.sync(path.parent)
    durable.sync(aside)
    return Damaged(path.name, why, target)


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
