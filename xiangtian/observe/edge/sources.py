"""Where the agent's samples come from: lines of a logger (file that grows, TCP, standard input), or a simulation.

A line is JSON, `{"elements": {...}}` with `time` where the logger has a clock and `house` for its own state (battery),
or a row of a table whose columns the settings of the agent explain.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import math
import socket
import sys
import time as pause
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xiangtian.core.elements import CATALOGUE
from xiangtian.observe.edge.protocol import Rejected, moment

log = logging.getLogger(__name__)
LONGEST_LINE = 16_384
MOST_ELEMENTS = 200
AGAIN_S = 2.0


@dataclass(frozen=True, slots=True)
class Sample:
    """What the instruments said at one moment."""

    time: dt.datetime
    elements: dict[str, float | None]
    house: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a logger's table: its place (from 0), and value = number * scale + offset in the catalogue's unit."""

    place: int
    element: str
    scale: float = 1.0
    offset: float = 0.0


def columns(told: Mapping[str, Any]) -> tuple[Column, ...]:
    """Read the table of columns: element to `place`, or to `{place, scale, offset}`.

    Raises
    ------
    Rejected
        If an element is not in the catalogue, or a part is no number.
    """
    found = []
    for element, how in told.items():
        parts = how if isinstance(how, Mapping) else {"place": how}
        if element not in CATALOGUE or set(parts) - {"place", "scale", "offset"} or not isinstance(parts["place"], int):
            raise Rejected(f"column {element!r}: an element of the catalogue with place, scale and offset is needed")
        found.append(Column(parts["place"], element, float(parts.get("scale", 1)), float(parts.get("offset", 0))))
    return tuple(found)


def read_line(line: str, table: tuple[Column, ...], now: dt.datetime) -> Sample:
    """Read one line.

    Parameters
    ----------
    line : str
        JSON, or a row with commas between.
    table : tuple of Column
        What the columns of a row are; () where only JSON comes.
    now : datetime
        The moment it came; its time where it tells none.

    Raises
    ------
    Rejected
        If it can't be read; the message says why.
    """
    if len(line) > LONGEST_LINE:
        raise Rejected(f"a line of {len(line)} characters: at most {LONGEST_LINE} are read")
    if line.lstrip().startswith("{"):
        return _json_line(line, now)
    if not table:
        raise Rejected("a line that is no JSON, and no columns are set for rows")
    cells = line.split(",")
    elements = {column.element: _cell(cells, column) for column in table}
    if all(value is None for value in elements.values()):
        raise Rejected(f"none of the {len(table)} columns holds a number: {line[:60]!r}")
    return Sample(now, elements)


def _cell(cells: list[str], column: Column) -> float | None:
    try:
        value = float(cells[column.place]) * column.scale + column.offset
    except (IndexError, ValueError):
        return None
    return round(value, 6) if math.isfinite(value) else None


def _json_line(line: str, now: dt.datetime) -> Sample:
    try:
        said = json.loads(line)
        told = said["elements"]
        time = moment(said["time"]) if said.get("time") else now
        elements = {name: _number(told[name]) for name in told if name in CATALOGUE}
        house = {str(name)[:30]: float(value) for name, value in dict(said.get("house", {})).items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Rejected(f"no sample: {type(error).__name__}: {error}") from None
    if not elements or len(told) > MOST_ELEMENTS:
        raise Rejected("a sample names at least one element of the catalogue, and at most 200")
    return Sample(time, elements, house)


def _number(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value!r} is no number")
    return float(value)


def growing_file(path: Path, start: int, stop: Callable[[], bool]) -> Iterator[tuple[int, str]]:
    """Give the lines that are added to a file; a file that is begun anew is read from its start.

    Parameters
    ----------
    path : Path
        The logger's file; it may appear later.
    start : int
        Bytes of it that are dealt with.
    stop : Callable
        Says when to end.

    Yields
    ------
    int, str
        Bytes that are dealt with once this line is, and the line.
    """
    at = start
    while not stop():
        size = path.stat().st_size if path.exists() else 0
        at = 0 if size < at else at
        added = _added(path, at) if size > at else b""
        if b"\n" not in added:
            at += len(added) if len(added) > LONGEST_LINE else 0  # no line is so long
            pause.sleep(0.2)
            continue
        for line in added[: added.rindex(b"\n") + 1].splitlines(keepends=True):
            at += len(line)
            yield at, line.decode("utf-8", "replace").strip()


def _added(path: Path, at: int) -> bytes:
    with path.open("rb") as file:
        file.seek(at)
        return file.read(1 << 20)


def tcp_lines(host: str, port: int, stop: Callable[[], bool]) -> Iterator[str]:
    """Give the lines of a logger that speaks over TCP; a connection that breaks is made again."""
    while not stop():
        try:
            with socket.create_connection((host, port), timeout=10) as line_in:
                line_in.settimeout(60)
                for line in line_in.makefile("r", encoding="utf-8", errors="replace"):
                    if stop():
                        return
                    yield line
        except OSError as error:
            log.warning("the logger at %s:%d can't be heard (%s): trying again", host, port, error)
        pause.sleep(AGAIN_S)


def standard_input(stop: Callable[[], bool]) -> Iterator[str]:
    """Give the lines of standard input until it ends."""
    for line in sys.stdin:
        if stop():
            return
        yield line


def simulated(now: dt.datetime) -> dict[str, float | None]:
    """Give what a plausible quiet day would measure at a moment (a trial of the line, no weather).

    Temperature and humidity follow the sun (Beijing time) around 22 degC and 70 %, pressure has its twelve-hour tide.
    """
    hour = (now.timestamp() / 3600 + 8) % 24
    wave = math.cos((hour - 14) / 24 * 2 * math.pi)
    ripple = math.sin(now.timestamp() / 60 * 0.7)
    return {
        "air_temperature": round(22 + 5 * wave + 0.2 * ripple, 1),
        "relative_humidity": round(70 - 18 * wave + ripple),
        "surface_air_pressure": round(1010 + 0.8 * math.cos((hour - 10) / 12 * 2 * math.pi) + 0.05 * ripple, 1),
        "wind_speed": round(2.5 + 1.2 * wave + 0.4 * ripple, 1),
        "wind_from_direction": round((135 + 20 * ripple) % 360),
        "precipitation_amount": 0.0,
        "precipitation_period": 1.0,
    }
