"""The embedded broker: its address, its guard, what it hands over; `tests/test_mqtt.py` has the promises."""

import socket
from concurrent.futures import Future

import paho.mqtt.publish as mqtt
import pytest

from xiangtian.core.settings import SettingError
from xiangtian.observe.broker import EmbeddedBroker

ARGON2 = "$argon2id$v=19$m=65536,t=3,p=4$2khfU7LnompUil3qM0+Qqw$K2i4Me6PN7uzM/Ok8pw8Q1QQc3YsPgpiGPuL5HJFFWI"
"""Of "plum-rain", as the library argon2-cffi makes it."""


class Notebook:
    """A keeper that only writes down what it is handed."""

    def __init__(self) -> None:
        self.handed: list[tuple[bytes, str, str]] = []

    def submit(self, body: bytes, source: str, name: str) -> Future[None]:
        self.handed.append((body, source, name))
        done: Future[None] = Future()
        done.set_result(None)
        return done


@pytest.fixture
def open_door():
    begun = []

    def start(bind: str = "127.0.0.1") -> tuple[EmbeddedBroker, Notebook]:
        notebook = Notebook()
        built = EmbeddedBroker(notebook, bind, 0)
        assert built.start() == built.port
        begun.append(built)
        return built, notebook

    yield start
    for one in begun:
        one.stop()


def test_station_and_radar_topics_are_kept_and_no_others(open_door) -> None:
    built, notebook = open_door()
    topics = ("observe/stations/58358", "radar/suzhou", "observed/elsewhere", "xiangtian/exercise/320505")
    for topic in topics:
        mqtt.single(topic, b"rain", qos=1, port=built.port)
    assert notebook.handed == [(b"rain", "mqtt", topic) for topic in topics[:2]]


def test_an_empty_message_is_handed_over_too(open_door) -> None:
    built, notebook = open_door()
    mqtt.single("observe/stations/58358", b"", qos=1, port=built.port)
    assert notebook.handed == [(b"", "mqtt", "observe/stations/58358")]


def test_it_stops_and_frees_its_port() -> None:
    built = EmbeddedBroker(Notebook(), "127.0.0.1", 0)
    built.start()
    built.stop()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", built.port))


@pytest.mark.parametrize("bind", ["0.0.0.0", "192.0.2.1", "::"])
def test_beyond_the_loopback_a_password_file_is_asked_for(bind: str, monkeypatch) -> None:
    monkeypatch.delenv("XIANGTIAN_MQTT_PASSWORDS", raising=False)
    with pytest.raises(SettingError, match=r"name a password file, or bind to 127\.0\.0\.1"):
        EmbeddedBroker(Notebook(), bind, 1883).start()


def test_with_a_password_file_strangers_are_refused(open_door, tmp_path, monkeypatch) -> None:
    secret = tmp_path / "passwords"
    secret.write_text(f"station:{ARGON2}\n")
    monkeypatch.setenv("XIANGTIAN_MQTT_PASSWORDS", str(secret))
    built, notebook = open_door()
    with pytest.raises(Exception, match=r"Not authorized|[Bb]ad user"):
        mqtt.single("observe/a", b"rain", qos=1, port=built.port, auth={"username": "station", "password": "wrong"})
    mqtt.single("observe/b", b"rain", qos=1, port=built.port, auth={"username": "station", "password": "plum-rain"})
    assert [name for _, _, name in notebook.handed] == ["observe/b"]
