"""Observing tasks: what a station must report, and at which minutes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

TimeArray = npt.NDArray[np.datetime64]

MINUTES_A_DAY = 1440
NATIONAL, REGIONAL, SPECIAL = "national", "regional", "special"
NETWORKS: dict[str, str] = {NATIONAL: "国家站网", REGIONAL: "区域站网", SPECIAL: "专业站网"}
"""Networks by key, as people here name them."""

EVERY_MINUTE = (
    "air_temperature", "relative_humidity", "surface_air_pressure", "wind_speed", "wind_from_direction",
    "precipitation_amount",
)  # fmt: skip
"""What a full automatic station reports each minute."""
EVERY_HOUR = (
    "air_temperature_maximum_1h", "air_temperature_minimum_1h", "relative_humidity_minimum_1h",
    "wind_speed_of_gust_1h", "precipitation_amount_1h", "visibility_in_air",
)  # fmt: skip
"""What a national station reports on the hour besides."""
OF_KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("单雨量", ("precipitation_amount",)),
    ("两要素", ("air_temperature", "precipitation_amount")),
    ("四要素", ("air_temperature", "precipitation_amount", "wind_speed", "wind_from_direction")),
    ("五要素", ("air_temperature", "precipitation_amount", "wind_speed", "wind_from_direction", "relative_humidity")),
)
"""Words in the kind of a regional station and the elements that such a station has; others have all of the minute."""
REGIONAL_MIN = 5
"""Regional stations report each five minutes unless their tasks say otherwise."""


@dataclass(frozen=True, slots=True)
class Task:
    """A duty to report one element at regular minutes.

    Attributes
    ----------
    station : str
        The station's code.
    element : str
        CF name of the element, of `core.elements`.
    interval_min : int
        Minutes from one report to the next; a divisor of a day.
    offset_min : int
        Minutes after 00:00 UTC at which the first report of a day is due, below the interval.
    valid_from : datetime
        From when on the duty holds; aware.
    valid_to : datetime or None
        From when on it holds no more; None: it still holds.
    network : str
        Key of `NETWORKS`.
    """

    station: str
    element: str
    interval_min: int
    offset_min: int
    valid_from: dt.datetime
    valid_to: dt.datetime | None
    network: str


def check(interval_min: int, offset_min: int) -> None:
    """Refuse an interval that does not divide a day, or an offset outside it.

    Raises
    ------
    ValueError
        In Chinese, English in brackets.
    """
    if interval_min < 1 or MINUTES_A_DAY % interval_min:
        words = f"观测间隔 {interval_min} 分钟不可用，须为 1440 的约数，如 1、5、10、60、1440"
        raise ValueError(f"{words} (the interval must divide a day of 1440 minutes)")
    if not 0 <= offset_min < interval_min:
        words = f"时间偏移 {offset_min} 分钟不可用，须为 0 至 {interval_min - 1}"
        raise ValueError(f"{words} (the offset must be from 0 to the interval less one)")


def due_times(task: Task, start: dt.datetime, end: dt.datetime) -> TimeArray:
    """Give the times at which a task's reports are due, later than `start` and up to `end`.

    Parameters
    ----------
    task : Task
        The duty; it holds from `valid_from` (included) to `valid_to` (excluded).
    start : datetime
        Aware; itself never due.
    end : datetime
        Aware; itself due where the task says so.

    Returns
    -------
    ndarray of datetime64[s]
        (n,) UTC, rising; empty where nothing is due.

    Raises
    ------
    ValueError
        If a moment has no time zone, or the interval or offset can't be.
    """
    check(task.interval_min, task.offset_min)
    after, last = _seconds(start), _seconds(end)
    after = max(after, _seconds(task.valid_from, up=True) - 1)
    if task.valid_to is not None:
        last = min(last, _seconds(task.valid_to, up=True) - 1)
    step, offset = task.interval_min * 60, task.offset_min * 60
    first = (after - offset) // step + 1
    steps = np.arange(first, (last - offset) // step + 1, dtype=np.int64)
    return np.asarray((steps * step + offset).astype("datetime64[s]"))


def _seconds(moment: dt.datetime, *, up: bool = False) -> int:
    if moment.tzinfo is None:
        raise ValueError(f"a moment needs a time zone, found {moment.isoformat()}; use clock.UTC")
    seconds = moment.timestamp()
    return int(-(-seconds // 1)) if up else int(seconds // 1)


def usual(station: str, kind: str, network: str, since: dt.datetime) -> tuple[Task, ...]:
    """Give the tasks a newly registered station has until somebody changes them.

    Parameters
    ----------
    station : str
        The station's code.
    kind : str
        Its kind as the bureau writes it; `OF_KINDS` tells what a regional one of few elements has.
    network : str
        Key of `NETWORKS`; a station of a special network has no usual tasks.
    since : datetime
        From when on they hold; aware.

    Returns
    -------
    tuple of Task
        National: `EVERY_MINUTE` each minute, `EVERY_HOUR` each hour; regional: its elements each five minutes.
    """
    if network == NATIONAL:
        plan = [(name, 1) for name in EVERY_MINUTE] + [(name, 60) for name in EVERY_HOUR]
    elif network == REGIONAL:
        names = next((elements for word, elements in OF_KINDS if word in kind), EVERY_MINUTE)
        plan = [(name, REGIONAL_MIN) for name in names]
    else:
        plan = []
    return tuple(Task(station, name, interval, 0, since, None, network) for name, interval in plan)
