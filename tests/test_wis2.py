"""WIS2 with real brokers: acknowledged only when it is written down, and our own notifications arrive."""

from __future__ import annotations

import datetime as dt
import json
import signal
import sqlite3
import time
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from django.db import OperationalError
from paho.mqtt.enums import CallbackAPIVersion

from xiangtian.core.home import Home
from xiangtian.observe.broker import EmbeddedBroker
from xiangtian.observe.keeper import Keeper
from xiangtian.observe.wis2 import messages, publishing, subscribe
from xiangtian.observe.wis2.messages import Granule
from xiangtian.observe.wis2.subscribe import BrokerError, Subscription, broker

TOPIC = "cache/a/wis2/jp-jma/data/core/weather/surface-based-observations/synop"
TOPICS = ["cache/a/wis2/+/data/core/weather/surface-based-observations/synop"]
AT = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)


def letters(count: int, first: int = 0) -> list[tuple[str, bytes]]:
    granules = [Granule(f"jp-jma/{number}", "urn:wmo:md:jp-jma:x", "https://example.org/a") for number in range(count)]
    documents = [messages.compose(one, b"x", AT + dt.timedelta(seconds=first)) for one in granules]
    return [(TOPIC, messages.write(one)) for one in documents]


class Notes:
    """What was written down; while it is broken nothing is."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.refusals, self.broken = 0, False

    def __call__(self, told: list[tuple[str, bytes]]) -> None:
        if self.broken:
            self.refusals += 1
            raise OperationalError("the database is gone")
        self.taken += [payload for _, payload in told]


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(subscribe, "AGAIN_S", 0.05)
    begun: list[Subscription] = []

    def begin(url: str, note: Notes, version: str) -> Subscription:
        begun.append(Subscription(broker(url, version), TOPICS, note, "xiangtian-wis2-tests"))
        begun[-1].start()
        return begun[-1]

    yield begin
    for one in begun:
        one.stop()


@pytest.fixture
def embedded(home: Home):
    keeper = Keeper(home)
    keeper.start()
    made = EmbeddedBroker(keeper, "127.0.0.1", 0)
    made.start()
    yield f"mqtt://127.0.0.1:{made.port}"
    made.stop()
    keeper.stop()


def say(url: str, told: list[tuple[str, bytes]], version: str) -> None:
    sent = publishing.send(broker(url, version), told, "speaker")
    assert (len(sent.acknowledged), sent.words) == (len(told), "")


def test_what_one_house_publishes_another_hears(embedded: str, listening, wait_for) -> None:
    notes = Notes()
    listening(embedded, notes, "3.1.1")
    told = letters(5)
    wait_for(lambda: say(embedded, told[:1], "3.1.1") or notes.taken, every_s=0.2)  # until we are subscribed
    say(embedded, told[1:], "3.1.1")
    wait_for(lambda: {payload for _, payload in told} <= set(notes.taken))


def test_a_broker_that_is_not_there_is_said_so_and_raises_nothing() -> None:
    sent = publishing.send(broker("mqtt://127.0.0.1:1", "5"), letters(1), "speaker")
    assert sent.acknowledged == frozenset()
    assert "无法连接" in sent.words


@pytest.mark.parametrize(("url", "version"), [("http://a", "5"), ("mqtt://", "5"), ("mqtt://a", "4"), ("", "5")])
def test_addresses_and_versions_that_are_none_are_refused(url: str, version: str) -> None:
    with pytest.raises(BrokerError, match="allowed"):
        broker(url, version)


def test_an_address_is_read_with_its_password_and_port() -> None:
    found = broker("mqtts://every%40one:p%2Fw@example.org")
    assert (found.host, found.port, found.tls, found.user, found.password) == (
        "example.org", 8883, True, "every@one", "p/w",
    )  # fmt: skip


@pytest.mark.mosquitto
@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_nothing_is_acknowledged_before_it_is_written_down(mosquitto, listening, wait_for, version: str) -> None:
    mosquitto.start()
    notes, told = Notes(), letters(3)
    ours = listening(mosquitto.url, notes, version)
    wait_for(lambda: say(mosquitto.url, told[:1], version) or notes.taken, every_s=0.2)
    notes.taken.clear()
    notes.broken = True
    say(mosquitto.url, told, version)
    wait_for(lambda: notes.refusals >= 3)
    ours.stop()  # we end without having acknowledged
    assert notes.taken == []
    notes.broken = False
    listening(mosquitto.url, notes, version)
    wait_for(lambda: {payload for _, payload in told} <= set(notes.taken))  # the broker still had them
    count = len(notes.taken)
    time.sleep(0.3)
    assert len(notes.taken) == count


@pytest.mark.mosquitto
def test_more_than_a_broker_sends_at_once_arrives(mosquitto, listening, wait_for) -> None:
    mosquitto.start()
    notes, told = Notes(), letters(1500)
    listening(mosquitto.url, notes, "5")
    wait_for(lambda: say(mosquitto.url, told[:1], "5") or notes.taken, every_s=0.2)
    for begin in range(0, 1500, 500):
        say(mosquitto.url, told[begin : begin + 500], "5")
    wait_for(lambda: len(set(notes.taken)) == 1500)


@pytest.mark.mosquitto
@pytest.mark.slow
def test_a_killed_intake_loses_no_notification(tmp_path: Path, process, mosquitto, port: int, wait_for) -> None:
    home = Home(tmp_path / "home").prepare()
    mosquitto.start()
    settings = {"XIANGTIAN_WIS2_SUBSCRIBE": mosquitto.url, "XIANGTIAN_MQTT_PORT": str(port)}

    def held() -> set[str]:
        if not home.records.exists():
            return set()
        with sqlite3.connect(home.records) as records:
            try:
                return {name for (name,) in records.execute("SELECT data_id FROM observe_wis2notice")}
            except sqlite3.OperationalError:  # not made yet
                return set()

    intake = process(home.root, "intake", **settings)
    probe = letters(1)
    wait_for(lambda: say(mosquitto.url, probe, "5") or held(), 90, 0.5)
    stream = letters(300)
    speaker = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="stream")
    speaker.connect("127.0.0.1", mosquitto.port)
    speaker.loop_start()
    said = [speaker.publish(topic, payload, qos=1) for topic, payload in stream[:150]]
    wait_for(lambda: len(held()) > 5)
    intake.kill(signal.SIGKILL)
    said += [speaker.publish(topic, payload, qos=1) for topic, payload in stream[150:]]
    for one in said:
        one.wait_for_publish(20)
    process(home.root, "intake", **settings)
    wanted = {json.loads(payload)["properties"]["data_id"] for _, payload in stream}
    wait_for(lambda: wanted <= held(), 90, 0.2)
    speaker.disconnect()
    speaker.loop_stop()
