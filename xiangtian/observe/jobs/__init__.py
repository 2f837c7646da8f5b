"""Jobs of the room, one file a topic."""

from __future__ import annotations

from xiangtian.observe.jobs import defects, edge, keeping, music, wis2

JOBS = (*defects.JOBS, *edge.JOBS, *keeping.JOBS, *music.JOBS, *wis2.JOBS)
"""What the scheduler ticks."""
