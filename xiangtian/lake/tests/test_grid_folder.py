from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import zarr

from xiangtian.lake import grid_folder
from xiangtian.lake.grid_folder import GridError
from xiangtian.lake.packing import RAIN

RATE = np.array([[0.0, 1.25], [np.nan, 300.0]], np.float32)


def written(folder: Path, **arrays: np.ndarray) -> Path:
    grid_folder.write(folder / "run.zarr", arrays, {"kind": "radar"}, {"rate": RAIN})
    return folder / "run.zarr"


def test_plain_zarr_reads_the_folder(tmp_path: Path) -> None:
    group = zarr.open_group(written(tmp_path, rate=RATE, other=RATE), mode="r")
    assert group.metadata.zarr_format == 3
    assert np.asarray(group["rate"]).tolist() == [[0, 125], [-1, 30000]]
    assert dict(group["rate"].attrs) == {"step": 0.01, "missing": -1}
    assert np.array_equal(np.asarray(group["other"]), RATE, equal_nan=True)
    assert dict(group.attrs) == {"kind": "radar"}


def test_reading_unpacks(tmp_path: Path) -> None:
    run = written(tmp_path, rate=RATE, other=RATE)
    assert grid_folder.names(run) == ["other", "rate"]
    assert grid_folder.about(run) == {"kind": "radar"}
    assert np.array_equal(grid_folder.values(run, "rate"), RATE, equal_nan=True)


def test_an_array_of_nothing_but_missing_still_has_its_file(tmp_path: Path) -> None:
    run = written(tmp_path, rate=np.full((3, 2, 2), np.nan, np.float32))
    assert np.isnan(grid_folder.values(run, "rate", 1)).all()


def test_slices_lie_in_one_file_and_are_read_apart(tmp_path: Path) -> None:
    cube = np.arange(24, dtype=np.float64).reshape(6, 2, 2)
    run = written(tmp_path, cube=cube)
    assert len([path for path in (run / "cube").rglob("*") if path.is_file()]) == 2
    assert np.array_equal(grid_folder.values(run, "cube", 4), cube[4])


def test_lost_and_damaged_files_are_not_taken_for_dry_weather(tmp_path: Path) -> None:
    run = written(tmp_path, rate=RATE)
    chunk = run / "rate/c/0/0"
    chunk.write_bytes(chunk.read_bytes()[:5])
    with pytest.raises(GridError, match="can't be read"):
        grid_folder.values(run, "rate")
    chunk.unlink()
    with pytest.raises(GridError, match="has lost its file"):
        grid_folder.values(run, "rate")
    shutil.rmtree(run)
    with pytest.raises(GridError, match="can't be opened"):
        grid_folder.values(run, "rate")


def test_an_array_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(GridError, match="no array 'snow'; it has other, rate"):
        grid_folder.values(written(tmp_path, rate=RATE, other=RATE), "snow")
