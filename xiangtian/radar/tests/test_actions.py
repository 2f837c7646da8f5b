"""Frames are stored once, in the order of the journal, and told of once, whatever is killed in between."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from xiangtian.core import facts
from xiangtian.core.models import Fact
from xiangtian.lake import grids, raw
from xiangtian.lake.grid_folder import GridError
from xiangtian.observe.models import Cursor, Quarantined
from xiangtian.radar import actions, jobs, odim_write, queries

pytestmark = pytest.mark.django_db
LATER = dt.timedelta(minutes=5)


@pytest.fixture
def arrive(home):
    def keep(*frames, name="radar/frame.h5", late=dt.timedelta(seconds=30)):
        bodies = [one if isinstance(one, bytes) else odim_write.encode(one) for one in frames]
        times = [
            dt.datetime(2026, 7, 1, 2, 15, tzinfo=dt.UTC) if isinstance(one, bytes) else one.time for one in frames
        ]
        pairs = zip(bodies, times, strict=True)
        return raw.keep(home, [raw.Incoming(body, "folder", name, time + late) for body, time in pairs])

    return keep


def offset() -> int:
    return Cursor.objects.get(reader=actions.READER).offset


def test_a_frame_is_stored_with_its_grid_quality_and_origin(home, arrive, frame) -> None:
    (kept,) = arrive(frame)
    assert actions.ingest(home) == 1
    run = grids.newest("radar")
    assert (run.time, run.received) == (frame.time, frame.time + dt.timedelta(seconds=30))
    assert run.attrs["sha256"] == kept.sha256
    assert run.attrs["notes"]["rain_factor"] == "8"
    stored = queries.frame(home, run)
    assert stored.grid.shape == frame.grid.shape
    assert np.isnan(stored.rate[:5, :5]).all()
    np.testing.assert_allclose(stored.rate[10:14, 20:26], 12.34, atol=0.06)
    (fact,) = facts.unheard("x", ["radar.written"])
    assert fact.subject == run.path


def test_the_same_bytes_again_are_not_a_second_frame_and_other_bytes_are(home, arrive, frame) -> None:
    arrive(frame, frame)
    assert actions.ingest(home) == 1
    arrive(replace(frame, rate=frame.rate * np.float32(2)))
    assert actions.ingest(home) == 1
    assert len(grids.listing("radar", frame.time, frame.time, every=True)) == 2
    assert Fact.objects.count() == 2


def test_what_is_not_for_the_radar_is_passed_over_and_the_place_is_kept(home, arrive, frame) -> None:
    kept = arrive(b"a station message", name="observe/stations/x")
    assert actions.ingest(home) == 0
    assert offset() == kept[-1].offset
    assert actions.ingest(home) == 0


def test_a_file_that_is_no_radar_is_quarantined_once(home, arrive, frame) -> None:
    kept = arrive(b"\x89HDF\r\n\x1a\n and no more", b"", frame)
    assert actions.ingest(home) == 1
    assert [row.sha256 for row in Quarantined.objects.order_by("id")] == [one.sha256 for one in kept[:2]]
    Cursor.objects.all().delete()  # as after the loss of the records
    assert actions.ingest(home) == 0
    assert Quarantined.objects.count() == 2


def test_killed_after_writing_and_before_telling_it_is_told_and_not_written_again(home, arrive, frame, monkeypatch):
    arrive(frame)
    with monkeypatch.context() as killed:
        killed.setattr(actions.facts, "tell", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            actions.ingest(home)
    assert len(grids.listing("radar", frame.time, frame.time, every=True)) == 1
    assert not Fact.objects.exists()
    assert actions.ingest(home) == 0
    assert len(grids.listing("radar", frame.time, frame.time, every=True)) == 1
    assert [fact.kind for fact in Fact.objects.all()] == ["radar.written"]


def test_a_full_disk_stops_at_the_frame_and_goes_on_with_it(home, arrive, frame, monkeypatch) -> None:
    first, second = frame, replace(frame, time=frame.time + LATER)
    arrive(first, second)
    write = grids.write

    def refuse(*words, **more):
        raise GridError("the run can't be written: look for a full or read-only disk")

    monkeypatch.setattr(grids, "write", refuse)
    with pytest.raises(GridError):
        actions.ingest(home)
    assert not Cursor.objects.exists()
    monkeypatch.setattr(grids, "write", write)
    assert actions.ingest(home) == 2


@pytest.mark.parametrize(("ahead_s", "taken"), [(600, 1), (601, 0)])
def test_a_frame_may_be_ten_minutes_ahead_of_its_receipt(home, arrive, frame, ahead_s: int, taken: int) -> None:
    arrive(frame, late=-dt.timedelta(seconds=ahead_s))
    assert actions.ingest(home) == taken
    assert Quarantined.objects.count() == 1 - taken


def test_the_job_says_what_it_did(home, arrive, frame) -> None:
    assert jobs.ingest() == ""
    arrive(frame)
    assert jobs.ingest() == "1 radar frames stored"
    assert jobs.ingest() == ""
