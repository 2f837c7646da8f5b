"""The senders of a drill: stations that publish over MQTT, a radar that drops files; through the house's own doors."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from xiangtian.drill.faults import Delivery
from xiangtian.met.grid import RainFrame
from xiangtian.radar import odim_write

PATIENCE_S = 60.0


class SendingError(RuntimeError):
    """The house did not acknowledge in time; the message says what was sent where."""


class Network:
    """All stations of a drill over one MQTT connection, quality of service 1."""

    def __init__(self, host: str, port: int) -> None:
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"drill-network-{os.getpid()}")
        self._client.max_inflight_messages_set(400)
        self._client.max_queued_messages_set(0)
        self._address = (host, port)

    def start(self) -> None:
        """Connect."""
        self._client.connect(*self._address, keepalive=60)
        self._client.loop_start()

    def stop(self) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()

    def send(self, deliveries: Iterable[Delivery]) -> int:
        """Publish messages and wait until the house has acknowledged each; give how many.

        Raises
        ------
        SendingError
            If one is not acknowledged within a minute.
        """
        told: list[Any] = [
            self._client.publish(f"observe/stations/{one.station}", one.body, qos=1) for one in deliveries
        ]
        for one in told:
            one.wait_for_publish(PATIENCE_S)
            if not one.is_published():
                raise SendingError(
                    f"a station's message to {self._address[0]}:{self._address[1]} was not acknowledged in "
                    f"{PATIENCE_S:g} s; look whether the intake runs and its disk has room"
                )
        return len(told)


def drop(inbox: Path, frame: RainFrame) -> Path:
    """Drop a radar frame into the inbox as an ODIM_H5 file, whole at once."""
    folder = inbox / "radar"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"T_PASH21_C_DRILL_{frame.time:%Y%m%d%H%M%S}.h5"
    aside = folder / f".{name}"
    aside.write_bytes(odim_write.encode(frame))
    return aside.rename(folder / name)
