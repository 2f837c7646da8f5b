"""Volumes that arrive become a mosaic and its rain; what can't be read is quarantined alone."""

import datetime as dt
import json

import numpy as np
import pytest

from xiangtian.core import settings
from xiangtian.core.models import Fact
from xiangtian.lake import grids, raw
from xiangtian.observe.models import Quarantined
from xiangtian.radar import base, jobs

pytestmark = pytest.mark.django_db
NETWORK = "cn-radar-lekima-20190809/network-1600utc"
MOMENT = dt.datetime(2019, 8, 9, 16, 12, tzinfo=dt.UTC)


A, B, C, D, E = (letter * 64 for letter in "abcde")


def arrive(home, name: str, body: bytes, time: dt.datetime = MOMENT) -> None:
    raw.keep(home, [raw.Incoming(body, "folder", f"radar/base/{name}", time)])


@pytest.fixture(autouse=True)
def now(at) -> None:
    at(MOMENT + base.WAIT)


@pytest.mark.shared
def test_a_network_becomes_rain_that_the_nowcast_waits_for(home, shared, at) -> None:
    for path in sorted((shared / NETWORK).iterdir()):
        if any(code in path.name for code in ("Z9571", "Z9572", "Z9580")):
            arrive(home, path.name, path.read_bytes())
    arrive(home, "Z_RADR_I_Z9002_broken.bin", b"no radar at all")
    assert "mosaic of 3 radars" in jobs.assemble()
    rain, column = grids.newest("radar"), grids.newest("column")
    assert rain.time == column.time == MOMENT
    assert sorted(one["site"] for one in rain.attrs["used"]) == ["Z9571", "Z9572", "Z9580"]
    rate = grids.read(home, rain).arrays["rate"]
    assert rate.shape == base.plane().shape
    assert 10 < np.nanmax(rate) < 300  # the outer bands of typhoon Lekima over northern Zhejiang
    assert set(grids.read(home, column).arrays) == {"composite_reflectivity", "echo_top", "vil", "cappi"}
    assert Fact.objects.filter(kind="radar.written", subject=rain.path).count() == 1
    (refused,) = Quarantined.objects.all()
    assert "no known base data" in refused.reason
    assert jobs.assemble() == ""  # once a step
    at(MOMENT + base.STEP + base.WAIT)
    assert jobs.assemble() == ""  # nothing new has arrived


def test_nothing_is_made_of_nothing(home) -> None:
    assert jobs.assemble() == ""


def test_files_of_no_use_are_told_and_passed(home) -> None:
    arrive(home, "x.bin", b"nothing")
    assert jobs.assemble() == ""
    assert Quarantined.objects.count() == 1
    assert grids.newest("radar") is None
    assert jobs.assemble() == ""
    assert Quarantined.objects.count() == 1


@pytest.fixture
def process(monkeypatch):
    """Stand in for the process: it ends on some files."""

    def play(bad: set[str], code: int = -11):
        asked = []

        def run(command, *, input, **_):
            order = json.loads(input)
            asked.append([one["sha256"] for one in order["files"]])
            lines, ends = [], 0
            for one in order["files"]:
                lines.append(json.dumps({"at": one["sha256"]}))
                if one["sha256"] in bad:
                    ends = code
                    break
            else:
                lines.append(json.dumps({"at": ""}))
            return base.subprocess.CompletedProcess(command, ends, "\n".join(lines), "Segmentation fault")

        monkeypatch.setattr(base.subprocess, "run", run)
        return asked

    return play


def test_a_file_on_which_the_process_ends_is_left_out_and_the_others_are_read(home, process) -> None:
    asked = process({B})
    answer, fields = base.read_apart(home, {A: "1", B: "2", C: "3"}, MOMENT)
    assert asked[1] == [A, C]
    assert list(answer.refused) == [B]
    assert "Segmentation fault" in answer.refused[B]
    assert fields == {}


def test_a_process_that_ends_again_and_again_is_given_up(home, process) -> None:
    files = {letter: letter for letter in (A, B, C, D, E)}
    process(set(files))
    with pytest.raises(base.Unmade, match="ended on 4 files"):
        base.read_apart(home, files, MOMENT)


def test_an_end_outside_the_files_blames_none(home, monkeypatch) -> None:
    done = base.subprocess.CompletedProcess([], 1, json.dumps({"at": ""}), "MemoryError")
    monkeypatch.setattr(base.subprocess, "run", lambda *_, **__: done)
    with pytest.raises(base.Unmade, match="MemoryError"):
        base.read_apart(home, {A: "1"}, MOMENT)


OWN = "code,longitude,latitude,height_m,band\nZ9571,120.4378,30.2739,196.1,S\n"


@pytest.fixture
def one_radar(home, shared) -> None:
    (path,) = (path for path in (shared / NETWORK).iterdir() if "Z9571" in path.name)
    arrive(home, path.name, path.read_bytes())


@pytest.mark.shared
def test_a_terrain_model_is_used(home, one_radar, tmp_path, monkeypatch) -> None:
    wall = "\n".join(" ".join("3000" for _ in range(60)) for _ in range(60))  # a plateau above every beam
    (tmp_path / "land.asc").write_text(
        f"ncols 60\nnrows 60\nxllcorner 118\nyllcorner 28\ncellsize 0.1\nNODATA_value -9999\n{wall}\n"
    )
    monkeypatch.setenv("XIANGTIAN_TERRAIN", str(tmp_path / "land.asc"))
    assert "mosaic of 1 radars" in jobs.assemble()
    column = grids.newest("column")
    assert column.attrs["terrain"] == "land.asc"
    behind = grids.read(home, column).arrays["composite_reflectivity"]
    assert np.isfinite(behind).mean() < 0.02  # nothing is seen through the plateau


@pytest.mark.shared
def test_an_operator_s_table_goes_before_ours(home, one_radar, tmp_path, monkeypatch) -> None:
    (tmp_path / "own.csv").write_text(OWN.replace("120.4378", "100.0"))  # too far to see anything of the city
    monkeypatch.setenv("XIANGTIAN_RADAR_SITES", str(tmp_path / "own.csv"))
    assert "mosaic of 1 radars" in jobs.assemble()
    assert np.isnan(grids.read(home, grids.newest("column")).arrays["composite_reflectivity"]).all()


@pytest.mark.shared
def test_a_terrain_model_that_can_t_be_read_is_told_and_done_without(home, one_radar, tmp_path, monkeypatch) -> None:
    (tmp_path / "land.asc").write_text("hills")
    monkeypatch.setenv("XIANGTIAN_TERRAIN", str(tmp_path / "land.asc"))
    assert "mosaic of 1 radars" in jobs.assemble()
    assert grids.newest("column").attrs["terrain"].startswith("not used: no terrain model")


def test_a_table_of_radars_that_can_t_be_read_is_a_fault_of_the_settings(tmp_path, monkeypatch) -> None:
    for text, why in (
        ("code,lon\n", "without longitude, latitude, height_m, band"),
        (OWN + "Z1,x,2,3,S\n", "line 3.*must be numbers"),
        (OWN + OWN.splitlines()[1], "line 3.*not there yet"),
        (OWN.replace(",S", ",Q"), "line 2.*a band of"),
    ):
        (tmp_path / "own.csv").write_text(text)
        monkeypatch.setenv("XIANGTIAN_RADAR_SITES", str(tmp_path / "own.csv"))
        with pytest.raises(settings.SettingError, match=why):
            base.own_sites()
    monkeypatch.setenv("XIANGTIAN_RADAR_SITES", str(tmp_path / "none.csv"))
    with pytest.raises(settings.SettingError, match="can't be used"):
        base.own_sites()
