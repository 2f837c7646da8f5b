"""`xiangtian edge`: the agent of a smart station, and its enrolment at the centre."""

from __future__ import annotations

import logging
import signal
from pathlib import Path

import click

HOME = click.option("--home", type=click.Path(path_type=Path), help="The home to work on (default: XIANGTIAN_HOME).")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
CONFIG = click.option("--config", required=True, type=FILE, help="Settings file (TOML).")


@click.group()
def edge() -> None:
    """Smart stations: the agent that runs there, and what the centre needs to know of it."""


@edge.command()
@CONFIG
def run(config: Path) -> None:
    """Run the agent of a station until told to stop; what was not sent stays in its buffer."""
    from xiangtian.observe.edge.protocol import Rejected
    from xiangtian.observe.edge.running import Runner, read_local

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        runner = Runner(read_local(config))
    except Rejected as error:
        raise click.ClickException(str(error)) from error
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: runner.stop())
    runner.run()


@edge.command()
@CONFIG
def status(config: Path) -> None:
    """Say what is in the buffer of a station's agent."""
    from xiangtian.observe.edge.buffer import Buffer
    from xiangtian.observe.edge.protocol import Rejected
    from xiangtian.observe.edge.running import read_local

    try:
        local = read_local(config)
    except Rejected as error:
        raise click.ClickException(str(error)) from error
    if not local.buffer.exists():
        raise click.ClickException(f"there is no buffer at {local.buffer}: the agent has not run yet")
    held = Buffer(local.buffer, local.most_rows)
    lost = sum(last - first + 1 for first, last in held.given_up())
    print(f"{local.station}: {held.last()} readings ever, {held.waiting()} waiting, {lost} given up")
    held.close()


@edge.command()
@click.argument("station")
@HOME
@click.option("--broker", help="Address of the broker as the station reaches it (default: the centre's own).")
def enrol(station: str, home: Path | None, broker: str | None) -> None:
    """Register a station at the centre and print the settings file of its agent."""
    from xiangtian.cli import boot

    place = boot.start(home)
    from xiangtian.observe.actions.edge import enrol as register
    from xiangtian.observe.edge import centre
    from xiangtian.observe.edge.protocol import Rejected

    try:
        register(station, "cli")
    except Rejected as error:
        raise click.ClickException(str(error)) from error
    print(f'station = "{station}"\nbroker = "{broker or centre.broker_url()}"')
    print(f'centre_key = "{centre.public_key(place)}"\nbuffer = "buffer-{station}.sqlite3"')
    print('\n[source]\nkind = "simulated"')
