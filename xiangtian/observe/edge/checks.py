"""First checks at the station: limits, step, stuck. They advise; no value is ever dropped for them.

The centre judges anew with neighbours and radar. Limits are the catalogue's (WMO-No. 8, annex 1.A, as defaults).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from xiangtian.core.elements import CATALOGUE
from xiangtian.observe.edge.config import Config

STEADY = ("precipitation_amount", "precipitation_period", "present_weather", "duration_of_sunshine_1h")
"""Elements that may stand still for hours."""
CALM_M_S = 0.3


class FirstChecks:
    """Remembers the last value of each element and since when it stands still."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[float, dt.datetime]] = {}

    def check(self, time: dt.datetime, elements: Mapping[str, float | None], config: Config) -> dict[str, str]:
        """Say what is suspect: element to `limits`, `step` or `stuck`; elements without doubt are left out."""
        said = {}
        for name, value in elements.items():
            if value is None or name not in CATALOGUE:
                continue
            if verdict := self._verdict(name, value, time, config):
                said[name] = verdict
            last = self._last.get(name)
            if last is None or last[0] != value:
                self._last[name] = (value, time)
        return said

    def _verdict(self, name: str, value: float, time: dt.datetime, config: Config) -> str:
        known = CATALOGUE[name]
        if not known.low <= value <= known.high:
            return "limits"
        last = self._last.get(name)
        if last is None:
            return ""
        if name in config.steps and abs(value - last[0]) > config.steps[name]:
            return "step"
        minutes = (time - last[1]).total_seconds() / 60
        still = value == last[0] and config.stuck_min and minutes >= config.stuck_min
        return "stuck" if still and name not in STEADY and not self._calm(name, value) else ""

    def _calm(self, name: str, value: float) -> bool:
        if name.startswith("wind"):
            speed = self._last.get("wind_speed")
            return (value if "speed" in name else speed[0] if speed else 0.0) < CALM_M_S
        return name == "relative_humidity" and value >= CATALOGUE[name].high
