"""The folder's door: which files are taken, when, and what becomes of them; brokers are in `tests/test_mqtt.py`."""

import os
import time
from concurrent.futures import Future

import pytest

from xiangtian.core import clock
from xiangtian.lake import raw
from xiangtian.observe.listen import ExternalBroker, Folder
from xiangtian.observe.models import Quarantined


class Notebook:
    """A keeper that writes down what it is handed, and refuses when told to."""

    def __init__(self) -> None:
        self.handed: list[tuple[bytes, str, str]] = []
        self.refuse: Exception | None = None

    def submit(self, body: bytes, source: str, name: str) -> Future[None]:
        done: Future[None] = Future()
        if self.refuse:
            done.set_exception(self.refuse)
        else:
            self.handed.append((body, source, name))
            done.set_result(None)
        return done


@pytest.fixture
def inbox(home, at):
    at("2026-07-01T02:00")  # a standing clock: nobody waits for a file to settle
    return home.inbox


def test_files_are_taken_in_order_with_their_path_as_name_and_then_removed(inbox) -> None:
    notebook = Notebook()
    (inbox / "radar").mkdir()
    (inbox / "b.json").write_bytes(b"b")
    (inbox / "a.json").write_bytes(b"")
    (inbox / "radar" / "c.h5").write_bytes(b"c")
    assert Folder(notebook, inbox).sweep() == 3
    assert notebook.handed == [(b"", "folder", "a.json"), (b"b", "folder", "b.json"), (b"c", "folder", "radar/c.h5")]
    assert [path.name for path in inbox.rglob("*")] == ["radar"]
    assert Folder(notebook, inbox).sweep() == 0


def test_names_with_a_dot_are_not_ours_yet(inbox) -> None:
    notebook = Notebook()
    (inbox / ".partial").write_bytes(b"x")
    (inbox / ".aside").mkdir()
    (inbox / ".aside" / "file").write_bytes(b"x")
    assert Folder(notebook, inbox).sweep() == 0
    (inbox / ".partial").rename(inbox / "whole")
    assert Folder(notebook, inbox).sweep() == 1


def test_in_real_time_a_file_is_left_alone_for_a_second(home) -> None:
    notebook = Notebook()
    (home.inbox / "fresh").write_bytes(b"x")
    (home.inbox / "old").write_bytes(b"y")
    os.utime(home.inbox / "old", (clock.wall() - 2, clock.wall() - 2))
    assert Folder(notebook, home.inbox).sweep() == 1
    assert notebook.handed == [(b"y", "folder", "old")]


def test_at_sixty_times_the_speed_it_is_left_alone_for_a_sixtieth(home) -> None:
    notebook = Notebook()
    clock.set_scenario(home.clock, clock.now(), 60)
    (home.inbox / "fresh").write_bytes(b"x")
    os.utime(home.inbox / "fresh", (clock.wall() - 0.1, clock.wall() - 0.1))
    assert Folder(notebook, home.inbox).sweep() == 1


def test_a_file_that_could_not_be_kept_stays(inbox) -> None:
    notebook = Notebook()
    notebook.refuse = RuntimeError("the disk is full")
    (inbox / "a").write_bytes(b"x")
    with pytest.raises(RuntimeError):
        Folder(notebook, inbox).sweep()
    assert (inbox / "a").exists()


def test_the_watch_goes_on_after_a_refusal(inbox, wait_for) -> None:
    notebook = Notebook()
    notebook.refuse = RuntimeError("the disk is full")
    folder = Folder(notebook, inbox, every_s=0.01)
    folder.start()
    (inbox / "a").write_bytes(b"x")
    time.sleep(0.1)
    notebook.refuse = None
    wait_for(lambda: notebook.handed == [(b"x", "folder", "a")])
    folder.stop()


@pytest.mark.django_db
def test_a_file_too_large_is_set_aside_and_told(inbox, monkeypatch) -> None:
    monkeypatch.setattr(raw, "MAX_BODY_BYTES", 10)
    notebook = Notebook()
    (inbox / "fits").write_bytes(b"x" * 10)
    (inbox / "large").write_bytes(b"x" * 11)
    assert Folder(notebook, inbox).sweep() == 2
    assert [name for _, _, name in notebook.handed] == ["fits"]
    assert (inbox / ".too-large" / "large").stat().st_size == 11
    assert Quarantined.objects.get().name == "large"


@pytest.mark.parametrize("url", ["", "mqtt:", "http://127.0.0.1:1883", "tcp://127.0.0.1"])
def test_an_address_that_is_no_broker_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="allowed: mqtt://user:password@host:port"):
        ExternalBroker(Notebook(), url)
