"""Jobs of the room."""

from __future__ import annotations

from xiangtian.core.home import home
from xiangtian.kit.jobs import Job
from xiangtian.radar import actions, base


def ingest() -> str:
    """Take in what has arrived."""
    stored = actions.ingest(home())
    return f"{stored} radar frames stored" if stored else ""


def assemble() -> str:
    """Make the mosaic of the last six minutes of base data."""
    run = base.assemble(home())
    return f"mosaic of {len(run.attrs['used'])} radars {run.path}" if run else ""


JOBS = (Job("radar.ingest", 0.2, ingest), Job("radar.mosaic", 5.0, assemble))
