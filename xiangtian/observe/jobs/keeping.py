"""Jobs that keep the lake in order: roll-ups, reviews on their way, the climatology, and what need not be kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.db.models import Count, Max, Sum
from django.db.models.functions import TruncHour

from xiangtian.core import clock
from xiangtian.core.home import home
from xiangtian.kit import jobs
from xiangtian.kit.jobs import Job
from xiangtian.kit.models import JobRun
from xiangtian.observe import climatology
from xiangtian.observe.actions.review import store
from xiangtian.observe.models import Batch
from xiangtian.observe.queries.station_page import rollups

KEPT = dt.timedelta(days=30)
"""The minute-by-minute account of the intake, and runs of jobs that ended well, are kept so long."""
NIGHT_H = 1
"""The nightly jobs run from this hour of Beijing time."""
COUNTS = ("arrivals", "readings", "duplicates", "corrections", "refused", "doubted", "seconds")


def rollup() -> str:
    """Roll up the hours and days that are over, and those that were corrected."""
    done = rollups(home()).refresh(clock.now())
    return f"{done.hours} hours, {done.days} days rolled up" if done.hours or done.days else ""


def reviews() -> str:
    """Bring decisions of people into the lake that a kill kept from it."""
    stored = store(home())
    return f"{stored} reviewed values stored" if stored else ""


def tidy() -> str:
    """Join the small files of the roll-ups."""
    return f"{rollups(home()).tidy()} files of roll-ups joined"


def fit() -> str:
    """Fit the climatology of the stations anew."""
    return f"{climatology.build(home())} months of stations have climatological limits"


def thin() -> str:
    """Keep one row an hour of the intake's old account, and forget old runs of jobs that ended well."""
    before = clock.now() - KEPT
    return f"{thin_batches(before)} batches, {jobs.forget(before)} runs of jobs thinned out"


def thin_batches(before: dt.datetime) -> int:
    """Make one row of all batches of an hour, with their sums, where they are older; give how many rows went."""
    until = before.replace(minute=0, second=0, microsecond=0)
    hours = Batch.objects.filter(time__lt=until).order_by().annotate(hour=TruncHour("time"))
    full = hours.values("hour").annotate(rows=Count("id")).filter(rows__gt=1).values_list("hour", flat=True)
    return sum(_join_hour(hour) for hour in list(full))


@transaction.atomic
def _join_hour(hour: dt.datetime) -> int:
    rows = Batch.objects.filter(time__gte=hour, time__lt=hour + dt.timedelta(hours=1))
    told = rows.aggregate(last=Max("id"), newest=Max("version"), **{f"sum_{name}": Sum(name) for name in COUNTS})
    gone, _ = rows.exclude(pk=told["last"]).delete()
    Batch.objects.filter(pk=told["last"]).update(
        time=hour, version=told["newest"], **{name: told[f"sum_{name}"] for name in COUNTS}
    )
    return gone


def _nightly(name: str, work: Callable[[], str]) -> Job:
    """Make a job that is done once a night; whether it was stands in its runs, so that a restart doesn't repeat it."""

    def sweep() -> str:
        now = clock.now().astimezone(clock.BEIJING)
        night = now.replace(hour=NIGHT_H, minute=0, second=0, microsecond=0)
        done = JobRun.objects.filter(job=name, state="done", started__gte=night).exists()
        return "" if now < night or done else work()

    return Job(name, 300.0, sweep)


JOBS = (
    Job("observe.rollup", 60.0, rollup),
    Job("observe.reviews", 60.0, reviews),
    _nightly("observe.tidy", tidy),
    _nightly("observe.climatology", fit),
    _nightly("observe.thin", thin),
)
"""Jobs of this file."""
