"""What failing means: nothing acknowledged is lost, nothing stored twice, nothing seen half; and words for people.

The process that is killed here is the real command on a home of its own. It is forked from a parent that has loaded the
programs already, so that twenty lives fit into a test.
"""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import logging
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from xiangtian.cli.main import main
from xiangtian.core import clock
from xiangtian.core.home import Home
from xiangtian.core.models import LedgerEntry
from xiangtian.core.people import NotAllowed
from xiangtian.core.places import city
from xiangtian.lake import grid_folder, grids, raw
from xiangtian.lake.observations import Observations
from xiangtian.met.grid import Grid, RainFrame
from xiangtian.observe import actions as observe
from xiangtian.observe import broker, listen
from xiangtian.observe.broker import EmbeddedBroker
from xiangtian.observe.intake import Intake
from xiangtian.observe.keeper import Keeper
from xiangtian.observe.listen import Folder
from xiangtian.observe.models import Batch, Cursor, Quarantined
from xiangtian.radar import actions as radar
from xiangtian.radar import odim_write

KILLS = 20
BASE = dt.datetime.fromtimestamp(clock.wall(), dt.UTC).replace(second=0, microsecond=0) - dt.timedelta(hours=4)
NURSERY = """
import os, signal, sys, django
django.setup()
import xiangtian.observe.broker, xiangtian.observe.intake, xiangtian.observe.listen
import xiangtian.nowcast.jobs, xiangtian.publish.jobs, xiangtian.radar.jobs, xiangtian.verify.jobs, xiangtian.warn.jobs
from xiangtian.cli.main import main
print("ready", flush=True)
for command in sys.stdin:
    child = os.fork()
    if not child:
        main(command.split())
    print(child, flush=True)
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                break
        except ChildProcessError:
            break
"""


class Nursery:
    """Starts commands of the house within a tenth of a second."""

    def __init__(self, home: Path, **environment: str) -> None:
        told = (
            os.environ | environment | {"XIANGTIAN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "xiangtian.web.settings"}
        )
        told.pop("XIANGTIAN_DATABASE_URL", None)
        self.log = (home.parent / "house.log").open("ab")
        self._parent = subprocess.Popen([sys.executable, "-c", NURSERY], env=told, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.log, text=True)  # fmt: skip
        self._lives: set[int] = set()
        assert self._answer() == "ready"

    def _answer(self) -> str:
        assert self._parent.stdout
        return self._parent.stdout.readline().strip()

    def start(self, command: str) -> int:
        assert self._parent.stdin
        self._parent.stdin.write(f"{command}\n")
        self._parent.stdin.flush()
        life = int(self._answer())
        self._lives.add(life)
        return life

    def kill(self, life: int, how: int = signal.SIGKILL) -> None:
        """End a life, and see that it had not ended by itself before."""
        assert self.runs(life), "the process had ended by itself; see house.log"
        os.kill(life, how)
        until = time.monotonic() + 30
        while self.runs(life):
            assert time.monotonic() < until, f"process {life} does not end"
            time.sleep(0.01)
        self._lives.discard(life)

    @staticmethod
    def runs(life: int) -> bool:
        try:
            return Path(f"/proc/{life}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
        except FileNotFoundError:
            return False

    def close(self) -> None:
        for life in self._lives:
            if self.runs(life):
                os.kill(life, signal.SIGKILL)
        self._parent.kill()
        self._parent.wait()
        self.log.close()


@pytest.fixture
def nursery(tmp_path: Path, port: int) -> Iterator[Nursery]:
    built = Nursery(tmp_path / "home", XIANGTIAN_MQTT_PORT=str(port), XIANGTIAN_LOG_LEVEL="WARNING")
    yield built
    built.close()


def frame(number: int) -> RainFrame:
    """A frame of 64 x 64 cells of 2 km over the city, wet all over and different each time."""
    lon, lat = city().centroid
    crs = f"+proj=laea +lat_0={lat:.4f} +lon_0={lon:.4f} +datum=WGS84 +units=m +no_defs"
    rate = np.random.default_rng(number).gamma(2.0, 2.0, (64, 64)).astype(np.float32)
    time = BASE + dt.timedelta(minutes=5 * number)
    return RainFrame(time, Grid(crs, -63_000, 63_000, 2000, 2000, 64, 64), rate, np.ones_like(rate))


class Traffic:
    """Stations that speak and a radar that drops files, until somebody looks at the watch."""

    def __init__(self, home: Home, speaker: Any, write: Callable[..., bytes]) -> None:
        self._home, self._speaker, self._write = home, speaker, write
        self.frames = self.messages = 0
        self._next_frame = 0.0

    def flow(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (now := time.monotonic()) < until:
            moment = BASE + dt.timedelta(seconds=self.messages)
            self._speaker.say(self._write(f"T{self.messages % 10:04d}", moment.isoformat(), air_temperature=20.5))
            self.messages += 1
            if now >= self._next_frame and self.frames < 40:
                self._drop()
                self._next_frame = now + 0.5
            time.sleep(0.03)

    def _drop(self) -> None:
        folder = self._home.inbox / "radar"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".aside").write_bytes(odim_write.encode(frame(self.frames)))
        (folder / ".aside").rename(folder / f"frame-{self.frames:03d}.h5")
        self.frames += 1


def rows(home: Home, ask: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(f"file:{home.records}?mode=ro", uri=True, timeout=20) as records:
        return records.execute(ask).fetchall()


def whole_grids(home: Home) -> int:
    """Read every grid that can be seen, in the folder and in the list; give how many."""
    for folder in home.grids.glob("*/*/*.zarr"):
        assert grid_folder.about(folder)["grid"]["rows"]
        for name in grid_folder.names(folder):
            assert grid_folder.values(folder, name).size
    listed = [path for (path,) in rows(home, "SELECT path FROM lake_gridrun")] if home.records.exists() else []
    assert all((home.grids / path).is_dir() for path in listed)
    return len(listed)


@pytest.mark.slow
def test_nothing_is_lost_doubled_or_half_seen_in_twenty_kills(
    nursery: Nursery, tmp_path: Path, port: int, station, report, wait_for
) -> None:
    home, chance = Home(tmp_path / "home").prepare(), random.Random(20)
    speaker = station(port)
    traffic = Traffic(home, speaker, report)
    spoken = []  # how many messages had been acknowledged at each kill
    for number in range(KILLS):
        lives = [nursery.start("intake"), nursery.start("work")]
        traffic.flow(chance.uniform(0.3, 3.0) if number % 4 else chance.uniform(2.0, 4.0))
        for life in chance.sample(lives, 2):
            nursery.kill(life)
        whole_grids(home)
        spoken.append(len(speaker.acknowledged))

    lives = [nursery.start("intake"), nursery.start("work")]
    wait_for(lambda: not speaker.waiting(), 60)
    lake = Observations(home)
    wait_for(lambda: not list((home.inbox / "radar").glob("frame*")), 30)
    wait_for(lambda: lake.cursor() == max(one.offset for one in raw.arrivals(home)), 30, 0.2)
    count = "SELECT COUNT(DISTINCT json_extract(attrs, '$.sha256')), COUNT(*) FROM lake_gridrun WHERE kind = 'radar'"
    wait_for(lambda: rows(home, count)[0][0] == traffic.frames, 30, 0.2)
    wait_for(lambda: rows(home, "SELECT COUNT(*) FROM lake_gridrun WHERE kind = 'nowcast'")[0][0], 30, 0.2)
    for life in lives:
        nursery.kill(life, signal.SIGTERM)

    assert len(set(spoken)) > KILLS / 4, spoken  # else the lives were too short to prove anything
    logging.getLogger(__name__).info("acknowledged at each kill: %s; %d in all", spoken, traffic.messages)
    bodies = {hashlib.sha256(body).hexdigest() for body in speaker.acknowledged}
    assert len(bodies) == traffic.messages
    assert all(raw.body(home, one) for one in bodies)
    stored = lake.read(BASE, BASE + dt.timedelta(hours=4), elements=["air_temperature"], resolve=False)
    assert stored.height == traffic.messages
    assert stored.select("station", "time").n_unique() == traffic.messages
    assert set(stored["source"]) == bodies
    assert rows(home, count)[0] == (traffic.frames, traffic.frames)  # no frame twice
    assert whole_grids(home) > traffic.frames
    assert len(list(home.grids.glob("*/*/*.zarr"))) == whole_grids(home)  # and no folder that is not listed


# -- The home


def test_a_full_disk_at_the_start_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9 - 2**20, 2**20))
    told = CliRunner().invoke(main, ["intake", "--home", str(tmp_path / "home")])
    assert told.exit_code == 1
    assert "only 1 MiB are free" in told.output
    assert "200 MiB or more are needed" in told.output
    assert "XIANGTIAN_HOME" in told.output


def test_a_home_that_is_a_file_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("not a folder")
    for place in (tmp_path / "home", tmp_path / "home" / "below"):
        told = CliRunner().invoke(main, ["intake", "--home", str(place)])
        assert told.exit_code == 1
        assert "can't be used" in told.output
        assert "point XIANGTIAN_HOME at a folder" in told.output


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_home_that_may_not_be_written_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(mode=0o500)
    told = CliRunner().invoke(main, ["intake", "--home", str(tmp_path / "home")])
    assert told.exit_code == 1
    assert "this user may not write there" in told.output


# -- The disk, while we run


@pytest.fixture
def doors(home: Home, committed, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[EmbeddedBroker, Folder]]:
    """The house's doors with a keeper behind them, in this process."""
    monkeypatch.setattr(broker, "AGAIN_S", 0.1)
    monkeypatch.setattr(listen, "AGAIN_S", 0.1)
    monkeypatch.setattr(listen, "SETTLED_S", 0.0)
    keeper = Keeper(home)
    keeper.start()
    mqtt, folder = EmbeddedBroker(keeper, "127.0.0.1", 0), Folder(keeper, home.inbox, every_s=0.02)
    mqtt.start()
    folder.start()
    yield mqtt, folder
    folder.stop()
    mqtt.stop()
    keeper.stop()


def test_a_disk_that_fills_up_stops_the_acknowledgements_and_nothing_else(
    doors, home: Home, monkeypatch: pytest.MonkeyPatch, station, report, wait_for, caplog
) -> None:
    flush, full = os.fsync, threading.Event()

    def refuse_when_full(handle: int) -> None:
        if full.is_set():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        flush(handle)

    monkeypatch.setattr(os, "fsync", refuse_when_full)
    speaker = station(doors[0].port)
    first, second = (report("T0001", (BASE + dt.timedelta(minutes=k)).isoformat()) for k in (0, 1))
    speaker.say(first)
    wait_for(lambda: speaker.acknowledged == [first])
    full.set()
    speaker.say(second)
    dropped = home.inbox / "late.json"
    dropped.write_bytes(report("T0002", BASE.isoformat()))
    wait_for(lambda: caplog.text.count("the disk is full: make room") >= 4)
    assert speaker.acknowledged == [first]
    assert dropped.exists()
    full.clear()
    wait_for(lambda: speaker.acknowledged == [first, second])
    wait_for(lambda: not dropped.exists())
    intake = Intake(home)
    while intake.sweep():
        pass
    assert readings(home)["station"].to_list() == ["T0001", "T0001", "T0002"]


@pytest.mark.slow
def test_the_intake_outlives_a_lake_that_can_not_be_written(
    tmp_path: Path, process, port: int, station, report, wait_for
) -> None:
    home = Home(tmp_path / "home").prepare()
    intake = process(home.root, "intake", XIANGTIAN_MQTT_PORT=str(port))
    speaker = station(port)
    speaker.say(report("T0001", BASE.isoformat()))
    wait_for(lambda: Observations(home).cursor(), 60, 0.2)
    home.lake.rename(tmp_path / "aside")
    home.lake.write_text("somebody put a file in the lake's place")
    speaker.say(report("T0002", BASE.isoformat()))
    wait_for(lambda: not speaker.waiting())  # the spool is well: what comes is acknowledged
    wait_for(lambda: "it is safe in the spool and tried again" in intake.said())
    assert intake.alive
    home.lake.unlink()
    (tmp_path / "aside").rename(home.lake)
    wait_for(lambda: readings(home)["station"].to_list() == ["T0001", "T0002"], 20, 0.2)
    assert intake.alive


# -- What comes in


def readings(home: Home, **asked: Any) -> pl.DataFrame:
    """Everything in the lake, each version a row."""
    return Observations(home).read(BASE - dt.timedelta(days=1), BASE + dt.timedelta(days=1), resolve=False, **asked)


def arrive(home: Home, *bodies: bytes, name: str = "observe/stations/x", received: dt.datetime | None = None) -> None:
    raw.keep(home, [raw.Incoming(body, "mqtt", name, received or clock.now()) for body in bodies])


def take_in(home: Home) -> None:
    intake = Intake(home)
    while intake.sweep():
        pass


def refusals() -> list[str]:
    return [row.reason for row in Quarantined.objects.order_by("id")]


def test_a_message_of_50_mb_over_mqtt_is_refused_in_words_and_the_next_one_is_taken(
    doors, home: Home, station, report, wait_for
) -> None:
    speaker = station(doors[0].port)
    speaker.say(b"x" * 50_000_000)
    wait_for(lambda: not speaker.waiting(), 60)  # acknowledged: to send it again would not help
    (row,) = Quarantined.objects.all()
    assert (row.size, row.sha256, row.state) == (50_000_000, "", "waiting")
    assert "47.7 MiB，超过上限 32 MiB" in row.reason  # 50,000,000 / 2**20
    assert "split and send again" in row.reason
    speaker.say(report("T0001", BASE.isoformat()))
    wait_for(lambda: not speaker.waiting())
    take_in(home)
    assert readings(home)["station"].to_list() == ["T0001"]


def test_a_file_of_50_mb_is_set_aside_in_words_and_the_next_one_is_taken(doors, home: Home, report, wait_for) -> None:
    with (home.inbox / "large.bin").open("wb") as large:
        large.truncate(50_000_000)
    (home.inbox / "small.json").write_bytes(report("T0001", BASE.isoformat()))
    wait_for(lambda: not [path for path in home.inbox.glob("*") if path.is_file()])
    (row,) = Quarantined.objects.all()
    assert (row.name, row.size) == ("large.bin", 50_000_000)
    assert (home.inbox / ".too-large" / "large.bin").stat().st_size == 50_000_000
    take_in(home)
    assert readings(home)["station"].to_list() == ["T0001"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [
        b"BUFR",
        b"BUFR\x00\x00\x20\x04" + bytes(24),
        b"BUFR\xff\xff\xff\x04" + b"\xff" * 200 + b"7777",
        b"ISMD01 ZSSS 010200\r\r\nBUFR\x00\x00\x30\x04\x00\x00\x16" + bytes(range(256)),
    ],
)
def test_malformed_bufr_goes_to_quarantine_with_a_reason(home: Home, body: bytes, report) -> None:
    arrive(home, body, report("T0001", BASE.isoformat()))
    take_in(home)
    assert refusals()
    assert all(len(reason) > 10 for reason in refusals())
    assert readings(home)["station"].to_list() == ["T0001"]


@pytest.mark.django_db
@pytest.mark.shared
def test_stored_bufr_cut_short_anywhere_never_stops_the_intake(home: Home, shared: Path, report) -> None:
    whole = (shared / "bufr-messages" / "pdbufr" / "synop_bufr_GER_20210516_1204.bufr").read_bytes()[:20_000]
    chance = random.Random(58349)
    cuts = [whole[: chance.randrange(8, len(whole))] for _ in range(12)]
    bent = [bytes(byte ^ (chance.random() < 0.001) * 255 for byte in whole) for _ in range(6)]
    arrive(home, *cuts, *bent, report("T0001", BASE.isoformat()))
    take_in(home)
    assert "T0001" in readings(home)["station"].to_list()
    assert Quarantined.objects.count() >= 6  # a cut in the middle of a message is told


@pytest.mark.django_db
def test_truncated_and_bent_radar_files_are_refused_and_the_next_frame_is_stored(home: Home) -> None:
    whole = odim_write.encode(frame(0))
    chance = random.Random(7)
    cuts = [whole[:size] for size in sorted({0, 1, 8, 100, 512, 2000, len(whole) // 2, len(whole) - 1})]
    bent = []
    for _ in range(20):
        damaged = bytearray(whole)
        for _ in range(20):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        bent.append(bytes(damaged))
    arrive(home, *cuts, *bent, whole, odim_write.encode(frame(1)), name="radar/frame.h5")
    stored = radar.ingest(home)
    assert Cursor.objects.get(reader="radar").offset == max(one.offset for one in raw.arrivals(home))
    assert 2 <= stored <= 2 + len(bent)  # a bent attribute that nobody reads may pass
    assert Quarantined.objects.count() >= len(cuts) - 1
    assert all("雷达文件不可用" in reason for reason in refusals())
    assert grids.newest("radar").time == BASE + dt.timedelta(minutes=5)


@pytest.mark.django_db
def test_a_radar_frame_from_the_future_is_refused(home: Home) -> None:
    arrive(home, odim_write.encode(frame(0)), name="radar/a.h5", received=BASE - dt.timedelta(minutes=11))
    arrive(home, odim_write.encode(frame(1)), name="radar/b.h5", received=BASE - dt.timedelta(minutes=5))
    assert radar.ingest(home) == 1  # ten minutes ahead may be the interval it stands for
    (reason,) = refusals()
    assert "came before its time: look at the clock of the sender" in reason


@pytest.mark.django_db
def test_a_station_whose_clock_is_two_hours_ahead_is_refused_and_one_of_minutes_is_taken(home: Home, report) -> None:
    arrive(home, report("AHEAD", (BASE + dt.timedelta(hours=2)).isoformat()),
           report("QUICK", (BASE + dt.timedelta(minutes=5)).isoformat()), received=BASE)  # fmt: skip
    take_in(home)
    (reason,) = refusals()
    assert "the clock of the station is ahead" in reason
    assert "120 min after the message came in" in reason
    row = readings(home).row(0, named=True)
    assert (row["station"], row["received"]) == ("QUICK", BASE)
    assert row["received"] < row["time"]


@pytest.mark.django_db
def test_duplicates_are_counted_late_ones_found_and_a_correction_wins_from_its_receipt_on(home: Home, report) -> None:
    first = report("T0001", BASE.isoformat(), air_temperature=21.5)
    corrected = report("T0001", BASE.isoformat(), air_temperature=20.5)
    late = report("T0001", (BASE - dt.timedelta(hours=1)).isoformat(), air_temperature=22.0)
    arrive(home, first, received=BASE)
    take_in(home)
    arrive(home, first, received=BASE + dt.timedelta(minutes=1))
    arrive(home, corrected, received=BASE + dt.timedelta(minutes=2))
    arrive(home, late, received=BASE + dt.timedelta(minutes=3))
    take_in(home)
    told = Batch.objects.order_by("id").values_list("readings", "duplicates", "corrections")
    assert [sum(column) for column in zip(*told, strict=True)] == [3, 1, 1]

    def known(minutes: float) -> list[float]:
        at = BASE + dt.timedelta(minutes=minutes)
        rows = Observations(home).read(BASE - dt.timedelta(hours=2), BASE, ["T0001"], as_of=at)
        return rows["air_temperature"].to_list()

    assert known(-1) == []
    assert known(1.5) == [21.5]
    assert known(2.5) == [20.5]
    assert known(3.5) == [22.0, 20.5]


MAPPING = """
name: ponds
header: [Site, Date, Temp]
station: {column: Site}
time: {columns: [Date], format: "%Y-%m-%d %H:%M", zone: UTC}
elements:
  air_temperature: {column: Temp}
"""


@pytest.mark.django_db
def test_what_was_quarantined_can_be_sent_again_after_a_mapping_was_added(home: Home, person) -> None:
    arrive(home, f"Site,Date,Temp\nP1,{BASE:%Y-%m-%d %H:%M},21.5\n".encode(), name="ponds.csv")
    intake = Intake(home)
    intake.sweep()
    (row,) = Quarantined.objects.all()
    assert "write a mapping file" in row.reason
    (home.root / "mappings").mkdir()
    (home.root / "mappings" / "ponds.yaml").write_text(MAPPING)
    with pytest.raises(NotAllowed):
        observe.resend(home, person("viewer", "viewer"), row.pk)
    observe.resend(home, person("observer", "observer"), row.pk)
    assert intake.sweep() == 1  # the mapping is known without a restart
    assert readings(home)["station"].to_list() == ["P1"]
    row.refresh_from_db()
    assert row.state == "resent"
    assert Quarantined.objects.filter(state="waiting").count() == 0
    assert LedgerEntry.objects.filter(verb="observe.resend", actor="observer").count() == 1


@pytest.mark.django_db
def test_kept_bytes_that_went_bad_are_told_and_hold_nothing_up(home: Home, report) -> None:
    bad, gone = (report(name, BASE.isoformat()) for name in ("BAD", "GONE"))
    arrive(home, bad, gone, report("T0001", BASE.isoformat()))
    raw.place(home, hashlib.sha256(bad).hexdigest()).write_bytes(b"overwritten")
    raw.place(home, hashlib.sha256(gone).hexdigest()).unlink()
    take_in(home)
    assert readings(home)["station"].to_list() == ["T0001"]
    first, second = refusals()
    assert "is damaged" in first
    assert "can't be read" in second


def test_a_file_nobody_may_read_holds_up_no_other(doors, home: Home, report, wait_for, monkeypatch) -> None:
    read = Path.read_bytes

    def refuse_one(path: Path) -> bytes:
        if path.name == "a-locked.json":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse_one)
    (home.inbox / "a-locked.json").write_bytes(b"{}")
    (home.inbox / "b.json").write_bytes(report("T0001", BASE.isoformat()))
    wait_for(lambda: not (home.inbox / "b.json").exists())
    assert (home.inbox / "a-locked.json").exists()
