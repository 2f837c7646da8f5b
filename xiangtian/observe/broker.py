"""The embedded MQTT broker: a sender gets its PUBACK only when the bytes are on disk.

Built on amqtt; a publish packet is handed to the keeper first, and only then to the broker's own flow, which
acknowledges it and passes it on to subscribers. `tests/test_broker.py` proves the order.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from concurrent.futures import Future
from typing import Any

from amqtt.broker import Broker
from amqtt.contexts import BrokerConfig

from xiangtian.core import settings
from xiangtian.observe.keeper import Keeper

log = logging.getLogger(__name__)
KEPT_TOPICS = ("observe/", "radar/")
"""Topics whose messages are kept; others (terminals, status) only pass through."""
AGAIN_S = 1.0
"""Pause before a message that could not be kept is tried again; its sender, not acknowledged, holds back meanwhile."""


class _KeepingBroker(Broker):  # type: ignore[misc]
    """A broker whose sessions keep what they receive before they acknowledge it."""

    keeper: Keeper

    async def _handle_client_session(
        self, reader: Any, writer: Any, client_session: Any, handler: Any, *rest: Any
    ) -> None:
        acknowledge_and_pass_on = handler.handle_publish

        async def keep_first(packet: Any) -> None:
            topic = packet.topic_name or ""
            if topic.startswith(KEPT_TOPICS):
                await self._keep(bytes(packet.data or b""), topic)
            await acknowledge_and_pass_on(packet)

        handler.handle_publish = keep_first
        await super()._handle_client_session(reader, writer, client_session, handler, *rest)

    async def _keep(self, body: bytes, topic: str) -> None:
        """Return when the bytes are safe. A sender that leaves before sends again when it comes back."""
        while True:
            try:
                await asyncio.wrap_future(self.keeper.submit(body, "mqtt", topic))
                return
            except Exception as error:
                log.warning("a message on %s is not acknowledged yet, trying again: %s", topic, error)
                await asyncio.sleep(AGAIN_S)


def _config(bind: str, port: int) -> BrokerConfig:
    passwords = settings.text("XIANGTIAN_MQTT_PASSWORDS")
    guard: dict[str, dict[str, Any]] = (
        {"amqtt.plugins.authentication.FileAuthPlugin": {"password_file": passwords}}
        if passwords
        else {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
    )
    return BrokerConfig.from_dict(
        {"listeners": {"default": {"type": "tcp", "bind": f"{bind}:{port}"}}, "plugins": guard}
    )


def _free_port(bind: str) -> int:
    with socket.socket(socket.AF_INET6 if ":" in bind else socket.AF_INET) as probe:
        probe.bind((bind, 0))
        return int(probe.getsockname()[1])


class EmbeddedBroker:
    """The broker in a thread of its own; port 0 takes any that is free.

    Raises
    ------
    OSError
        From `start`, if the port is taken.
    """

    def __init__(self, keeper: Keeper, bind: str, port: int) -> None:
        self._keeper = keeper
        self._bind, self._asked = bind, port or _free_port(bind)
        self._loop = asyncio.new_event_loop()
        self._ready: Future[int] = Future()
        self._thread = threading.Thread(target=self._run, name="broker", daemon=True)
        self.port = self._asked

    def start(self) -> int:
        """Start listening and give the port."""
        if not self._is_loopback() and not settings.text("XIANGTIAN_MQTT_PASSWORDS"):
            raise settings.SettingError(
                f"XIANGTIAN_MQTT_BIND={self._bind!r} opens the broker to the network without XIANGTIAN_MQTT_PASSWORDS: "
                "name a password file, or bind to 127.0.0.1"
            )
        self._thread.start()
        return self._ready.result(timeout=20)

    def stop(self) -> None:
        """Stop listening and end the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _is_loopback(self) -> bool:
        return self._bind in ("localhost", "::1") or self._bind.startswith("127.")

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        broker = _KeepingBroker(_config(self._bind, self._asked), loop=self._loop)
        broker.keeper = self._keeper
        try:
            self._loop.run_until_complete(broker.start())
        except Exception as error:
            self._ready.set_exception(
                OSError(f"the embedded broker can't listen on {self._bind}:{self._asked}: {error}")
            )
            return
        self._ready.set_result(self._asked)
        self._loop.run_forever()
        self._loop.run_until_complete(broker.shutdown())
        self._loop.close()
