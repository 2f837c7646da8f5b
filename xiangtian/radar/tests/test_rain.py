"""Expected cells are planted by hand; what is planted is what must be found, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from xiangtian.radar import rain


@pytest.fixture
def clean(frame):
    field = np.zeros(frame.grid.shape, np.float32)
    field[10:20, 10:20] = 5.0
    return replace(frame, rate=field, quality=np.ones_like(field), notes={})


def planted(frame, changes):
    field = frame.rate.copy()
    for place, value in changes.items():
        field[place] = value
    return replace(frame, rate=field)


def test_a_clean_field_is_left_as_it_is(clean):
    judged = rain.rate(clean)
    assert (judged.rate == clean.rate).all()
    assert (judged.quality == 1).all()
    assert judged.notes == {}


def test_a_lone_wet_cell_becomes_dry_and_doubtful(clean):
    judged = rain.rate(planted(clean, {(30, 40): 3.0}))
    assert judged.rate[30, 40] == 0
    assert judged.quality[30, 40] == 0.5
    assert judged.notes == {"speckle_cells": "1"}
    assert (judged.quality == 1).sum() == judged.quality.size - 1


def test_two_cells_side_by_side_are_no_speckle(clean):
    judged = rain.rate(planted(clean, {(30, 40): 3.0, (31, 41): 3.0}))
    assert judged.rate[30, 40] == 3
    assert judged.quality.min() == 1


def test_a_spike_takes_its_highest_neighbours_rate(clean):
    judged = rain.rate(planted(clean, {(15, 15): 90.0}))
    assert judged.rate[15, 15] == 5
    assert judged.quality[15, 15] == 0.5
    assert judged.notes == {"spike_cells": "1"}


def test_at_the_limit_a_spike_is_believed(clean):
    # ten times the neighbours' 5 mm/h is 50: not above, so not a spike
    assert rain.rate(planted(clean, {(15, 15): 50.0})).rate[15, 15] == 50


def test_more_than_possible_is_cut_and_counted(clean):
    field = clean.rate.copy()
    field[12:15, 12:15] = 400.0
    judged = rain.rate(replace(clean, rate=field))
    assert judged.rate[13, 13] == 300
    assert judged.quality[13, 13] == 0.5
    assert judged.notes == {"cut_cells": "9"}


def test_negative_infinite_and_worthless_cells_become_unknown(clean):
    quality = clean.quality.copy()
    quality[12, 12] = 0
    judged = rain.rate(replace(planted(clean, {(0, 0): -1.0, (1, 1): np.inf}), quality=quality))
    for place in ((0, 0), (1, 1), (12, 12)):
        assert np.isnan(judged.rate[place])
        assert judged.quality[place] == 0
    assert judged.notes == {"impossible_cells": "2"}


def test_a_field_without_any_measurement_stays_so(clean):
    empty = replace(clean, rate=np.full_like(clean.rate, np.nan), quality=np.zeros_like(clean.quality))
    judged = rain.rate(empty)
    assert np.isnan(judged.rate).all()
    assert not judged.quality.any()


def test_the_frame_that_came_in_is_not_changed(clean):
    before = planted(clean, {(30, 40): 3.0})
    rain.rate(before)
    assert before.rate[30, 40] == 3
