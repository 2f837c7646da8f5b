"""Jobs of the room: a nowcast for every new frame, and after it many futures and the storm cells."""

from __future__ import annotations

from xiangtian.core import facts
from xiangtian.core.home import home
from xiangtian.kit.jobs import Job
from xiangtian.lake import grids
from xiangtian.nowcast import actions
from xiangtian.nowcast import cycle as cycle_of

LISTENER = "nowcast.cycle"
FUTURES = "nowcast.futures"
STORMS = "nowcast.storms"
_dropped: list[str] = []
"""The run that was dropped last, until one is finished."""


def cycle() -> str:
    """Make the nowcast of the newest frame that was not answered yet; older ones that piled up are passed over."""
    waiting = facts.unheard(LISTENER, ["radar.written"])
    if not waiting:
        return ""
    newest = grids.newest("radar")
    run = actions.make(home(), newest) if newest else None
    facts.heard(LISTENER, waiting[-1])
    return f"nowcast {run.path} in {run.attrs['seconds']:.2f} s" if run else "one frame is not enough for a motion"


def futures() -> str:
    """Make the many futures of the newest frame that has a nowcast and none yet; older ones are passed over.

    A run that a newer frame overtakes is dropped for the next one, but never two in a row: frames that come faster than
    runs can be made are still answered.
    """
    waiting = facts.unheard(FUTURES, ["nowcast.written"])
    if not waiting:
        return ""
    newest = grids.newest("radar")
    last = waiting[-1]

    def overtaken() -> bool:
        return not _dropped and facts.newer("nowcast.written", last)

    try:
        run = actions.imagine(home(), newest, overtaken) if newest else None
    except cycle_of.Superseded:
        _dropped.append(last.subject)
        facts.heard(FUTURES, last)
        return f"the futures of {last.subject} were dropped: a newer frame is there"
    _dropped.clear()
    facts.heard(FUTURES, last)
    return f"{run.attrs['members']} futures {run.path} in {run.attrs['seconds']:.2f} s" if run else ""


def watch() -> str:
    """Watch the storms of the newest nowcast that was not looked at yet; older ones are passed over."""
    waiting = facts.unheard(STORMS, ["nowcast.written"])
    if not waiting:
        return ""
    newest = grids.newest("nowcast")
    run = actions.watch_storms(home(), newest) if newest else None
    facts.heard(STORMS, waiting[-1])
    return f"{len(run.attrs['cells'])} storm cells {run.path} in {run.attrs['seconds']:.2f} s" if run else ""


CYCLE = Job(LISTENER, 0.2, cycle)
IMAGINE = Job(FUTURES, 0.5, futures)
WATCH = Job(STORMS, 0.5, watch)
JOBS = (CYCLE, IMAGINE, WATCH)
