"""The agent: takes samples into the buffer, sends what is new first and then what waited, hears the centre.

It never loses its place: what is sent is marked only when the broker has acknowledged it, and the broker of the centre
acknowledges only what is on the centre's disk.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import logging
import shutil
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from xiangtian.observe.edge import protocol
from xiangtian.observe.edge.buffer import Buffer, Held
from xiangtian.observe.edge.checks import FirstChecks
from xiangtian.observe.edge.config import Config, checked
from xiangtian.observe.edge.link import Link
from xiangtian.observe.edge.protocol import Command, Rejected
from xiangtian.observe.edge.sources import Sample

log = logging.getLogger(__name__)
MOST_IN_FLIGHT = 4
ANSWERS_KEPT = 100
Clock = Callable[[], dt.datetime]


class Agent:
    """One station's agent; `take`, `pump` and `hear` may be called from threads of their own."""

    def __init__(self, station: str, buffer: Buffer, key: Ed25519PublicKey, now: Clock, folder: Path) -> None:
        self.station, self._buffer, self._key, self._now, self._folder = station, buffer, key, now, folder
        self.link: Link | None = None
        self.restart: Callable[[], None] = lambda: None
        """Opens the source anew; set by whoever runs the agent."""
        self.config = self._remembered()
        self._checks = FirstChecks()
        self._one = threading.RLock()
        self._flying = 0
        self._in_air: set[int] = set()
        self._live = self._cursor = 0
        self._slot = int(buffer.last_at() // self.config.interval_s) if buffer.last() else -1
        self._allowance, self._filled = 0.0, now()
        self._house: dict[str, float] = {}
        self._faults: dict[str, Any] = {"unheld": 0, "unread": 0, "config": ""}
        self._told: dt.datetime | None = None

    def _remembered(self) -> Config:
        text = self._buffer.note("config")
        try:
            return checked(json.loads(text)) if text else Config()
        except (ValueError, Rejected) as error:
            log.warning("the remembered configuration can't be used (%s): working with the defaults", error)
            return Config()

    def take(self, sample: Sample) -> int:
        """Take a sample, one in each interval; give its number, 0 if it was not due.

        A reading that the disk refuses is counted and told to the centre: it is not held.
        """
        with self._one:
            self._house = sample.house or self._house
            slot = int(sample.time.timestamp() // self.config.interval_s)
            if slot <= self._slot:
                return 0
            said = self._checks.check(sample.time, sample.elements, self.config)
            try:
                seq = self._buffer.append(sample.time, sample.elements, said)
            except sqlite3.Error as error:
                self._faults["unheld"] += 1
                log.warning("the disk refuses a reading (%s): it is lost", error)
                return 0
            self._slot = slot
            return seq

    def unread(self, why: str) -> None:
        """Count a line of the source that could not be read."""
        self._faults["unread"] += 1
        log.warning("a line of the source was left out: %s", why)

    def pump(self) -> int:
        """Send what may be sent now: the newest reading first, then what waited, then the state; give messages sent."""
        link = self.link
        if link is None or not link.connected:
            return 0
        with self._one:
            sent = self._send_newest(link)
            while self._flying < MOST_IN_FLIGHT and (batch := self._next_batch()):
                self._send(link, batch)
                sent += 1
            if self._told is None or (self._now() - self._told).total_seconds() >= self.config.status_s:
                self._told = self._now()
                self._say(self.status())
                sent += 1
        return sent

    def _send_newest(self, link: Link) -> int:
        newest = self._buffer.newest_unsent()
        if newest is None or newest.seq <= self._live:
            return 0
        self._live = newest.seq
        self._send(link, [newest])
        return 1

    def _next_batch(self) -> list[Held]:
        allowed = int(min(self._refilled(), self.config.batch))
        if allowed < 1:
            return []
        batch = self._waiting_on_ground(allowed)
        if not batch and not self._flying and self._cursor:
            self._cursor = 0
            batch = self._waiting_on_ground(allowed)
        if batch:
            self._cursor = batch[-1].seq
            self._allowance -= len(batch)
        return batch

    def _waiting_on_ground(self, most: int) -> list[Held]:
        found = self._buffer.unsent(most + len(self._in_air), above=self._cursor)
        return [one for one in found if one.seq not in self._in_air][:most]

    def _refilled(self) -> float:
        now = self._now()
        passed = max(0.0, (now - self._filled).total_seconds())
        self._filled = now
        most = max(self.config.replay_per_s, float(self.config.batch))
        self._allowance = min(most, self._allowance + passed * self.config.replay_per_s)
        return self._allowance

    def _send(self, link: Link, batch: Sequence[Held]) -> None:
        now = self._now()
        told = [protocol.reading_message(self.station, self._buffer.epoch, one.seq, one.stored, now) for one in batch]
        numbers = [one.seq for one in batch]
        self._flying += 1
        self._in_air.update(numbers)

        def done() -> None:
            self._buffer.acknowledged(numbers)
            with self._one:
                self._flying -= 1
                self._in_air.difference_update(numbers)

        link.publish(protocol.topic_of("readings", self.station), protocol.written(told), done)

    def status(self) -> dict[str, Any]:
        """Give the state, as it is told to the centre."""
        return {
            "station": self.station,
            "epoch": self._buffer.epoch,
            "sent": protocol.utc(self._now()),
            "config": self.config.version,
            "config_fault": self._faults["config"],
            "last": self._buffer.last(),
            "waiting": self._buffer.waiting(),
            "given_up": self._buffer.given_up(),
            "unheld": self._faults["unheld"],
            "unread": self._faults["unread"],
            "disk_free_mb": shutil.disk_usage(self._folder).free // 2**20,
            "house": self._house,
        }

    def _say(self, told: dict[str, Any]) -> None:
        if self.link and self.link.connected:
            self.link.publish(protocol.topic_of("status", self.station), protocol.written(told), lambda: None)

    def hear(self, topic: str, payload: bytes) -> None:
        """Hear the centre: a configuration or a command. What is not accepted is told, and changes nothing."""
        try:
            said = protocol.opened(payload, self._key, self.station)
            if topic == protocol.topic_of("config", self.station):
                self._configure(said)
            elif topic == protocol.topic_of("command", self.station):
                self._obey(said)
        except Rejected as error:
            log.warning("what came on %s is not accepted: %s", topic, error)
            self._say(self.status() | {"rejected": f"{topic}: {error}"})

    def _configure(self, said: dict[str, Any]) -> None:
        with self._one:
            before = self.config
            try:
                self.config = self._accepted(said, before)
                self._faults["config"] = ""
            except (Rejected, sqlite3.Error) as error:
                self.config, self._faults["config"] = before, str(error)[:300]
            if self.config.interval_s != before.interval_s:
                self._slot = -1
            self._say(self.status())

    def _accepted(self, said: dict[str, Any], before: Config) -> Config:
        """Check a configuration and write it down; only then is it at work."""
        wanted = checked(said.get("config", {}))
        if wanted.version < before.version:
            raise Rejected(f"version {wanted.version} is older than {before.version}, which is at work")
        self._buffer.set_note("config", json.dumps(wanted.told()))
        return wanted

    def _obey(self, said: dict[str, Any]) -> None:
        with self._one:
            known = json.loads(self._buffer.note("answers") or "{}")
            identifier = str(said.get("id", ""))
            if identifier not in known:
                known[identifier] = self._answer(said)
                kept = dict(list(known.items())[-ANSWERS_KEPT:])
                self._buffer.set_note("answers", json.dumps(kept))
            answer = {"id": identifier, **known[identifier]}
            self._say({"station": self.station, "sent": protocol.utc(self._now()), "answer": answer})

    def _answer(self, said: dict[str, Any]) -> dict[str, Any]:
        try:
            order = protocol.command(said, self._now())
            done = {
                "status": self._do_status,
                "resend": self._do_resend,
                "interval": self._do_interval,
                "restart": self._do_restart,
                "self-test": self._do_self_test,
            }[order.verb](order)
        except (Rejected, sqlite3.Error, KeyError, TypeError, ValueError) as error:
            return {"ok": False, "words": str(error)[:300]}
        return {"ok": True, "words": done}

    def _do_status(self, _: Command) -> str:
        self._told = None
        return "state follows"

    def _do_resend(self, order: Command) -> str:
        first, last = int(order.arguments["first"]), int(order.arguments["last"])
        held = self._buffer.again(first, last)
        self._cursor = min(self._cursor, first - 1)
        return f"{held} of {last - first + 1} are held and sent again"

    def _do_interval(self, order: Command) -> str:
        told = self.config.told() | {"interval_s": order.arguments["seconds"]}
        self.config = dataclasses.replace(self.config, interval_s=checked(told).interval_s)
        self._slot = -1
        return f"a reading every {self.config.interval_s:g} s until the next configuration or start"

    def _do_restart(self, _: Command) -> str:
        self.restart()
        self._checks = FirstChecks()
        return "the source is opened anew"

    def _do_self_test(self, _: Command) -> str:
        free = shutil.disk_usage(self._folder).free // 2**20
        last = self._buffer.last()
        return f"buffer readable, {last} readings ever, {self._buffer.waiting()} waiting; {free} MiB free"
