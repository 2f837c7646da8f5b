"""The doors: an external MQTT broker, and the folder into which files are dropped.

A door only hands over bytes and a name. The external broker's message is acknowledged, and a dropped file is removed,
only after the keeper says that the bytes are safe.
"""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from xiangtian.core import clock
from xiangtian.lake import raw
from xiangtian.observe import actions
from xiangtian.observe.keeper import Keeper

log = logging.getLogger(__name__)
TOPICS = (("observe/#", 1), ("radar/#", 1))
AGAIN_S = 1.0
"""Pause before something that could not be kept is tried again."""
SETTLED_S = 1.0
"""A dropped file is taken when it was last written at least so long ago; write aside and rename to be quick."""


class ExternalBroker:
    """A subscription at somebody else's broker, with a session that outlives us and acknowledgement by hand."""

    def __init__(self, keeper: Keeper, url: str, client_id: str = "xiangtian-intake") -> None:
        parts = urlparse(url)
        if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
            raise ValueError(f"broker address {url!r} can't be used; allowed: mqtt://user:password@host:port")
        self._keeper = keeper
        self._session = 0
        self._address = (parts.hostname, parts.port or (8883 if parts.scheme == "mqtts" else 1883))
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=False, manual_ack=True
        )
        if parts.username:
            self._client.username_pw_set(unquote(parts.username), unquote(parts.password or ""))
        if parts.scheme == "mqtts":
            self._client.tls_set()
        self._client.on_connect = self._subscribe
        self._client.on_message = self.on_message
        self._client.reconnect_delay_set(1, 30)

    def start(self) -> None:
        """Connect (now, or as soon as the broker is there) and listen."""
        self._client.connect_async(*self._address, keepalive=30)
        self._client.loop_start()

    def stop(self) -> None:
        """Leave the broker; its session stays, so that nothing sent meanwhile is lost."""
        self._session += 1
        self._client.disconnect()
        self._client.loop_stop()

    def _subscribe(self, client: mqtt.Client, _userdata: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            log.error("the broker at %s:%d refuses us: %s", *self._address, reason)
            return
        self._session += 1
        client.subscribe(list(TOPICS))

    def on_message(self, client: mqtt.Client, _userdata: Any, message: mqtt.MQTTMessage) -> None:
        """Keep one message, and acknowledge it when it is safe; what a lost connection left open comes again."""
        self._keep(message, self._session)

    def _keep(self, message: mqtt.MQTTMessage, session: int) -> None:
        def acknowledge(kept: Future[None]) -> None:
            if session == self._session and kept.exception() is None:
                self._client.ack(message.mid, message.qos)
            elif session == self._session:
                again = threading.Timer(AGAIN_S, self._keep, (message, session))
                again.daemon = True
                again.start()

        if session == self._session:
            self._keeper.submit(bytes(message.payload), "mqtt", message.topic).add_done_callback(acknowledge)


class Folder:
    """The inbox: files anywhere below it are kept and then removed; names beginning with a dot are not ours yet."""

    def __init__(self, keeper: Keeper, inbox: Path, every_s: float = 0.1) -> None:
        self._keeper, self._inbox, self._every_s = keeper, inbox, every_s
        self._stop = threading.Event()
        self._unreadable: set[Path] = set()
        self._thread = threading.Thread(target=self._run, name="folder", daemon=True)

    def start(self) -> None:
        """Start watching."""
        self._thread.start()

    def stop(self) -> None:
        """Stop watching."""
        self._stop.set()
        self._thread.join(10)

    def _run(self) -> None:
        while not self._stop.wait(self._every_s):
            try:
                self.sweep()
            except Exception:
                log.exception("files in the inbox %s could not be taken; trying again", self._inbox)
                self._stop.wait(AGAIN_S)

    def sweep(self) -> int:
        """Take every settled file once; give how many."""
        taken = 0
        for path in sorted(self._inbox.rglob("*")):
            if path.is_file() and not self._hidden(path) and self._settled(path):
                taken += self._take(path)
        return taken

    def _hidden(self, path: Path) -> bool:
        return any(part.startswith(".") for part in path.relative_to(self._inbox).parts)

    def _settled(self, path: Path) -> bool:
        scenario = clock.scenario()
        pause = SETTLED_S / max(1.0, scenario.rate) if scenario and scenario.rate else 0.0 if scenario else SETTLED_S
        try:
            return clock.wall() - path.stat().st_mtime >= pause
        except FileNotFoundError:
            return False

    def _take(self, path: Path) -> int:
        name = path.relative_to(self._inbox).as_posix()
        size = path.stat().st_size
        if size > raw.MAX_BODY_BYTES:
            actions.refuse_large("folder", name, size)
            aside = self._inbox / ".too-large"
            aside.mkdir(exist_ok=True)
            path.rename(aside / path.name)
            return 1
        try:
            body = path.read_bytes()
        except OSError as error:
            if path not in self._unreadable:
                log.warning("%s in the inbox can't be read (%s): give it readable rights", name, error.strerror)
                self._unreadable.add(path)
            return 0
        self._keeper.submit(body, "folder", name).result()
        path.unlink()
        return 1
