"""`xiangtian people`: register the bureau's own people, and put them on shift."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from xiangtian.cli import boot
from xiangtian.core import clock


@click.group()
def people() -> None:
    """People who may log in."""


@people.command()
@click.option("--home", type=click.Path(path_type=Path), help="The home (default: XIANGTIAN_HOME).")
@click.argument("username")
@click.option("--name", required=True, help="What people read.")
@click.option("--role", "roles", multiple=True, required=True, help="forecaster, signer, observer, engineer, viewer.")
@click.option("--unit", required=True, help="14-digit code of the unit.")
@click.option("--unit-name", default="", help="Name of the unit, where it is new.")
@click.option("--district", "districts", multiple=True, help="Districts a new unit acts for (default: all).")
@click.password_option()
def add(
    home: Path | None,
    username: str,
    name: str,
    roles: tuple[str, ...],
    unit: str,
    unit_name: str,
    districts: tuple[str, ...],
    password: str,
) -> None:
    """Register a person."""
    boot.start(home)
    from xiangtian.core.registry import RegistryError, register_person

    try:
        register_person(username, name, roles, unit, unit_name, districts, password)
    except RegistryError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{name} ({username}) can log in.")


@people.command()
@click.option("--home", type=click.Path(path_type=Path), help="The home (default: XIANGTIAN_HOME).")
@click.argument("username")
@click.option("--hours", type=click.FloatRange(min=0, min_open=True), default=12, show_default=True)
def shift(home: Path | None, username: str, hours: float) -> None:
    """Put a person on shift from now on."""
    boot.start(home)
    from xiangtian.core.registry import RegistryError, begin_shift

    try:
        ends = begin_shift(username, dt.timedelta(hours=hours))
    except RegistryError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{username} is on shift until {clock.beijing(ends)}.")
