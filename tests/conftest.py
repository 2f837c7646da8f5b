"""Fixtures for tests of the whole house: its processes, brokers beside it, and what stations say."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

MOSQUITTO = shutil.which("mosquitto") or shutil.which("/usr/sbin/mosquitto")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Process:
    """A command of the house in a process of its own, on a home of its own."""

    def __init__(self, home: Path, *command: str, **environment: str) -> None:
        self.home, self._command = home, command
        self._environment = {**os.environ, "XIANGTIAN_HOME": str(home), "XIANGTIAN_LOG_LEVEL": "WARNING", **environment}
        self._environment.pop("XIANGTIAN_DATABASE_URL", None)
        self.log = home.parent / f"{home.name}-{command[0]}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Process:
        command = [sys.executable, "-m", "xiangtian.cli.main", *self._command]
        with self.log.open("ab") as log:
            how = {"env": self._environment, "stdout": log, "stderr": log, "start_new_session": True}
            self._process = subprocess.Popen(command, **how)
        return self

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self, how: int = signal.SIGKILL) -> int:
        """End it as asked and give its exit code."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(how)
        return self._process.wait(30)

    def end(self) -> None:
        """End it, and what it started itself, as an operator would; a deaf one is killed with its whole group."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)

    def wait(self, patience_s: float) -> int:
        assert self._process is not None
        return self._process.wait(patience_s)

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")


@pytest.fixture
def process() -> Iterator[Callable[..., Process]]:
    """Start commands of the house, and end them after the test."""
    begun: list[Process] = []

    def begin(home: Path, *command: str, **environment: str) -> Process:
        begun.append(Process(home, *command, **environment).start())
        return begun[-1]

    yield begin
    for one in begun:
        one.end()


class Mosquitto:
    """A Mosquitto broker that keeps its sessions on disk, on a port that stays the same."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._file = folder / "mosquitto.conf"
        self._process: subprocess.Popen[bytes] | None = None
        self._file.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence true\n"
            f"persistence_location {folder}/\nautosave_interval 1\nautosave_on_changes true\n"
            f"user {pwd.getpwuid(os.getuid()).pw_name}\n"
        )

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        assert MOSQUITTO
        self._process = subprocess.Popen([MOSQUITTO, "-c", str(self._file)], stderr=subprocess.DEVNULL)
        until = time.monotonic() + 20
        while not listening(self.port):
            assert time.monotonic() < until, "mosquitto does not listen"
            time.sleep(0.02)

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(10)


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """A Mosquitto broker, not yet started; where there is none the test is skipped, or fails where it is required."""
    if MOSQUITTO is None:
        reason = "there is no mosquitto program on this machine: install the package mosquitto"
        if os.environ.get("XIANGTIAN_REQUIRE_SERVICES"):
            pytest.fail(reason)
        pytest.skip(reason)
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    broker = Mosquitto(folder)
    yield broker
    broker.stop()


class Station:
    """A publisher with quality of service 1 that keeps what was not acknowledged and sends it again by itself."""

    def __init__(self, port: int, name: str = "T0001") -> None:
        self.name = name
        self.acknowledged: list[bytes] = []
        self._open: dict[int, bytes] = {}
        self._early: set[int] = set()
        self._one = threading.Lock()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"station-{name}", clean_session=False)
        self._client.reconnect_delay_set(1, 1)
        self._client.max_queued_messages_set(0)
        self._client.on_publish = self._note
        self._port = port

    def start(self) -> Station:
        self._client.connect_async("127.0.0.1", self._port, keepalive=10)
        self._client.loop_start()
        return self

    def say(self, body: bytes, topic: str = "") -> None:
        told = self._client.publish(topic or f"observe/stations/{self.name}", body, qos=1)
        with self._one:
            if told.mid in self._early:
                self._early.discard(told.mid)
                self.acknowledged.append(body)
            else:
                self._open[told.mid] = body

    def _note(self, _client: mqtt.Client, _userdata: Any, mid: int, *_: Any) -> None:
        with self._one:
            if mid in self._open:
                self.acknowledged.append(self._open.pop(mid))
            else:
                self._early.add(mid)

    def waiting(self) -> int:
        """How many messages are not acknowledged yet."""
        with self._one:
            return len(self._open)

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def station() -> Iterator[Callable[..., Station]]:
    """Start publishers, and stop them after the test."""
    begun: list[Station] = []

    def begin(port: int, name: str = "T0001") -> Station:
        begun.append(Station(port, name).start())
        return begun[-1]

    yield begin
    for one in begun:
        one.stop()


def report(station: str, time: str, **elements: float) -> bytes:
    """Write a station message: what the bureau's own stations send."""
    return json.dumps({"station": station, "time": time, "elements": elements or {"air_temperature": 21.5}}).encode()


@pytest.fixture(name="report")
def _report() -> Callable[..., bytes]:
    return report


@pytest.fixture
def port() -> int:
    """A port nobody listens on."""
    return free_port()
