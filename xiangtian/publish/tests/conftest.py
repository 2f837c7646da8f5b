"""Notices, targets and receivers for the tests of this room."""

from __future__ import annotations

import asyncio
import datetime as dt
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from amqtt.broker import Broker
from paho.mqtt.enums import CallbackAPIVersion

from xiangtian.core import clock
from xiangtian.publish import actions
from xiangtian.publish.jobs import Courier
from xiangtian.publish.notice import Notice
from xiangtian.publish.patience import Patience

SUZHOU = ("320505", "320506", "320507", "320508", "320509", "320581", "320582", "320583", "320585")


@pytest.fixture(autouse=True)
def real_time() -> Iterator[None]:
    """No test of this room follows a scenario left by another."""
    clock.bind(None)
    yield
    clock.bind(None)


@pytest.fixture
def notice() -> Callable[..., Notice]:
    """Make notices; every field can be set."""

    def make(message: str = "32050041600000_20260701101500_0", **fields: Any) -> Notice:
        now = clock.now().replace(microsecond=0)
        whole: dict[str, Any] = {
            "event": "32050041600000_2026_rainstorm_7",
            "status": "Exercise",
            "action": "NEW",
            "hazard": "rainstorm",
            "colour": "yellow",
            "areas": ("320505", "320506"),
            "headline": "苏州市气象台发布暴雨黄色预警信号",
            "sent": now,
            "expires": now + dt.timedelta(hours=6),
        }
        bodies = {
            "cap": f'<?xml version="1.0" encoding="UTF-8"?>\r\n<alert>{message} 暴雨\t&amp;</alert>\n',
            "short": "苏州市气象台发布暴雨黄色预警信号，请注意防范。",
            "text": "苏州市气象台发布暴雨黄色预警信号：预计未来6小时降雨量将达50毫米以上。",
            "full": "苏州市气象台发布暴雨黄色预警信号：预计未来6小时降雨量将达50毫米以上，请注意防范。",
            "en": "Yellow rainstorm warning.",
        }
        return Notice(message=message, bodies=fields.pop("bodies", bodies), **{**whole, **fields})

    return make


@pytest.fixture
def courier() -> Iterator[Courier]:
    """A courier in a hurry: short pauses, short time-outs."""
    made = Courier(Patience(base_s=0.05, cap_s=0.2, tries=6), answer_s=2.0)
    yield made
    made.close()


@pytest.fixture
def started() -> Iterator[Callable[[Any], Any]]:
    """Start simulators, and stop them after the test."""
    running = []

    def start(simulator: Any) -> Any:
        simulator.start()
        running.append(simulator)
        return simulator

    yield start
    for simulator in running:
        simulator.stop()


@pytest.fixture
def aim() -> Callable[..., None]:
    """Enter exercise targets: (name, channel, address) with what else a target may have."""

    def enter(*specs: actions.TargetSpec) -> None:
        actions.add_exercise_targets("job:test", specs)

    return enter


class EmbeddedBroker:
    """The amqtt broker in a thread."""

    def __init__(self) -> None:
        self.port = free_port()
        self._loop = asyncio.new_event_loop()
        self._broker: Broker | None = None

    def start(self) -> None:
        ready = threading.Event()

        async def serve() -> None:
            listeners = {"default": {"type": "tcp", "bind": f"127.0.0.1:{self.port}"}}
            plugins = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
            self._broker = Broker({"listeners": listeners, "plugins": plugins})
            await self._broker.start()
            ready.set()

        def run() -> None:
            self._loop.run_until_complete(serve())
            self._loop.run_forever()

        threading.Thread(target=run, daemon=True).start()
        assert ready.wait(10)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._broker.shutdown(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)


class Mosquitto:
    """A Mosquitto process."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._file = folder / "mosquitto.conf"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._file.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\n")
        self._process = subprocess.Popen([shutil.which("mosquitto"), "-c", str(self._file)], stderr=subprocess.DEVNULL)
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError("mosquitto did not start")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)


def free_port() -> int:
    """Find a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(params=["amqtt", pytest.param("mosquitto", marks=pytest.mark.mosquitto)])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """A broker that is not yet started, of either kind."""
    if request.param == "mosquitto" and not shutil.which("mosquitto"):
        pytest.skip("there is no mosquitto program on this machine")
    made = EmbeddedBroker() if request.param == "amqtt" else Mosquitto(tmp_path)
    yield made
    if getattr(made, "_process", None) or getattr(made, "_broker", None):
        made.stop()


@pytest.fixture
def retained() -> Callable[[int, str], dict[str, str]]:
    """Read, as a terminal that was just switched on does, what is retained below a root."""

    def read(port: int, root: str) -> dict[str, str]:
        found: dict[str, str] = {}
        client = mqtt.Client(CallbackAPIVersion.VERSION2)
        client.on_message = lambda _c, _d, got: found.update({got.topic: got.payload.decode()})
        client.on_connect = lambda c, *_: c.subscribe(f"{root}/#", qos=1)
        client.connect("127.0.0.1", port)
        client.loop_start()
        time.sleep(0.6)
        client.disconnect()
        client.loop_stop()
        return found

    return read
