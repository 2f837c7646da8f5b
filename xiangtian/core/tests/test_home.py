"""The home is made, probed, and refused in words."""

import errno
import os
import shutil
import stat
from pathlib import Path

import pytest

from xiangtian.core import home as homes
from xiangtian.core.home import ENOUGH_BYTES, Home, HomeError


def test_a_home_is_made_with_all_its_folders_and_secrets_for_its_owner_alone(tmp_path: Path) -> None:
    place = Home(tmp_path / "a" / "b").prepare()
    for folder in (place.raw, place.lake, place.grids, place.inbox, place.messages, place.cache, place.secrets):
        assert folder.is_dir()
    assert stat.S_IMODE(place.secrets.stat().st_mode) == 0o700
    assert not list(place.root.glob(".probe*"))
    assert place.prepare() == place  # and again


def test_every_path_lies_in_the_home(tmp_path: Path) -> None:
    place = Home(tmp_path)
    named = ("raw", "lake", "grids", "records", "inbox", "messages", "secrets", "clock", "cache")
    assert all(getattr(place, name).parent == tmp_path for name in named)


@pytest.mark.parametrize(("free", "fits"), [(ENOUGH_BYTES, True), (ENOUGH_BYTES - 1, False), (0, False)])
def test_a_disk_must_have_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, fits: bool) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**12, 10**12 - free, free))
    if fits:
        Home(tmp_path).prepare()
    else:
        with pytest.raises(HomeError, match="200 MiB or more are needed: make room"):
            Home(tmp_path).prepare()


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EACCES, "this user may not write there"),
        (errno.EROFS, "the disk is read-only"),
        (errno.ENOSPC, "the disk is full"),
        (errno.EIO, "check the path in XIANGTIAN_HOME"),
    ],
)
def test_what_the_disk_says_is_told_with_what_to_do(tmp_path, monkeypatch, number: int, words: str) -> None:
    def refuse(path: Path, body: bytes) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(HomeError, match=words) as caught:
        Home(tmp_path).prepare()
    assert str(tmp_path) in str(caught.value)
    assert os.strerror(number) in str(caught.value)


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for root in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(HomeError, match="point XIANGTIAN_HOME at a folder"):
            Home(root).prepare()


def test_the_environment_names_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIANGTIAN_HOME", str(tmp_path / "x" / ".." / "y"))
    assert homes.home().root == tmp_path / "y"
    monkeypatch.delenv("XIANGTIAN_HOME")
    assert homes.home().root == Path.home() / ".local/share/xiangtian"
