"""The centre's side of the line: its signing key, and how messages go down to the stations."""

from __future__ import annotations

import os
import threading
from base64 import b64encode
from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from xiangtian.core import clock, settings
from xiangtian.core.home import Home
from xiangtian.observe.edge.link import MqttLink

CONNECT_S = 10.0


def signing_key(home: Home) -> Ed25519PrivateKey:
    """Give the key that signs what stations are told; it is made at first use, readable by the owner alone."""
    path = home.secrets / "edge.key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return Ed25519PrivateKey.from_private_bytes(path.read_bytes())
    key = Ed25519PrivateKey.generate()
    with os.fdopen(handle, "wb") as file:
        file.write(key.private_bytes_raw())
        file.flush()
        os.fsync(file.fileno())
    return key


def public_key(home: Home) -> str:
    """Give the public half, as it stands in a station's settings file."""
    return b64encode(signing_key(home).public_key().public_bytes_raw()).decode("ascii")


def broker_url() -> str:
    """Give the address of the broker that the stations use as well: the external one, or the embedded."""
    url = settings.text("XIANGTIAN_MQTT_URL")
    bind, port = settings.text("XIANGTIAN_MQTT_BIND"), settings.number("XIANGTIAN_MQTT_PORT")
    return url or f"mqtt://{bind}:{port}"


def send(letters: Sequence[tuple[str, bytes]], patience_s: float = CONNECT_S) -> list[bool]:
    """Send messages down with quality of service 1; say of each whether the broker has acknowledged it.

    Messages are not retained: who is not there hears them when they are sent again.
    """
    if not letters:
        return []
    done = [threading.Event() for _ in letters]
    link = MqttLink(broker_url(), f"edge-centre-{os.getpid()}", (), lambda topic, body: None)
    link.start()
    try:
        until = clock.wall() + patience_s
        while not link.connected and clock.wall() < until:
            threading.Event().wait(0.05)
        if link.connected:
            for (topic, body), event in zip(letters, done, strict=True):
                link.publish(topic, body, event.set)
            for event in done:
                event.wait(max(0.0, until - clock.wall()))
    finally:
        link.stop()
    return [event.is_set() for event in done]
