"""The stage of a drill: stations, people, simulators and the exercise list, set before the first message."""

from __future__ import annotations

import secrets

from xiangtian.core.home import Home
from xiangtian.drill import people, targets
from xiangtian.drill.sources import Scenario
from xiangtian.observe import actions as observe
from xiangtian.observe.actions.tasks import begin_duties
from xiangtian.publish.simulator import Simulators

REPORT_MIN = 5
"""The stations of a drill report so often (min), the national ones as well."""


def prepare(home: Home, scenario: Scenario, broker_url: str) -> Simulators:
    """Set the stage and start the simulators; setting it again changes nothing that is there."""
    observe.register_national()
    observe.register_stations([one for one in scenario.stations if not one.national], drill=True)
    begin_duties(scenario.begins, REPORT_MIN, "job:drill")
    people.register(home, scenario.begins)
    key = secrets.token_hex(16)
    simulators = Simulators(key=key)
    targets.enter(simulators.start(), key, broker_url)
    return simulators
