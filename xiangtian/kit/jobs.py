"""Jobs: sweeps over durable rows.

What has to be done stands in domain tables, with leases where two workers could meet; a job only looks for it and
does it. Losing a worker then loses nothing: the next sweep finds the row. The scheduler ticks, runs and records.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import close_old_connections
from django.db.models import Max, Q

from xiangtian.core import clock
from xiangtian.kit.models import JobRun

log = logging.getLogger(__name__)
FAILURES_KEPT = dt.timedelta(days=365)
"""Failed runs are kept so much longer than others."""


@dataclass(frozen=True)
class Job:
    """A named sweep.

    Attributes
    ----------
    name : str
        `room.verb`, unique.
    every_s : float
        Pause between two sweeps, seconds of real time.
    sweep : Callable
        Does what is to be done and says in a sentence what it did; "" when there was nothing.
    """

    name: str
    every_s: float
    sweep: Callable[[], str]


def run(job: Job) -> JobRun | None:
    """Run one sweep now and record it, unless there was nothing to do; a failure is recorded and logged, not raised."""
    started, begun = clock.now(), clock.wall()
    try:
        words, state = job.sweep(), "done"
    except Exception as error:
        log.exception("job %s failed", job.name)
        words, state = f"{type(error).__name__}: {error}", "failed"
    if not words:
        return None
    return JobRun.objects.create(job=job.name, started=started, seconds=clock.wall() - begun, state=state, words=words)


def forget(before: dt.datetime) -> int:
    """Forget runs that ended well before a moment, and failures a year older; the last run of each job stays.

    Parameters
    ----------
    before : datetime
        UTC.

    Returns
    -------
    int
        Runs that were forgotten.
    """
    last = JobRun.objects.order_by().values("job").annotate(last=Max("id")).values_list("last", flat=True)
    old = Q(state="done", started__lt=before) | Q(started__lt=before - FAILURES_KEPT)
    gone, _ = JobRun.objects.filter(old).exclude(pk__in=list(last)).delete()
    return gone


class Scheduler:
    """Runs each job in a thread of its own until told to stop; one slow job delays no other."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._jobs = tuple(jobs)
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start all threads."""
        for job in self._jobs:
            thread = threading.Thread(target=self._loop, args=(job,), name=job.name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, patience_s: float = 10) -> None:
        """Ask all threads to stop and wait for them."""
        self._stop.set()
        for thread in self._threads:
            thread.join(patience_s)

    def _loop(self, job: Job) -> None:
        while not self._stop.wait(job.every_s):
            close_old_connections()
            try:
                run(job)
            except Exception:
                log.exception("the run of %s could not be recorded", job.name)
        close_old_connections()
