"""The jobs that keep the lake in order."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from xiangtian.kit.jobs import Job, run
from xiangtian.kit.models import JobRun
from xiangtian.observe.jobs import keeping
from xiangtian.observe.models import Batch
from xiangtian.observe.queries import readings
from xiangtian.observe.queries.station_page import rollups

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 7, 1, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def fresh() -> None:
    readings.cache_clear()
    rollups.cache_clear()


def batch(time: dt.datetime, readings: int = 10, version: int = 1) -> Batch:
    return Batch.objects.create(
        time=time, arrivals=1, readings=readings, duplicates=2, corrections=3, refused=4, doubted=5, seconds=0.5,
        version=version,
    )  # fmt: skip


def test_old_batches_become_one_row_an_hour(at) -> None:
    at(NOON)
    old = NOON - dt.timedelta(days=31)
    for minute in range(3):
        batch(old + dt.timedelta(minutes=minute), 10 + minute, minute)
    batch(old + dt.timedelta(hours=1))
    young = batch(NOON - dt.timedelta(days=29))
    assert keeping.thin_batches(NOON - keeping.KEPT) == 2
    joined, alone, kept = Batch.objects.order_by("time")
    assert (joined.time, joined.arrivals, joined.readings, joined.duplicates, joined.version) == (old, 3, 33, 6, 2)
    assert (joined.corrections, joined.refused, joined.doubted, joined.seconds) == (9, 12, 15, 1.5)
    assert (alone.time, kept.pk) == (old + dt.timedelta(hours=1), young.pk)
    assert keeping.thin_batches(NOON - keeping.KEPT) == 0


def test_roll_ups_are_kept_up_to_date(home, at) -> None:
    at(NOON)
    time = NOON - dt.timedelta(hours=2)
    frame = {"station": ["A"], "time": [time], "received": [time], "source": ["x"], "air_temperature": [20.0]}
    readings(home).append(pl.DataFrame(frame))
    assert keeping.rollup() == "1 hours, 0 days rolled up"
    assert keeping.rollup() == ""


def test_a_nightly_job_is_done_once_a_night(home, at) -> None:
    done: list[str] = []
    job = keeping._nightly("observe.test", lambda: done.append("x") or "done")

    def swept(moment: str) -> int:
        at(moment)
        run(job)
        return len(done)

    # 01:00 Beijing time is 17:00 UTC
    moments = ("1T16:59", "1T17:00", "1T17:05", "2T15:59", "2T16:59", "2T17:00")
    assert [swept(f"2026-07-0{moment}") for moment in moments] == [0, 1, 1, 1, 1, 2]


def test_a_night_that_failed_is_tried_again(home, at) -> None:
    at("2026-07-01T18:00")
    tries = iter([ZeroDivisionError, None])

    def work() -> str:
        if error := next(tries):
            raise error
        return "done"

    job = keeping._nightly("observe.test", work)
    assert [(found := run(job)) and found.state for _ in range(3)] == ["failed", "done", None]


def test_all_jobs_of_the_night_run_on_an_empty_home(home, at) -> None:
    at("2026-07-01T18:00")
    nightly = [job for job in keeping.JOBS if job.name in ("observe.tidy", "observe.climatology", "observe.thin")]
    assert [run(job).state for job in nightly] == ["done"] * 3


def test_old_runs_are_forgotten_the_last_of_each_job_stays(at) -> None:
    at(NOON)
    old = NOON - dt.timedelta(days=40)
    older = old - dt.timedelta(days=400)
    runs = [("a", "done", old), ("a", "done", old), ("b", "done", old), ("b", "failed", old), ("b", "done", NOON)]
    for job, state, when in (*runs, ("c", "failed", older), ("c", "done", NOON)):
        JobRun.objects.create(job=job, state=state, started=when, seconds=1)
    assert keeping.thin() == "0 batches, 3 runs of jobs thinned out"
    assert list(JobRun.objects.order_by("id").values_list("job", "state")) == [
        ("a", "done"), ("b", "failed"), ("b", "done"), ("c", "done"),
    ]  # fmt: skip


def test_jobs_have_names_of_their_own() -> None:
    assert all(isinstance(job, Job) and job.name.startswith("observe.") for job in keeping.JOBS)
    assert len({job.name for job in keeping.JOBS}) == len(keeping.JOBS)
