"""A partner's webhook: takes letters, or is slow, broken or elsewhere."""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import Any

from xiangtian.core import clock
from xiangtian.publish import seal
from xiangtian.publish.simulator.server import LOOPBACK, Answer, Door, Server, answer_json


class Partner(Server):
    """A partner's webhook.

    Parameters
    ----------
    secret : str
        Shared with the house; "" to take anything.
    status : int
        What it answers.
    hang_s : float
        Seconds before it answers.
    location : str
        Where it sends callers on, for an answer 3xx.
    """

    def __init__(self, secret: str = "", status: int = 200, hang_s: float = 0.0, location: str = "") -> None:
        super().__init__()
        self.secret, self.status, self.hang_s, self.location = secret, status, hang_s, location
        self.letters: dict[str, dict[str, Any]] = {}
        self.counts: Counter[str] = Counter()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{LOOPBACK}:{self.port}/warnings"

    def answer(self, door: Door) -> Answer:
        """Check the seal, keep the letter once, answer as told."""
        self.counts["requests"] += 1
        time.sleep(self.hang_s)
        stamp, signature = door.headers.get(seal.TIME_HEADER, ""), door.headers.get(seal.HEADER, "")
        if self.secret and not seal.holds(self.secret, stamp, door.body, signature, clock.wall()):
            return answer_json(401, {"error": "wrong seal"})
        key = door.headers.get(seal.KEY_HEADER, "")
        if 200 <= self.status < 300:
            self.counts["duplicates" if key in self.letters else "taken"] += 1
            self.letters[key] = json.loads(door.body)
        return self.status, b"{}", {"Location": self.location} if self.location else {}
