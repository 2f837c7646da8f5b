"""Terminals over MQTT: on one retained topic per district stands what is in force there now.

The state is written, not the message: a screen that was off shows the right thing when it is back, a late or repeated
write does no harm, and lifting or expiry writes "nothing in force" (never silence).
"""

from __future__ import annotations

import functools
import re
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from xiangtian.core import clock
from xiangtian.publish.channels.contract import LIVE_TERMINALS, BadAddress, Endpoints, Outcome, Parcel, refuse_mixing

ROOT = re.compile(r"[^+#\s/]+(/[^+#\s/]+)*")
PORTS = {"mqtt": 1883, "mqtts": 8883}


def _client(url: str, connect_s: float) -> mqtt.Client:
    parts = urlsplit(url)
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"xiangtian-{uuid.uuid4().hex[:12]}")
    client.connect_timeout = connect_s
    if parts.username:
        client.username_pw_set(unquote(parts.username), unquote(parts.password or ""))
    if parts.scheme == "mqtts":
        client.tls_set()
    client.connect(parts.hostname or "", parts.port or PORTS[parts.scheme], keepalive=30)
    return client


def put(endpoints: Endpoints, topics: Mapping[str, str]) -> Outcome:
    """Write retained payloads with QoS 1 and wait until the broker has acknowledged all.

    Parameters
    ----------
    endpoints : Endpoints
        Whose broker.
    topics : Mapping
        Payload (text) per topic.

    Returns
    -------
    Outcome
        "delivered" after the last PUBACK, else "failed_for_now".
    """
    try:
        client = _client(endpoints.mqtt_url, endpoints.connect_s)
    except (OSError, ValueError) as error:
        return Outcome("failed_for_now", f"无法连接 MQTT 服务（{type(error).__name__}: {error}）")
    refusals: list[str] = []
    client.on_connect = functools.partial(_note_refusal, refusals)
    client.loop_start()
    try:
        return _acknowledged(client, topics, clock.wall() + endpoints.answer_s, refusals)
    finally:
        client.disconnect()
        client.loop_stop()


def _note_refusal(refusals: list[str], *connected: Any) -> None:
    code = connected[3]  # client, userdata, flags, reason code, properties
    if code.is_failure:
        refusals.append(str(code))


def _acknowledged(client: mqtt.Client, topics: Mapping[str, str], until: float, refusals: list[str]) -> Outcome:
    waiting = [client.publish(topic, text, qos=1, retain=True) for topic, text in topics.items()]
    for info in waiting:
        while not info.is_published():
            if refusals or clock.wall() >= until:
                why = f"MQTT 服务拒绝（{refusals[0]}）" if refusals else "MQTT 服务未在时限内确认（PUBACK）"
                return Outcome("failed_for_now", why)
            info.wait_for_publish(0.1)
    marks = ",".join(str(info.mid) for info in waiting)
    return Outcome(
        "delivered", f"MQTT 服务已确认 {len(waiting)} 个主题（PUBACK）；终端本身没有回执", f"puback-{marks}"[:120]
    )


class MqttTerminal:
    """Writes the state of each district the message (or an earlier one of its event) touches."""

    name = "mqtt_terminal"
    zh = "显示终端"
    receipts = False
    for_people = False
    threads = 4

    def check(self, address: str) -> None:
        """Allow a topic without wildcards, below which one level per district is written."""
        if not ROOT.fullmatch(address):
            raise BadAddress(f"{address!r} is no topic root; allowed: words with / between, e.g. {LIVE_TERMINALS}")

    def ready(self, endpoints: Endpoints) -> str:
        """Need a broker whose scheme is known."""
        if not endpoints.mqtt_url:
            return "MQTT 服务未配置（XIANGTIAN_MQTT_URL 或内置服务端口；演练用演练服务）"
        scheme = urlsplit(endpoints.mqtt_url).scheme
        return "" if scheme in PORTS else f"XIANGTIAN_MQTT_URL 以 {scheme!r} 开头；可用：{'、'.join(PORTS)}"

    def send(self, parcel: Parcel, endpoints: Endpoints) -> Outcome:
        """Write the prepared states."""
        refuse_mixing(parcel, endpoints)
        root = parcel.target.address
        if not parcel.notice.real and (root + "/").startswith(LIVE_TERMINALS + "/"):
            return Outcome("failed_for_good", f"演练消息不得写入真实终端主题 {root}：请更改该演练目标的地址")
        if missing := self.ready(endpoints):
            return Outcome("failed_for_now", missing)
        if not parcel.prepared:
            return Outcome("failed_for_good", "该目标不负责此消息的任何行政区：请核实目标的行政区")
        return put(endpoints, {f"{root}/{area}": state for area, state in parcel.prepared.items()})
