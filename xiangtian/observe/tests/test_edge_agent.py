"""The agent of a smart station: nothing lost in a cut, order restored, nothing sent without need, honest limits."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from xiangtian.observe import decode
from xiangtian.observe.edge import protocol, sources
from xiangtian.observe.edge.agent import Agent
from xiangtian.observe.edge.buffer import Buffer
from xiangtian.observe.edge.checks import FirstChecks
from xiangtian.observe.edge.config import Config, checked
from xiangtian.observe.edge.protocol import Rejected
from xiangtian.observe.edge.running import read_local
from xiangtian.observe.edge.sources import Column, Sample
from xiangtian.observe.reading import Envelope

START = dt.datetime(2026, 6, 27, 0, 0, tzinfo=dt.UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STATION = "M3501"


class Line:
    """A line that can be cut; what is sent is acknowledged when told to."""

    def __init__(self) -> None:
        self.connected = True
        self.sent: list[tuple[str, object]] = []
        self._done: list[Callable[[], None]] = []

    def publish(self, topic: str, payload: bytes, done: Callable[[], None]) -> None:
        self.sent.append((topic, json.loads(payload)))
        self._done.append(done)

    def acknowledge(self) -> None:
        done, self._done = self._done, []
        for one in done:
            one()

    def lose(self) -> None:
        self._done.clear()

    def numbers(self) -> list[int]:
        return [one["edge"]["seq"] for topic, told in self.sent if topic.startswith("observe/edge/") for one in told]

    def told(self, key: str) -> list[object]:
        return [told[key] for topic, told in self.sent if topic.startswith("observe/edge-status/") and key in told]


class Station:
    """An agent with a clock and a line that the test holds."""

    def __init__(self, folder: Path, **buffer: int) -> None:
        self.folder, self.now = folder, START
        self.line = Line()
        self.begin(**buffer)

    def begin(self, **buffer: int) -> None:
        self.buffer = Buffer(self.folder / "buffer.sqlite3", **buffer)
        self.agent = Agent(STATION, self.buffer, KEY.public_key(), lambda: self.now, self.folder)
        self.agent.link = self.line

    def minutes(self, count: int, *, acknowledge: bool = True) -> None:
        for _ in range(count):
            self.now += dt.timedelta(minutes=1)
            self.agent.take(Sample(self.now, {"air_temperature": round(20 + self.now.minute / 10, 1)}))
            self.agent.pump()
            if acknowledge:
                self.line.acknowledge()

    def settle(self, seconds: int = 60) -> None:
        for _ in range(seconds):
            self.now += dt.timedelta(seconds=1)
            self.agent.pump()
            self.line.acknowledge()

    def order(self, verb: str, identifier: str = "1", minutes: int = 10, **arguments: object) -> None:
        expires = protocol.utc(self.now + dt.timedelta(minutes=minutes))
        said = {"station": STATION, "id": identifier, "verb": verb, "arguments": arguments, "expires": expires}
        self.agent.hear(f"edge/{STATION}/command", protocol.sign(said, KEY))

    def configure(self, **config: object) -> None:
        self.agent.hear(f"edge/{STATION}/config", protocol.sign({"station": STATION, "config": config}, KEY))


@pytest.fixture
def station(tmp_path: Path) -> Station:
    return Station(tmp_path)


def test_a_day_without_a_line_loses_nothing_and_the_newest_goes_first(station: Station) -> None:
    station.minutes(5)
    station.line.connected = False
    station.minutes(1440)
    assert station.buffer.waiting() == 1440
    station.line.connected = True
    station.line.sent.clear()
    station.minutes(1)
    assert station.line.numbers()[0] == 1446  # what is new goes before what waited
    station.settle()
    assert sorted(station.line.numbers()) == list(range(6, 1447))  # each once
    assert station.line.numbers()[1:] == list(range(6, 1446))  # what waited comes in its order
    assert station.buffer.waiting() == 0


def test_the_centre_reads_what_the_agent_sends(station: Station) -> None:
    station.minutes(2)
    topic, told = station.line.sent[0]
    found = decode.decode(json.dumps(told).encode(), Envelope(station.now, topic))
    assert [(one.station, one.values) for one in found.readings] == [(STATION, {"air_temperature": 20.1})]
    assert not found.refusals
    (epoch,) = protocol.sequence_of(json.dumps(told).encode())
    assert epoch == station.buffer.epoch


def test_a_kill_in_the_cut_and_in_the_replay_loses_nothing(station: Station) -> None:
    station.line.connected = False
    station.minutes(300)
    station.buffer.close()  # the agent is gone; so is what it remembered
    station.begin()
    station.minutes(300)
    station.line.connected = True
    station.agent.pump()
    station.line.acknowledge()
    station.now += dt.timedelta(seconds=1)
    station.agent.pump()  # in the air, not acknowledged
    station.line.lose()
    station.buffer.close()
    station.begin()
    station.settle()
    assert set(station.line.numbers()) == set(range(1, 601))
    assert station.buffer.waiting() == 0


def test_old_readings_are_sent_after_a_start_without_a_new_one(station: Station) -> None:
    station.minutes(3, acknowledge=False)
    station.line.lose()
    station.buffer.close()
    station.begin()
    station.line.sent.clear()
    station.settle()
    assert sorted(station.line.numbers()) == [1, 2, 3]


def test_a_torn_last_write_costs_only_itself(tmp_path: Path) -> None:
    first = Station(tmp_path)
    first.line.connected = False
    first.minutes(10)
    wal = tmp_path / "buffer.sqlite3-wal"
    torn = wal.read_bytes()[:-700]
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/buffer.sqlite3").write_bytes((tmp_path / "buffer.sqlite3").read_bytes())
    (tmp_path / "copy/buffer.sqlite3-wal").write_bytes(torn)
    found = Buffer(tmp_path / "copy/buffer.sqlite3")
    assert [one.seq for one in found.unsent(20)] == list(range(1, 10))
    assert found.epoch == first.buffer.epoch


def test_a_full_buffer_drops_what_was_sent_and_then_thins_and_says_so(tmp_path: Path) -> None:
    small = Station(tmp_path, most_rows=1000)
    small.minutes(500)
    small.line.connected = False
    small.minutes(500)
    assert small.buffer.waiting() == 500  # the sent ones made room
    small.minutes(3000)
    lost = small.buffer.given_up()
    gone = sum(last - first + 1 for first, last in lost)
    assert small.buffer.waiting() <= 1000
    held = {one.seq for one in small.buffer.unsent(2000)}
    assert gone > 0
    assert max(held) == small.buffer.last() == 4000
    assert not any(first <= seq <= last for first, last in lost for seq in held)
    small.line.connected = True
    small.settle()
    assert small.line.told("given_up")[-1] == [list(one) for one in small.buffer.given_up()]


def test_a_disk_that_refuses_is_counted_and_told(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(station.buffer, "append", refuse)
    station.minutes(2)
    assert station.agent.status()["unheld"] == 2


def test_one_reading_an_interval(station: Station) -> None:
    taken = [
        station.agent.take(Sample(START + dt.timedelta(seconds=5 * n), {"air_temperature": 1.0})) for n in range(24)
    ]
    assert [seq for seq in taken if seq] == [1, 2]


def test_first_checks_advise_and_drop_nothing(station: Station) -> None:
    checks, config = FirstChecks(), Config(steps={"air_temperature": 3.0}, stuck_min=60)
    said = [checks.check(START + dt.timedelta(minutes=n), {"air_temperature": value}, config)
            for n, value in ((0, 20.0), (1, 24.0), (2, 75.0), (90, 75.0))]  # fmt: skip
    assert said == [{}, {"air_temperature": "step"}, {"air_temperature": "limits"}, {"air_temperature": "limits"}]
    still = [
        checks.check(START + dt.timedelta(minutes=n), {"surface_air_pressure": 1010.0}, config) for n in (0, 59, 61)
    ]
    assert still == [{}, {}, {"surface_air_pressure": "stuck"}]
    rain = [checks.check(START + dt.timedelta(minutes=n), {"precipitation_amount": 0.0}, config) for n in (0, 500)]
    assert rain == [{}, {}]


def test_a_configuration_is_checked_applied_confirmed_and_remembered(station: Station) -> None:
    station.configure(version=3, interval_s=30)
    assert station.agent.config.interval_s == 30
    assert station.line.told("config")[-1] == 3
    station.configure(version=4, interval_s=0.1, colour="red")
    assert station.agent.config.version == 3  # nothing changed
    fault = str(station.line.told("config_fault")[-1])
    assert "interval_s=0.1" in fault
    assert "colour is not known" in fault
    station.configure(version=2, interval_s=60)
    assert "older" in str(station.line.told("config_fault")[-1])
    station.buffer.close()
    station.begin()
    assert (station.agent.config.version, station.agent.config.interval_s) == (3, 30)


def test_commands_are_done_once_and_answered_every_time(station: Station) -> None:
    station.minutes(10)
    station.line.sent.clear()
    station.order("resend", "r1", first=3, last=5)
    station.order("resend", "r1", first=3, last=5)
    assert [one["words"] for one in station.line.told("answer")] == ["3 of 3 are held and sent again"] * 2
    station.settle()
    assert station.line.numbers() == [3, 4, 5]
    station.order("interval", "i1", seconds=10)
    assert station.agent.config.interval_s == 10
    opened = []
    station.agent.restart = lambda: opened.append(True)
    station.order("restart", "s1")
    assert opened
    station.order("self-test", "t1")
    assert "10 readings ever" in str(station.line.told("answer")[-1])
    station.order("status", "q1")
    station.agent.pump()
    assert station.line.told("waiting")[-1] == 0


def test_what_is_not_the_centres_is_not_obeyed(station: Station) -> None:
    station.order("interval", "late", minutes=-1, seconds=10)
    assert "expired" in str(station.line.told("answer")[-1])
    station.order("explode", "x")
    assert "allowed: status" in str(station.line.told("answer")[-1])
    station.order("interval", "bad", seconds="fast")
    assert station.line.told("answer")[-1]["ok"] is False
    forged = Ed25519PrivateKey.generate()
    station.agent.hear(f"edge/{STATION}/config", protocol.sign({"station": STATION, "config": {"version": 9}}, forged))
    other = protocol.sign({"station": "M3502", "config": {"version": 9}}, KEY)
    station.agent.hear(f"edge/{STATION}/config", other)
    for nonsense in (b"", b"{}", b"[1]", b"\xff" * 10, b"x" * 300_000, b'{"said": 1, "signature": "!"}'):
        station.agent.hear(f"edge/{STATION}/config", nonsense)
    assert station.agent.config == Config()
    assert len(station.line.told("rejected")) == 8


@pytest.mark.parametrize(
    ("line", "word"),
    [("1,2", "no JSON"), ("{", "no sample"), ('{"elements": {}}', "at least one"), ("x" * 20_000, "at most"),
     ('{"elements": {"air_temperature": "hot"}}', "no number"),
     ('{"elements": {"air_temperature": NaN}}', "no number")],
)  # fmt: skip
def test_lines_that_are_no_sample_are_refused(line: str, word: str) -> None:
    with pytest.raises(Rejected, match=word):
        sources.read_line(line, (), START)


def test_rows_of_a_logger_are_read_by_their_columns() -> None:
    # degF to degC by hand: (68 - 32) / 1.8 = 20
    table = (Column(1, "air_temperature", 1 / 1.8, -32 / 1.8), Column(2, "relative_humidity"))
    sample = sources.read_line("2026-06-27 08:00,68,55", table, START)
    assert sample.elements == {"air_temperature": pytest.approx(20), "relative_humidity": 55}
    assert sources.read_line("x,,55", table, START).elements["air_temperature"] is None
    with pytest.raises(Rejected, match="none of the 2 columns"):
        sources.read_line("a,b,c", table, START)
    told = sources.read_line('{"time": "2026-06-27T08:00:00+08:00", "elements": {"air_temperature": 20, "mystery": 1}, '
                             '"house": {"battery_v": 12.4}}', table, START)  # fmt: skip
    assert (told.time, told.house) == (START, {"battery_v": 12.4})
    with pytest.raises(Rejected, match="catalogue"):
        sources.columns({"mystery": 3})


def test_a_growing_file_is_followed_and_may_begin_anew(tmp_path: Path) -> None:
    path, seen = tmp_path / "logger.csv", []
    path.write_text("old\n")
    steps = iter(["one\ntwo\nhal", "f\n", None])

    def stop() -> bool:
        if len(seen) == 4:
            return True
        step = next(steps, "")
        if step is None:
            path.write_text("new\n")
        elif step:
            with path.open("a") as file:
                file.write(step)
        return False

    for found in sources.growing_file(path, 4, stop):
        seen.append(found)
    assert seen == [(8, "one"), (12, "two"), (17, "half"), (4, "new")]


def test_the_settings_file_says_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "edge.toml"
    key = b64encode(KEY.public_key().public_bytes_raw()).decode()
    good = f'station = "M3501"\nbroker = "mqtt://127.0.0.1"\ncentre_key = "{key}"\n'
    path.write_text(good + '[source]\nkind = "tcp"\nhost = "h"\nport = 1\n[source.columns]\nair_temperature = 2\n')
    local = read_local(path)
    assert (local.station, local.columns, local.buffer) == (
        "M3501", (Column(2, "air_temperature"),), tmp_path / "buffer.sqlite3",
    )  # fmt: skip
    for text, word in ((good.replace("centre_key", "key"), "centre_key"),
                       (good + '[source]\nkind = "magic"', "allowed"),
                       (good.replace("M3501", "a/b"), "topic"), ("station =", "edge.toml")):  # fmt: skip
        path.write_text(text)
        with pytest.raises(Rejected, match=word):
            read_local(path)


def test_bounds_of_a_configuration() -> None:
    assert checked({}) == Config()
    for told in ({"batch": 1.5}, {"interval_s": True}, {"steps": {"mystery": 1}}, {"steps": {"air_temperature": 0}},
                 {"steps": []}, {"replay_per_s": float("nan")}):  # fmt: skip
        with pytest.raises(Rejected):
            checked(told)
