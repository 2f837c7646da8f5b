"""Makes a home with a short storm in it: radar, nowcasts, readings, and what they led to. Run as a program of its own.

The home is its only argument; prints the log-ins and a moment in the storm as JSON.
"""

import datetime as dt
import json
import sys
from pathlib import Path

from xiangtian.cli import boot

BEGINS = dt.datetime(2026, 7, 1, 3, tzinfo=dt.UTC)
HOURS = 0.75


def main(folder: Path) -> None:
    home = boot.start(folder)
    from xiangtian.core import clock
    from xiangtian.drill import house, people, player, setting, sources

    scenario = sources.generated(BEGINS, 2.0, hours=HOURS)
    clock.set_scenario(home.clock, scenario.begins, 0, scenario.notes)
    whole = house.House(home)
    whole.start()
    simulators = setting.prepare(home, scenario, whole.broker_url)
    player.play(home, whole, scenario, 0, act=True, progress=lambda *_: None)
    whole.stop()
    simulators.stop()
    log_ins = {one.username: one.password for one in people.log_ins(home)}
    at = (scenario.ends + dt.timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    sys.stdout.write(json.dumps({"log_ins": log_ins, "proposal": 0, "at": at}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
