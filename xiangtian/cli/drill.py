"""`xiangtian drill`: an exercise, with the built-in storm or a real one moved onto the city."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xiangtian.cli import boot
from xiangtian.core import clock

if TYPE_CHECKING:
    from xiangtian.core.home import Home
    from xiangtian.drill.sources import Scenario

CITIES = ("suzhou",)


class Speed(click.ParamType[float]):
    """`max`, or how many seconds of the storm pass in one real second."""

    name = "speed"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Give the rate, 0 for max."""
        if value == "max":
            return 0.0
        try:
            rate = float(value)
        except ValueError:
            rate = -1
        if rate <= 0:
            self.fail(f"{value!r} is no speed; allowed: max, or a number above 0 (1 is real time)", param, ctx)
        return rate


@click.command()
@click.option("--home", type=click.Path(path_type=Path), help="The home to play in (default: XIANGTIAN_HOME).")
@click.option(
    "--storm", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder of real composites."
)
@click.option(
    "--onto", type=click.Choice(CITIES), default="suzhou", show_default=True, help="The city it is moved onto."
)
@click.option("--rain-factor", type=click.FloatRange(min=0, min_open=True), default=1.0, show_default=True,
              help="What the rain is multiplied by.")  # fmt: skip
@click.option("--speed", type=Speed(), default="max", show_default=True, help="max, or a multiple of real time.")
@click.option("--auto", is_flag=True, help="The drill's two people draft and sign by themselves.")
@click.option("--seed", type=int, default=20260701, show_default=True, help="Seed of storm, noise and faults.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write the report (JSON) here.")
def drill(
    home: Path | None,
    storm: Path | None,
    onto: str,
    rain_factor: float,
    speed: float,
    auto: bool,
    seed: int,
    report: Path | None,
) -> None:
    """Play a storm through the house's own doors; everything it issues has the CAP status Exercise."""
    place = boot.start(home)
    from xiangtian.drill.sources import SourceError

    try:
        scenario = _scenario(storm, rain_factor, seed)
    except SourceError as error:
        raise click.ClickException(str(error)) from error
    told = _play(place, scenario, speed, auto)
    text = json.dumps(told, ensure_ascii=False, indent=1)
    if report:
        report.write_text(text + "\n", encoding="utf-8")
        _say(f"report: {report}")
    else:
        print(text)


def _scenario(storm: Path | None, factor: float, seed: int) -> Scenario:
    from xiangtian.drill import sources

    _say("preparing the storm …")
    if storm is not None:
        return sources.borrowed(storm, factor, seed)
    return sources.generated(sources.next_start(), factor, seed)


def _play(place: Home, scenario: Scenario, rate: float, auto: bool) -> dict[str, Any]:
    from xiangtian.drill import house, player, report, setting

    _say(f"{scenario.notes['storm']}, rain x {scenario.notes['rain_factor']}: {scenario.sizes()}")
    clock.set_scenario(place.clock, scenario.begins, 0, scenario.notes)
    whole = house.House(place)
    whole.start()
    simulators = setting.prepare(place, scenario, whole.broker_url)
    try:
        played = player.play(place, whole, scenario, rate, auto, _progress)
        return report.write(place, scenario, played)
    finally:
        whole.stop()
        simulators.stop()


def _progress(step: int, steps: int, moment: dt.datetime) -> None:
    if sys.stderr.isatty() or step == steps or step % 12 == 0:
        end = "\r" if sys.stderr.isatty() and step < steps else "\n"
        print(f"  {clock.beijing(moment)}  {step}/{steps}", end=end, file=sys.stderr, flush=True)


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
