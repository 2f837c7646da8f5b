"""What every command does first: choose the home, make it usable, wake Django, follow the home's clock."""

from __future__ import annotations

import os
from pathlib import Path

import click

from xiangtian.core import clock
from xiangtian.core.home import Home, HomeError, home
from xiangtian.core.settings import SettingError
from xiangtian.lake import durable

MIGRATE_PATIENCE_S = 300.0
"""Processes that start together bring the records up to date one after the other."""


def start(folder: Path | None = None, *, migrate: bool = True) -> Home:
    """Prepare the home and everything that works on it.

    Parameters
    ----------
    folder : Path or None
        The home; None: as `XIANGTIAN_HOME` says.
    migrate : bool
        Whether the records database is brought up to date; False for commands that only read.

    Raises
    ------
    click.ClickException
        If the home or a setting can't be used; the message says what to do.
    """
    if folder is not None:
        os.environ["XIANGTIAN_HOME"] = str(folder.resolve())
    place = home()
    if not migrate and not place.root.is_dir():
        raise click.ClickException(f"there is no home at {place.root}: name one with --home or XIANGTIAN_HOME")
    try:
        place.prepare()
        _wake(place, migrate)
    except (HomeError, SettingError, durable.Busy) as error:
        raise click.ClickException(str(error)) from error
    clock.bind(place.clock)
    return place


def _wake(place: Home, migrate: bool) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xiangtian.web.settings")
    os.environ.setdefault("NUMBA_CACHE_DIR", str(place.cache / "numba"))
    import django

    django.setup()
    if migrate:
        from django.core.management import call_command

        with durable.locked(place.root / "migrate.lock", wait_s=MIGRATE_PATIENCE_S):
            call_command("migrate", verbosity=0, interactive=False)
