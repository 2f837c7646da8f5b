"""The family of channels: their contract is in `contract.py`; to add one, write its file and its line here."""

from __future__ import annotations

from xiangtian.publish.channels.cap_feed import CapFeed
from xiangtian.publish.channels.contract import Channel
from xiangtian.publish.channels.email import Email
from xiangtian.publish.channels.mqtt_terminal import MqttTerminal
from xiangtian.publish.channels.sms import Sms
from xiangtian.publish.channels.webhook import Webhook

CHANNELS: tuple[Channel, ...] = (CapFeed(), MqttTerminal(), Webhook(), Sms(), Email())
"""All channels, in the order in which pages show them."""

_BY_NAME = {channel.name: channel for channel in CHANNELS}


def channel(name: str) -> Channel:
    """Look up a channel.

    Raises
    ------
    KeyError
        If there is none of this name; the message lists the names it knows.
    """
    try:
        return _BY_NAME[name]
    except KeyError:
        raise KeyError(f"no channel {name!r}; there are {', '.join(_BY_NAME)}") from None
