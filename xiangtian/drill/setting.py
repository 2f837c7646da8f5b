"""The stage of a drill: stations, people, simulators and the exercise list, set before the first message."""

from __future__ import annotations

import secrets

from xiangtian.core.home import Home
from xiangtian.drill import people, targets
from xiangtian.drill.sources import Scenario
from xiangtian.observe import actions as observe
from xiangtian.publish.simulator import Simulators


def prepare(home: Home, scenario: Scenario, broker_url: str) -> Simulators:
    """Set the stage and start the simulators; setting it again changes nothing that is there."""
    observe.register_national()
    observe.register_stations([one for one in scenario.stations if not one.national], drill=True)
    people.register(home, scenario.begins)
    key = secrets.token_hex(16)
    simulators = Simulators(key=key)
    targets.enter(simulators.start(), key, broker_url)
    return simulators
