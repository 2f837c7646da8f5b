from __future__ import annotations

from pathlib import Path

import pytest

from xiangtian.lake.columns import answer, complete, conform
from xiangtian.lake.latest import Latest
from xiangtian.lake.table import LakeError


def test_what_is_written_is_read(tmp_path: Path, minute) -> None:
    rows = complete(conform(minute(0)), answer(None))
    Latest(tmp_path / "latest.arrow").write(7, rows)
    version, found = Latest(tmp_path / "latest.arrow").read()
    assert version == 7
    assert found.equals(rows)


def test_a_reader_sees_the_next_one(tmp_path: Path, minute) -> None:
    writer, reader = Latest(tmp_path / "latest.arrow"), Latest(tmp_path / "latest.arrow")
    writer.write(1, complete(conform(minute(0)), answer(None)))
    assert reader.read()[0] == 1
    writer.extend(2, reader.read()[1], conform(minute(1)))
    version, rows = reader.read()
    assert (version, rows.height, rows["time"].n_unique()) == (2, 5, 1)
    assert rows["time"][0] == minute(1)["time"][0]


def test_a_late_report_does_not_replace_a_newer_one(tmp_path: Path, minute) -> None:
    held = Latest(tmp_path / "latest.arrow")
    held.extend(1, complete(conform(minute(0)).clear(), answer(None)), conform(minute(5)))
    held.extend(2, held.read()[1], conform(minute(3, stations=6)))
    assert held.read()[1]["time"].to_list() == [minute(5)["time"][0]] * 5 + [minute(3)["time"][0]]


def test_an_empty_or_torn_file_is_none(tmp_path: Path, minute) -> None:
    held = Latest(tmp_path / "latest.arrow")
    assert held.read() is None
    held.write(1, complete(conform(minute(0)), answer(None)))
    held.path.write_bytes(held.path.read_bytes()[:100])
    assert held.read() is None


def test_a_folder_that_can_not_be_written_is_a_clear_error(tmp_path: Path, minute) -> None:
    with pytest.raises(LakeError, match="full or read-only disk"):
        Latest(tmp_path / "nowhere" / "latest.arrow").write(1, complete(conform(minute(0)), answer(None)))
