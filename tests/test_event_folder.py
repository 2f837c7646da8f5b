"""A folder of composites as an event: which files are read, which are named, which are let be."""

import pytest

from xiangtian.cli import event_folder
from xiangtian.radar.errors import RadarError


@pytest.mark.shared
@pytest.mark.parametrize(
    ("folder", "frames", "step", "shape"),
    [("radar-mch-20150515", 40, 5.0, (640, 710)), ("radar-fmi-20160928/pgm", 40, 5.0, (1226, 760))],
)
def test_a_real_event_is_read_whole(shared, folder, frames, step, shape):
    # Expected: the README of each folder: 40 frames every 5 min, rows x columns
    event = event_folder.read_event(shared / folder)
    assert event.rates.shape == (frames, *shape)
    assert (event.step_min, event.gaps, event.refused) == (step, (), ())
    assert set(event.ignored) <= {"README.md", "SHA256SUMS"}


def test_a_missing_folder_and_one_without_radar_are_refused_in_words(tmp_path):
    with pytest.raises(RadarError, match="没有这个文件夹"):
        event_folder.read_event(tmp_path / "none")
    (tmp_path / "README.md").write_text("words", encoding="utf-8")
    with pytest.raises(RadarError, match="no radar frame in 1 files"):
        event_folder.read_event(tmp_path)


def test_too_many_and_too_large_files_are_not_read(tmp_path, monkeypatch):
    for name in "abc":
        (tmp_path / name).write_bytes(b"GIF89a" * 10)
    monkeypatch.setattr(event_folder, "MAX_BYTES", 10)
    with pytest.raises(RadarError, match="MiB"):
        event_folder.read_event(tmp_path)
    monkeypatch.setattr(event_folder, "MOST_FILES", 2)
    with pytest.raises(RadarError, match="文件太多"):
        event_folder.read_event(tmp_path)
