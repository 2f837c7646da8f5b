"""Jobs of the room."""

from __future__ import annotations

from xiangtian.core.home import home
from xiangtian.kit.jobs import Job
from xiangtian.radar import actions


def ingest() -> str:
    """Take in what has arrived."""
    stored = actions.ingest(home())
    return f"{stored} radar frames stored" if stored else ""


JOBS = (Job("radar.ingest", 0.2, ingest),)
