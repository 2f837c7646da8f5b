"""The contract of a channel, in words and shapes.

A channel takes one parcel (one message for one target) and says what became of it. It never touches the records:
what only they know stands in the parcel. It may be called from many threads at once, and again with the same parcel
after a crash: it passes the parcel's key on, so that the receiver can drop the second one. It has its own time-outs.
A member is one file with one class, one line in `channels/__init__.py`, one test; all members pass the family's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from xiangtian.publish.notice import Notice

KINDS = ("handed_over", "delivered", "failed_for_now", "failed_for_good")
"""What may become of a parcel: a receipt will follow; it is there; try again; trying again is no use."""
LIVE_TERMINALS = "xiangtian/terminals"
"""Root of the topics that live terminals listen to; no exercise may write below it."""


class MixingRefused(RuntimeError):
    """An exercise met a live target, or a warning an exercise target; nothing was sent."""


class BadAddress(ValueError):
    """An address can't be used by its channel; the message says what is allowed."""


@dataclass(frozen=True)
class Address:
    """A target as a channel sees it: its list ("live" or "exercise") and number there, name, address, shared secret."""

    list_name: str
    number: int
    name: str
    address: str
    secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class Endpoints:
    """Gateways of one list ("live" or "exercise"), "" where there is none, and the time-outs in seconds."""

    list_name: str
    sms_url: str = field(default="", repr=False)
    smtp_url: str = field(default="", repr=False)
    mqtt_url: str = field(default="", repr=False)
    mail_from: str = "warning@localhost"
    connect_s: float = 5.0
    answer_s: float = 10.0


@dataclass(frozen=True)
class Parcel:
    """One message for one target, leased to one sender.

    Attributes
    ----------
    delivery : int
        Number of the row.
    channel : str
        Name of the channel.
    attempt : int
        Number of this try, from 1.
    key : str
        What the receiver drops duplicates by.
    lease_by, lease_until : str, float
        Who holds the row, and until when (real time, s); a channel never starts what it can't finish by then.
    target, notice : Address, Notice
        To whom, what.
    prepared : Mapping
        What only the records know: per district the state that must stand on its terminal topic (`mqtt_terminal`), or
        the SHA-256 of what the feed serves (`cap_feed`, key "served").
    """

    delivery: int
    channel: str
    attempt: int
    key: str
    lease_by: str
    lease_until: float
    target: Address
    notice: Notice
    prepared: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What became of a parcel: one of `KINDS`, words for the duty officer, and the other side's number for it."""

    kind: str
    words: str
    gateway_id: str = ""


@dataclass(frozen=True)
class News:
    """What a gateway says of a parcel: "delivered", "confirmed" or "failed"; by its key or the gateway's number."""

    kind: str
    words: str = ""
    key: str = ""
    gateway_id: str = ""


class Channel(Protocol):
    """What each member offers."""

    name: str
    zh: str
    receipts: bool
    """Whether a receipt follows; if not, being handed over is being delivered, and the words say so."""
    for_people: bool
    """Whether people read it: then nothing expired and nothing already replaced is sent any more."""
    threads: int
    """How many parcels may be under way at once."""

    def check(self, address: str) -> None:
        """Refuse an address that can't be used.

        Raises
        ------
        BadAddress
            With what is allowed.
        """

    def ready(self, endpoints: Endpoints) -> str:
        """Say what setting is missing; "" when the channel can send. While it can't, its rows wait, visibly."""

    def send(self, parcel: Parcel, endpoints: Endpoints) -> Outcome:
        """Send one parcel; raise nothing that the other side can cause.

        Raises
        ------
        MixingRefused
            If the parcel's status, its target's list and the endpoints' list don't belong together.
        """


@runtime_checkable
class BulkChannel(Channel, Protocol):
    """A channel whose other side takes many parcels in one request."""

    bundle: int
    """How many parcels one request may carry."""

    def send_all(self, parcels: Sequence[Parcel], endpoints: Endpoints) -> list[Outcome]:
        """Send parcels, and say of each, in their order, what became of it; one bad parcel spoils no other.

        Raises
        ------
        MixingRefused
            As `send`; nothing was sent then.
        """


def refuse_mixing(parcel: Parcel, endpoints: Endpoints) -> None:
    """Refuse a parcel whose message, target and gateway are not all live or all exercise; every `send` begins with it.

    Raises
    ------
    MixingRefused
        Naming the three.
    """
    wanted = parcel.notice.list_name
    if not wanted == parcel.target.list_name == endpoints.list_name:
        raise MixingRefused(
            f"{parcel.notice.message} has status {parcel.notice.status}, its target {parcel.target.name} stands in the "
            f"{parcel.target.list_name} list and the gateway in the {endpoints.list_name} list: nothing was sent"
        )
