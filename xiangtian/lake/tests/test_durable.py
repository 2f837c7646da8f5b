from __future__ import annotations

import threading
from pathlib import Path

import pytest

from xiangtian.lake import durable


def test_tree_is_flushed_and_its_bytes_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    durable.write(tmp_path / "a/one", b"12345")
    durable.write(tmp_path / "a/b/two", b"123")
    assert durable.sync_tree(tmp_path) == 8
    assert (tmp_path / "a/one").read_bytes() == b"12345"


def test_an_empty_tree_has_no_bytes(tmp_path: Path) -> None:
    assert durable.sync_tree(tmp_path) == 0


def test_a_second_writer_is_told_who_is_in_the_way(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with durable.locked(lock), pytest.raises(durable.Busy, match="stop it"), durable.locked(lock, wait_s=0.05):
        pass


def test_readers_share_a_lock_and_keep_a_writer_out(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with durable.locked(lock, shared=True):
        with durable.locked(lock, shared=True, wait_s=0):
            pass
        with pytest.raises(durable.Busy), durable.locked(lock, wait_s=0):
            pass


def test_a_waiting_writer_gets_the_lock_when_it_is_free(tmp_path: Path) -> None:
    lock, order = tmp_path / "lock", []

    def second() -> None:
        with durable.locked(lock):
            order.append("second")

    with durable.locked(lock):
        other = threading.Thread(target=second)
        other.start()
        other.join(0.1)
        order.append("first")
    other.join(5)
    assert order == ["first", "second"]
