"""The player sends what is due, when it is due, through the doors, and stops the clock where it ends."""

import datetime as dt
from dataclasses import replace

import pytest

from xiangtian.core import clock
from xiangtian.drill import player, sending, sources
from xiangtian.drill.player import AFTER_FRAME, TAIL, TAIL_STEP

START = dt.datetime(2026, 7, 1, 2, 0, tzinfo=clock.UTC)


class Doors:
    """A house of doors only: it writes down what came in, and at what time of its clock."""

    port = 0

    def __init__(self) -> None:
        self.files: list[tuple[dt.datetime, dt.datetime]] = []
        self.messages: list[tuple[dt.datetime, str]] = []
        self.settled: list[dt.datetime] = []
        self.imagined: list[dt.datetime] = []
        self.looked_back: list[dt.datetime] = []

    def wait_for_folder(self) -> None:
        """Nothing lies there."""

    def settle(self) -> None:
        self.settled.append(clock.now())

    def imagine(self) -> None:
        self.imagined.append(clock.now())

    def look_back(self) -> None:
        self.looked_back.append(clock.now())


@pytest.fixture(scope="module")
def scenario() -> sources.Scenario:
    whole = sources.generated(START, 1.0, seed=5, hours=0.25)
    few = {one.id for one in whole.stations[:9]}
    return replace(whole, deliveries=tuple(one for one in whole.deliveries if one.station in few))


@pytest.fixture
def doors(monkeypatch) -> Doors:
    built = Doors()

    class Network:
        def __init__(self, host: str, port: int) -> None:
            self.up = False

        def start(self) -> None:
            self.up = True

        def stop(self) -> None:
            self.up = False

        def send(self, deliveries) -> int:
            assert self.up
            told = [(clock.now(), one) for one in deliveries]
            built.messages += [(now, one.station) for now, one in told]
            assert all(one.send_time <= now for now, one in told)
            return len(told)

    monkeypatch.setattr(sending, "Network", Network)
    monkeypatch.setattr(sending, "drop", lambda inbox, frame: built.files.append((clock.now(), frame.time)))
    monkeypatch.setattr(player.publish, "drain", lambda **_: None)
    return built


def test_step_by_step_every_frame_and_message_comes_at_its_time(home, scenario, doors) -> None:
    told: list[tuple[int, int, dt.datetime]] = []
    played = player.step_through(home, doors, scenario, False, lambda *words: told.append(words))
    times = [frame.time for frame in scenario.frames]
    assert doors.files == [(time + AFTER_FRAME, time) for time in times]
    assert set(played.dropped) == set(times)
    assert played.sent == len(doors.messages) == len(scenario.deliveries)
    assert doors.settled == sorted(doors.settled)
    assert doors.settled[-1] >= scenario.ends + TAIL
    assert len(doors.settled) == len(times) + TAIL // TAIL_STEP
    assert told[-1] == (len(doors.settled), len(doors.settled), doors.settled[-1])
    assert doors.imagined == doors.looked_back == [doors.settled[-1]]
    assert clock.scenario().notes == scenario.notes


@pytest.mark.django_db
def test_at_a_rate_the_clock_runs_and_stands_still_at_the_end(home, scenario, doors) -> None:
    played = player.run_along(home, 0, scenario, 6000, None, lambda *_: None)  # 86 minutes in 0.9 s
    assert [time for _, time in doors.files] == [frame.time for frame in scenario.frames]
    assert all(now >= time for now, time in doors.files)
    assert played.sent == len(scenario.deliveries)
    stood = clock.now()
    assert clock.scenario().rate == 0
    assert stood >= scenario.ends + TAIL
    assert clock.now() == stood
