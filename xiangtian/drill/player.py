"""The player: lets a scenario happen to the house, through its doors, at a chosen speed."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from xiangtian.core import clock
from xiangtian.core.home import Home
from xiangtian.drill import acting, sending
from xiangtian.drill.faults import Delivery
from xiangtian.drill.house import House
from xiangtian.drill.sources import Scenario
from xiangtian.met.grid import RainFrame
from xiangtian.publish import jobs as publish

log = logging.getLogger(__name__)
AFTER_FRAME = dt.timedelta(seconds=45)
"""When stepped, the house looks this long after each frame: the stations' messages have travelled by then."""
TAIL = dt.timedelta(minutes=70)
"""Played on after the last frame, so that lifting is proposed and late messages arrive."""
TAIL_STEP = dt.timedelta(minutes=10)
TICK_S = 0.05

Progress = Callable[[int, int, dt.datetime], None]


@dataclass
class Played:
    """What the player did: messages sent, and when (real time) each frame was dropped."""

    sent: int = 0
    dropped: dict[dt.datetime, float] = field(default_factory=dict)


def play(home: Home, house: House, scenario: Scenario, rate: float, act: bool, progress: Progress) -> Played:
    """Play a scenario to a started house of this process: step by step (rate 0), or at a rate with a scheduler."""
    if not rate:
        return step_through(home, house, scenario, act, progress)
    with house.by_itself():
        return run_along(home, house.port, scenario, rate, 0.0 if act else None, progress)


def step_through(home: Home, house: House, scenario: Scenario, act: bool, progress: Progress) -> Played:
    """Play as fast as the house can follow: the home's clock is set from step to step.

    Parameters
    ----------
    home, house : Home, House
        A started house.
    scenario : Scenario
        What to play.
    act : bool
        Whether the drill's two people act by themselves.
    progress : Callable
        Told the step, the number of steps and the scenario's time.

    Returns
    -------
    Played
        What was done.
    """
    played = Played()
    network = sending.Network("127.0.0.1", house.port)
    network.start()
    try:
        steps = list(_steps(scenario))
        queue = iter(scenario.deliveries)
        upcoming = next(queue, None)
        for number, (moment, frame) in enumerate(steps, 1):
            clock.set_scenario(home.clock, moment, 0, scenario.notes)
            if frame is not None:
                played.dropped[frame.time] = clock.wall()
                sending.drop(home.inbox, frame)
            due: list[Delivery] = []
            while upcoming is not None and upcoming.send_time <= moment:
                due.append(upcoming)
                upcoming = next(queue, None)
            played.sent += network.send(due)
            house.wait_for_folder()
            house.settle()
            while act and acting.act(home):
                publish.drain(timeout_s=30)
            progress(number, len(steps), moment)
        house.imagine()
        house.look_back()
        publish.drain(timeout_s=60)
    finally:
        network.stop()
    return played


def _steps(scenario: Scenario) -> Iterator[tuple[dt.datetime, RainFrame | None]]:
    for frame in scenario.frames:
        yield frame.time + AFTER_FRAME, frame
    moment = scenario.ends + AFTER_FRAME
    while moment < scenario.ends + TAIL:
        moment += TAIL_STEP
        yield moment, None


def run_along(
    home: Home, port: int, scenario: Scenario, rate: float, patience_s: float | None, progress: Progress
) -> Played:
    """Play at a rate of the real clock, beside a house that runs by itself in other processes.

    Parameters
    ----------
    home : Home
        The home of that house.
    port : int
        Its broker's port.
    scenario : Scenario
        What to play.
    rate : float
        Scenario seconds for each real second, above 0.
    patience_s : float or None
        Real seconds after which the drill's people act on what nobody touched; None: they never do.
    progress : Callable
        Told the step, the number of steps and the scenario's time, at each frame.

    Returns
    -------
    Played
        What was done.
    """
    played = Played()
    network = sending.Network("127.0.0.1", port)
    network.start()
    clock.set_scenario(home.clock, scenario.begins - dt.timedelta(minutes=1), rate, scenario.notes)
    frames, queue = iter(scenario.frames), iter(scenario.deliveries)
    frame, upcoming, number = next(frames, None), next(queue, None), 0
    try:
        while clock.now() < scenario.ends + TAIL:
            now = clock.now()
            if frame is not None and frame.time <= now:
                played.dropped[frame.time] = clock.wall()
                sending.drop(home.inbox, frame)
                number += 1
                progress(number, len(scenario.frames), frame.time)
                frame = next(frames, None)
            due: list[Delivery] = []
            while upcoming is not None and upcoming.send_time <= now:
                due.append(upcoming)
                upcoming = next(queue, None)
            played.sent += network.send(due)
            if patience_s is not None:
                acting.act(home, patience_s)
            time.sleep(TICK_S)
    finally:
        network.stop()
        clock.set_scenario(home.clock, clock.now(), 0, scenario.notes)
    return played
