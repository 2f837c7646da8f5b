"""A day without a line, with the agent killed in the middle: nothing lost, nothing double, arrival times honest."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from xiangtian.core import clock
from xiangtian.lake import raw
from xiangtian.observe.actions import edge as actions
from xiangtian.observe.broker import EmbeddedBroker
from xiangtian.observe.edge import centre
from xiangtian.observe.intake import Intake
from xiangtian.observe.jobs import edge as jobs
from xiangtian.observe.keeper import Keeper
from xiangtian.observe.models import EdgeCommand, EdgeGap, EdgeStation
from xiangtian.observe.queries import readings

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("committed")]
STATION = "M3501"
MINUTES = 1440


class Agent:
    """`xiangtian edge run` in a process of its own, reading a logger's file."""

    def __init__(self, folder: Path, port: int, key: str) -> None:
        self.folder = folder
        self.log = folder / "logger.jsonl"
        self.log.touch()
        (folder / "edge.toml").write_text(
            f'station = "{STATION}"\nbroker = "mqtt://127.0.0.1:{port}"\ncentre_key = "{key}"\n'
            f'[source]\nkind = "file"\npath = "{self.log}"\n'
        )
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, wait_for: Any) -> None:
        command = [
            sys.executable,
            "-m",
            "xiangtian.cli.main",
            "edge",
            "run",
            "--config",
            str(self.folder / "edge.toml"),
        ]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=os.environ | {"XIANGTIAN_HOME": ""})
        wait_for(lambda: self.listens())

    def listens(self) -> bool:
        """Whether it has noted where it reads its file."""
        try:
            return self.count("note WHERE name = 'file_at'") == 1
        except sqlite3.OperationalError:
            return False

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def say(self, first: dt.datetime, count: int) -> None:
        with self.log.open("a") as file:
            for minute in range(count):
                time = (first + dt.timedelta(minutes=minute)).isoformat()
                elements = {"air_temperature": round(15 + minute % 97 / 10, 1), "relative_humidity": 60}
                file.write(json.dumps({"time": time, "elements": elements}) + "\n")

    def held(self, where: str = "1") -> int:
        return self.count(f"reading WHERE {where}")

    def count(self, what: str) -> int:
        with sqlite3.connect(f"file:{self.folder / 'buffer.sqlite3'}?mode=ro", uri=True) as found:
            return int(found.execute(f"SELECT count(*) FROM {what}").fetchone()[0])


@pytest.fixture
def door(home, port):
    """The centre's doors, closed until `start`."""
    keeper = Keeper(home)
    keeper.start()
    built = EmbeddedBroker(keeper, "127.0.0.1", port)
    yield built
    if built._thread.is_alive():
        built.stop()
    keeper.stop()


def _full_after(door: EmbeddedBroker, readings_kept: int) -> threading.Event:
    """Fill the centre's disk after so many kept readings, until the event is cleared: the replay stands still."""
    full, kept, submit = threading.Event(), [0], door._keeper.submit
    full.set()

    def until_full(body: bytes, source: str, name: str) -> Future[None]:
        if full.is_set() and kept[0] >= readings_kept:
            refused: Future[None] = Future()
            refused.set_exception(OSError(errno.ENOSPC, "no space left on device"))
            return refused
        kept[0] += body.count(b'"air_temperature"')
        return submit(body, source, name)

    door._keeper.submit = until_full
    return full


def test_a_day_without_a_line_with_kills(home, door, port, tmp_path, wait_for, monkeypatch) -> None:
    monkeypatch.setenv("XIANGTIAN_MQTT_PORT", str(port))
    readings.cache_clear()
    actions.enrol(STATION, "test")
    first = clock.now().replace(second=0, microsecond=0) - dt.timedelta(minutes=MINUTES + 5)
    (tmp_path / "edge").mkdir()
    agent = Agent(tmp_path / "edge", port, centre.public_key(home))
    agent.start(wait_for)
    try:
        agent.say(first, 700)
        wait_for(lambda: agent.held() == 700)
        agent.kill()  # in the cut
        agent.start(wait_for)
        agent.say(first + dt.timedelta(minutes=700), MINUTES - 700)
        wait_for(lambda: agent.held() == MINUTES)
        back = clock.now()
        full = _full_after(door, 600)
        door.start()
        wait_for(lambda: 300 < agent.held("sent = 1") < 1300, every_s=0.005)
        agent.kill()  # in the replay
        full.clear()
        agent.start(wait_for)
        wait_for(lambda: agent.held("sent = 0") == 0, patience_s=60)
        while jobs.listen(home):
            pass
        row = EdgeStation.objects.get()
        assert (row.last_seq, EdgeGap.objects.count()) == (MINUTES, 0)
        intake = Intake(home)
        while intake.sweep():
            pass
        held = readings(home).read(first, clock.now(), [STATION], ["air_temperature"], resolve=False)
        assert held.height == MINUTES  # each once
        assert held["time"].to_list() == [first + dt.timedelta(minutes=n) for n in range(MINUTES)]  # in their order
        assert min(held["received"]) > back  # they came late, and say so
        seqs = [name for name in (one.name for one in raw.arrivals(home)) if name.startswith("observe/edge/")]
        assert len(seqs) < MINUTES  # what waited came in batches
        _orders(home, wait_for)
    finally:
        agent.kill()


def _orders(home, wait_for) -> None:
    """Down the line and back: an order is answered, a configuration confirmed."""
    row = EdgeStation.objects.get()
    row.wanted, row.wanted_version = {"version": 1, "interval_s": 30}, 1
    row.save()
    order = actions._order(row, "self-test", {}, "test")

    def answered() -> bool:
        jobs.speak(home)
        jobs.listen(home)
        found = EdgeCommand.objects.get(pk=order.pk)
        return found.state == "answered" and EdgeStation.objects.get().state.get("config") == 1

    wait_for(answered)
    assert f"{MINUTES} readings ever" in EdgeCommand.objects.get(pk=order.pk).words
