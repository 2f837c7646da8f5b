"""The workshop: whatever a decoder does to its process, every message is answered, and the others are decoded."""

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from xiangtian.observe.decode.mapping import parse
from xiangtian.observe.reading import Envelope
from xiangtian.observe.worker import Limits, WorkerError
from xiangtian.observe.workshop import MOST_JOBS, Workshop

NOW = dt.datetime(2026, 7, 1, 2, 0, 5, tzinfo=dt.UTC)
ENVELOPE = Envelope(NOW, "x")
LIMITS = Limits(1.5, 256)
WILD = """
import ctypes, os, time
from pathlib import Path
from xiangtian.observe import decode as front

class Wild:
    NAME = "wild"
    def sniff(self, head, name):
        return head.startswith(b"wild")
    def decode(self, body, envelope):
        what = body.split()[1].decode()
        if what == "hang":
            time.sleep(60)
        if what == "spin":
            while True: pass
        if what == "memory":
            return [bytearray(2**20) for _ in range(2**20)]
        if what == "crash":
            ctypes.string_at(0)
        if what == "exit":
            os._exit(3)
        if what == "once":  # ends the first worker only, as a kill from outside would
            mark = Path(body.split()[2].decode())
            if not mark.exists():
                mark.touch()
                os.kill(os.getpid(), 9)
        if what == "noise":
            print("what a library prints")
            os.write(1, b"and past Python")
        return front.station_json.decode(JSON, envelope)

JSON = b'{"station": "WILD", "time": "2026-07-01T02:00:00Z", "elements": {"air_temperature": 1}}'
front.FAMILY = (Wild(), *front.FAMILY)
decode = front.decode
"""


@pytest.fixture
def wild(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A workshop whose decoders include one that does what a message tells it."""
    (tmp_path / "wild_decoders.py").write_text(WILD)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    workshop = Workshop(LIMITS, reader="wild_decoders:decode")
    yield workshop
    workshop.close()


def message(station: str) -> bytes:
    return json.dumps({"station": station, "time": NOW.isoformat(), "elements": {"air_temperature": 25.5}}).encode()


def said(workshop: Workshop, *bodies: bytes) -> list[str]:
    """Give of each message its stations, or why it was refused."""
    found = workshop.decode((body, ENVELOPE) for body in bodies)
    return [" ".join(r.station for r in one.readings) or one.refusals[0].reason for one in found]


@pytest.mark.parametrize(
    ("what", "zh", "en"),
    [
        ("hang", "解码超过 1.5 秒", "longer than 1.5 s"),
        ("spin", "解码超过 1.5 秒", "longer than 1.5 s"),
        ("memory", "解码用去内存超过 256 MiB", "more than 256 MiB"),
        ("crash", "解码使进程崩溃", "SIGSEGV"),
        ("exit", "解码使进程退出（代码 3）", "with code 3"),
    ],
)
def test_a_message_that_ends_the_worker_is_refused_alone(wild: Workshop, what: str, zh: str, en: str) -> None:
    told = said(wild, message("A"), f"wild {what}".encode(), message("B"), message("C"))
    assert [told[0], *told[2:]] == ["A", "B", "C"]
    assert zh in told[1]
    assert en in told[1]


def test_several_such_messages_among_many_pieces(wild: Workshop) -> None:
    bodies = [message(f"S{number}") for number in range(1200)]
    bodies[5] = bodies[1000] = b"wild crash"
    told = said(wild, *bodies)
    assert [number for number, one in enumerate(told) if not one.startswith("S")] == [5, 1000]
    assert [one for one in told if one.startswith("S")] == [f"S{n}" for n in range(1200) if n not in (5, 1000)]


def test_a_worker_that_ended_before_the_next_piece_came_does_not_mix_up_the_answers(wild: Workshop, wait_for) -> None:
    bodies = [b"wild crash", *(message(f"S{number}") for number in range(MOST_JOBS * 2))]

    def jobs():
        for number, body in enumerate(bodies):
            if number == MOST_JOBS + 1:  # the first piece is at work, and ends the worker, while the second is gathered
                wait_for(lambda: not wild._worker.lives())
            yield body, ENVELOPE

    told = [" ".join(reading.station for reading in found.readings) for found in wild.decode(jobs())]
    assert told == ["", *(f"S{number}" for number in range(MOST_JOBS * 2))]


def test_an_end_that_came_from_outside_costs_nothing(wild: Workshop, tmp_path: Path) -> None:
    assert said(wild, message("A"), f"wild once {tmp_path}/mark".encode()) == ["A", "WILD"]
    os.kill(wild._worker._process.pid, signal.SIGKILL)
    assert said(wild, message("B")) == ["B"]


def test_what_a_library_prints_does_not_spoil_the_answers(wild: Workshop) -> None:
    assert said(wild, b"wild noise", message("A")) == ["WILD", "A"]


def test_work_left_half_taken_is_not_taken_for_the_next(wild: Workshop) -> None:
    half = wild.decode((message(f"S{number}"), ENVELOPE) for number in range(2000))
    assert next(half).readings[0].station == "S0"
    half.close()
    assert said(wild, message("A")) == ["A"]


def test_readings_come_back_as_the_decoder_gave_them() -> None:
    from xiangtian.observe.decode import decode

    body = json.dumps(
        {
            "station": "58358",
            "time": "2026-07-01T02:00:00.250Z",
            "lon": 120.4,
            "lat": 31.1,
            "elements": {"air_temperature": 25.5, "wind_speed": None, "precipitation_amount": 0},
        }
    ).encode()
    workshop = Workshop(LIMITS)
    (found,) = workshop.decode([(body, ENVELOPE)])
    workshop.close()
    assert found == decode(body, ENVELOPE)
    assert found.readings
    assert found.readings[0].marks


def test_the_tables_of_the_operator_reach_the_worker() -> None:
    table = {
        "name": "ponds",
        "header": ["Site", "At", "Temp"],
        "station": {"column": "Site"},
        "time": {"columns": ["At"], "format": "%Y-%m-%dT%H:%M:%S", "zone": "UTC"},
        "elements": {"air_temperature": "Temp"},
    }
    body = b"Site,At,Temp\nP1,2026-07-01T02:00:00,25\n"
    workshop = Workshop(LIMITS)
    assert "no mapping fits" in said(workshop, body)[0]
    (found,) = workshop.decode([(body, ENVELOPE)], [parse(table, "ponds.yaml")])
    assert found.readings[0].values == {"air_temperature": 25.0}
    assert "no mapping fits" in said(workshop, body)[0]
    workshop.close()


def test_nothing_to_do_starts_nothing() -> None:
    workshop = Workshop(LIMITS)
    assert list(workshop.decode([])) == []
    assert workshop._worker is None


def test_a_worker_that_cannot_start_is_no_fault_of_the_message() -> None:
    workshop = Workshop(LIMITS, reader="no.such.module:decode")
    with pytest.raises(WorkerError, match="无法启动"):
        said(workshop, message("A"))


def test_the_worker_does_not_see_the_keys_of_the_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "asking.py").write_text(
        "import os\nfrom xiangtian.observe.reading import Decoded, Refusal\n"
        "def decode(*_): return Decoded('', (), (Refusal(os.environ.get('XIANGTIAN_SECRET_KEY', 'none')),))\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("XIANGTIAN_SECRET_KEY", "hidden")
    workshop = Workshop(LIMITS, reader="asking:decode")
    assert said(workshop, b"x") == ["none"]
    workshop.close()


@pytest.mark.parametrize("busy", [False, True])
def test_a_killed_parent_leaves_no_worker_behind(busy: bool, tmp_path: Path, wait_for) -> None:
    (tmp_path / "wild_decoders.py").write_text(WILD)
    script = """
        import datetime as dt, sys
        from xiangtian.observe.reading import Envelope
        from xiangtian.observe.worker import Limits
        from xiangtian.observe.workshop import Workshop
        now = Envelope(dt.datetime(2026, 7, 1, 2, 0, 5, tzinfo=dt.UTC))
        shop = Workshop(Limits(60, 256), reader="wild_decoders:decode")
        list(shop.decode([(b"wild fine", now)]))
        print(shop._worker._process.pid, flush=True)
        list(shop.decode([(b"wild spin", now)])) if sys.argv[1] == "True" else sys.stdin.read()
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), str(busy)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
    )
    with parent:
        worker = int(parent.stdout.readline())
        assert Path(f"/proc/{worker}").exists()
        parent.kill()
    wait_for(lambda: not _runs(worker))


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
