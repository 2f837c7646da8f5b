"""Questions about observing tasks: who must report what, at which minutes."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from xiangtian.observe.metadata.tasks import Task
from xiangtian.observe.models import ObservingTask

FIELDS = ("station__code", "element", "interval_min", "offset_min", "valid_from", "valid_to", "network")


def tasks(start: dt.datetime, end: dt.datetime, station: str | None = None) -> tuple[Task, ...]:
    """Give the tasks that hold at any time from `start` to `end`, by station, element and time.

    Parameters
    ----------
    start : datetime
        Aware.
    end : datetime
        Aware.
    station : str, optional
        Only this station's; its code.

    Returns
    -------
    tuple of Task
        A task that changed meanwhile stands there twice, each with its own period. Stations of exercises are
        included.
    """
    rows = ObservingTask.objects.filter(valid_from__lte=end).filter(Q(valid_to=None) | Q(valid_to__gt=start))
    if station is not None:
        rows = rows.filter(station__code=station)
    told = rows.order_by("station__code", "element", "valid_from").values_list(*FIELDS)
    return tuple(Task(*row) for row in told)
