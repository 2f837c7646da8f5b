"""`xiangtian partner`: who may read our data by program, and their tokens."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xiangtian.cli import boot
from xiangtian.core import clock

if TYPE_CHECKING:
    from xiangtian.core.models import Person

HOME = click.option("--home", type=click.Path(path_type=Path), help="The home (default: XIANGTIAN_HOME).")
BY = click.option("--as", "username", required=True, help="Log-in name of who does it (right kit.partners).")


@click.group()
def partner() -> None:
    """Partners who read stations and observations over the OGC API."""


def _person(username: str) -> Person:
    from xiangtian.core.models import Person

    found = Person.objects.filter(username=username).first()
    if found is None:
        raise click.ClickException(f"nobody is registered as {username!r}; see xiangtian people add")
    return found


@partner.command()
@HOME
@BY
@click.argument("name")
@click.option("--contact", required=True, help="The unit to turn to there, and how.")
@click.option("--district", "districts", multiple=True, required=True, help="Six-digit code; may be given often.")
@click.option("--element", "elements", multiple=True, required=True, help="An element, or `all`; may be given often.")
@click.option("--per-minute", type=int, default=60, show_default=True, help="Most calls a minute of each token.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day of the agreement (default: open).")
def add(
    home: Path | None,
    username: str,
    name: str,
    contact: str,
    districts: tuple[str, ...],
    elements: tuple[str, ...],
    per_minute: int,
    until: dt.datetime | None,
) -> None:
    """Register a partner."""
    boot.start(home)
    from xiangtian.core.elements import NAMES
    from xiangtian.core.people import NotAllowed
    from xiangtian.kit import partners

    named = NAMES if elements == ("all",) else elements
    wanted = partners.Wanted(name, contact, districts, named, per_minute, None, until.date() if until else None)
    try:
        row = partners.add_partner(_person(username), wanted)
    except (NotAllowed, partners.PartnerRefused) as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        f"{row.name}: {len(row.districts)} districts, {len(row.elements)} elements, {row.per_minute} calls a minute"
    )


@partner.command()
@HOME
@BY
@click.argument("name")
@click.option("--days", type=int, default=365, show_default=True, help="How long the token holds.")
def token(home: Path | None, username: str, name: str, days: int) -> None:
    """Issue a token and print it; it is shown this once."""
    boot.start(home)
    from xiangtian.core.people import NotAllowed
    from xiangtian.kit import partners
    from xiangtian.kit.models import Partner

    found = Partner.objects.filter(name=name).first()
    if found is None:
        raise click.ClickException(f"no partner is named {name!r}; see xiangtian partner list")
    try:
        row, secret = partners.issue_token(_person(username), found, days)
    except (NotAllowed, partners.PartnerRefused) as error:
        raise click.ClickException(str(error)) from error
    click.echo(secret)
    click.echo(f"{row} until {clock.beijing(row.expires)}", err=True)


@partner.command()
@HOME
@BY
@click.argument("prefix")
def revoke(home: Path | None, username: str, prefix: str) -> None:
    """Revoke a token, named by its first signs."""
    boot.start(home)
    from xiangtian.core.people import NotAllowed
    from xiangtian.kit import partners

    try:
        row = partners.revoke_token(_person(username), prefix)
    except (NotAllowed, partners.PartnerRefused) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{row} is revoked")


@partner.command("list")
@HOME
@click.option("--json", "as_json", is_flag=True, help="One JSON line each.")
def listing(home: Path | None, as_json: bool) -> None:
    """List the partners and their tokens."""
    boot.start(home)
    from xiangtian.kit.models import Partner

    for row in Partner.objects.prefetch_related("tokens").order_by("name"):
        tokens = [f"{one.prefix} {_state(one.revoked, one.expires)}" for one in row.tokens.all()]
        if as_json:
            told = {name: getattr(row, name) for name in ("name", "active", "districts", "elements", "per_minute")}
            click.echo(json.dumps(told | {"tokens": tokens}, ensure_ascii=False))
        else:
            click.echo(f"{row.name}  {'on' if row.active else 'off'}  {' '.join(row.districts)}  {'; '.join(tokens)}")


def _state(revoked: dt.datetime | None, expires: dt.datetime) -> str:
    if revoked:
        return "revoked"
    return "expired" if expires <= clock.now() else f"until {clock.beijing(expires)}"
