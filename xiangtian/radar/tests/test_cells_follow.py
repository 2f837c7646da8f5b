"""Planted storms whose names, splits and merges are known because they were made so."""

from __future__ import annotations

import datetime as dt
import pickle
from itertools import pairwise

import numpy as np
import pytest

from xiangtian.radar.cells import follow, identify, measure
from xiangtian.radar.cells.follow import Sky
from xiangtian.radar.cells.match import Matching

START = dt.datetime(2026, 7, 1, 2, 0, tzinfo=dt.UTC)
SHAPE = (120, 200)


def storm(*hills: tuple[float, float, float]) -> np.ndarray:
    """Make round hills (row, column, summit dBZ) that fall 1.5 dB a cell."""
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    out = np.full(SHAPE, -32.0)
    for row, column, summit in hills:
        out = np.maximum(out, summit - 1.5 * np.hypot(y - row, x - column))
    return out.astype(np.float32)


def followed(*frames: np.ndarray, east: float = 0.0, south: float = 0.0, step: float = 5.0, **rules) -> list[Sky]:
    """Follow frames 5 minutes apart; the rain field is told to move by (east, south) cells a minute."""
    skies: list[Sky] = []
    for k, dbz in enumerate(frames):
        labels = identify.cells(dbz, 1.0)
        skies.append(
            follow.advance(
                skies[-1] if skies else None,
                START + dt.timedelta(minutes=step * k),
                labels,
                measure.footprints(labels, dbz),
                (1.0, 1.0),
                lambda row, column: np.stack([np.full(np.shape(row), east), np.full(np.shape(row), south)]),
                **rules,
            )
        )
    return skies


def at(sky: Sky, row: int, column: int) -> follow.Track:
    return sky.tracks[sky.labels[row, column] - 1]


def test_a_storm_keeps_its_name_and_its_motion_is_found():
    skies = followed(*(storm((60, 40 + 5 * k, 52)) for k in range(10)), east=0.8)
    assert len({track.id for sky in skies for track in sky.tracks}) == 1
    track = skies[-1].tracks[0]
    assert track.sights == 10
    assert track.born == START
    assert track.state.velocity[0] == pytest.approx(1.0, abs=0.05)
    assert track.state.velocity[1] == pytest.approx(0.0, abs=0.02)


def test_a_fast_storm_without_overlap_is_still_the_same():
    skies = followed(*(storm((60, 30 + 20 * k, 45)) for k in range(5)), east=3.6)
    assert len({track.id for sky in skies for track in sky.tracks}) == 1


def test_storms_that_cross_keep_their_names():
    """One goes east, the other south, through the same place half an hour apart; neither goes with the rain (still).

    What is not with the rain is forgotten bit by bit, so a little less than the 1.2 km/min made is found.
    """
    skies = followed(*(storm((60, 40 + 6 * k, 50), (40 + 6 * k, 95, 55)) for k in range(12)))
    first, second = at(skies[0], 60, 40).id, at(skies[0], 40, 95).id
    assert at(skies[-1], 60, 40 + 6 * 11).id == first
    assert at(skies[-1], 40 + 6 * 11, 95).id == second
    assert at(skies[-1], 60, 40 + 6 * 11).state.velocity[0] == pytest.approx(1.1, abs=0.15)
    assert at(skies[-1], 40 + 6 * 11, 95).state.velocity[1] == pytest.approx(1.1, abs=0.15)


def test_a_split_is_told_once_with_parent_and_child():
    frames = [storm((60, 100 - a, 52), (60, 100 + a, 50)) for a in (0, 1, 2, 5, 7, 9)]
    skies = followed(*frames)
    counts = [len(sky.tracks) for sky in skies]
    assert counts == [1, 1, 1, 2, 2, 2]
    old = skies[0].tracks[0].id
    born = [track for sky in skies for track in sky.tracks if track.parents]
    assert [track.parents for track in born if track.sights == 1] == [(old,)]
    assert at(skies[3], 60, 95).id == old
    assert at(skies[3], 60, 95).children == (at(skies[3], 60, 105).id,)
    assert at(skies[4], 60, 93).children == ()


def test_a_merger_is_told_once_and_the_larger_keeps_its_name():
    frames = [storm((60, 100 - a, 54), (60, 100 + a, 48)) for a in (10, 9, 8, 3, 0)]
    skies = followed(*frames)
    assert [len(sky.tracks) for sky in skies] == [2, 2, 2, 1, 1]
    large, small = at(skies[0], 60, 90).id, at(skies[0], 60, 110).id
    assert [track.merged for sky in skies for track in sky.tracks if track.merged] == [(small,)]
    assert skies[3].tracks[0].id == large
    assert skies[3].ended == ()


def test_birth_and_death_are_told():
    skies = followed(storm((30, 40, 50)), storm((30, 40, 50), (90, 150, 45)), storm((90, 150, 45)))
    gone = at(skies[0], 30, 40).id
    assert at(skies[1], 90, 150).parents == ()
    assert skies[2].ended == (gone,)


def test_a_split_does_not_teach_a_false_motion():
    frames = [storm((60, 40 + 5 * k, 52)) for k in range(5)]
    frames += [storm((60, 40 + 5 * k, 52), (60, 54 + 5 * k, 50)) for k in range(5, 8)]
    skies = followed(*frames, east=1.0)
    assert at(skies[-1], 60, 75).state.velocity[0] == pytest.approx(1.0, abs=0.1)


def test_after_a_long_gap_all_cells_are_new():
    skies = followed(storm((60, 60, 50)), storm((60, 60, 50)), step=30.0)
    assert skies[0].tracks[0].id != skies[1].tracks[0].id
    assert skies[1].ended == (skies[0].tracks[0].id,)


def test_a_missing_frame_within_the_limit_is_bridged():
    skies = followed(storm((60, 60, 50)), storm((60, 75, 50)), step=15.0, east=1.0)
    assert skies[0].tracks[0].id == skies[1].tracks[0].id


def test_no_cells_before_or_after():
    empty = np.full(SHAPE, -32, np.float32)
    skies = followed(empty, storm((60, 60, 50)), empty, empty)
    assert [len(sky.tracks) for sky in skies] == [0, 1, 0, 0]
    assert skies[2].ended == (skies[1].tracks[0].id,)


def test_names_are_unique_though_many_are_born_at_once():
    chance = np.random.default_rng(3)
    frames = [
        storm(*zip(chance.uniform(10, 110, 12), chance.uniform(10, 190, 12), chance.uniform(44, 55, 12), strict=True))
        for _ in range(6)
    ]
    for sky in followed(*frames):
        ids = [track.id for track in sky.tracks]
        assert len(set(ids)) == len(ids)


def test_a_sky_may_be_kept_between_processes():
    frames = [storm((60, 40 + 5 * k, 52)) for k in range(3)]
    skies = followed(*frames)
    again = pickle.loads(pickle.dumps(skies[1]))
    labels = identify.cells(frames[2], 1.0)
    after = follow.advance(
        again, skies[2].time, labels, measure.footprints(labels, frames[2]), (1.0, 1.0), lambda r, c: np.zeros((2, 1))
    )
    assert after.tracks[0].id == skies[2].tracks[0].id


def test_time_must_go_on():
    sky = followed(storm((60, 60, 50)))[0]
    with pytest.raises(ValueError, match="must follow"):
        follow.advance(sky, sky.time, sky.labels, sky.prints, (1.0, 1.0), lambda r, c: np.zeros((2, 1)))


def test_how_far_a_cell_may_be_matched_is_a_setting():
    frames = storm((60, 40, 45)), storm((60, 75, 45))
    assert len(followed(*frames)[1].ended) == 1
    assert followed(*frames, matching=Matching(fastest_km_min=8.0))[1].ended == ()


@pytest.mark.shared
def test_real_storms_keep_their_names_where_nobody_can_doubt_it(shared):
    """Two footprints that share half of both areas as they stand, five minutes apart, are one storm."""
    from xiangtian.radar import composites

    files = sorted((shared / "radar-fmi-20160928" / "pgm").iterdir())[:10]
    rates = [composites.read(file.read_bytes()).rate for file in files]
    with np.errstate(divide="ignore"):
        skies = followed(*(10 * np.log10(223 * rate**1.53) for rate in rates), east=0.8, south=-0.2)
    same = kept = 0
    for before, after in pairwise(skies):
        for k, track in enumerate(before.tracks):
            inside = after.labels[before.labels == k + 1]
            for n in np.unique(inside[inside > 0]):
                if (inside == n).sum() >= 0.5 * max(before.prints.size[k], after.prints.size[n - 1]):
                    same += 1
                    kept += after.tracks[n - 1].id == track.id
    assert same > 20
    assert kept == same
