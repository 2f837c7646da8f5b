"""The command itself: its groups and sub-commands, each in a file of its own."""

from __future__ import annotations

import click

from xiangtian.cli.bulletin import bulletin
from xiangtian.cli.cap import cap
from xiangtian.cli.decode import decode
from xiangtian.cli.drill import drill
from xiangtian.cli.edge import edge
from xiangtian.cli.history import history
from xiangtian.cli.ledger import ledger
from xiangtian.cli.music import music
from xiangtian.cli.nowcast import nowcast
from xiangtian.cli.partner import partner
from xiangtian.cli.people import people
from xiangtian.cli.radar import radar
from xiangtian.cli.run import intake, run, serve, setup, work
from xiangtian.cli.stations import stations
from xiangtian.cli.target import target
from xiangtian.cli.trace import trace
from xiangtian.cli.wis2 import wis2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="xiangtian")
def main() -> None:
    """相天 Xiangtian: observe, judge, nowcast, warn, reach, score."""


for command in (
    run,
    setup,
    serve,
    intake,
    work,
    drill,
    decode,
    cap,
    trace,
    ledger,
    people,
    partner,
    target,
    stations,
    wis2,
    music,
    nowcast,
    history,
    edge,
    bulletin,
    radar,
):
    main.add_command(command)

if __name__ == "__main__":
    main()
