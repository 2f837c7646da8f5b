"""Jobs of the room: score every event when it is over, and forecasts of rain when the rain has come."""

from __future__ import annotations

from xiangtian.core import clock
from xiangtian.core.home import home
from xiangtian.kit.jobs import Job
from xiangtian.verify import actions, forecasts

AT_ONCE = 4
"""Forecasts scored in one sweep: other jobs get their turn in between."""


def nightly() -> str:
    """Score events that are over and were not scored; the name is the custom's, the sweep comes every few minutes."""
    events = actions.unscored(clock.now())
    lines = 0
    for event in events:
        begins, ends = actions.span([event])
        lines += len(actions.score(home(), [event], begins, ends, event.status))
    return f"{len(events)} events scored, {lines} lines" if events else ""


def ahead() -> str:
    """Score forecasts of rain whose two hours are over."""
    runs = forecasts.due(clock.now(), AT_ONCE)
    for run in runs:
        forecasts.score(home(), run)
    return f"{len(runs)} forecasts scored" if runs else ""


FORECASTS = Job("verify.forecasts", 30.0, ahead)
JOBS = (Job("verify.nightly", 10.0, nightly), FORECASTS)
