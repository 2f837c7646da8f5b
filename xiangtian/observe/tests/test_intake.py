"""The intake: from the journal to the lake, once, with an account of every batch."""

import datetime as dt
import json

import pytest

from xiangtian.core import facts
from xiangtian.core.models import Fact
from xiangtian.lake import raw
from xiangtian.lake.observations import Observations
from xiangtian.lake.table import LakeError
from xiangtian.observe.intake import Intake
from xiangtian.observe.models import Batch, Quarantined
from xiangtian.observe.worker import Limits
from xiangtian.observe.workshop import Workshop

pytestmark = pytest.mark.django_db
MOMENT = dt.datetime(2026, 7, 1, 2, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def morning(at) -> None:
    at(MOMENT)


def message(station: str = "58358", minutes: float = 0, **elements: float) -> bytes:
    time = MOMENT + dt.timedelta(minutes=minutes)
    return json.dumps(
        {"station": station, "time": time.isoformat(), "elements": elements or {"air_temperature": 25}}
    ).encode()


def arrive(home, *bodies: bytes, name: str = "observe/x", seconds: float = 5) -> None:
    raw.keep(home, [raw.Incoming(body, "mqtt", name, MOMENT + dt.timedelta(seconds=seconds)) for body in bodies])


def stored(home):
    return Observations(home).read(MOMENT - dt.timedelta(days=1), MOMENT + dt.timedelta(days=1), resolve=False)


def test_a_batch_becomes_rows_with_flags_an_account_and_a_fact(home) -> None:
    arrive(home, message("A", air_temperature=25.5), message("B", air_temperature=99), b"no message")
    intake = Intake(home)
    assert intake.sweep() == 3
    assert intake.sweep() == 0
    rows = stored(home)
    assert rows["station"].to_list() == ["A", "B"]
    assert rows["air_temperature"].to_list() == [25.5, 99]  # what was told is never changed
    assert rows["air_temperature_qc"][1] == 2  # 99 degC is wrong (flags: 0 good, 1 suspect, 2 wrong)
    batch = Batch.objects.get()
    assert (batch.arrivals, batch.readings, batch.duplicates, batch.refused, batch.doubted) == (3, 2, 0, 1, 1)
    (fact,) = facts.unheard("test", ["observations.appended"])
    assert (fact.detail["rows"], fact.detail["version"]) == (2, Observations(home).version())
    assert Quarantined.objects.count() == 1


def test_radar_files_are_left_to_the_radar_room(home) -> None:
    arrive(home, b"\x89HDF\r\n\x1a\n", name="radar/frame.h5")
    assert Intake(home).sweep() == 1
    assert not Quarantined.objects.exists()
    assert stored(home).is_empty()


def test_a_new_life_goes_on_where_the_last_commit_was(home) -> None:
    arrive(home, message("A"))
    assert Intake(home).sweep() == 1
    arrive(home, message("B"))
    assert Intake(home).sweep() == 1
    assert stored(home)["station"].to_list() == ["A", "B"]


def test_a_batch_that_could_not_be_stored_comes_again_whole_and_once(home, monkeypatch) -> None:
    arrive(home, message("A"), b"no message")
    intake = Intake(home)

    def refuse(*_: object, **__: object) -> None:
        raise LakeError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(Observations, "append", refuse)
        for _ in range(2):
            with pytest.raises(LakeError):
                intake.sweep()
    assert intake.sweep() == 2
    assert stored(home)["station"].to_list() == ["A"]
    assert Quarantined.objects.count() == 1  # refused three times, told once
    assert Batch.objects.count() == 1


def test_what_a_kill_left_untold_is_told_at_the_next_start(home, monkeypatch) -> None:
    arrive(home, message("A"))
    intake = Intake(home)

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(intake, "_account", die)
        with pytest.raises(KeyboardInterrupt):
            intake.sweep()
    assert stored(home).height == 1
    assert not Fact.objects.exists()  # nobody would look at it before the next reading
    assert Intake(home).sweep() == 0
    assert len(facts.unheard("warn.watch", ["observations.appended"])) == 1
    Intake(home)
    assert Fact.objects.count() == 1  # and told once


def test_one_message_may_hold_several_times_of_a_station(home) -> None:
    several = [json.loads(message("A", -minutes)) for minutes in (10, 0, 5, 5)]
    arrive(home, json.dumps(several).encode())
    Intake(home).sweep()
    assert stored(home)["time"].to_list() == [MOMENT - dt.timedelta(minutes=m) for m in (10, 5, 0)]
    assert Batch.objects.get().duplicates == 1


def test_a_message_that_crashes_the_decoding_is_put_aside_alone(home, monkeypatch, tmp_path) -> None:
    (tmp_path / "crashing.py").write_text(
        "import ctypes\nfrom xiangtian.observe.decode import decode as front\n"
        "def decode(body, *rest): return ctypes.string_at(0) if body == b'crash' else front(body, *rest)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    arrive(home, message("A"), b"crash", message("B"))
    intake = Intake(home)
    monkeypatch.setattr(intake, "_workshop", Workshop(Limits(20, 256), reader="crashing:decode"))
    assert intake.sweep() == 3
    assert "解码使进程崩溃" in Quarantined.objects.get().reason
    assert stored(home)["station"].to_list() == ["A", "B"]


def test_a_body_that_the_spool_lost_is_told_and_the_others_are_stored(home) -> None:
    arrive(home, message("A"), message("B"), message("C"))
    _, middle, _ = raw.arrivals(home)
    for path in home.raw.rglob(f"{middle.sha256}*"):
        path.unlink()
    Intake(home).sweep()
    assert Quarantined.objects.count() == 1
    assert stored(home)["station"].to_list() == ["A", "C"]


def test_tidying_once_an_hour_loses_neither_rows_nor_the_place_in_the_journal(home, at) -> None:
    intake = Intake(home)
    for minute in range(5):
        arrive(home, message("A", minute, air_temperature=20 + minute))
        intake.sweep()
    before, cursor = stored(home), Observations(home).cursor()
    assert intake.tidy() == 0  # the hour has not changed
    at(MOMENT + dt.timedelta(hours=1))
    assert intake.tidy() == 5
    assert intake.tidy() == 0
    assert stored(home).equals(before)
    assert Observations(home).cursor() == cursor
    arrive(home, message("A", 1, air_temperature=21), message("B", 2))
    assert Intake(home).sweep() == 2
    assert stored(home).height == 6  # the repetition is still known
