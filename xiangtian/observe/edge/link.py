"""The agent's line to the broker: MQTT with quality of service 1, connecting again for ever."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from xiangtian.observe.edge.protocol import Rejected

log = logging.getLogger(__name__)
PORTS = {"mqtt": 1883, "mqtts": 8883}
LONGEST_PAUSE_S = 15
Hear = Callable[[str, bytes], None]


class Link(Protocol):
    """What the agent needs of a line."""

    @property
    def connected(self) -> bool:
        """Whether something can be sent now."""

    def publish(self, topic: str, payload: bytes, done: Callable[[], None]) -> None:
        """Send with quality of service 1; `done` is called once, when the broker has acknowledged."""


class MqttLink:
    """A connection to one broker; `hear` is called with every message on the topics."""

    def __init__(self, url: str, client_id: str, topics: tuple[str, ...], hear: Hear, password: str = "") -> None:
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise Rejected(f"broker address {url!r} can't be used; allowed: mqtt://user:password@host:port, mqtts://")
        self._address = parts.hostname, parts.port or PORTS[parts.scheme]
        self._topics, self._hear = topics, hear
        self._waiting: dict[int, Callable[[], None]] = {}
        self._early: set[int] = set()
        self._one = threading.Lock()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=True)
        if parts.username:
            self._client.username_pw_set(unquote(parts.username), password or unquote(parts.password or ""))
        if parts.scheme == "mqtts":
            self._client.tls_set()
        self._client.on_connect = self._subscribe
        self._client.on_publish = self._acknowledged
        self._client.on_message = self._heard
        self._client.reconnect_delay_set(1, LONGEST_PAUSE_S)

    @property
    def connected(self) -> bool:
        """Whether something can be sent now."""
        return bool(self._client.is_connected())

    def start(self) -> None:
        """Connect, now or as soon as the broker is there."""
        self._client.connect_async(*self._address, keepalive=30)
        self._client.loop_start()

    def stop(self) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()

    def publish(self, topic: str, payload: bytes, done: Callable[[], None]) -> None:
        """Send; what the broker has not acknowledged when a connection breaks is sent again by the client itself."""
        info = self._client.publish(topic, payload, qos=1)
        with self._one:
            if info.mid not in self._early:
                self._waiting[info.mid] = done
                return
            self._early.discard(info.mid)
        done()

    def _subscribe(self, client: mqtt.Client, _userdata: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            log.error("the broker at %s:%d refuses us: %s", *self._address, reason)
            return
        if self._topics:
            client.subscribe([(topic, 1) for topic in self._topics])

    def _acknowledged(self, _client: mqtt.Client, _userdata: Any, mid: int, *_: Any) -> None:
        with self._one:
            done = self._waiting.pop(mid, None)
            if done is None:
                self._early.add(mid)
        if done:
            done()

    def _heard(self, _client: mqtt.Client, _userdata: Any, message: mqtt.MQTTMessage) -> None:
        self._hear(message.topic, bytes(message.payload))
