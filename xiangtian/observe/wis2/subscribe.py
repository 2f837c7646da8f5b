"""A subscription to notifications at a global broker, with a session that outlives us and acknowledgement by hand.

What comes is handed over in batches; only when a batch is written down are its messages acknowledged. What a lost
connection or a kill left open, the broker sends again.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

log = logging.getLogger(__name__)
VERSIONS = {"3.1.1": MQTTProtocolVersion.MQTTv311, "5": MQTTProtocolVersion.MQTTv5}
PORTS = {"mqtt": 1883, "mqtts": 8883}
MOST_AT_ONCE = 200
UNDER_WAY = 500
"""Messages that a broker may send before the first of them is acknowledged (MQTT 5)."""
SESSION_S = 7 * 86400
"""How long the broker keeps for us what came while we were away (MQTT 5)."""
AGAIN_S = 1.0
"""Pause before a batch that could not be written down is tried again."""
Letter = tuple[str, bytes]
Note = Callable[[Sequence[Letter]], None]


class BrokerError(ValueError):
    """The broker's address or version can't be used; the message says what is allowed."""


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker: host, port, whether TLS is used, log-in, and the version of MQTT it is spoken to in."""

    host: str
    port: int
    tls: bool
    user: str
    password: str
    version: MQTTProtocolVersion


def broker(url: str, version: str = "5") -> Broker:
    """Read a broker's address.

    Raises
    ------
    BrokerError
        If it is none, or the version is not 5 or 3.1.1.
    """
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise BrokerError("broker address can't be used; allowed: mqtts://user:password@host:port, or mqtt://…")
    if version not in VERSIONS:
        raise BrokerError(f"MQTT version {version!r}; allowed: {', '.join(VERSIONS)}")
    told = (unquote(parts.username or ""), unquote(parts.password or ""))
    tls = parts.scheme == "mqtts"
    return Broker(parts.hostname, parts.port or PORTS[parts.scheme], tls, *told, VERSIONS[version])


def client(place: Broker, client_id: str, *, durable: bool) -> mqtt.Client:
    """Make a client for a broker, not yet connected; with `durable` it acknowledges by hand and its session stays."""
    clean = None if place.version is MQTTProtocolVersion.MQTTv5 else not durable
    made = mqtt.Client(CallbackAPIVersion.VERSION2, client_id, clean, protocol=place.version, manual_ack=durable)
    if place.user:
        made.username_pw_set(place.user, place.password)
    if place.tls:
        made.tls_set()
    made.reconnect_delay_set(1, 30)
    return made


class Subscription:
    """The subscription; its own thread writes down, the client's thread only hands over."""

    def __init__(self, place: Broker, topics: Sequence[str], note: Note, client_id: str) -> None:
        self._place, self._topics, self._note = place, tuple(topics), note
        self._client = client(place, client_id, durable=True)
        self._client.on_connect = self._subscribe
        self._client.on_message = self._take
        self._session = 0
        self._waiting: queue.Queue[tuple[int, mqtt.MQTTMessage] | None] = queue.Queue()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="wis2", daemon=True)

    def start(self) -> None:
        """Connect (now, or as soon as the broker is there) and listen."""
        self._thread.start()
        self._client.connect_async(self._place.host, self._place.port, keepalive=60, **self._lasting())
        self._client.loop_start()

    def stop(self) -> None:
        """Leave the broker; the session stays there."""
        self._session += 1
        self._stop.set()
        self._client.disconnect()
        self._client.loop_stop()
        self._waiting.put(None)
        self._thread.join(10)

    def _lasting(self) -> dict[str, Any]:
        if self._place.version is not MQTTProtocolVersion.MQTTv5:
            return {}
        wishes: Any = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        wishes.SessionExpiryInterval = SESSION_S
        wishes.ReceiveMaximum = UNDER_WAY
        return {"clean_start": False, "properties": wishes}

    def _subscribe(self, one: mqtt.Client, _userdata: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            log.error("the WIS2 broker at %s:%d refuses us: %s", self._place.host, self._place.port, reason)
            return
        self._session += 1
        one.subscribe([(topic, 1) for topic in self._topics])

    def _take(self, _client: mqtt.Client, _userdata: Any, message: mqtt.MQTTMessage) -> None:
        self._waiting.put((self._session, message))

    def _run(self) -> None:
        while (first := self._waiting.get()) is not None:
            batch = [first, *self._more()]
            if not self._written([(message.topic, bytes(message.payload)) for _, message in batch]):
                return
            for session, message in batch:
                if session == self._session and message.qos:
                    self._client.ack(message.mid, message.qos)

    def _more(self) -> list[tuple[int, mqtt.MQTTMessage]]:
        found: list[tuple[int, mqtt.MQTTMessage]] = []
        while len(found) < MOST_AT_ONCE:
            try:
                one = self._waiting.get_nowait()
            except queue.Empty:
                break
            if one is None:
                self._waiting.put(None)
                break
            found.append(one)
        return found

    def _written(self, letters: Sequence[Letter]) -> bool:
        """Write a batch down, trying until it is; False: told to stop before."""
        while not self._stop.is_set():
            try:
                self._note(letters)
            except Exception:
                log.exception(
                    "%d notifications could not be written down; not acknowledged, trying again", len(letters)
                )
                self._stop.wait(AGAIN_S)
            else:
                return True
        return False
