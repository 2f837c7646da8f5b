"""`xiangtian stations`: which there are, lists compared with them, where they disagree, who measured what."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import click

from xiangtian.cli import boot
from xiangtian.core import clock

HOME = click.option("--home", type=click.Path(path_type=Path), help="The home (default: XIANGTIAN_HOME).")
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON line each.")
AT = click.option("--at", "moment", default="", help="A moment, ISO 8601; without a zone Beijing time (default: now).")
FORMS = ("micaps3", "tidymet", "tidymet-moves", "isd-history", "meteostat", "csv")


@click.group()
def stations() -> None:
    """Stations, and lists that speak of them."""


def _moment(text: str) -> dt.datetime:
    if not text:
        return clock.now()
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{error}; write 2026-07-01T08:00") from error
    return found if found.tzinfo else found.replace(tzinfo=clock.BEIJING)


@stations.command("list")
@HOME
@AT
@JSON
def listing(home: Path | None, moment: str, as_json: bool) -> None:
    """List the stations that existed at a moment, and where they stood."""
    boot.start(home)
    from dataclasses import asdict

    from xiangtian.observe.queries import sites

    for one in sites(_moment(moment)):
        if as_json:
            click.echo(json.dumps(asdict(one), ensure_ascii=False))
        else:
            where = f"{one.lon:9.4f} {one.lat:8.4f} {one.alt_m:7.1f} m  {one.district or '-':6}"
            click.echo(f"{one.code:10} {where}  {one.network:8}  {one.wigos or '-':20}  {one.zh}")


@stations.command("import")
@HOME
@click.option("--as", "username", required=True, help="Log-in name of who brings it (right observe.stations).")
@click.option("--format", "form", type=click.Choice(FORMS), help="Form of the list (default: its first line decides).")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def bring(home: Path | None, username: str, form: str | None, file: Path) -> None:
    """Compare a list with what is registered; every difference waits on the page of conflicts, nothing changes yet."""
    boot.start(home)
    from xiangtian.core.models import Person
    from xiangtian.core.people import NotAllowed
    from xiangtian.observe.actions.lists import import_list
    from xiangtian.observe.metadata.listed import ListError

    person = Person.objects.filter(username=username).first()
    if person is None:
        raise click.ClickException(f"nobody is registered as {username!r}; see xiangtian people add")
    try:
        row = import_list(person, file.name, file.read_bytes(), form or "")
    except (NotAllowed, ListError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{row.name} ({row.form}): " + ", ".join(f"{count} {named}" for named, count in row.counts.items()))
    for one in row.conflicts.order_by("code", "field"):
        click.echo(_line(one.code, one.field, one.ours, one.theirs, one.note))


def _line(code: str, field: str, ours: object, theirs: object, note: str) -> str:
    told = " | ".join(json.dumps(value, ensure_ascii=False) for value in (ours, theirs))
    return f"  {code:8} {field:10} {told}" + (f"  {note}" if note else "")


@stations.command()
@HOME
@JSON
def conflicts(home: Path | None, as_json: bool) -> None:
    """List the conflicts that wait to be settled: ours, theirs, what stands out."""
    boot.start(home)
    from xiangtian.observe.queries.registered import conflicts as waiting

    for one in waiting():
        if as_json:
            told = {name: getattr(one, name) for name in ("code", "field", "form", "ours", "theirs", "suggested")}
            click.echo(json.dumps(told | {"distance_m": one.distance_m, "note": one.note}, ensure_ascii=False))
        else:
            click.echo(_line(one.code, one.field, one.ours, one.theirs, one.note))


@stations.command()
@HOME
@AT
@JSON
@click.argument("station")
@click.argument("element")
def who(home: Path | None, moment: str, as_json: bool, station: str, element: str) -> None:
    """Tell which sensor position, device and certificate measured an element of a station at a moment."""
    boot.start(home)
    from xiangtian.observe.queries.devices import measured

    found = measured(station, element, _moment(moment))
    told = {
        "station": station,
        "element": element,
        "at": found.moment.astimezone(clock.UTC).isoformat(),
        "height_m": found.position.height_m if found.position else None,
        "device": str(found.device) if found.device else None,
        "certificate": found.certificate.number if found.certificate else None,
        "calibration": found.calibration,
    }
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else "\n".join(f"{k}: {v}" for k, v in told.items()))
