"""Base data in operation: volumes that arrive become, every six minutes, one mosaic and its rain.

Volumes are arrivals whose name begins with `radar/base/`. At each whole step, a minute after it, the newest volume of
every radar is taken (none that ended more than ten minutes before), and the mosaic is made in a process of its own,
bounded in time and memory. A file that can't be read, or on which that process ends, is quarantined with the reason.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from xiangtian.core import clock, settings
from xiangtian.core.home import Home
from xiangtian.core.places import city
from xiangtian.lake import grids, raw
from xiangtian.lake.journal import Kept
from xiangtian.lake.packing import RAIN
from xiangtian.met.grid import Grid
from xiangtian.observe.actions import quarantine
from xiangtian.observe.models import Cursor
from xiangtian.radar import actions
from xiangtian.radar.errors import RadarError
from xiangtian.radar.polar import sites
from xiangtian.radar.polar.model import Site

log = logging.getLogger(__name__)
READER = "radar.base"
STEP = dt.timedelta(minutes=6)
WAIT = dt.timedelta(minutes=1)
OLDEST = dt.timedelta(minutes=10)
REACH_M = 150_000.0
"""The mosaic goes so far beyond the city: rain comes from there within the two hours of the nowcast."""
CELL_M = 1000.0
SECONDS = 150.0
MOST_FILES = 200
ATTEMPTS = 4


@dataclass
class Answer:
    """What the process told: by content address the volumes it knows and those it refuses; what was used."""

    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    used: list[dict[str, Any]] = field(default_factory=list)
    terrain: str = ""


class Unmade(RuntimeError):
    """The process ended outside any file: nothing is wrong with one of them."""


def assemble(home: Home) -> grids.GridRef | None:
    """Make the mosaic of the last whole step, if it was not made and a volume has arrived since; else None.

    Raises
    ------
    Unmade
        If the process ended while no file was read; the volumes wait for the next time.
    """
    moment = step_of(clock.now() - WAIT)
    begun = Cursor.objects.filter(reader=READER).values_list("offset", flat=True).first() or 0
    arrived = list(raw.arrivals(home, begun))
    waiting = [one for one in arrived if one.name.startswith(actions.BASE)]
    last = grids.newest("column")
    if not waiting or (last and last.time >= moment):
        return None
    held = last.attrs["held"] if last and moment - last.time <= OLDEST else []
    files = {one["sha256"]: str(one["name"]) for one in held} | {one.sha256: one.name for one in waiting[-MOST_FILES:]}
    answer, fields = read_apart(home, files, moment)
    for one in waiting:
        if one.sha256 in answer.refused:
            quarantine(one, [("", f"雷达基数据不可用 (base data refused): {answer.refused[one.sha256]}")])
            log.warning("base data %s refused: %s", one.name, answer.refused[one.sha256])
    if answer.terrain.startswith("not used"):
        log.warning("terrain model %s", answer.terrain)
    run = _stored(home, moment, files, answer, fields, waiting) if answer.used else None
    actions.move(READER, arrived[-1].offset)
    return run


def step_of(moment: dt.datetime) -> dt.datetime:
    """Give the last whole step up to a moment.

    >>> step_of(dt.datetime(2026, 7, 1, 2, 17, 30, tzinfo=dt.UTC)).minute
    12
    """
    since = moment - moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return moment - since % STEP


def read_apart(home: Home, files: dict[str, str], moment: dt.datetime) -> tuple[Answer, dict[str, Any]]:
    """Read volumes and make their mosaic in a process of its own.

    Parameters
    ----------
    home : Home
        Where the bytes lie.
    files : dict
        Content address to name.
    moment : datetime
        Of the mosaic, UTC.

    Returns
    -------
    tuple
        What the process told, and the fields by name, none if no volume was of use.

    Raises
    ------
    Unmade
        If it ended outside any file, or on too many of them.
    """
    blamed: dict[str, str] = {}
    for _ in range(ATTEMPTS):
        with tempfile.TemporaryDirectory(prefix="mosaic-", dir=home.cache) as aside:
            to = Path(aside) / "fields.npz"
            left = {sha256: name for sha256, name in files.items() if sha256 not in blamed}
            answer, at, why = _ran(home, left, moment, to)
            if not why:
                answer.refused |= blamed
                return answer, _fields(to)
        if not at:
            raise Unmade(f"the mosaic of {moment:%H:%M}Z can't be made: {why}")
        blamed[at] = why
    raise Unmade(f"the process ended on {len(blamed)} files one after the other: {'; '.join(blamed.values())}")


def _ran(home: Home, files: dict[str, str], moment: dt.datetime, to: Path) -> tuple[Answer, str, str]:
    """Run the process once: what it told, the file it was at, and why it ended early, if it did."""
    order = {
        "moment": moment.isoformat(),
        "oldest_min": OLDEST.total_seconds() / 60,
        "grid": asdict(plane()),
        "to": str(to),
        "sites": {code: asdict(one) for code, one in own_sites().items()},
        "terrain": settings.text("XIANGTIAN_TERRAIN"),
        "files": [
            {"sha256": sha256, "path": str(raw.place(home, sha256)), "name": name} for sha256, name in files.items()
        ],
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XIANGTIAN_")}
    command = [sys.executable, "-m", "xiangtian.radar.assembling"]
    try:
        done = subprocess.run(  # noqa: S603 our own program
            command, input=json.dumps(order), capture_output=True, text=True, timeout=SECONDS, env=environment,
            check=False,
        )  # fmt: skip
        said, why = done.stdout, "" if done.returncode == 0 else _why(done.returncode, done.stderr)
    except subprocess.TimeoutExpired as late:
        text = late.stdout or b""
        said = text.decode() if isinstance(text, bytes) else text
        why = f"进程超过 {SECONDS:g} 秒 (the process took more than {SECONDS:g} s)"
    return *_heard(said.splitlines()), why


def _why(code: int, errors: str) -> str:
    last = errors.strip().splitlines()[-1:] or [""]
    return f"进程以 {code} 结束 (the process ended with {code}) {last[0]}".strip()


def _heard(lines: Sequence[str]) -> tuple[Answer, str]:
    answer, at = Answer(), ""
    for line in lines:
        told = json.loads(line)
        at = told.pop("at", at)
        if "refused" in told:
            answer.refused[told["refused"]] = told["reason"]
        elif "known" in told:
            answer.known[told.pop("known")] = told
        elif "used" in told:
            answer.used = told["used"]
        elif "terrain" in told:
            answer.terrain = told["terrain"]
    return answer, at


def _fields(to: Path) -> dict[str, Any]:
    if not to.exists():
        return {}
    with np.load(to, allow_pickle=False) as found:
        return {name: found[name] for name in found.files}


def _stored(
    home: Home, moment: dt.datetime, files: dict[str, str], answer: Answer, fields: dict[str, Any], waiting: list[Kept]
) -> grids.GridRef:
    """Keep the column's products, then the rain that the nowcast waits for."""
    grid, received, notes = asdict(plane()), clock.now(), json.loads(str(fields.pop("notes")))
    recent = moment - OLDEST
    held = [
        {"sha256": sha256, "name": files[sha256], **about}
        for sha256, about in answer.known.items()
        if dt.datetime.fromisoformat(about["end"]) >= recent
    ]
    rain = {name: fields.pop(name) for name in ("rate", "quality")}
    about = {"held": held, "used": answer.used, "terrain": answer.terrain}
    grids.write(home, "column", moment, fields, grid, about, received)
    attrs = {
        "sha256": "",
        "source": "mosaic of base data",
        "interval_s": STEP.total_seconds(),
        "notes": notes,
        "used": answer.used,
        "received_wall": clock.wall(),
    }
    packing = {"rate": RAIN, "quality": actions.QUALITY}
    run = grids.write(home, "radar", moment, rain, grid, attrs, max(one.received for one in waiting), packing)
    actions.tell(run)
    return run


def own_sites() -> dict[str, Site]:
    """Give the operator's own table of radars, which goes before ours; none where none is named.

    Raises
    ------
    SettingError
        If `XIANGTIAN_RADAR_SITES` names a file that can't be used.
    """
    named = settings.text("XIANGTIAN_RADAR_SITES")
    if not named:
        return {}
    try:
        return sites.parse(Path(named).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, RadarError) as error:
        raise settings.SettingError(f"XIANGTIAN_RADAR_SITES={named!r} can't be used: {error}") from error


@lru_cache(maxsize=1)
def plane() -> Grid:
    """Give the grid of the mosaic: 1 km, equal areas, the city in its middle."""
    west, south, east, north = city().bounds
    lon, lat = round((west + east) / 2, 2), round((south + north) / 2, 2)
    crs = f"+proj=laea +lat_0={lat} +lon_0={lon} +ellps=WGS84 +units=m"
    probe = Grid(crs, 0.0, 0.0, CELL_M, CELL_M, 1, 1)
    row, column = probe.position(np.array([west, east, west, east]), np.array([south, south, north, north]))
    half = [int(np.ceil(np.abs(part).max() + REACH_M / CELL_M)) for part in (row, column)]
    rows, columns = (2 * one + 1 for one in half)
    return Grid(crs, -half[1] * CELL_M, half[0] * CELL_M, CELL_M, CELL_M, rows, columns)
