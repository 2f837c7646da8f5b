"""`xiangtian wis2`: exchange with the world: export into a folder, publish, take in, and how it stands."""

from __future__ import annotations

import json
import time
from pathlib import Path

import click

from xiangtian.cli import boot
from xiangtian.core import clock

HOME = click.option("--home", type=click.Path(path_type=Path), help="The home (default: XIANGTIAN_HOME).")


@click.group()
def wis2() -> None:
    """The information system of WMO: notifications, discovery records, data."""


@wis2.command()
@HOME
@click.option("--to", required=True, type=click.Path(file_okay=False, path_type=Path), help="The folder to write into.")
@click.option("--hours", type=click.FloatRange(min=0, min_open=True), default=24, show_default=True,
              help="How far back from the newest reading.")  # fmt: skip
@click.option("--stations", "wanted", type=click.Choice(["national", "all"]), default="all", show_default=True)
@click.option("--base-url", default="", help="Where the folder will be served (default: XIANGTIAN_PUBLIC_URL/wis2).")
def export(home: Path | None, to: Path, hours: float, wanted: str, base_url: str) -> None:
    """Write notifications, the discovery record, and the data below data/; nothing is sent."""
    place = boot.start(home)
    from xiangtian.core.settings import SettingError
    from xiangtian.observe.actions.wis2_export import export as write
    from xiangtian.observe.wis2.outgoing import OutgoingError

    try:
        done = write(place, to, hours, wanted, base_url)
    except (SettingError, OutgoingError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{done.notifications} 条通知，{done.stations} 站，中心 {done.centre} -> {to}")
    for reason, number in sorted(done.refused.items()):
        click.echo(f"  未编报 {number}: {reason}", err=True)
    if not done.notifications:
        click.echo("没有可编报的资料：需已登记站点的质控观测 (no readings of registered stations)", err=True)


@wis2.command()
@HOME
def publish(home: Path | None) -> None:
    """Write and send, once, what is due (`xiangtian run` does so all the time)."""
    place = boot.start(home)
    from xiangtian.observe.actions import wis2_publish as out

    if not out.publishes():
        raise click.ClickException("nothing may go out: name a broker in XIANGTIAN_WIS2_PUBLISH (never in an exercise)")
    click.echo(f"编报 {out.prepare(place)} 条 prepared")
    click.echo(out.send_due() or "没有待发送的通知 nothing to send")


@wis2.command()
@HOME
@click.option("--seconds", type=click.FloatRange(min=1), default=60, show_default=True, help="How long to listen.")
def subscribe(home: Path | None, seconds: float) -> None:
    """Listen for a while and fetch what is announced (`xiangtian run` does so all the time)."""
    place = boot.start(home)
    from xiangtian.observe.jobs.wis2 import Fetching
    from xiangtian.observe.jobs.wis2 import subscription as listening

    subscription = listening(place)
    if subscription is None:
        raise click.ClickException("nothing to listen to: name a broker in XIANGTIAN_WIS2_SUBSCRIBE")
    fetching = Fetching(place)
    subscription.start()
    until = clock.wall() + seconds
    while clock.wall() < until:
        if words := fetching.sweep():
            click.echo(words)
        time.sleep(0.2)
    subscription.stop()
    fetching.close()


@wis2.command()
@HOME
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def status(home: Path | None, as_json: bool) -> None:
    """Tell who we are, and how both directions stood over the last 24 h."""
    boot.start(home, migrate=False)
    from dataclasses import asdict

    from xiangtian.observe.queries import wis2 as queries

    now = clock.now()
    told = {"node": asdict(queries.node()), "in": asdict(queries.flow_in(now)), "out": asdict(queries.flow_out(now))}
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(f"{told['node']['centre']}  {told['node']['base_url']}")
    for way, words in (("in", "收 in"), ("out", "发 out")):
        counts = ", ".join(f"{state} {number}" for state, number in sorted(told[way]["states"].items()))
        click.echo(f"{words}: {counts or '-'}; p50 {told[way]['p50_s']} s, p95 {told[way]['p95_s']} s")
