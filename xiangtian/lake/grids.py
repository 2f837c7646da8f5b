"""Grids: immutable Zarr folders, each there whole or not at all, listed in the records database.

A run is written aside, flushed (files and folders), renamed to its place, and only then gets its row. The
same moment may come again: that is a new run, and the one received last counts. A read takes a moment
(`as_of`) and sees the runs received by then.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from xiangtian.core.home import Home
from xiangtian.lake import durable, grid_folder
from xiangtian.lake.grid_folder import Array, GridError
from xiangtian.lake.models import GridRun
from xiangtian.lake.packing import Packing

GRID_KEYS = ("crs", "x0", "y0", "dx", "dy", "rows", "columns")
"""What describes a grid: the projection, the centre of the upper left cell, the cell's size (m), and how many."""

ASIDE = "grids-aside"


@dataclass(frozen=True, slots=True)
class GridRef:
    """A row of the list of grids; `path` is relative to the home's folder of grids, times are UTC, size in bytes."""

    id: int
    kind: str
    time: dt.datetime
    received: dt.datetime
    path: str
    attrs: Mapping[str, Any]
    size: int


@dataclass(frozen=True, slots=True)
class Stored:
    """What a run holds: its arrays by name, what was said of it, and its grid (`GRID_KEYS`)."""

    arrays: Mapping[str, Array]
    attrs: Mapping[str, Any]
    grid: Mapping[str, Any]


def write(
    home: Home,
    kind: str,
    time: dt.datetime,
    arrays: Mapping[str, Array],
    grid: Mapping[str, Any],
    attrs: Mapping[str, Any],
    received: dt.datetime,
    packing: Mapping[str, Packing] | None = None,
) -> GridRef:
    """Keep a run; when this returns it is on the disk and listed.

    Parameters
    ----------
    home : Home
        Where.
    kind : str
        "radar", "nowcast", ...: letters, digits, "-" and "_".
    time : datetime
        UTC: the moment of a composite, the start of a forecast.
    arrays : Mapping of str to ndarray
        (..., rows, columns) by name; leading axes (member, lead) are read one slice at a time.
    grid : Mapping
        `GRID_KEYS`.
    attrs : Mapping
        What else a reader must know; JSON values.
    received : datetime
        UTC, from when on the run counts as known.
    packing : Mapping of str to Packing, optional
        Arrays to be kept as small integers; one that holds a value that doesn't fit is kept as it is.

    Returns
    -------
    GridRef
        The new row.

    Raises
    ------
    ValueError
        If an array doesn't lie on the grid, a time has no zone, or the kind can't name a folder.
    GridError
        If the disk refuses; nothing is there then.
    """
    _check(kind, (time, received), arrays, grid)
    name = f"{kind}/{time.astimezone(dt.UTC):%Y%m%d}/{time.astimezone(dt.UTC):%H%M%S}-{secrets.token_hex(6)}.zarr"
    about = {
        "kind": kind,
        "time": time.astimezone(dt.UTC).isoformat(),
        "received": received.astimezone(dt.UTC).isoformat(),
        "grid": {key: grid[key] for key in GRID_KEYS},
        "attrs": dict(attrs),
    }
    aside = home.cache / ASIDE / f"{os.getpid()}-{secrets.token_hex(6)}"
    try:
        aside.parent.mkdir(parents=True, exist_ok=True)
        with durable.locked(home.grids / "grids.lock", shared=True):
            grid_folder.write(aside, arrays, about, packing or {})
            size = durable.sync_tree(aside)
            _move(home, aside, home.grids / name)
            return _ref(_row(about, name, size))
    except OSError as error:
        shutil.rmtree(aside, ignore_errors=True)
        raise GridError(f"the run {name} can't be written ({error}): look for a full or read-only disk") from error


def read(home: Home, ref: GridRef, names: Iterable[str] | None = None) -> Stored:
    """Read arrays of a run (None: all), unpacked.

    Parameters
    ----------
    home : Home
        Where.
    ref : GridRef
        The run.
    names : Iterable of str, optional
        Only these arrays.

    Returns
    -------
    Stored
        Arrays, attributes and grid.

    Raises
    ------
    GridError
        If the folder is missing or damaged, or has no array of such a name.
    """
    folder = home.grids / ref.path
    about = grid_folder.about(folder)
    wanted = grid_folder.names(folder) if names is None else names
    return Stored({name: grid_folder.values(folder, name) for name in wanted}, about["attrs"], about["grid"])


def read_slice(home: Home, ref: GridRef, name: str, index: int | tuple[int, ...]) -> Array:
    """Read one slice of the leading axes of an array (one lead, or one member and lead), unpacked.

    Parameters
    ----------
    home : Home
        Where.
    ref : GridRef
        The run.
    name : str
        The array.
    index : int or tuple of int
        Place on the leading axes.

    Returns
    -------
    ndarray
        (rows, columns).

    Raises
    ------
    GridError
        If the folder, the array or the slice is not there.
    """
    return grid_folder.values(home.grids / ref.path, name, index)


def listing(
    kind: str, start: dt.datetime, end: dt.datetime, as_of: dt.datetime | None = None, every: bool = False
) -> list[GridRef]:
    """List the runs of a kind with a time from `start` to `end`, both included, in the order of time.

    Parameters
    ----------
    kind : str
        The kind.
    start : datetime
        First moment, UTC.
    end : datetime
        Last moment, UTC.
    as_of : datetime, optional
        As known at this moment; None: as known now.
    every : bool
        False: of several runs of one time the one received last. True: all of them.

    Returns
    -------
    list of GridRef
        Perhaps empty.
    """
    rows = _known(kind, as_of).filter(time__gte=start, time__lte=end).order_by("time", "received", "pk")
    found = [_ref(row) for row in rows]
    return found if every else list({ref.time: ref for ref in found}.values())


def newest(kind: str, as_of: dt.datetime | None = None) -> GridRef | None:
    """Give the run of the newest time (of several the one received last), None where there is none."""
    row = _known(kind, as_of).order_by("-time", "-received", "-pk").first()
    return _ref(row) if row else None


def _known(kind: str, as_of: dt.datetime | None) -> QuerySet[GridRun]:
    rows = GridRun.objects.filter(kind=kind)
    return rows if as_of is None else rows.filter(received__lte=as_of)


def repair(home: Home) -> list[str]:
    """Make folders and rows fit again after a kill or a power cut; to be called at start.

    What was being written aside is swept. A whole folder without a row gets its row (this also brings the list
    back where the records were lost), one that can't be read is moved to `lake/damaged`, a row without a folder
    is removed.

    Parameters
    ----------
    home : Home
        Where.

    Returns
    -------
    list of str
        What was done, a sentence each.
    """
    home.grids.mkdir(parents=True, exist_ok=True)
    with durable.locked(home.grids / "grids.lock"):
        done = []
        for leftover in (home.cache / ASIDE).glob("*"):
            shutil.rmtree(leftover)
            done.append(f"swept an unfinished run {leftover.name}")
        rows = {row.path: row for row in GridRun.objects.all()}
        folders = {str(path.relative_to(home.grids)): path for path in home.grids.glob("*/*/*.zarr")}
        done += [_adopt(home, path, name) for name, path in folders.items() if name not in rows]
        for name in rows.keys() - folders.keys():
            rows[name].delete()
            done.append(f"removed the row of {name}: its folder is gone")
    return done


def _adopt(home: Home, path: Path, name: str) -> str:
    try:
        _row(grid_folder.about(path), name, durable.sync_tree(path))
    except (OSError, GridError, KeyError, ValueError, TypeError) as error:
        target = home.lake / "damaged" / f"{name.replace('/', '-')}.{secrets.token_hex(3)}"
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
        return f"moved {name}, which can't be read ({error}), to {target}"
    return f"listed {name}, which had no row"


def _row(about: Mapping[str, Any], name: str, size: int) -> GridRun:
    time, received = (dt.datetime.fromisoformat(about[key]) for key in ("time", "received"))
    return GridRun.objects.create(
        kind=about["kind"], time=time, received=received, path=name, attrs=about["attrs"], size=size
    )


def _ref(row: GridRun) -> GridRef:
    return GridRef(row.pk, row.kind, row.time, row.received, row.path, row.attrs, row.size)


def _check(kind: str, times: Iterable[dt.datetime], arrays: Mapping[str, Array], grid: Mapping[str, Any]) -> None:
    if not kind.replace("-", "").replace("_", "").isalnum() or len(kind) > 40:
        raise ValueError(f"{kind!r} can't name a kind of grid: up to 40 letters, digits, '-' and '_' are allowed")
    if any(time.tzinfo is None for time in times):
        raise ValueError("a run's times need a zone: use UTC")
    if lacking := [key for key in GRID_KEYS if key not in grid]:
        raise ValueError(f"the grid lacks {', '.join(lacking)}; needed are {', '.join(GRID_KEYS)}")
    if not arrays:
        raise ValueError("a run without arrays can't be kept: give at least one")
    shape = (grid["rows"], grid["columns"])
    for name, values in arrays.items():
        if values.shape[-2:] != shape:
            raise ValueError(f"{name} has the shape {values.shape}, its last two axes must be {shape} like the grid")


def _move(home: Home, aside: Path, target: Path) -> None:
    if not target.parent.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        durable.sync(target.parent.parent)
        durable.sync(home.grids)
    aside.rename(target)
    durable.sync(target.parent)
