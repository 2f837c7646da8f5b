"""What came in lately, told from the journal of arrivals: by door, format and five minutes. Kept in memory."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice

from xiangtian.core.home import Home
from xiangtian.lake import raw, seek
from xiangtian.lake.journal import Kept
from xiangtian.observe.decode import FAMILY, HEAD_BYTES, SHIPPED, Decoder
from xiangtian.observe.decode.mapped_csv import MappedTable
from xiangtian.observe.mappings import Shelf

BIN = dt.timedelta(minutes=5)
SHOWN = dt.timedelta(hours=3)
REMEMBERED = dt.timedelta(hours=24)
MOST_BYTES = 40 * 1024 * 1024
"""At first so much of the journal is read at most (some 180 000 arrivals)."""
MOST_LOOKED_AT = 3000
"""Of one refresh the newest so many bodies are looked at for their format."""
RADAR = "radar/"
UNREAD, UNKNOWN, GONE = "unread", "unknown", "lost"
"""Formats that are none: not looked at, known to no decoder, bytes missing."""


class Tally:
    """Counts what came in; threads may share one."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._mappings = Shelf(home.root / "mappings")
        self._one = threading.Lock()
        self._offset: int | None = None
        self.since: dt.datetime | None = None
        """When the first arrival came in that was read."""
        self.counts: Counter[tuple[dt.datetime, str, str]] = Counter()
        """Messages by end of the five minutes, door and format."""
        self.last: dict[str, dt.datetime] = {}
        """When each door last brought something."""
        self.minutes: dict[str, set[int]] = defaultdict(set)
        """Minutes (since 1970) in which each door brought something."""
        self._doors: dict[str, str] = {}
        self._order: deque[tuple[dt.datetime, str]] = deque()

    def refresh(self, now: dt.datetime) -> None:
        """Read what came in since the last time, and forget what is too old to be shown.

        Raises
        ------
        SpoolError
            If the journal is damaged.
        """
        with self._one:
            if self._offset is None:
                newest = seek.offset_at(self._home, dt.datetime.max.replace(tzinfo=dt.UTC))
                oldest = seek.offset_at(self._home, now - REMEMBERED)
                self._offset = oldest if newest - oldest <= MOST_BYTES else seek.offset_at(self._home, now - SHOWN)
            fresh = list(islice(raw.arrivals(self._home, self._offset), MOST_BYTES // 200))
            if fresh:
                self._offset = fresh[-1].offset
                self.since = self.since or fresh[0].received
                self._take(fresh, now)
            self._forget(now)

    def doors(self) -> dict[str, str]:
        """Give the door through which each body (by its hash) of the last hours came."""
        return dict(self._doors)

    def _take(self, fresh: list[Kept], now: dt.datetime) -> None:
        unread = len(fresh) - MOST_LOOKED_AT
        decoders = self._decoders()
        for place, one in enumerate(fresh):
            self.last[one.source] = max(one.received, self.last.get(one.source, one.received))
            self.minutes[one.source].add(int(one.received.timestamp() // 60))
            if one.received > now - SHOWN:
                form = self._format(one, decoders) if place >= unread else UNREAD
                self.counts[bin_end(one.received), one.source, form] += 1
                self._doors[one.sha256] = one.source
                self._order.append((one.received, one.sha256))

    def _decoders(self) -> tuple[Decoder, ...]:
        return (*FAMILY, *(MappedTable(mapping) for mapping in self._mappings.now()), *SHIPPED)

    def _format(self, one: Kept, decoders: Iterable[Decoder]) -> str:
        if one.name.startswith(RADAR):
            return "radar"
        try:
            with raw.place(self._home, one.sha256).open("rb") as body:
                head = body.read(HEAD_BYTES)
        except OSError:
            return GONE
        if head[:2] == b"\x1f\x8b":
            return "gzip"
        return next((decoder.NAME for decoder in decoders if decoder.sniff(head, one.name)), UNKNOWN)

    def _forget(self, now: dt.datetime) -> None:
        for key in [key for key in self.counts if key[0] <= now - SHOWN]:
            del self.counts[key]
        while self._order and self._order[0][0] <= now - SHOWN:
            self._doors.pop(self._order.popleft()[1], None)
        first = int((now - REMEMBERED).timestamp() // 60)
        for minutes in self.minutes.values():
            minutes -= {minute for minute in minutes if minute < first}


def bin_end(moment: dt.datetime) -> dt.datetime:
    """Give the end of the five minutes (end included) that a moment belongs to."""
    begun = moment.replace(second=0, microsecond=0, minute=moment.minute - moment.minute % 5)
    return begun if begun == moment else begun + BIN


@lru_cache(maxsize=4)
def tally(home: Home) -> Tally:
    """Give the tally of a home; one for all threads of this process."""
    return Tally(home)
