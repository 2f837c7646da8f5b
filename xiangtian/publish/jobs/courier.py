"""The senders of one process.

They work in threads that never touch the records: one pool per channel for first tries, one for repeated tries and
for targets in trouble, never two parcels for one target at once. So a dead target holds up nothing but itself.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace

from xiangtian.core import clock
from xiangtian.publish.actions.lease import Ask, claim, due_channels, postpone, release
from xiangtian.publish.actions.record import Tried, record
from xiangtian.publish.channels import channel
from xiangtian.publish.channels.contract import BulkChannel, Endpoints, MixingRefused, Outcome, Parcel
from xiangtian.publish.patience import Patience
from xiangtian.publish.queries.sending import endpoints

log = logging.getLogger(__name__)

LEASE_S = 60.0
"""Longer than any send may take; a killed sender's rows are taken up again after it."""
SLICE_S = 1.0
"""How long one sweep goes on while there is work."""
GATHER_S = 0.05
"""Pause in which finished parcels gather, so that they are recorded together."""
QUEUE = 4
"""Parcels claimed ahead, per thread; of bundles half as many, for a kill repeats what was sent and not yet recorded."""
SLOW_S = 1.0
"""A failure that took longer than this puts its target among the slow ones, until it succeeds again."""
MOST_SLOW = 500
Lane = tuple[str, str, bool]
"""Channel, list, and whether it is for repeated tries."""


class Courier:
    """The senders of one process."""

    def __init__(self, patience: Patience | None = None, lease_s: float = LEASE_S, answer_s: float = 10.0) -> None:
        self._patience = patience or Patience()
        self._lease_s = lease_s
        self._answer_s = answer_s
        self._turn = threading.Lock()
        self._pools: dict[Lane, ThreadPoolExecutor] = {}
        self._under_way: dict[Future[list[Tried]], tuple[Lane, list[Parcel]]] = {}
        self._slow: dict[str, dict[int, None]] = {"live": {}, "exercise": {}}

    def sweep(self, slice_s: float = SLICE_S) -> Counter[str]:
        """Hand over for a while; give how many parcels ended in which way. Two sweeps never run at once."""
        done: Counter[str] = Counter()
        if not self._turn.acquire(blocking=False):
            return done
        try:
            end, idle = clock.wall() + slice_s, 0
            while clock.wall() < end and idle < 2:
                finished, begun = self._collect(), self._begin()
                done.update(finished)
                idle = 0 if finished or begun else idle + 1
                wait(list(self._under_way), timeout=GATHER_S)
            done.update(self._collect())
        finally:
            self._turn.release()
        return done

    @property
    def busy(self) -> bool:
        """Whether parcels are under way."""
        return bool(self._under_way)

    def close(self) -> None:
        """Begin nothing more, and give back what was not begun."""
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)
        release([one for future, (_, held) in self._under_way.items() if future.cancelled() for one in held])
        self._pools.clear()
        self._under_way.clear()

    def _collect(self) -> Counter[str]:
        finished = [future for future in self._under_way if future.done()]
        pairs = [(self._under_way.pop(future)[1], future.result()) for future in finished]
        tried = [result for _, results in pairs for result in results]
        if tried:
            record(tried, self._patience)
        if untried := [parcel for held, results in pairs if not results for parcel in held]:
            release(untried)
        for result in tried:
            self._judge(result)
        return Counter(result.outcome.kind for result in tried)

    def _judge(self, result: Tried) -> None:
        target = result.parcel.target
        slow = self._slow[target.list_name]
        slow.pop(target.number, None)
        if result.outcome.kind == "failed_for_now" and result.seconds > SLOW_S:
            slow[target.number] = None
        if len(slow) > MOST_SLOW:
            slow.pop(next(iter(slow)))

    def _begin(self) -> int:
        begun = 0
        for name, list_name in due_channels(clock.wall()):
            gateways = replace(endpoints(list_name), answer_s=self._answer_s)
            if missing := channel(name).ready(gateways):
                postpone(name, list_name, missing)
                continue
            for repeated in (False, True):
                begun += self._fill((name, list_name, repeated), gateways)
        return begun

    def _fill(self, lane: Lane, gateways: Endpoints) -> int:
        name, list_name, repeated = lane
        bundle = bundle_of(name)
        ahead = channel(name).threads * (QUEUE if bundle == 1 else QUEUE // 2 * bundle)
        room = ahead - sum(len(held) for mine, held in self._under_way.values() if mine == lane)
        if room <= 0:
            return 0
        under_way = (one for mine, held in self._under_way.values() if mine[1] == list_name for one in held)
        busy = frozenset(one.target.number for one in under_way)
        ask = Ask(name, list_name, repeated, room, busy, frozenset(self._slow[list_name]))
        pool = self._pools.get(lane) or self._pools.setdefault(
            lane, ThreadPoolExecutor(channel(name).threads, f"{name}-")
        )
        parcels = claim(ask, self._lease_s)
        for begin in range(0, len(parcels), bundle):
            held = parcels[begin : begin + bundle]
            self._under_way[pool.submit(carry, held, gateways)] = (lane, held)
        return len(parcels)


def bundle_of(name: str) -> int:
    """Give how many parcels a channel takes at once."""
    found = channel(name)
    return found.bundle if isinstance(found, BulkChannel) else 1


def carry(parcels: Sequence[Parcel], gateways: Endpoints) -> list[Tried]:
    """Send parcels of one channel, in a thread; none if their lease is too near its end to begin."""
    patience_s = gateways.connect_s + gateways.answer_s
    if clock.wall() + patience_s > min(parcel.lease_until for parcel in parcels):
        return []
    started, begun = clock.now(), clock.wall()
    try:
        outcomes = _send(parcels, gateways)
    except MixingRefused as error:
        log.exception("refused")
        outcomes = [Outcome("failed_for_good", f"演练与真实不得混用：{error}")] * len(parcels)
    except Exception as error:
        log.exception("channel %s failed in an unforeseen way", parcels[0].channel)
        outcomes = [Outcome("failed_for_now", f"通道内部错误（{type(error).__name__}: {error}）")] * len(parcels)
    over = clock.wall()
    return [Tried(one, outcome, started, over - begun, over) for one, outcome in zip(parcels, outcomes, strict=True)]


def _send(parcels: Sequence[Parcel], gateways: Endpoints) -> list[Outcome]:
    found = channel(parcels[0].channel)
    if isinstance(found, BulkChannel):
        return found.send_all(parcels, gateways)
    return [found.send(one, gateways) for one in parcels]
