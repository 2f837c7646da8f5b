"""`xiangtian run`, and the processes it starts: intake, work, serve."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xiangtian.cli import boot
from xiangtian.core import clock, settings

if TYPE_CHECKING:
    from xiangtian.core.home import Home

log = logging.getLogger(__name__)
AGAIN_S = 1.0
"""Pause before the intake tries again what it could not take in."""
PATIENCE_S = 30.0
"""In the drill of `run --drill` the drill's people act on what nobody at the screens touched for so long."""
HOME = click.option("--home", type=click.Path(path_type=Path), help="The home to work on (default: XIANGTIAN_HOME).")
PORT = click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port of the pages.")


@click.command()
@HOME
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port of the pages.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address the pages are served on.")
def serve(home: Path | None, port: int, host: str) -> None:
    """Serve the pages of what a home holds."""
    boot.start(home)
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "xiangtian.web.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=4,
        log_access=False,
        log_level=LogLevels.error,
        websockets=False,
    ).serve()


@click.command()
@HOME
def intake(home: Path | None) -> None:
    """Listen (MQTT broker or subscription, folder), keep, decode, judge and store, until told to stop."""
    place = boot.start(home)
    from xiangtian.observe.broker import EmbeddedBroker
    from xiangtian.observe.intake import Intake
    from xiangtian.observe.jobs.wis2 import subscription
    from xiangtian.observe.keeper import Keeper
    from xiangtian.observe.listen import ExternalBroker, Folder

    keeper = Keeper(place)
    taker = Intake(place)
    keeper.start()
    url = settings.text("XIANGTIAN_MQTT_URL")
    if url:
        external = ExternalBroker(keeper, url)
        external.start()
    else:
        bind, port = settings.text("XIANGTIAN_MQTT_BIND"), settings.number("XIANGTIAN_MQTT_PORT")
        try:
            EmbeddedBroker(keeper, bind, port).start()
        except OSError as error:
            raise click.ClickException(f"{error}; choose another XIANGTIAN_MQTT_PORT") from error
    Folder(keeper, place.inbox).start()
    try:
        world = subscription(place)
    except (ValueError, settings.SettingError) as error:
        raise click.ClickException(f"WIS2: {error}") from error
    if world:
        world.start()
    told = _told_to_stop()
    while not told.is_set():
        keeper.arrived.wait(0.2)
        keeper.arrived.clear()
        try:
            while taker.sweep():
                pass
            taker.tidy()
        except Exception:
            log.exception("what arrived can't be taken in; it is safe in the spool and tried again")
            told.wait(AGAIN_S)
    if world:
        world.stop()
    keeper.stop()


@click.command()
@HOME
def work(home: Path | None) -> None:
    """Run the jobs: radar, nowcast, watch, deliveries, scores, until told to stop."""
    place = boot.start(home)
    from xiangtian.kit.jobs import Scheduler
    from xiangtian.lake import grids
    from xiangtian.lake.rollups import Rollups
    from xiangtian.nowcast import jobs as nowcast
    from xiangtian.observe import jobs as observe
    from xiangtian.publish import jobs as publish
    from xiangtian.radar import jobs as radar
    from xiangtian.verify import jobs as verify
    from xiangtian.warn import jobs as warn

    for done in grids.repair(place):
        click.echo(done, err=True)
    for torn in Rollups(place).repair():
        click.echo(torn, err=True)
    scheduler = Scheduler((*observe.JOBS, *radar.JOBS, *nowcast.JOBS, *warn.JOBS, *publish.JOBS, *verify.JOBS))
    scheduler.start()
    _told_to_stop().wait()
    scheduler.stop()
    publish.close()


def _told_to_stop() -> threading.Event:
    told = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: told.set())
    return told


def furnish() -> None:
    """Enter what every house has: the national stations with their history, its own feed and terminals."""
    from xiangtian.observe.actions import register_national
    from xiangtian.publish.actions import open_house_channels

    register_national()
    open_house_channels("job:setup")


@click.command()
@HOME
@click.option("--stations", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="CSV of stations.")
def setup(home: Path | None, stations: Path | None) -> None:
    """Prepare a home for work: its stores, the national stations, its own channels; more stations from a list."""
    place = boot.start(home)
    from xiangtian.observe.actions import read_stations, register_stations

    furnish()
    if stations:
        try:
            new = register_stations(read_stations(stations.read_text(encoding="utf-8")))
        except ValueError as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"{new} stations registered")
    click.echo(f"ready: {place.root}")


@click.command()
@HOME
@PORT
@click.option("--drill", is_flag=True, help="Play the built-in drill, with its people's log-ins.")
@click.option("--speed", type=float, default=40.0, show_default=True, help="Drill seconds in one real second.")
@click.option("--rain-factor", type=float, default=1.0, show_default=True, help="Multiplies the drill's rain.")
def run(home: Path | None, port: int, drill: bool, speed: float, rain_factor: float) -> None:
    """Start the whole house on the embedded stores: intake, jobs and pages; with --drill, something to see."""
    click.echo("[1/4] 准备数据目录 preparing the home …")
    place = boot.start(home)
    click.echo(f"      {place.root}")
    furnish()
    _need_port(port, "--port")
    _need_port(settings.number("XIANGTIAN_MQTT_PORT"), "XIANGTIAN_MQTT_PORT")
    click.echo("[2/4] 启动采集、作业、网页 starting intake, jobs, pages …")
    with _children(place, port) as children:
        _wait_for_page(port, children)
        if drill:
            _drill(place, speed, rain_factor, port, children)
        else:
            _ready(place, port)
        while all(child.poll() is None for child in children):
            time.sleep(0.3)
        raise click.ClickException("one of the house's processes ended; its last lines are above")


@contextmanager
def _children(place: Home, port: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    environment = os.environ | {"XIANGTIAN_HOME": str(place.root)}
    commands = (["intake"], ["work"], ["serve", "--port", str(port)])
    started = [
        subprocess.Popen([sys.executable, "-m", "xiangtian.cli.main", *command], env=environment)  # noqa: S603
        for command in commands
    ]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        yield started
    except KeyboardInterrupt:
        click.echo("\n正在停止 stopping …")
    finally:
        for child in started:
            child.terminate()
        for child in started:
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                child.kill()


def _need_port(port: int, named: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            words = f"port {port} is taken by another program: stop it, or choose {named}"
            raise click.ClickException(words) from error


def _wait_for_page(port: int, children: list[subprocess.Popen[bytes]]) -> None:
    until = clock.wall() + 60
    while clock.wall() < until:
        if any(child.poll() is not None for child in children):
            raise click.ClickException("one of the house's processes ended at its start; its last lines are above")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise click.ClickException(f"the pages did not come up on port {port} within a minute")


def _ready(place: Home, port: int) -> None:
    from xiangtian.drill.people import log_ins

    click.echo(f"\n相天已就绪 ready:  http://127.0.0.1:{port}")
    found = log_ins(place)
    if found:
        click.echo("演练用户 log-ins of the drill's people:")
        for one in found:
            click.echo(f"  {one.username:<20} {one.password:<14} {one.zh}")
    click.echo("Ctrl+C 停止 stops everything.\n")


def _drill(place: Home, speed: float, factor: float, port: int, children: list[subprocess.Popen[bytes]]) -> None:
    from xiangtian.drill import player, setting, sources

    click.echo("[3/4] 生成演练暴雨 making the drill's storm …")
    scenario = sources.generated(sources.next_start(), factor)
    mqtt = settings.number("XIANGTIAN_MQTT_PORT")
    clock.set_scenario(place.clock, scenario.begins, 0, scenario.notes)
    simulators = setting.prepare(place, scenario, f"mqtt://127.0.0.1:{mqtt}")
    click.echo(f"[4/4] 演练开始 the drill begins: {scenario.sizes()}, {speed:g} x real time")
    _ready(place, port)
    try:
        player.run_along(place, mqtt, scenario, speed, PATIENCE_S, lambda *_: None)
        click.echo("演练结束，页面继续可看 the drill is over; the pages stay.")
    finally:
        simulators.stop()
