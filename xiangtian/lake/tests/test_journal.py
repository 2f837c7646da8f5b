from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from xiangtian.lake import journal
from xiangtian.lake.journal import Arrival, SpoolError

NOON = dt.datetime(2026, 6, 18, 12, tzinfo=dt.UTC)


def arrival(name: str) -> Arrival:
    return Arrival("ab" * 32, "mqtt", name, NOON, 7)


def segment(folder: Path) -> Path:
    return max(folder.glob("arrivals-*.jsonl"))


def test_lines_come_back_with_the_offset_at_which_each_ends(tmp_path: Path) -> None:
    kept = journal.append(tmp_path, [arrival("一"), arrival("two\n")])
    assert list(journal.read(tmp_path, 0)) == kept
    text = segment(tmp_path).read_bytes()
    assert [kept[0].offset, kept[1].offset] == [text.index(b"\n") + 1, len(text)]
    assert json.loads(text.splitlines()[0]) == {
        "sha256": "ab" * 32, "source": "mqtt", "name": "一", "received": "2026-06-18T12:00:00+00:00", "size": 7,
    }  # fmt: skip


def test_reading_goes_on_after_a_cursor(tmp_path: Path) -> None:
    kept = journal.append(tmp_path, [arrival(str(n)) for n in range(5)])
    assert list(journal.read(tmp_path, kept[2].offset)) == kept[3:]
    assert list(journal.read(tmp_path, kept[-1].offset)) == []


def test_offsets_run_on_over_segments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "SEGMENT_BYTES", 300)
    kept = [journal.append(tmp_path, [arrival(str(n))])[0] for n in range(9)]
    assert len(list(tmp_path.glob("arrivals-*.jsonl"))) > 2
    assert list(journal.read(tmp_path, 0)) == kept
    for place in range(9):
        assert list(journal.read(tmp_path, kept[place].offset)) == kept[place + 1 :]


def test_a_cursor_that_the_journal_does_not_hold_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SpoolError, match="offset 5 is not in the journal"):
        list(journal.read(tmp_path, 5))
    monkeypatch.setattr(journal, "SEGMENT_BYTES", 300)
    for n in range(9):
        journal.append(tmp_path, [arrival(str(n))])
    min(tmp_path.glob("arrivals-*.jsonl")).unlink()
    with pytest.raises(SpoolError, match="bring back the missing segments"):
        list(journal.read(tmp_path, 0))


@pytest.mark.parametrize(
    "torn",
    [b'{"sha256":"abab', b"\0" * 90, b"\0" * 40 + b'"size":7}\n' + b'{"whole":"but after a hole"}\n'],
    ids=["half a line", "NUL bytes", "a hole before whole lines"],
)
def test_a_torn_end_is_cut_and_nothing_before_it(tmp_path: Path, torn: bytes) -> None:
    kept = journal.append(tmp_path, [arrival("a"), arrival("b")])
    with segment(tmp_path).open("ab") as handle:
        handle.write(torn)
    assert journal.repair(tmp_path) == len(torn)
    assert journal.repair(tmp_path) == 0
    more = journal.append(tmp_path, [arrival("c")])
    assert list(journal.read(tmp_path, 0)) == kept + more


def test_the_next_writer_cuts_half_a_line_that_a_killed_one_left(tmp_path: Path) -> None:
    kept = journal.append(tmp_path, [arrival("a")])
    with segment(tmp_path).open("ab") as handle:
        handle.write(b'{"sha256":"ab')
    assert list(journal.read(tmp_path, 0)) == kept
    kept += journal.append(tmp_path, [arrival("b")])
    assert list(journal.read(tmp_path, 0)) == kept


def test_a_damaged_line_in_the_middle_is_named_with_the_way_on(tmp_path: Path) -> None:
    kept = journal.append(tmp_path, [arrival("a"), arrival("b")])
    path = segment(tmp_path)
    path.write_bytes(path.read_bytes().replace(b'"sha256"', b'"sha2_6"', 1))
    with pytest.raises(SpoolError, match=f"go on after offset {kept[0].offset}"):
        list(journal.read(tmp_path, 0))
    assert list(journal.read(tmp_path, kept[0].offset)) == kept[1:]


def test_repair_of_an_empty_folder_finds_nothing(tmp_path: Path) -> None:
    assert journal.repair(tmp_path) == 0
    assert list(journal.read(tmp_path, 0)) == []
