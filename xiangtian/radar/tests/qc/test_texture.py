"""Textures and memberships, by hand."""

import numpy as np
import pytest

from xiangtian.radar.qc.texture import Mark, box_means, box_sums, likelihood, roughness, unevenness


def test_boxes_add_up_what_is_around():
    """A field of ones: 3 x 5 inside, 3 x 3 at the near end; without closing the circle, 2 x 5 at the first ray."""
    ones = np.ones((8, 20), np.float32)
    closed, opened = box_sums(ones, 1, 2, True), box_sums(ones, 1, 2, False)
    assert closed[0, 10] == closed[4, 10] == 15
    assert closed[0, 0] == 9
    assert opened[0, 10] == 10


def test_boxes_agree_with_plain_sums():
    random = np.random.default_rng(0).normal(size=(30, 40)).astype(np.float32)
    random[5:9, 3:30] = np.nan
    found = box_means(random, 2, 3, True)
    for i, j in ((0, 0), (7, 15), (29, 39), (12, 20)):
        box = random[np.arange(i - 2, i + 3) % 30][:, max(j - 3, 0) : j + 4]
        assert found[i, j] == pytest.approx(np.nanmean(box), abs=1e-5)


def test_alternating_echo_is_as_rough_as_can_be():
    """0, 10, 0, 10 ... dBZ: every step squared is 100 dB2, every inner gate a turn; a slope of 1 dB has 1 and none."""
    saw = np.tile(np.array([0, 10], np.float32), (10, 20))
    slope = np.tile(np.arange(40, dtype=np.float32), (10, 1))
    assert roughness(saw, 1, 3, True)[0][5, 20] == pytest.approx(100)
    assert roughness(saw, 1, 3, True)[1][5, 20] == pytest.approx(1)
    assert roughness(slope, 1, 3, True)[0][5, 20] == pytest.approx(1)
    assert roughness(slope, 1, 3, True)[1][5, 20] == 0


def test_one_gate_has_no_texture():
    lone = np.full((10, 20), np.nan, np.float32)
    lone[5, 5] = 30
    assert np.isnan(roughness(lone, 1, 3, True)[0]).all()
    assert np.isnan(unevenness(lone, 1, 1, True)).all()


def test_a_circle_has_no_step_at_its_seam():
    """Phases of 359 and 1 degrees differ by 2."""
    phase = np.tile(np.array([359, 1], np.float32), (10, 10))
    assert unevenness(phase, 0, 3, False, 360.0)[4, 10] == pytest.approx(np.sqrt(2), abs=1e-6)
    assert unevenness(phase, 0, 3, False)[4, 10] == pytest.approx(358 / np.sqrt(2), rel=1e-4)


def test_marks_count_by_weight_where_they_are_known():
    """Memberships 1 (weight 3) and 0.5 (weight 1): 0.875; where the first is unknown, 0.5; where both are, nothing."""
    marks = {"a": Mark(0, 1, 3.0), "b": Mark(10, 0, 1.0)}
    a, b = np.array([[2.0, np.nan, np.nan]], np.float32), np.array([[5.0, 5.0, np.nan]], np.float32)
    found = likelihood(marks, {"a": a, "b": b})[0]
    assert found[:2] == pytest.approx([0.875, 0.5])
    assert np.isnan(found[2])
    trusted = likelihood(marks, {"a": a, "b": b}, {"a": np.float32(0)})[0]
    assert trusted[0] == pytest.approx(0.5)
