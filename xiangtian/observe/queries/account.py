"""Questions about what came in."""

from __future__ import annotations

from functools import lru_cache

from xiangtian.core.home import Home
from xiangtian.lake.observations import Observations
from xiangtian.observe.models import Batch, Quarantined


@lru_cache(maxsize=4)
def readings(home: Home) -> Observations:
    """Give the observations of a home; one for all threads of this process."""
    return Observations(home)


def quarantined(state: str = "waiting", limit: int = 200) -> list[Quarantined]:
    """Give quarantined messages in a state, newest first."""
    return list(Quarantined.objects.filter(state=state).order_by("-id")[:limit])


def batches(limit: int = 60) -> list[Batch]:
    """Give what the intake did last, newest first."""
    return list(Batch.objects.order_by("-id")[:limit])
