"""Makers of what an assessment is made of."""

import datetime as dt

import numpy as np

from xiangtian.core.clock import UTC
from xiangtian.observe.assess.plan import Plan, plan
from xiangtian.observe.assess.rulebook import shipped
from xiangtian.observe.assess.states import Heard, Said, States, judge
from xiangtian.observe.metadata.tasks import Task

(RULES,) = shipped()
START = dt.datetime(2026, 6, 30, 12, 0, tzinfo=UTC)
SINCE = dt.datetime(2020, 1, 1, tzinfo=UTC)
LATER = dt.datetime(2027, 1, 1, tzinfo=UTC)
T, RH = "air_temperature", "relative_humidity"


def task(station="A", element=T, interval=60, network="national", offset=0, until=None, since=SINCE) -> Task:
    return Task(station, element, interval, offset, since, until, network)


def planned(*tasks: Task, hours: int = 24, until=LATER, start=START) -> Plan:
    return plan(tasks, RULES, start, start + dt.timedelta(hours=hours), until)


def heard(laid: Plan, rows: list[tuple]) -> Heard:
    """Rows: station, slot, minutes of delay after the due time, {element: (value or None, flag or None)}, by review."""
    rows = sorted(rows, key=lambda row: row[1] + 1 + row[2])
    elements = sorted({name for row in rows for name in row[3]})
    place = {str(code): at for at, code in enumerate(laid.stations)}
    said = {}
    for name in elements:
        told = [row[3].get(name) for row in rows]
        said[name] = Said(
            np.array([one is not None and one[0] is not None for one in told], bool),
            np.array([9 if one is None or one[1] is None else one[1] for one in told], np.int8),
            np.array([one is not None for one in told], bool),
        )
    return Heard(
        np.array([place[row[0]] for row in rows], np.int64),
        np.array([row[1] for row in rows], np.int64),
        np.array([row[1] + 1 + row[2] for row in rows], float),
        np.array([len(row) < 5 for row in rows], bool),
        said,
    )


def judged(laid: Plan, rows: list[tuple]) -> States:
    return judge(laid, heard(laid, rows), RULES.wrong_flags)
