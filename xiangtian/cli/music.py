"""`xiangtian music`: ask the national or provincial data centre, to try an account or to fill a gap."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from xiangtian.cli import boot

HOME = click.option("--home", type=click.Path(path_type=Path), help="The home (default: XIANGTIAN_HOME).")
MOMENT = click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])


@click.group()
def music() -> None:
    """CMADaaS and CIMISS: observations from the data centre's MUSIC interface."""


@music.command()
@HOME
@click.option("--table", default="SURF_CHN_MUL_HOR", show_default=True, help="One of XIANGTIAN_MUSIC_TABLES.")
@click.option("--from", "start", required=True, type=MOMENT, help="First moment, UTC.")
@click.option("--to", "end", required=True, type=MOMENT, help="Moment after the last, UTC.")
def fetch(home: Path | None, table: str, start: dt.datetime, end: dt.datetime) -> None:
    """Fetch a span now, whatever was fetched before; the intake drops what it has already."""
    place = boot.start(home)
    from xiangtian.core import clock
    from xiangtian.core.settings import SettingError
    from xiangtian.observe.actions import music as actions
    from xiangtian.observe.music.client import MusicError

    if clock.scenario() is not None:
        raise click.ClickException("this home is in an exercise: nothing real is fetched")
    if start >= end:
        raise click.BadParameter("--from lies before --to")
    try:
        wanted = {errand.data_set: errand for errand in actions.errands()}
        if table not in wanted:
            known = ", ".join(wanted) or "none: set XIANGTIAN_MUSIC_URL"
            raise click.ClickException(f"table {table!r} is not asked for; the settings name {known}")
        done = actions.fetch_span(place, wanted[table], (start.replace(tzinfo=dt.UTC), end.replace(tzinfo=dt.UTC)))
    except (SettingError, MusicError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(done.words())
