"""The whole house in one process, moved step by step: for drills that run as fast as they can.

The doors (broker, folder) listen in threads as they do in earnest; the sweeps that the scheduler would tick are called
here in the order in which rooms stand on each other.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from xiangtian.core import clock
from xiangtian.core.home import Home
from xiangtian.kit.jobs import Job, Scheduler, run
from xiangtian.lake import grids
from xiangtian.nowcast import jobs as nowcast
from xiangtian.observe.broker import EmbeddedBroker
from xiangtian.observe.intake import Intake
from xiangtian.observe.keeper import Keeper
from xiangtian.observe.listen import Folder
from xiangtian.publish import jobs as publish
from xiangtian.radar import jobs as radar
from xiangtian.verify import jobs as verify
from xiangtian.warn import jobs as warn

LOOPBACK = "127.0.0.1"


class House:
    """Doors open, sweeps by hand."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._keeper = Keeper(home)
        self._broker = EmbeddedBroker(self._keeper, LOOPBACK, 0)
        self._folder = Folder(self._keeper, home.inbox, every_s=0.01)
        self._intake: Intake | None = None

    @property
    def broker_url(self) -> str:
        """Where stations publish and terminals listen."""
        return f"mqtt://{LOOPBACK}:{self._broker.port}"

    @property
    def port(self) -> int:
        """The broker's port."""
        return self._broker.port

    def start(self) -> None:
        """Repair what a kill left, and open the doors."""
        grids.repair(self.home)
        self._intake = Intake(self.home)
        self._keeper.start()
        self._broker.start()
        self._folder.start()

    def stop(self) -> None:
        """Close the doors and let the senders finish."""
        self._folder.stop()
        self._broker.stop()
        self._keeper.stop()
        publish.close()

    def wait_for_folder(self, patience_s: float = 60.0) -> None:
        """Wait until everything that was dropped has been taken.

        Raises
        ------
        TimeoutError
            If a file still lies there.
        """
        until = clock.wall() + patience_s
        while any(path.is_file() and not path.name.startswith(".") for path in self.home.inbox.rglob("*")):
            if clock.wall() > until:
                raise TimeoutError(f"files in {self.home.inbox} were not taken in {patience_s:g} s")
            time.sleep(0.002)

    def settle(self) -> None:
        """Let everything that has arrived go through: radar, intake, nowcast, watch.

        The many futures are left out: no link of the chain waits for them, and beside a house that runs by itself
        they are made when there is time. `imagine` makes those of the newest frame.
        """
        if self._intake is None:
            raise RuntimeError("the house is not started")
        self._run(radar.JOBS)
        while self._intake.sweep():
            pass
        self._intake.tidy()
        self._run((nowcast.CYCLE,))
        self._run(warn.JOBS)

    def imagine(self) -> None:
        """Make the many futures of the newest frame, and find its storm cells."""
        self._run((nowcast.IMAGINE, nowcast.WATCH))

    def look_back(self) -> None:
        """Score the forecasts of rain whose hours are over, until none is left."""
        while run(verify.FORECASTS) is not None:
            pass

    @contextmanager
    def by_itself(self) -> Iterator[None]:
        """Let a scheduler tick the sweeps, as it does in earnest."""
        scheduler = Scheduler(self.jobs())
        scheduler.start()
        try:
            yield
        finally:
            scheduler.stop()

    def jobs(self) -> tuple[Job, ...]:
        """All sweeps of the house, the intake's among them."""
        return (
            Job("observe.intake", 0.1, self._take_in),
            *radar.JOBS,
            *nowcast.JOBS,
            *warn.JOBS,
            *publish.JOBS,
            *verify.JOBS,
        )

    def _take_in(self) -> str:
        if self._intake is None:
            return ""
        taken = self._intake.sweep()
        self._intake.tidy()
        return f"{taken} messages taken in" if taken else ""

    def _run(self, jobs: tuple[Job, ...]) -> None:
        for job in jobs:
            done = run(job)
            if done is not None and done.state == "failed":
                raise RuntimeError(f"{job.name} failed: {done.words}")
