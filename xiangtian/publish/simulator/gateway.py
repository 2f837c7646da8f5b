"""A phone-message gateway that fails now and then, sends receipts later, and drops what it has had already."""

from __future__ import annotations

import json
import secrets
import threading
from collections import Counter
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx

from xiangtian.core import clock
from xiangtian.publish import seal
from xiangtian.publish.simulator.server import LOOPBACK, Answer, Door, Server, answer_json, share


@dataclass(frozen=True)
class Faults:
    """Shares of messages (0 to 1) that are refused at once, fail the first time only, or can't be delivered later."""

    refused: float = 0.0
    first_time: float = 0.0
    undelivered: float = 0.0


class SmsGateway(Server):
    """A phone-message gateway (its language: `channels/sms.py`): POST /messages, GET /receipts?after=N.

    Receipts may also be sent, to `callback`.

    Parameters
    ----------
    key : str
        Seals requests and receipts.
    faults : Faults
        What goes wrong; a message's fate is fixed by its key.
    receipt_after_s : float
        Seconds from taking a message to its receipt.
    callback : str
        Where receipts are sent; "" if they are to be asked for.
    confirmed : float
        Share of delivered messages that a person confirms too.
    """

    def __init__(
        self,
        key: str = "drill",
        faults: Faults | None = None,
        receipt_after_s: float = 0.0,
        callback: str = "",
        confirmed: float = 0.0,
    ) -> None:
        super().__init__()
        self.key, self.faults, self.callback = key, faults or Faults(), callback
        self.receipt_after_s, self.confirmed = receipt_after_s, confirmed
        self.counts: Counter[str] = Counter()
        self.taken: dict[str, dict[str, str]] = {}
        self._receipts: list[tuple[float, dict[str, str]]] = []
        self._failed_once: set[str] = set()
        self._refused: set[str] = set()
        self._boot = secrets.token_hex(4)
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    @property
    def url(self) -> str:
        """Its address, name and key included."""
        return f"http://office:{self.key}@{LOOPBACK}:{self.port}"

    def start(self, port: int = 0) -> None:
        """Listen, and send receipts if there is a callback."""
        super().start(port)
        if self.callback:
            threading.Thread(target=self._send_receipts, daemon=True).start()

    def stop(self) -> None:
        """Stop listening and sending."""
        self._stopped.set()
        super().stop()

    def answer(self, door: Door) -> Answer:
        """Take a message, or tell receipts."""
        parts = urlsplit(door.path)
        asked = parse_qs(parts.query).get("after", [""])[0]
        body = door.body if door.command == "POST" else asked.encode()
        stamp, signature = door.headers.get(seal.TIME_HEADER, ""), door.headers.get(seal.HEADER, "")
        if not seal.holds(self.key, stamp, body, signature, clock.wall()):
            return answer_json(401, {"error": "wrong seal"})
        if parts.path == "/receipts":
            return self._tell(asked)
        with self._lock:
            results = [self._take(order) for order in json.loads(door.body)["messages"]]
        return answer_json(200, {"results": results})

    def _take(self, order: dict[str, str]) -> dict[str, object]:
        key, number = order["key"], f"S{order['key'][:20]}{order['key'][32:]}"
        if key in self.taken:
            self.counts["duplicates"] += 1
            return {"key": key, "id": number}
        if share(key, "refused") < self.faults.refused:
            self.counts["refused"] += key not in self._refused
            self._refused.add(key)
            return {"key": key, "error": "空号", "again": False}
        if share(key, "first") < self.faults.first_time and key not in self._failed_once:
            self._failed_once.add(key)
            self.counts["failed_once"] += 1
            return {"key": key, "error": "繁忙", "again": True}
        self.taken[key] = order
        self.counts["taken"] += 1
        self._plan_receipts(key, number)
        return {"key": key, "id": number}

    def _plan_receipts(self, key: str, number: str) -> None:
        fails = share(key, "undelivered") < self.faults.undelivered
        kinds = [("failed", "关机")] if fails else [("delivered", "已送达手机")]
        if not fails and share(key, "confirmed") < self.confirmed:
            kinds.append(("confirmed", "已阅"))
        at = clock.wall() + self.receipt_after_s
        self._receipts += [(at, {"id": number, "key": key, "kind": kind, "words": words}) for kind, words in kinds]

    def _ripe(self, after: int) -> list[dict[str, str]]:
        wall, ripe = clock.wall(), []
        with self._lock:
            for at, receipt in self._receipts[after : after + 1000]:
                if at > wall:
                    break
                ripe.append(receipt)
        return ripe

    def _tell(self, asked: str) -> Answer:
        boot, _, place = asked.partition(".")
        after = int(place) if boot == self._boot else 0  # a cursor of an earlier life counts for nothing
        ripe = self._ripe(after)
        return answer_json(200, {"receipts": ripe, "next": f"{self._boot}.{after + len(ripe)}"})

    def _send_receipts(self) -> None:
        told = 0
        while not self._stopped.wait(0.1):
            if not (ripe := self._ripe(told)):
                continue
            body, stamp = json.dumps({"receipts": ripe}, ensure_ascii=False).encode(), str(int(clock.wall()))
            headers = {seal.TIME_HEADER: stamp, seal.HEADER: seal.sign(self.key, stamp, body)}
            try:
                answer = httpx.post(self.callback, content=body, headers=headers, timeout=10, trust_env=False)
            except httpx.HTTPError:
                self.counts["callbacks_failed"] += 1
                continue
            told += len(ripe) if answer.is_success else 0
