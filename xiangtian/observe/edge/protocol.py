"""What the station and the centre say to each other over MQTT (decision 0010).

Upwards, QoS 1: readings on `observe/edge/<station>`, a list of station messages (`decode/station_json`), each with an
`edge` block: `epoch` (the life of the buffer), `seq` (1, 2, 3 ... in it), `sent` and what the first checks said;
state and answers on `observe/edge-status/<station>`. Downwards: the configuration, retained, on
`edge/<station>/config`, and commands on `edge/<station>/command`, both signed by the centre (Ed25519).
"""

from __future__ import annotations

import datetime as dt
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

READINGS, STATUS, DOWN = "observe/edge/", "observe/edge-status/", "edge/"
STATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
VERBS = ("status", "resend", "interval", "restart", "self-test")
LARGEST_BYTES = 256 * 1024
MOST_RANGES = 200
Object = dict[str, Any]


class Rejected(ValueError):
    """What came can't be accepted; the message says why."""


@dataclass(frozen=True, slots=True)
class Command:
    """An order to a station: done once (`id`), not after `expires`."""

    id: str
    verb: str
    arguments: Mapping[str, Any]
    expires: dt.datetime


def topic_of(kind: str, station: str) -> str:
    """Give the topic: `readings`, `status` (upwards), `config`, `command` (downwards).

    Raises
    ------
    Rejected
        If the station's identifier can't stand in a topic.
    """
    if not STATION.fullmatch(station):
        raise Rejected(
            f"the station {station[:40]!r} can't stand in a topic: at most 32 letters, digits, '.', '_', '-'"
        )
    return {"readings": READINGS + station, "status": STATUS + station}.get(kind, f"{DOWN}{station}/{kind}")


def utc(moment: dt.datetime) -> str:
    """Write a moment in UTC with milliseconds."""
    return moment.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def reading_message(station: str, epoch: str, seq: int, stored: Mapping[str, Any], sent: dt.datetime) -> Object:
    """Make the station message of one buffered reading (`time`, `elements`, `checks`)."""
    return {
        "station": station,
        "time": stored["time"],
        "elements": stored["elements"],
        "edge": {"epoch": epoch, "seq": seq, "sent": utc(sent), "checks": stored.get("checks", {})},
    }


def written(told: object) -> bytes:
    """Write JSON in the one form that is signed: keys sorted, no blanks, UTF-8."""
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def sign(told: Mapping[str, Any], key: Ed25519PrivateKey) -> bytes:
    """Wrap something for a station in the centre's signature."""
    return written({"said": told, "signature": b64encode(key.sign(written(told))).decode("ascii")})


def opened(payload: bytes, key: Ed25519PublicKey, station: str) -> Object:
    """Open what the centre sent.

    Parameters
    ----------
    payload : bytes
        As it came.
    key : Ed25519PublicKey
        The centre's.
    station : str
        Who we are: what is meant for another is not accepted.

    Returns
    -------
    dict
        What was signed.

    Raises
    ------
    Rejected
        If it is too large, no JSON, not signed by the centre, or for another station.
    """
    if len(payload) > LARGEST_BYTES:
        raise Rejected(f"{len(payload)} bytes: at most {LARGEST_BYTES} are accepted")
    try:
        wrapped = json.loads(payload)
        said, signature = wrapped["said"], b64decode(wrapped["signature"], validate=True)
        key.verify(signature, written(said))
    except InvalidSignature:
        raise Rejected("the signature is not the centre's") from None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Rejected(f"no signed message: {type(error).__name__}: {error}") from None
    if not isinstance(said, dict) or said.get("station") != station:
        raise Rejected(f"it is not for this station ({station})")
    return said


def command(said: Mapping[str, Any], now: dt.datetime) -> Command:
    """Read an opened command.

    Raises
    ------
    Rejected
        If the verb is unknown, a part is missing, or it has expired.
    """
    try:
        found = Command(str(said["id"]), str(said["verb"]), dict(said.get("arguments", {})), moment(said["expires"]))
    except (KeyError, TypeError, ValueError) as error:
        raise Rejected(f"a command has id, verb, arguments and expires: {error}") from None
    if found.verb not in VERBS:
        raise Rejected(f"the verb {found.verb[:20]!r} is not known; allowed: {', '.join(VERBS)}")
    if found.expires <= now:
        raise Rejected(f"the command expired at {utc(found.expires)}")
    return found


def moment(text: object) -> dt.datetime:
    """Read a moment with a zone.

    Raises
    ------
    ValueError
        If it is none.
    """
    found = dt.datetime.fromisoformat(str(text))
    if found.tzinfo is None:
        raise ValueError(f"the moment {text} has no zone")
    return found.astimezone(dt.UTC)


def ranges(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Join sequence numbers into ranges.

    >>> ranges([4, 1, 2, 7, 3])
    [(1, 4), (7, 7)]
    """
    found: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def sequence_of(body: bytes) -> dict[str, list[tuple[int, int]]]:
    """Read which sequence numbers a message on a readings topic carries, by epoch; what has none gives none.

    >>> sequence_of(b'[{"edge": {"epoch": "a", "seq": 1}}, {"edge": {"epoch": "a", "seq": 2}}, {}]')
    {'a': [(1, 2)]}
    """
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    found: dict[str, list[int]] = {}
    for one in said if isinstance(said, list) else [said]:
        edge = one.get("edge") if isinstance(one, dict) else None
        if isinstance(edge, dict) and isinstance(edge.get("seq"), int) and isinstance(edge.get("epoch"), str):
            found.setdefault(edge["epoch"][:40], []).append(edge["seq"])
    return {epoch: ranges(numbers) for epoch, numbers in found.items()}
