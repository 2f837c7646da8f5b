"""Makes a home ready for a browser: the drill's people on shift, one station, and a proposal that waits.

Run as a program of its own, with the home as its only argument; prints the log-ins as JSON.
"""

import json
import sys
from pathlib import Path

from xiangtian.cli import boot


def main(folder: Path) -> None:
    home = boot.start(folder)
    from xiangtian.core import clock
    from xiangtian.drill import people
    from xiangtian.warn.tests.desk import proposed, station
    from xiangtian.warn.tests.makers import NOW

    clock.set_scenario(home.clock, NOW, 1, {"storm": "browser"})
    log_ins = {one.username: one.password for one in people.register(home, NOW)}
    station()
    one = proposed()
    sys.stdout.write(json.dumps({"log_ins": log_ins, "proposal": one.pk}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
