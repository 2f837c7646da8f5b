"""The doorman: everything that comes in, by whatever door, is on disk before anybody is told that it arrived.

Messages that come at the same moment share one write and one fsync (group commit). A message too large to keep is
refused at the door, and the refusal is written down.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future

from django.db import close_old_connections

from xiangtian.core import clock
from xiangtian.core.home import Home
from xiangtian.lake import raw
from xiangtian.observe import actions

log = logging.getLogger(__name__)
MOST_AT_ONCE = 500


class Keeper:
    """A thread that keeps what the doors hand it; each hand-over gives a future that ends when the bytes are safe."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._waiting: queue.Queue[tuple[raw.Incoming, Future[None]] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)
        self.arrived = threading.Event()
        """Set whenever something new was kept; the intake clears it."""

    def start(self) -> None:
        """Start keeping."""
        self._thread.start()

    def stop(self) -> None:
        """Keep what is waiting, then stop."""
        self._waiting.put(None)
        self._thread.join()

    def submit(self, body: bytes, source: str, name: str) -> Future[None]:
        """Hand over one message.

        Parameters
        ----------
        body : bytes
            As it came.
        source : str
            The door: "mqtt", "folder", "http".
        name : str
            Topic or file name.

        Returns
        -------
        Future
            Ends when the bytes are on disk; carries the error if they could not be kept.
        """
        done: Future[None] = Future()
        done.set_running_or_notify_cancel()  # a sender that leaves meanwhile can't take the message back
        self._waiting.put((raw.Incoming(body, source, name, clock.now()), done))
        return done

    def _run(self) -> None:
        while (first := self._waiting.get()) is not None:
            batch = [first, *self._more()]
            last = batch[-1] is None
            self._keep([pair for pair in batch if pair is not None])
            if last:
                return

    def _more(self) -> list[tuple[raw.Incoming, Future[None]] | None]:
        found: list[tuple[raw.Incoming, Future[None]] | None] = []
        while len(found) < MOST_AT_ONCE:
            try:
                found.append(self._waiting.get_nowait())
            except queue.Empty:
                break
            if found[-1] is None:
                break
        return found

    def _keep(self, batch: Sequence[tuple[raw.Incoming, Future[None]]]) -> None:
        close_old_connections()
        try:
            actions.receive(self._home, [item for item, _ in batch])
        except Exception as error:
            log.exception("%d messages could not be kept; their senders are not told that they arrived", len(batch))
            for _, done in batch:
                done.set_exception(error)
            return
        self.arrived.set()
        for _, done in batch:
            done.set_result(None)
