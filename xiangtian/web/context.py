"""What every page knows: the time of this home, and whether it is an exercise."""

from __future__ import annotations

from django.http import HttpRequest

from xiangtian.core import clock
from xiangtian.nowcast.api import note


def house(request: HttpRequest) -> dict[str, object]:
    """Give the page frame the scenario clock, the present moment and what is played."""
    return {"now": clock.now(), "scenario": clock.scenario(), "exercise_note": note()}
