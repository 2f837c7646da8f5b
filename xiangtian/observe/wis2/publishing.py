"""Our own data go out: files that never change under an address that never changes, and notifications over MQTT."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xiangtian.core import clock
from xiangtian.core.home import Home
from xiangtian.lake import durable
from xiangtian.observe.wis2 import ids
from xiangtian.observe.wis2.subscribe import Broker, client

DAY = re.compile(r"\d{8}")
FILE = re.compile(r"WIGOS_[0-9A-Za-z-]{5,40}_\d{8}T\d{6}_[0-9a-f]{16}\.bufr4")
CONNECT_S, ANSWER_S = 5.0, 15.0


class OutError(OSError):
    """The disk refuses a file that is to go out; the message says what to do."""


def folder(home: Home) -> Path:
    """Give the folder of what goes out: `data/<day>/<file>`."""
    return home.root / "wis2" / "data"


def granule_name(wigos: str, time: dt.datetime) -> str:
    """Give the name of a station's report of a moment, the same for all its corrections.

    >>> granule_name("0-20000-0-58358", dt.datetime(2026, 7, 1, tzinfo=dt.UTC))
    'WIGOS_0-20000-0-58358_20260701T000000'
    """
    return f"WIGOS_{wigos}_{time.astimezone(dt.UTC):%Y%m%dT%H%M%S}"


def place(name: str, day: dt.date, body: bytes) -> str:
    """Say where a file lies below what goes out: its address holds the first 16 digits of its SHA-256.

    >>> place("WIGOS_0-20000-0-58358_20260701T000000", dt.date(2026, 7, 1), b"abc")
    '20260701/WIGOS_0-20000-0-58358_20260701T000000_ba7816bf8f01cfea.bufr4'
    """
    return f"{day:%Y%m%d}/{name}_{hashlib.sha256(body).hexdigest()[:16]}.bufr4"


def keep(root: Path, name: str, day: dt.date, body: bytes) -> str:
    """Keep a file for ever under an address of its own.

    Parameters
    ----------
    root : Path
        The folder of what goes out.
    name : str
        Of the granule.
    day : date
        Of publication: old days are removed whole.
    body : bytes
        The file.

    Returns
    -------
    str
        Its `place`; when this returns the file is on the disk, whole.

    Raises
    ------
    OutError
        If the disk refuses.
    """
    told = place(name, day, body)
    _put(root / told, body)
    durable.sync(root)
    return told


def keep_record(home: Home, centre: str, body: bytes) -> None:
    """Keep the discovery record of a centre as it was announced, in place of the one before.

    Raises
    ------
    OutError
        If the disk refuses.
    """
    _put(home.root / "wis2" / "metadata" / f"{ids.centre(centre)}.json", body)


def record(home: Home, centre: str) -> bytes | None:
    """Give the discovery record of a centre as it was announced; None before that."""
    try:
        return (home.root / "wis2" / "metadata" / f"{ids.centre(centre)}.json").read_bytes()
    except FileNotFoundError:
        return None


def _put(path: Path, body: bytes) -> None:
    """Write a file aside, flush it and its folder: it is there whole, or not at all."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        durable.write(aside, body)
        aside.replace(path)
        durable.sync(path.parent)
    except OSError as error:
        raise OutError(f"{path} can't be written ({error.strerror}): look for a full or read-only disk") from error


def body(root: Path, day: str, name: str) -> bytes | None:
    """Give a file that went out; None where there is none of that day and name."""
    if not DAY.fullmatch(day) or not FILE.fullmatch(name):
        return None
    try:
        return (root / day / name).read_bytes()
    except FileNotFoundError:
        return None


def tidy(root: Path, before: dt.date) -> int:
    """Remove the days before a date; give how many."""
    old = [one for one in root.glob("*") if DAY.fullmatch(one.name) and one.name < f"{before:%Y%m%d}"]
    for one in old:
        shutil.rmtree(one)
    return len(old)


@dataclass(frozen=True, slots=True)
class Sent:
    """Which letters (by their place) the broker acknowledged, and why others were not; "" if all were."""

    acknowledged: frozenset[int]
    words: str = ""


def send(where: Broker, letters: Sequence[tuple[str, bytes]], client_id: str) -> Sent:
    """Publish letters with QoS 1 and wait until the broker has acknowledged them.

    Parameters
    ----------
    where : Broker
        The broker.
    letters : Sequence
        Topic and payload each.
    client_id : str
        Who we are there.

    Returns
    -------
    Sent
        What the broker has; it raises nothing that the other side can cause.
    """
    one = client(where, client_id, durable=False)
    one.connect_timeout = CONNECT_S
    refusals: list[str] = []
    one.on_connect = lambda *told: refusals.append(str(told[3])) if told[3].is_failure else None
    try:
        one.connect(where.host, where.port, keepalive=30)
    except (OSError, ValueError) as error:
        return Sent(frozenset(), f"无法连接 MQTT 服务（{type(error).__name__}: {error}）")
    one.loop_start()
    try:
        return _acknowledged([one.publish(topic, payload, qos=1) for topic, payload in letters], refusals)
    finally:
        one.disconnect()
        one.loop_stop()


def _acknowledged(waiting: Sequence[Any], refusals: Sequence[str]) -> Sent:
    until = clock.wall() + ANSWER_S
    for info in waiting:
        while not info.is_published() and not refusals and clock.wall() < until:
            info.wait_for_publish(0.05)
    done = frozenset(place for place, info in enumerate(waiting) if info.is_published())
    if len(done) == len(waiting):
        return Sent(done)
    why = f"MQTT 服务拒绝（{refusals[0]}）" if refusals else "MQTT 服务未在时限内确认（PUBACK）"
    return Sent(done, why)
