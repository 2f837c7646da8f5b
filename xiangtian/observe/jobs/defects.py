"""The jobs of the assessment: defects are found, and the month is judged before somebody asks."""

from __future__ import annotations

from xiangtian.core import clock
from xiangtian.core.home import home
from xiangtian.kit.jobs import Job
from xiangtian.observe.actions.assess import keep_rules
from xiangtian.observe.actions.finding import find_defects
from xiangtian.observe.queries.assessment import assessment


def defects() -> str:
    """Look for silence, missing and doubted values, and for defects nobody noticed in time."""
    return find_defects(home()).words


def month() -> str:
    """Judge the days of the present month of which something changed, and keep the tables they were judged under."""
    today = clock.climate_day(clock.now())
    keep_rules(assessment(today.year, today.month).rules)
    return ""


JOBS = (Job("observe.defects", 300.0, defects), Job("observe.assess", 1800.0, month))
"""Jobs of this file."""
