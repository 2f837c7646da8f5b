from __future__ import annotations

import datetime as dt
import json
import random
import shutil
import subprocess
import sys
import time

import numpy as np
import pytest
import zarr

from xiangtian.core.home import Home
from xiangtian.lake import durable, grids
from xiangtian.lake.grids import GridError
from xiangtian.lake.models import GridRun
from xiangtian.lake.packing import RAIN

NOON = dt.datetime(2026, 6, 18, 12, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
GRID = {"crs": "EPSG:3857", "x0": 0.5, "y0": 9.5, "dx": 1.0, "dy": 1.0, "rows": 4, "columns": 5}

pytestmark = pytest.mark.django_db


def kept(home: Home, minute: int = 0, late_s: int = 30, rate: float = 1.0, kind: str = "radar", **more):
    moment = NOON + dt.timedelta(minutes=minute)
    arrays = {"rate": np.full((4, 5), rate, np.float32)}
    return grids.write(home, kind, moment, arrays, GRID, {"source": "test"}, moment + late_s * SECOND, **more)


def folders(home: Home) -> list[str]:
    return sorted(str(path.relative_to(home.grids)) for path in home.grids.rglob("*.zarr"))


def test_what_is_written_is_read(home: Home) -> None:
    rate = np.arange(20, dtype=np.float32).reshape(4, 5) / 3
    rate[0, 0] = np.nan
    quality = np.ones((4, 5), np.uint8)
    ref = grids.write(home, "radar", NOON, {"rate": rate, "quality": quality}, GRID, {"rain_factor": 8}, NOON + SECOND)
    stored = grids.read(home, ref)
    assert np.array_equal(stored.arrays["rate"], rate, equal_nan=True)
    assert stored.arrays["quality"].dtype == np.uint8
    assert (dict(stored.grid), dict(stored.attrs), dict(ref.attrs)) == (GRID, {"rain_factor": 8}, {"rain_factor": 8})
    assert ref.size == sum(path.stat().st_size for path in (home.grids / ref.path).rglob("*") if path.is_file())
    assert list(grids.read(home, ref, ["quality"]).arrays) == ["quality"]


def test_packed_rain_is_within_half_a_hundredth_and_strong_rain_is_kept_whole(home: Home) -> None:
    rain = np.random.default_rng(2).gamma(0.3, 30, (3, 4, 5)).astype(np.float32).clip(0, 300)
    rain[1] = np.nan
    strong = rain * 8 + 400
    ref = grids.write(home, "nowcast", NOON, {"a": rain, "b": strong}, GRID, {}, NOON, packing={"a": RAIN, "b": RAIN})
    found = grids.read(home, ref).arrays
    assert np.nanmax(np.abs(found["a"] - rain)) <= 0.005 + 1e-5
    assert np.array_equal(np.isnan(found["a"]), np.isnan(rain))
    assert np.array_equal(found["b"], strong, equal_nan=True)
    assert np.array_equal(grids.read_slice(home, ref, "b", 2), strong[2])
    assert np.isnan(grids.read_slice(home, ref, "a", 1)).all()


def test_a_slice_of_members_and_leads(home: Home) -> None:
    rain = np.random.default_rng(3).random((2, 3, 4, 5), np.float32)
    ref = grids.write(home, "nowcast", NOON, {"rain": rain}, GRID, {}, NOON)
    assert np.array_equal(grids.read_slice(home, ref, "rain", (1, 2)), rain[1, 2])
    with pytest.raises(GridError, match="can't be read at 7"):
        grids.read_slice(home, ref, "rain", 7)
    with pytest.raises(GridError, match="no array 'snow'; it has rain"):
        grids.read_slice(home, ref, "snow", 0)


def test_of_one_moment_the_run_received_last_counts(home: Home) -> None:
    first, second, next_frame = kept(home, late_s=30), kept(home, late_s=90), kept(home, minute=5)
    end = NOON + 600 * SECOND
    assert [ref.id for ref in grids.listing("radar", NOON, end)] == [second.id, next_frame.id]
    assert [ref.id for ref in grids.listing("radar", NOON, end, every=True)] == [first.id, second.id, next_frame.id]
    assert grids.newest("radar") == next_frame
    assert grids.listing("nowcast", NOON, end) == []
    assert grids.newest("nowcast") is None


def test_replay_shows_the_runs_known_then(home: Home) -> None:
    first, second = kept(home, late_s=30), kept(home, late_s=90)
    assert grids.newest("radar", as_of=NOON + 29 * SECOND) is None
    assert grids.newest("radar", as_of=NOON + 30 * SECOND) == first
    assert grids.listing("radar", NOON, NOON, as_of=NOON + 89 * SECOND) == [first]
    assert grids.listing("radar", NOON, NOON, as_of=NOON + 90 * SECOND) == [second]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "../radar"}, "can't name a kind"),
        ({"time": dt.datetime(2026, 6, 18)}, "need a zone"),
        ({"arrays": {}}, "without arrays"),
        ({"arrays": {"rate": np.zeros((5, 4))}}, "must be \\(4, 5\\)"),
        ({"grid": {"crs": "EPSG:3857"}}, "lacks x0, y0"),
    ],
)
def test_what_can_not_be_a_run_is_refused(home: Home, change, words) -> None:
    given = {"kind": "radar", "time": NOON, "arrays": {"rate": np.zeros((4, 5))}, "grid": GRID, "attrs": {}}
    with pytest.raises(ValueError, match=words):
        grids.write(home, received=NOON, **(given | change))
    assert folders(home) == []


def test_a_full_disk_leaves_nothing_behind(home: Home, monkeypatch) -> None:
    def full(root: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(durable, "sync_tree", full)
    with pytest.raises(GridError, match="full or read-only disk"):
        kept(home)
    assert folders(home) == []
    assert list((home.cache / "grids-aside").iterdir()) == []
    assert GridRun.objects.count() == 0


def test_repair_makes_folders_and_rows_fit(home: Home) -> None:
    whole, listed_again, gone = kept(home), kept(home, minute=5, rate=3.0), kept(home, minute=10)
    GridRun.objects.filter(pk=listed_again.id).delete()
    shutil.rmtree(home.grids / gone.path)
    (home.grids / "radar/20260618/torn.zarr").mkdir()
    (home.cache / "grids-aside/99-half").mkdir(parents=True)
    done = grids.repair(home)
    assert sorted(line.split()[0] for line in done) == ["listed", "moved", "removed", "swept"]
    assert len(list((home.lake / "damaged").iterdir())) == 1
    found = grids.listing("radar", NOON, NOON + 3600 * SECOND)
    assert [ref.path for ref in found] == [whole.path, listed_again.path] == folders(home)
    assert grids.read(home, found[1]).arrays["rate"][0, 0] == 3.0
    assert (found[1].received, found[1].size) == (listed_again.received, listed_again.size)
    assert grids.repair(home) == []


def test_repair_of_an_empty_home(home: Home) -> None:
    assert grids.repair(home) == []


ALONE = """
import sys, pathlib, datetime as dt, json
import django
from django.conf import settings
from xiangtian.core.home import Home
home = Home(pathlib.Path(sys.argv[1]))
settings.configure(INSTALLED_APPS=["xiangtian.lake"], USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(home.records)}})
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
import numpy as np
from xiangtian.lake import grids
noon = dt.datetime(2026, 6, 18, 12, tzinfo=dt.UTC)
GRID = {"crs": "EPSG:3857", "x0": 0.5, "y0": 9.5, "dx": 1.0, "dy": 1.0, "rows": 40, "columns": 50}
if sys.argv[2] == "look":
    before = len(grids.listing("radar", noon, noon + dt.timedelta(days=9), every=True))
    done = grids.repair(home)
    refs = grids.listing("radar", noon, noon + dt.timedelta(days=9), every=True)
    whole = [bool((grids.read(home, ref).arrays["rate"] == ref.attrs["n"]).all()) for ref in refs]
    print(json.dumps({"before": before, "whole": whole, "paths": [ref.path for ref in refs], "done": done}))
    sys.exit()
n = 0
while True:
    arrays = {name: np.full((6, 40, 50), float(n), np.float32) for name in ("rate", "quality")}
    ref = grids.write(home, "radar", noon + dt.timedelta(minutes=n), arrays, GRID, {"n": n}, noon)
    print(ref.path, flush=True)
    n += 1
"""


def alone(home: Home, task: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", ALONE, str(home.root), task], stdout=subprocess.PIPE)


def test_killed_at_any_instant_no_run_is_half_visible(home: Home) -> None:
    chance, acknowledged = random.Random(5), set()
    for _ in range(4):
        child = alone(home, "write")
        assert child.stdout
        first = child.stdout.readline()
        time.sleep(chance.uniform(0.0, 0.2))
        child.kill()
        acknowledged |= set((first + child.stdout.read()).decode().split("\n")[:-1])
        child.wait()
        for path in home.grids.rglob("*.zarr"):
            held = zarr.open_group(path, mode="r")
            assert all((np.asarray(held[name]) == held.attrs["attrs"]["n"]).all() for name in ("rate", "quality"))
    found = json.loads(alone(home, "look").communicate()[0])
    assert acknowledged <= set(found["paths"])
    assert found["whole"]
    assert all(found["whole"])
    assert found["before"] >= len(acknowledged)
    assert sorted(found["paths"]) == folders(home)
    assert list((home.cache / "grids-aside").iterdir()) == []
