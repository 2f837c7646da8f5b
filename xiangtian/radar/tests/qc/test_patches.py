"""Connected patches on the circle, and turning those that are folded."""

import numpy as np

from xiangtian.radar.qc.patches import label, settled


def labelled(kind, closed=True, corners=False):
    out = np.empty(np.shape(kind), np.int32)
    return label(np.asarray(kind, np.int8), closed, corners, out), out


def test_patches_by_hand():
    """Three patches with edges as neighbours; two when corners touch; two when the circle is closed."""
    kind = [[0, -1, -1, 1], [-1, 0, -1, 1], [-1, -1, -1, -1], [0, -1, -1, -1]]
    assert labelled(kind, closed=False)[0] == 4
    assert labelled(kind, closed=False, corners=True)[0] == 3
    count, out = labelled(kind, closed=True, corners=True)
    assert count == 2
    assert out[0, 0] == out[1, 1] == out[3, 0] != out[0, 3]
    assert out[2].tolist() == [-1] * 4


def test_kinds_that_touch_are_two_patches():
    assert labelled([[0, 1], [0, 1]])[0] == 2


def test_a_folded_patch_is_turned_and_a_true_one_is_left():
    """At a Nyquist velocity of 10 a patch 20 too low is folded; a reference that is wrong moves nothing."""
    truth = np.full((12, 12), 9.0, np.float32)
    folded = truth.copy()
    folded[4:7, 4:7] -= 20
    assert np.array_equal(settled(folded, truth, 10.0, True), truth)
    wrong = truth.copy()
    wrong[4:7, 4:7] += 20
    assert np.array_equal(settled(truth, wrong, 10.0, True), truth)
    assert np.array_equal(settled(truth, np.full_like(truth, np.nan), 10.0, True), truth)
