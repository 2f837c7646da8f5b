"""The job that asks MUSIC for what stations reported there."""

from __future__ import annotations

from xiangtian.core import clock
from xiangtian.core.home import home
from xiangtian.kit.jobs import Job
from xiangtian.observe.actions.music import sweep


def fetch() -> str:
    """Ask for what is due; nothing where no address is set."""
    return sweep(home(), clock.now())


JOBS = (Job("music.fetch", 60.0, fetch),)
"""What the scheduler ticks."""
