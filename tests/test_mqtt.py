"""The promise of MQTT: who got a PUBACK may forget the message, because its bytes are on our disk.

Both brokers keep it: the embedded one, and Mosquitto outside with a session that waits for us.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import signal
import socket
import threading
import time
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from xiangtian.core import clock
from xiangtian.core.home import Home
from xiangtian.lake import raw
from xiangtian.lake.journal import SpoolError
from xiangtian.lake.observations import Observations
from xiangtian.observe import broker as embedded
from xiangtian.observe import listen
from xiangtian.observe.broker import EmbeddedBroker
from xiangtian.observe.keeper import Keeper

MOMENT = dt.datetime.fromtimestamp(clock.wall(), dt.UTC).replace(microsecond=0) - dt.timedelta(hours=2)


@pytest.fixture
def spool(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The spool with a gate before it: closed it waits, broken it refuses, and it says whether a body was kept."""

    class Gate:
        def __init__(self) -> None:
            self.open = threading.Event()
            self.open.set()
            self.refusals = 0
            self.broken = False

        def keep(self, home: Home, items: Any) -> Any:
            assert self.open.wait(20)
            if self.broken:
                self.refusals += 1
                raise SpoolError("the disk is full: make room; nothing was acknowledged")
            return kept(home, items)

    kept, gate = raw.keep, Gate()
    monkeypatch.setattr(raw, "keep", gate.keep)
    return gate


@pytest.fixture
def door(home: Home, monkeypatch: pytest.MonkeyPatch):
    """A keeper with the embedded broker before it; no waiting for long."""
    monkeypatch.setattr(embedded, "AGAIN_S", 0.1)
    keeper = Keeper(home)
    keeper.start()
    built = EmbeddedBroker(keeper, "127.0.0.1", 0)
    built.start()
    yield built
    built.stop()
    keeper.stop()


def names(home: Home) -> list[str]:
    return [one.sha256 for one in raw.arrivals(home)]


def sha(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def test_no_acknowledgement_before_the_bytes_are_on_disk(door, home: Home, spool, station, report, wait_for) -> None:
    spool.open.clear()
    speaker = station(door.port)
    body = report("T0001", MOMENT.isoformat())
    speaker.say(body)
    time.sleep(0.7)
    assert speaker.acknowledged == []  # the disk is slow: no PUBACK
    assert names(home) == []
    spool.open.set()
    wait_for(lambda: speaker.acknowledged == [body])
    assert raw.body(home, sha(body)) == body


def test_a_full_disk_holds_the_acknowledgement_back_until_there_is_room(
    door, home: Home, spool, station, report, wait_for
) -> None:
    spool.broken = True
    speaker = station(door.port)
    body = report("T0001", MOMENT.isoformat())
    speaker.say(body)
    wait_for(lambda: spool.refusals >= 3)
    assert speaker.acknowledged == []
    spool.broken = False
    wait_for(lambda: speaker.acknowledged == [body])
    assert names(home) == [sha(body)]


def test_a_sender_that_leaves_before_its_acknowledgement_does_not_stop_the_keeper(
    door, home: Home, spool, station, report, wait_for
) -> None:
    spool.open.clear()
    with socket.create_connection(("127.0.0.1", door.port)) as hasty:
        hasty.sendall(b"\x10\x11\x00\x04MQTT\x04\x02\x00\x3c\x00\x05hasty")  # CONNECT, clean session
        assert hasty.recv(4) == b"\x20\x02\x00\x00"  # CONNACK: accepted
        topic, body = b"observe/stations/hasty", report("T0009", MOMENT.isoformat())
        rest = len(topic).to_bytes(2, "big") + topic + b"\x00\x01" + body
        hasty.sendall(bytes([0x32, len(rest)]) + rest)  # PUBLISH with quality of service 1
        time.sleep(0.5)
    time.sleep(0.3)
    spool.open.set()
    speaker = station(door.port)
    body = report("T0001", MOMENT.isoformat())
    speaker.say(body)
    wait_for(lambda: speaker.acknowledged == [body])


def test_topics_of_terminals_pass_through_and_are_not_kept(door, home: Home, station, wait_for) -> None:
    heard: list[bytes] = []
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.on_message = lambda _client, _userdata, message: heard.append(message.payload)
    client.on_connect = lambda client, *_: client.subscribe("xiangtian/#", qos=1)
    client.connect("127.0.0.1", door.port)
    client.loop_start()
    wait_for(client.is_connected)
    time.sleep(0.3)
    station(door.port).say("暴雨黄色".encode(), "xiangtian/exercise/320505")
    wait_for(lambda: heard == ["暴雨黄色".encode()])
    client.disconnect()
    client.loop_stop()
    assert names(home) == []


def test_an_open_network_needs_a_password_file(home: Home) -> None:
    with pytest.raises(RuntimeError, match="XIANGTIAN_MQTT_PASSWORDS"):
        EmbeddedBroker(Keeper(home), "0.0.0.0", 0).start()


def test_a_port_that_is_taken_is_named(door, home: Home) -> None:
    with pytest.raises(OSError, match=f"127.0.0.1:{door.port}"):
        EmbeddedBroker(Keeper(home), "127.0.0.1", door.port).start()


@pytest.mark.parametrize("url", ["http://127.0.0.1", "mqtt://", "127.0.0.1:1883"])
def test_a_broker_address_that_is_none_is_refused(home: Home, url: str) -> None:
    with pytest.raises(ValueError, match="mqtt://user:password@host:port"):
        listen.ExternalBroker(Keeper(home), url)


@pytest.fixture
def subscriber(home: Home, mosquitto, monkeypatch: pytest.MonkeyPatch):
    """Our subscription at Mosquitto, with a keeper behind it; give a function that begins one."""
    monkeypatch.setattr(listen, "AGAIN_S", 0.1)
    mosquitto.start()
    keeper = Keeper(home)
    keeper.start()
    begun: list[listen.ExternalBroker] = []

    def begin() -> listen.ExternalBroker:
        begun.append(listen.ExternalBroker(keeper, mosquitto.url))
        begun[-1].start()
        return begun[-1]

    yield begin
    for one in begun:
        one.stop()
    keeper.stop()


@pytest.mark.mosquitto
def test_outside_a_message_is_acknowledged_by_hand_when_it_is_kept(
    home: Home, subscriber, mosquitto, spool, station, report, wait_for
) -> None:
    ours = subscriber()
    time.sleep(0.5)
    spool.broken = True
    speaker = station(mosquitto.port)
    body = report("T0001", MOMENT.isoformat())
    speaker.say(body)
    wait_for(lambda: spool.refusals >= 3)  # it is tried again and again
    ours.stop()  # we end without having acknowledged
    spool.broken = False
    assert names(home) == []
    subscriber()
    wait_for(lambda: names(home) == [sha(body)])  # the broker still had it
    time.sleep(0.5)
    assert names(home) == [sha(body)]


@pytest.mark.mosquitto
def test_outside_what_was_sent_while_we_were_away_arrives_afterwards(
    home: Home, subscriber, mosquitto, station, report, wait_for
) -> None:
    ours = subscriber()
    time.sleep(0.5)
    ours.stop()
    speaker = station(mosquitto.port)
    bodies = [report("T0001", (MOMENT + dt.timedelta(minutes=k)).isoformat()) for k in range(20)]
    for body in bodies:
        speaker.say(body)
    wait_for(lambda: not speaker.waiting())
    subscriber()
    wait_for(lambda: sorted(names(home)) == sorted(map(sha, bodies)))


def caught_up(home: Home, count: int) -> bool:
    held = list(raw.arrivals(home))
    return len({one.sha256 for one in held}) == count and Observations(home).cursor() == held[-1].offset


def stored(home: Home) -> list[str]:
    rows = Observations(home).read(MOMENT, MOMENT + dt.timedelta(hours=2), resolve=False)
    assert rows.select("station", "time").n_unique() == rows.height  # each reading once
    return sorted(rows["source"].to_list())


def speak(speaker: Any, report: Any, first: int, count: int) -> list[bytes]:
    bodies = [report("T0001", (MOMENT + dt.timedelta(minutes=k)).isoformat()) for k in range(first, first + count)]
    for body in bodies:
        speaker.say(body)
        time.sleep(0.01)
    return bodies


@pytest.mark.mosquitto
@pytest.mark.slow
def test_outside_broker_down_and_back_loses_nothing(
    tmp_path: Path, process, mosquitto, station, report, wait_for
) -> None:
    home = Home(tmp_path / "home").prepare()
    mosquitto.start()
    intake = process(home.root, "intake", XIANGTIAN_MQTT_URL=mosquitto.url)
    speaker = station(mosquitto.port)
    probe = report("PROBE", MOMENT.isoformat())  # nobody promised to keep what is said before we ever subscribed
    wait_for(lambda: speaker.say(probe) or names(home), 60, 0.5)
    bodies = [probe, *speak(speaker, report, 0, 15)]
    time.sleep(0.1)
    mosquitto.stop(signal.SIGTERM)
    bodies += speak(speaker, report, 40, 15)  # nobody is there to take them
    time.sleep(1.0)
    mosquitto.start()
    bodies += speak(speaker, report, 60, 15)
    wait_for(lambda: not speaker.waiting(), 60)
    wait_for(lambda: caught_up(home, len(bodies)), 60, 0.2)
    assert intake.alive
    assert stored(home) == sorted(map(sha, bodies))


@pytest.mark.slow
def test_inside_the_intake_ends_and_comes_back_and_nothing_is_lost(
    tmp_path: Path, process, port: int, station, report, wait_for
) -> None:
    home = Home(tmp_path / "home").prepare()
    intake = process(home.root, "intake", XIANGTIAN_MQTT_PORT=str(port))
    speaker = station(port)
    bodies = speak(speaker, report, 0, 20)
    wait_for(lambda: len(speaker.acknowledged) >= 5, 60)
    assert intake.kill(signal.SIGTERM) == 0  # told to stop, it stops in order
    bodies += speak(speaker, report, 20, 20)
    again = process(home.root, "intake", XIANGTIAN_MQTT_PORT=str(port))
    wait_for(lambda: not speaker.waiting(), 60)
    wait_for(lambda: caught_up(home, len(bodies)), 60, 0.2)
    assert again.alive
    assert stored(home) == sorted(map(sha, bodies))
