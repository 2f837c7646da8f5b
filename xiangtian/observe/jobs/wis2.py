"""Jobs of WIS2: fetch what was announced, write and send our own, forget what is old; and the subscription."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from django.db import close_old_connections

from xiangtian.core import clock, settings
from xiangtian.core.home import Home, home
from xiangtian.kit.jobs import Job
from xiangtian.observe.actions import wis2 as taking
from xiangtian.observe.actions import wis2_publish as out
from xiangtian.observe.actions.wis2 import Errand, Outcome
from xiangtian.observe.queries import readings
from xiangtian.observe.queries import wis2 as queries
from xiangtian.observe.wis2.hours import SETTLED
from xiangtian.observe.wis2.subscribe import Letter, Subscription, broker

THREADS = 12
A_HOST = 4
"""Most files under way from one host: one that hangs leaves room for the others."""
ZH = {"done": "接收", "unchanged": "未变化", "quarantined": "校验失败", "given_up": "放弃", "waiting": "待重试"}


def subscription(place: Home) -> Subscription | None:
    """Give our subscription, not yet started; None where no broker is named.

    Raises
    ------
    SettingError, BrokerError
        If a setting can't be used.
    """
    url = settings.text("XIANGTIAN_WIS2_SUBSCRIBE")
    if not url:
        return None
    own = queries.node().centre

    def note(letters: Sequence[Letter]) -> None:
        close_old_connections()
        taking.take_notices(letters, own)

    who = hashlib.sha256(f"{own} {place.root}".encode()).hexdigest()[:12]
    where = broker(url, settings.text("XIANGTIAN_WIS2_MQTT"))
    return Subscription(where, queries.subscriptions(), note, f"xiangtian-wis2-{who}")


class Fetching:
    """Fetches what is due, a few files at a time; a sweep begins and settles, and never waits for a file."""

    def __init__(self, place: Home) -> None:
        self._home = place
        self._pool = ThreadPoolExecutor(THREADS, "wis2-fetch")
        self._under_way: dict[Future[Outcome], Errand] = {}

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return bool(self._under_way)

    def sweep(self) -> str:
        """Settle what came, and begin what is due; nothing is fetched in an exercise."""
        states: Counter[str] = Counter()
        for done in [one for one in self._under_way if one.done()]:
            states[taking.settle(self._home, self._under_way[done], done.result())] += 1
            del self._under_way[done]
        if clock.scenario() is None:
            self._begin()
        return "，".join(f"{ZH[state]} {number}" for state, number in states.items())

    def _begin(self) -> None:
        hosts = Counter(errand.host for errand in self._under_way.values())
        room = THREADS - len(self._under_way)
        busy = [host for host, number in hosts.items() if host and number >= A_HOST]
        for errand in taking.claim(min(room, A_HOST), busy) if room else ():
            self._under_way[self._pool.submit(taking.run_errand, errand)] = errand

    def close(self) -> None:
        """Stop; what was under way is taken up again when its lease ends."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class _House:
    """What this process remembers between sweeps."""

    lock = threading.Lock()
    fetching: Fetching | None = None
    prepared: tuple[int, str] = (-2, "")


def fetch() -> str:
    """Fetch what was announced to us."""
    with _House.lock:
        _House.fetching = _House.fetching or Fetching(home())
        return _House.fetching.sweep()


def prepare() -> str:
    """Write our own reports, if the table grew since the last time or another hour has settled."""
    if not out.publishes():
        return ""
    seen = (readings(home()).version(), f"{clock.now() - SETTLED:%Y%m%d%H}")
    if seen == _House.prepared:
        return ""
    count = out.prepare(home())
    _House.prepared = seen if count < out.MOST_AT_ONCE else (-2, "")
    return f"编报 {count}" if count else ""


def tidy() -> str:
    """Forget what is old."""
    return out.tidy(home())


JOBS = (
    Job("wis2.fetch", 0.5, fetch),
    Job("wis2.prepare", 20.0, prepare),
    Job("wis2.send", 2.0, out.send_due),
    Job("wis2.tidy", 3600.0, tidy),
)
"""What the scheduler ticks."""
