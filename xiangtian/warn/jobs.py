"""Jobs of the room: the watch."""

from __future__ import annotations

from xiangtian.core import facts
from xiangtian.core.home import home
from xiangtian.kit.jobs import Job
from xiangtian.warn import watching

LISTENER = "warn.watch"


def watch() -> str:
    """Look again whenever readings or a nowcast came in."""
    waiting = facts.unheard(LISTENER, ["observations.appended", "nowcast.written"])
    if not waiting:
        return ""
    made = watching.watch(home())
    facts.heard(LISTENER, waiting[-1])
    return "; ".join(f"proposed {one.action} {one.colour} for {len(one.districts)} districts" for one in made)


JOBS = (Job(LISTENER, 0.3, watch),)
