"""`xiangtian target`: enter targets of real warnings."""

from __future__ import annotations

from pathlib import Path

import click

from xiangtian.cli import boot

CHANNELS = ("sms", "email", "webhook")
COLOURS = ("blue", "yellow", "orange", "red")


@click.command()
@click.option("--home", type=click.Path(path_type=Path), help="The home (default: XIANGTIAN_HOME).")
@click.option("--as", "username", required=True, help="Log-in name of who enters it (right publish.targets).")
@click.option("--name", required=True, help="What people read.")
@click.option("--channel", type=click.Choice(CHANNELS), required=True)
@click.option("--address", required=True, help="Phone number, mail address or URL.")
@click.option("--district", "districts", multiple=True, help="Districts it is for (default: all).")
@click.option("--least-colour", type=click.Choice(COLOURS), default="blue", show_default=True)
def target(
    home: Path | None,
    username: str,
    name: str,
    channel: str,
    address: str,
    districts: tuple[str, ...],
    least_colour: str,
) -> None:
    """Enter a target of real warnings; exercises never reach it."""
    boot.start(home)
    from xiangtian.core.models import Person
    from xiangtian.core.people import NotAllowed
    from xiangtian.publish.actions import TargetRefused, TargetSpec, add_live_target

    person = Person.objects.filter(username=username).first()
    if person is None:
        raise click.ClickException(f"nobody is registered as {username!r}; see xiangtian people add")
    spec = TargetSpec(name, channel, address, areas=districts, least_colour=least_colour)
    try:
        new = add_live_target(person, spec)
    except (NotAllowed, TargetRefused) as error:
        raise click.ClickException(str(error)) from error
    click.echo("entered" if new else "was there already")
