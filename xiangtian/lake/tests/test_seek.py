"""Finding a moment in the journal."""

import datetime as dt

import pytest

from xiangtian.core.home import Home
from xiangtian.lake import journal, seek
from xiangtian.lake.journal import Arrival, SpoolError

BEGIN = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)


def arrival(minute: float, name: str = "x") -> Arrival:
    return Arrival("0" * 64, "mqtt", name, BEGIN + dt.timedelta(minutes=minute), 1)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(journal, "SEGMENT_BYTES", 2000)  # a dozen lines a segment
    place = tmp_path / "raw/journal"
    place.mkdir(parents=True)
    for minute in range(50):
        journal.append(place, [arrival(minute, "n" * (1 + minute * 7 % 90))])
    assert len(list(place.glob("*.jsonl"))) > 3
    return place


def offset_at(folder, moment: dt.datetime) -> int:
    return seek.offset_at(Home(folder.parent.parent), moment)


@pytest.mark.parametrize("minute", [-5, 0, 0.5, 1, 11, 12.25, 24, 36.9, 49])
def test_what_is_read_from_there_is_what_came_since(folder, minute: float) -> None:
    moment = BEGIN + dt.timedelta(minutes=minute)
    whole = [one.received for one in journal.read(folder, 0)]
    found = [one.received for one in journal.read(folder, offset_at(folder, moment))]
    assert found == [received for received in whole if received >= moment]


def test_after_the_last_one_comes_nothing(folder) -> None:
    offset = offset_at(folder, BEGIN + dt.timedelta(days=1))
    assert list(journal.read(folder, offset)) == []
    (kept,) = journal.append(folder, [arrival(2000)])
    assert [one.offset for one in journal.read(folder, offset)] == [kept.offset]


def test_equal_moments_are_all_given(tmp_path) -> None:
    place = tmp_path / "raw/journal"
    place.mkdir(parents=True)
    journal.append(place, [arrival(minute) for minute in (0, 1, 1, 1, 2)])
    assert len(list(journal.read(place, offset_at(place, BEGIN + dt.timedelta(minutes=1))))) == 4


def test_no_journal_yet(tmp_path) -> None:
    assert seek.offset_at(Home(tmp_path), BEGIN) == 0


def test_a_torn_last_line_is_not_read(folder) -> None:
    last = sorted(folder.glob("*.jsonl"))[-1]
    end = offset_at(folder, BEGIN + dt.timedelta(days=1))
    with last.open("ab") as handle:
        handle.write(b'{"sha256": "')
    assert offset_at(folder, BEGIN + dt.timedelta(days=1)) == end


def test_a_damaged_line_is_told_with_its_place(folder) -> None:
    first = sorted(folder.glob("*.jsonl"))[0]
    held = first.read_bytes()
    first.write_bytes(b"?" + held[1:])
    with pytest.raises(SpoolError, match="restore it"):
        offset_at(folder, BEGIN)
