"""A sweep is recorded when it did something or failed, and one that fails or hangs delays no other."""

import threading
import time

import pytest

from xiangtian.kit.jobs import Job, Scheduler, run
from xiangtian.kit.models import JobRun


@pytest.mark.django_db
def test_a_sweep_that_did_something_is_recorded_and_an_idle_one_is_not(home, at) -> None:
    now = at("2026-07-01T02:00")
    done = run(Job("test.work", 1, lambda: "3 rows"))
    assert (done.job, done.state, done.words, done.started) == ("test.work", "done", "3 rows", now)
    assert done.seconds >= 0
    assert run(Job("test.idle", 1, lambda: "")) is None
    assert JobRun.objects.count() == 1


@pytest.mark.django_db
def test_a_failure_is_recorded_with_its_words_and_not_raised() -> None:
    def fail() -> str:
        raise LookupError("no such frame")

    done = run(Job("test.fails", 1, fail))
    assert (done.state, done.words) == ("failed", "LookupError: no such frame")


def test_a_job_that_fails_or_hangs_delays_no_other(committed) -> None:
    swept, hold = [], threading.Event()

    def fail() -> str:
        raise RuntimeError("again")

    scheduler = Scheduler(
        [
            Job("test.hangs", 0.01, lambda: "" if hold.wait(10) else "late"),
            Job("test.fails", 0.01, fail),
            Job("test.works", 0.01, lambda: swept.append(time.monotonic()) or ""),
        ]
    )
    scheduler.start()
    until = time.monotonic() + 10
    while len(swept) < 5 and time.monotonic() < until:
        time.sleep(0.01)
    hold.set()
    scheduler.stop()
    assert len(swept) >= 5
    after = len(swept)
    time.sleep(0.1)
    assert len(swept) == after  # told to stop, it stops
    assert JobRun.objects.filter(job="test.fails", state="failed").exists()
    assert not JobRun.objects.filter(job="test.works").exists()
