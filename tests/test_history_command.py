"""`xiangtian history import`. Expected values are read from the fixed columns of the ISD file itself (NCEI, Federal
Climate Complex Data Documentation: date in columns 16-27, air temperature in 88-92, its quality in 93)."""

from __future__ import annotations

import datetime as dt
import gzip
from collections import defaultdict
from pathlib import Path

import pytest
from click.testing import CliRunner

from xiangtian.cli.main import main
from xiangtian.core.clock import climate_day
from xiangtian.core.models import LedgerEntry
from xiangtian.lake.rollups import Rollups

T = "air_temperature"


def extremes_of(path: Path) -> dict[dt.date, tuple[float, float]]:
    found = defaultdict(list)
    for line in gzip.decompress(path.read_bytes()).decode("latin-1").splitlines():
        if line[87:92] != "+9999" and line[92] not in "37":
            time = dt.datetime.strptime(line[15:27], "%Y%m%d%H%M").replace(tzinfo=dt.UTC)
            found[climate_day(time)].append(int(line[87:92]) / 10)
    return {day: (min(values), max(values)) for day, values in found.items()}


@pytest.mark.shared
@pytest.mark.django_db
def test_an_archive_file_becomes_days_once(home, shared) -> None:
    path = shared / "obs-isd-ghcnh-samples/DS3505_isd_full.txt.gz"
    done = CliRunner().invoke(main, ["history", "import", str(path), "--home", str(home.root), "--source", "ISD"])
    assert done.exit_code == 0, done.output
    assert "2907 readings, 1 stations" in done.output
    expected = extremes_of(path)
    found = Rollups(home).days(dt.date(1988, 1, 1), dt.date(1989, 12, 31), ["01001"], [T])
    assert dict(zip(found["day"], zip(found["min"], found["max"], strict=True), strict=True)) == expected
    assert found["source"].unique().to_list() == ["ISD"]
    record = Rollups(home).extremes(["01001"], [T]).row(0, named=True)
    assert record["max"] == max(high for _, high in expected.values())
    assert LedgerEntry.objects.filter(verb="observe.history").count() == 1
    again = CliRunner().invoke(main, ["history", "import", str(path), "--home", str(home.root), "--source", "ISD"])
    assert "新写入 0 行" in again.output
    assert LedgerEntry.objects.filter(verb="observe.history").count() == 1


@pytest.mark.django_db
def test_files_that_can_not_be_read_are_named(home, tmp_path) -> None:
    (tmp_path / "a.txt").write_text("nothing known")
    (tmp_path / "b.gz").write_bytes(b"\x1f\x8bbroken")
    done = CliRunner().invoke(main, ["history", "import", str(tmp_path / "a.txt"), str(tmp_path / "b.gz"),
                                     "--home", str(home.root)])  # fmt: skip
    assert done.exit_code == 0
    assert "未解码" in done.output
    assert "读不出" in done.output
    assert "0 条观测" in done.output
