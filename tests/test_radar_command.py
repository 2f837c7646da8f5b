"""`xiangtian radar read`: one line a file, with its keys; the reason where one can't be read, and exit code 1."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from xiangtian.cli.main import main


def say(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["radar", "read", *map(str, words)], catch_exceptions=False)


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    """Write a volume of one cut, by the format's table: 360 radials of 2432 bytes, 130 is 32 dBZ."""
    rays = []
    for ray in range(360):
        status = 3 if ray == 0 else 4 if ray == 359 else 1
        head = struct.pack(
            "<14xH12xIHHHHHHHhhHHHHHfHHHHH14xH", 1, 57_600_000, 18118, 4600, round((ray + 0.5) * 32768 / 180), ray + 1,
            status, 91, 1, 0, -375, 1000, 250, 2, 0, 1, 0.0, 100, 0, 0, 2, 21, 0,
        )  # fmt: skip
        rays.append((head.ljust(128, b"\x00") + bytes([130, 0])).ljust(2432, b"\x00"))
    path = tmp_path / "radar" / "Z_RADR_I_Z9572_20190809155900_O_DOR_SA_CAP.bin"
    path.parent.mkdir()
    path.write_bytes(b"".join(rays))
    return path


def test_a_line_has_the_keys_that_are_promised(volume):
    told = say(volume, "--json")
    assert told.exit_code == 0
    assert json.loads(told.stdout) == {
        "file": str(volume), "site": "Z9572", "time": "2019-08-09T16:00:00Z", "sweeps": 1, "moments": ["DBZH"],
        "ranges": {"DBZH": [32.0, 32.0]}, "format": "cinrad-sa",
    }  # fmt: skip


def test_folders_are_walked_and_refusals_told(volume):
    (volume.parent / "A-note.txt").write_text("no radar")
    told = say(volume.parent, "--json")
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert told.exit_code == 1
    assert sorted(lines[0]) == ["file", "reason"]
    assert "no known radar file" in lines[0]["reason"]
    assert lines[1]["site"] == "Z9572"
    assert "2 个文件，1 个未读出 (2 files, 1 refused)" in told.stderr


def test_people_get_a_table_and_what_was_lost(volume):
    volume.write_bytes(volume.read_bytes()[: 2432 * 300])
    told = say(volume)
    assert told.exit_code == 0
    assert "DBZH 32..32" in told.stdout
    assert "cut 1: 300 radials, 300 of 360 degrees: used as it is" in told.stdout


def test_a_file_too_large_is_not_read(tmp_path):
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(65 * 2**20)
    told = say(large, "--json")
    assert told.exit_code == 1
    assert json.loads(told.stdout)["reason"] == "68157440 bytes; at most 67108864 are read"


@pytest.mark.shared
def test_composites_too(shared):
    path = next(shared.glob("radar-knmi-20100826/**/*.h5"))
    (line,) = [json.loads(text) for text in say(path, "--json").stdout.splitlines()]
    assert (line["site"], line["sweeps"], line["moments"]) == ("", 0, ["rate"])
