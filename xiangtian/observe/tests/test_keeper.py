"""What is handed over is on disk when the future ends, together with what came at the same moment."""

import datetime as dt
import hashlib
import threading

import pytest

from xiangtian.lake import raw
from xiangtian.lake.journal import SpoolError
from xiangtian.observe import actions
from xiangtian.observe.keeper import Keeper
from xiangtian.observe.models import Quarantined


@pytest.fixture
def keeper(home):
    built = Keeper(home)
    built.start()
    yield built
    built.stop()


def test_when_the_future_ends_the_bytes_are_on_disk(home, keeper, at) -> None:
    now = at("2026-07-01T02:00")
    keeper.submit(b"rain", "mqtt", "observe/stations/58358").result(10)
    (one,) = raw.arrivals(home)
    assert raw.body(home, one.sha256) == b"rain"
    assert one.sha256 == hashlib.sha256(b"rain").hexdigest()
    assert (one.source, one.name, one.received) == ("mqtt", "observe/stations/58358", now)
    assert keeper.arrived.is_set()


def test_messages_that_come_together_share_one_write(home, keeper, monkeypatch) -> None:
    batches, hold, kept = [], threading.Event(), raw.keep

    def slow(place, items):
        batches.append(len(items))
        hold.wait(10)
        return kept(place, items)

    monkeypatch.setattr(raw, "keep", slow)
    waiting = [keeper.submit(b"first", "mqtt", "x")]
    while not batches:
        pass
    waiting += [keeper.submit(str(number).encode(), "mqtt", "x") for number in range(20)]
    hold.set()
    for one in waiting:
        one.result(10)
    assert batches == [1, 20]
    assert len(list(raw.arrivals(home))) == 21


def test_a_disk_that_refuses_is_told_to_each_sender_and_the_keeper_goes_on(home, keeper, monkeypatch) -> None:
    def refuse(place, items):
        raise SpoolError("the disk is full: make room; nothing was acknowledged")

    with monkeypatch.context() as broken:
        broken.setattr(raw, "keep", refuse)
        told = [keeper.submit(b"a", "mqtt", "x"), keeper.submit(b"b", "mqtt", "x")]
        for one in told:
            with pytest.raises(SpoolError, match="make room"):
                one.result(10)
    assert not keeper.arrived.is_set()
    keeper.submit(b"c", "mqtt", "x").result(10)
    assert len(list(raw.arrivals(home))) == 1


def test_a_sender_that_goes_away_takes_nothing_back(home, keeper) -> None:
    future = keeper.submit(b"rain", "mqtt", "x")
    assert not future.cancel()
    future.result(10)
    keeper.submit(b"more", "mqtt", "x").result(10)
    assert len(list(raw.arrivals(home))) == 2


def test_stopping_keeps_what_waits(home) -> None:
    keeper = Keeper(home)
    waiting = [keeper.submit(str(number).encode(), "mqtt", "x") for number in range(1200)]
    keeper.start()
    keeper.stop()
    assert all(one.done() and one.exception() is None for one in waiting)
    assert len(list(raw.arrivals(home))) == 1200


@pytest.mark.django_db
def test_the_largest_message_is_kept_and_one_byte_more_is_refused_beside_it(home, at, monkeypatch) -> None:
    monkeypatch.setattr(raw, "MAX_BODY_BYTES", 100)
    now = at("2026-07-01T02:00")
    items = [raw.Incoming(b"x" * size, "mqtt", f"n{size}", now) for size in (100, 101, 5)]
    kept = actions.receive(home, items)
    assert [one.size for one in kept] == [100, 5]
    (row,) = Quarantined.objects.all()
    assert (row.name, row.size, row.sha256, row.received) == ("n101", 101, "", now)


@pytest.mark.django_db
def test_quarantine_written_twice_stands_once(home) -> None:
    kept = raw.keep(home, [raw.Incoming(b"x", "mqtt", "n", dt.datetime(2026, 7, 1, tzinfo=dt.UTC))])[0]
    assert actions.quarantine(kept, [("a", "why"), ("b", "why too")]) == 2
    assert actions.quarantine(kept, [("a", "why"), ("b", "why too")]) == 0
    assert Quarantined.objects.count() == 2
