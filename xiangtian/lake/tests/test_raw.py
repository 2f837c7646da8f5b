from __future__ import annotations

import datetime as dt
import errno
import os
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from xiangtian.core.home import Home
from xiangtian.lake import raw
from xiangtian.lake.raw import Incoming, SpoolError, TooLarge

NOON = dt.datetime(2026, 6, 18, 12, tzinfo=dt.UTC)
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
"""SHA-256 of "abc": FIPS 180-4, example of NIST."""


def incoming(body: bytes, name: str = "obs/58358") -> Incoming:
    return Incoming(body, "mqtt", name, NOON)


def test_bytes_lie_under_their_sha256(home: Home) -> None:
    (kept,) = raw.keep(home, [incoming(b"abc")])
    assert (kept.sha256, kept.size, kept.received) == (ABC, 3, NOON)
    assert (home.raw / "ba" / ABC).read_bytes() == b"abc"
    assert raw.body(home, ABC) == b"abc"
    assert list(raw.arrivals(home)) == [kept]


def test_the_same_bytes_are_kept_once_and_noted_twice(home: Home) -> None:
    raw.keep(home, [incoming(b"abc", "first"), incoming(b"abc", "again")])
    raw.keep(home, [incoming(b"abc", "later")])
    assert [kept.name for kept in raw.arrivals(home)] == ["first", "again", "later"]
    assert [path.name for path in home.raw.glob("??/*")] == [ABC]


def test_nothing_in_nothing_out(home: Home) -> None:
    assert raw.keep(home, []) == []
    assert list(raw.arrivals(home)) == []


def test_an_empty_body_is_kept_too(home: Home) -> None:
    (kept,) = raw.keep(home, [incoming(b"")])
    assert raw.body(home, kept.sha256) == b""


def test_a_body_that_is_too_large_is_refused_with_its_size(home: Home) -> None:
    limit = 32 * 1024 * 1024
    assert raw.keep(home, [incoming(bytes(limit))])[0].size == limit
    with pytest.raises(TooLarge, match=f"{limit + 1} bytes, {limit} are allowed"):
        raw.keep(home, [incoming(b"small"), incoming(bytes(limit + 1))])
    assert len(list(raw.arrivals(home))) == 1


def test_a_time_without_a_zone_is_refused(home: Home) -> None:
    with pytest.raises(ValueError, match="has no zone"):
        raw.keep(home, [Incoming(b"x", "http", "x", dt.datetime(2026, 6, 18))])


def test_damaged_and_missing_bodies_are_named(home: Home) -> None:
    raw.keep(home, [incoming(b"abc")])
    raw.place(home, ABC).write_bytes(b"abd")
    with pytest.raises(SpoolError, match="is damaged"):
        raw.body(home, ABC)
    with pytest.raises(SpoolError, match="can't be read"):
        raw.body(home, "00" * 32)
    with pytest.raises(SpoolError, match="64 hexadecimal digits"):
        raw.body(home, "../../etc/passwd")


def test_sending_again_heals_a_damaged_body(home: Home) -> None:
    raw.keep(home, [incoming(b"abc")])
    raw.place(home, ABC).write_bytes(b"")
    raw.keep(home, [incoming(b"abc")])
    assert raw.body(home, ABC) == b"abc"


def refuse(monkeypatch: pytest.MonkeyPatch, name: str, at_call: int) -> None:
    """Let the disk be full from the n-th call on; a write before that stops half way, as a real one may."""
    real, calls = getattr(os, name), []

    def full(handle: int, *rest: bytes) -> object:
        calls.append(handle)
        if len(calls) >= at_call:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(handle, *(part[: len(part) // 2] for part in rest))

    monkeypatch.setattr(os, name, full)


@pytest.mark.parametrize(("name", "at_call"), [("write", 1), ("write", 2), *(("fsync", n) for n in (1, 2, 3, 4))])
def test_a_full_disk_acknowledges_nothing_and_leaves_the_journal_whole(
    home: Home, monkeypatch: pytest.MonkeyPatch, name: str, at_call: int
) -> None:
    before = raw.keep(home, [incoming(b"abc")])
    with monkeypatch.context() as patch, pytest.raises(SpoolError, match="the disk is full: make room"):
        refuse(patch, name, at_call)
        raw.keep(home, [incoming(b"more")])
    assert list(raw.arrivals(home)) == before
    assert not list(home.raw.rglob("*.tmp"))
    after = raw.keep(home, [incoming(b"more")])
    assert list(raw.arrivals(home)) == before + after


def test_a_folder_that_can_not_be_made_is_a_clear_error(home: Home) -> None:
    (home.raw / "ba").write_text("a file in the way")
    with pytest.raises(SpoolError, match="nothing was acknowledged"):
        raw.keep(home, [incoming(b"abc")])


def test_leftovers_are_swept_at_start(home: Home) -> None:
    (kept,) = raw.keep(home, [incoming(b"abc")])
    (home.raw / "journal" / f"{'cd' * 32}.99-1.tmp").write_bytes(b"half")
    assert raw.repair(home) == 1
    assert raw.repair(home) == 0
    assert list(raw.arrivals(home)) == [kept]


def test_many_doors_keep_at_the_same_time(home: Home) -> None:
    def door(number: int) -> list[raw.Kept]:
        return [k for n in range(5) for k in raw.keep(home, [incoming(f"{number} {n} {m}".encode()) for m in range(4)])]

    with ThreadPoolExecutor(4) as doors:
        told = [kept for part in doors.map(door, range(4)) for kept in part]
    assert sorted(told, key=lambda kept: kept.offset) == list(raw.arrivals(home))
    assert len({kept.sha256 for kept in told}) == 80


KEEPING = """
import datetime as dt, pathlib, sys
from xiangtian.core.home import Home
from xiangtian.lake import raw
home, run = Home(pathlib.Path(sys.argv[1])), sys.argv[2]
n = 0
while True:
    now = dt.datetime(2026, 6, 18, tzinfo=dt.UTC)
    items = [raw.Incoming(f"{run} {n} {k}".encode() * 50, "mqtt", f"{run}/{n}/{k}", now) for k in range(3)]
    kept = raw.keep(home, items)
    print("\\n".join(f"{k.sha256} {k.name}" for k in kept), flush=True)
    n += 1
"""


def test_killed_at_any_instant_nothing_acknowledged_is_lost(home: Home) -> None:
    chance = random.Random(20260618)
    acknowledged: set[tuple[str, str]] = set()
    for run in range(6):
        child = subprocess.Popen([sys.executable, "-c", KEEPING, str(home.root), str(run)], stdout=subprocess.PIPE)
        assert child.stdout
        first = child.stdout.readline()
        time.sleep(chance.uniform(0.0, 0.15))
        child.kill()
        lines = (first + child.stdout.read()).decode().split("\n")[:-1]
        child.wait()
        acknowledged |= {(line.split(" ")[0], line.split(" ")[1]) for line in lines}
        raw.repair(home)
        found = [(kept.sha256, kept.name) for kept in raw.arrivals(home)]
        assert acknowledged <= set(found)
        assert len(found) == len(set(found))
    assert len(acknowledged) > 30
    assert all(raw.body(home, kept.sha256) for kept in raw.arrivals(home))
    assert not list(home.raw.rglob("*.tmp"))
