"""`xiangtian bulletin`: the chain of the monthly bulletins."""

from __future__ import annotations

from pathlib import Path

import click

HOME = click.option("--home", type=click.Path(path_type=Path), help="The home to work on (default: XIANGTIAN_HOME).")


@click.group()
def bulletin() -> None:
    """Monthly bulletins of observation quality."""


@bulletin.command()
@HOME
def verify(home: Path | None) -> None:
    """Walk the chain of bulletins and addenda and look at every file; exit 1 where something does not hold."""
    from xiangtian.cli import boot

    place = boot.start(home, migrate=False)
    from xiangtian.observe.queries.bulletin import faults, links

    found = faults(place)
    for one in found:
        print(one)
    print(f"{len(links())} links, {len(found)} faults")
    if found:
        raise SystemExit(1)
