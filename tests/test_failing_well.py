"""What failing means: nothing acknowledged is lost, nothing is stored twice, nothing is seen half; and words for people.

The process that is killed here is the real command on a home of its own. It is forked from a parent that has loaded the
programs already, so that twenty lives fit into a test.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xiangtian.core.home import Home
from xiangtian.core.places import city
from xiangtian.lake import grid_folder, raw
from xiangtian.lake.observations import Observations
from xiangtian.met.grid import Grid, RainFrame
from xiangtian.radar import odim_write

KILLS = 20
BASE = dt.datetime.now(dt.UTC).replace(second=0, microsecond=0) - dt.timedelta(hours=4)
NURSERY = """
import os, signal, sys, django
django.setup()
import xiangtian.observe.broker, xiangtian.observe.intake, xiangtian.observe.listen
import xiangtian.nowcast.jobs, xiangtian.publish.jobs, xiangtian.radar.jobs, xiangtian.verify.jobs, xiangtian.warn.jobs
from xiangtian.cli.main import main
print("ready", flush=True)
for command in sys.stdin:
    child = os.fork()
    if not child:
        main(command.split())
    print(child, flush=True)
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                break
        except ChildProcessError:
            break
"""


class Nursery:
    """Starts commands of the house within a tenth of a second."""

    def __init__(self, home: Path, **environment: str) -> None:
        told = os.environ | environment | {"XIANGTIAN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "xiangtian.web.settings"}
        told.pop("XIANGTIAN_DATABASE_URL", None)
        self.log = (home.parent / "house.log").open("ab")
        self._parent = subprocess.Popen([sys.executable, "-c", NURSERY], env=told, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.log, text=True)  # fmt: skip
        self._lives: set[int] = set()
        assert self._answer() == "ready"

    def _answer(self) -> str:
        assert self._parent.stdout
        return self._parent.stdout.readline().strip()

    def start(self, command: str) -> int:
        assert self._parent.stdin
        self._parent.stdin.write(f"{command}\n")
        self._parent.stdin.flush()
        life = int(self._answer())
        self._lives.add(life)
        return life

    def kill(self, life: int, how: int = signal.SIGKILL) -> None:
        """End a life, and see that it had not ended by itself before."""
        assert self.runs(life), "the process had ended by itself; see house.log"
        os.kill(life, how)
        until = time.monotonic() + 30
        while self.runs(life):
            assert time.monotonic() < until, f"process {life} does not end"
            time.sleep(0.01)
        self._lives.discard(life)

    @staticmethod
    def runs(life: int) -> bool:
        try:
            return Path(f"/proc/{life}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
        except FileNotFoundError:
            return False

    def close(self) -> None:
        for life in self._lives:
            if self.runs(life):
                os.kill(life, signal.SIGKILL)
        self._parent.kill()
        self._parent.wait()
        self.log.close()


@pytest.fixture
def nursery(tmp_path: Path, port: int) -> Iterator[Nursery]:
    built = Nursery(tmp_path / "home", XIANGTIAN_MQTT_PORT=str(port), XIANGTIAN_LOG_LEVEL="WARNING")
    yield built
    built.close()


def frame(number: int) -> RainFrame:
    """A frame of 64 x 64 cells of 2 km over the city, wet all over and different each time."""
    lon, lat = city().centroid
    crs = f"+proj=laea +lat_0={lat:.4f} +lon_0={lon:.4f} +datum=WGS84 +units=m +no_defs"
    rate = np.random.default_rng(number).gamma(2.0, 2.0, (64, 64)).astype(np.float32)
    time = BASE + dt.timedelta(minutes=5 * number)
    return RainFrame(time, Grid(crs, -63_000, 63_000, 2000, 2000, 64, 64), rate, np.ones_like(rate))


class Traffic:
    """Stations that speak and a radar that drops files, until somebody looks at the watch."""

    def __init__(self, home: Home, speaker: Any, write: Callable[..., bytes]) -> None:
        self._home, self._speaker, self._write = home, speaker, write
        self.frames = self.messages = 0
        self._next_frame = 0.0

    def flow(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (now := time.monotonic()) < until:
            moment = BASE + dt.timedelta(seconds=self.messages)
            self._speaker.say(self._write(f"T{self.messages % 10:04d}", moment.isoformat(), air_temperature=20.5))
            self.messages += 1
            if now >= self._next_frame and self.frames < 40:
                self._drop()
                self._next_frame = now + 0.5
            time.sleep(0.03)

    def _drop(self) -> None:
        folder = self._home.inbox / "radar"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".aside").write_bytes(odim_write.encode(frame(self.frames)))
        (folder / ".aside").rename(folder / f"frame-{self.frames:03d}.h5")
        self.frames += 1


def rows(home: Home, ask: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(f"file:{home.records}?mode=ro", uri=True, timeout=20) as records:
        return records.execute(ask).fetchall()


def whole_grids(home: Home) -> int:
    """Read every grid that can be seen, in the folder and in the list; give how many."""
    for folder in home.grids.glob("*/*/*.zarr"):
        assert grid_folder.about(folder)["grid"]["rows"]
        for name in grid_folder.names(folder):
            assert grid_folder.values(folder, name).size
    listed = [path for (path,) in rows(home, "SELECT path FROM lake_gridrun")] if home.records.exists() else []
    assert all((home.grids / path).is_dir() for path in listed)
    return len(listed)


@pytest.mark.slow
def test_nothing_is_lost_doubled_or_half_seen_in_twenty_kills(
    nursery: Nursery, tmp_path: Path, port: int, station, report, wait_until
) -> None:
    home, chance = Home(tmp_path / "home").prepare(), random.Random(20)
    speaker = station(port)
    traffic = Traffic(home, speaker, report)
    spoken = []  # how many messages had been acknowledged at each kill
    for number in range(KILLS):
        lives = [nursery.start("intake"), nursery.start("work")]
        traffic.flow(chance.uniform(0.3, 3.0) if number % 4 else chance.uniform(2.0, 4.0))
        for life in chance.sample(lives, 2):
            nursery.kill(life)
        whole_grids(home)
        spoken.append(len(speaker.acknowledged))

    lives = [nursery.start("intake"), nursery.start("work")]
    wait_until(lambda: not speaker.waiting(), 60)
    lake = Observations(home)
    wait_until(lambda: not list((home.inbox / "radar").glob("frame*")), 30)
    wait_until(lambda: lake.cursor() == max(one.offset for one in raw.arrivals(home)), 60, 0.2)
    count = "SELECT COUNT(DISTINCT json_extract(attrs, '$.sha256')), COUNT(*) FROM lake_gridrun WHERE kind = 'radar'"
    wait_until(lambda: rows(home, count)[0][0] == traffic.frames, 60, 0.2)
    wait_until(lambda: rows(home, "SELECT COUNT(*) FROM lake_gridrun WHERE kind = 'nowcast'")[0][0], 60, 0.2)
    for life in lives:
        nursery.kill(life, signal.SIGTERM)

    assert len(set(spoken)) > KILLS / 4, spoken  # else the lives were too short to prove anything
    logging.getLogger(__name__).info("acknowledged at each kill: %s; %d in all", spoken, traffic.messages)
    bodies = {hashlib.sha256(body).hexdigest() for body in speaker.acknowledged}
    assert len(bodies) == traffic.messages
    assert all(raw.body(home, one) for one in bodies)
    stored = lake.read(BASE, BASE + dt.timedelta(hours=4), elements=["air_temperature"], resolve=False)
    assert stored.height == traffic.messages
    assert stored.select("station", "time").n_unique() == traffic.messages
    assert set(stored["source"]) == bodies
    assert rows(home, count)[0] == (traffic.frames, traffic.frames)  # no frame twice
    assert whole_grids(home) > traffic.frames
    assert len(list(home.grids.glob("*/*/*.zarr"))) == whole_grids(home)  # and no folder that is not listed
