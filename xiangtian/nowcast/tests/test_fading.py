"""Motion that fades: cells that cross a standing area of rain, and cells that carry their rain along."""

from dataclasses import replace

import numpy as np
import pytest

from xiangtian.nowcast import fading, motion
from xiangtian.nowcast.trajectory import displacements


def test_rain_that_travels_keeps_all_of_its_motion(moving_rain):
    frames = moving_rain(4.0, 1.0, count=13)
    found = fading.faded(motion.dense(frames[-3:]), frames, 12, 1.0, 5.0)
    assert found.fade.shape == (12, *found.velocity.shape[1:])
    assert found.fade.min() == 1.0


def standing(count):
    """Give grains of 3 cells that drift east through an area of rain which itself stands still."""
    y, x = np.mgrid[:256, :256].astype(float)
    area = np.exp(-((y - 128) ** 2 + (x - 128) ** 2) / (2 * 30.0**2))
    grain = np.random.default_rng(3).uniform(0, 2 * np.pi, 40), np.random.default_rng(4).normal(0, 0.3, (40, 2))
    frames = []
    for k in range(count):
        waves = sum(np.cos(phase + a * (x - 2.0 * k) + b * y) for phase, (a, b) in zip(*grain, strict=True))
        frames.append((20 * area * np.exp(0.2 * waves)).astype(np.float32))
    return np.stack(frames)


def test_rain_whose_area_stands_is_taken_back_with_the_lead():
    frames = standing(17)
    moving = motion.uniform((256, 256), 2.0, 0.0)
    found = fading.faded(moving, frames, 24, 1.0, 5.0)
    middle = found.fade[:, 16, 16]
    assert middle[0] > middle[-1]
    assert middle[-1] == 0.0  # after two hours the area is where it was
    plain, held = displacements(moving, 24), displacements(found, 24)
    np.testing.assert_allclose(held[0, :, 16, 16], plain[0, :, 16, 16] * middle[0], rtol=1e-6)
    assert not held[-1, :, 16, 16].any()


def test_without_earlier_frames_or_with_dry_ones_nothing_is_taken_back(moving_rain):
    frames = moving_rain(4.0, 1.0, count=2)
    moving = motion.dense(frames)
    assert fading.faded(moving, frames[-1:], 6, 1.0, 5.0).fade is None
    dry = np.zeros((4, 64, 64), np.float32)
    assert fading.faded(motion.still((64, 64)), dry, 6, 1.0, 5.0).fade.min() == 1.0


def test_a_missing_frame_is_passed_over(moving_rain):
    frames = moving_rain(4.0, 1.0, count=7)
    moving = motion.dense(frames[-3:])
    holed = frames.copy()
    holed[-2] = np.nan
    found = fading.faded(moving, holed, 6, 1.0, 5.0)
    assert np.isfinite(found.fade).all()
    assert found.fade.min() == 1.0


def test_a_window_carries_its_share_of_the_fading():
    moving = motion.uniform((64, 64), 1.0, 0.0)
    fade = np.broadcast_to(np.linspace(0, 1, 9, dtype=np.float32), (2, 9, 9)).copy()
    part = replace(moving, fade=fade).window(8, 16, 32, 32)
    np.testing.assert_allclose(part.fade[0, 0], np.linspace(0, 1, 9)[2:7], rtol=1e-6)


def test_sizes_of_nothing_are_refused():
    with pytest.raises(ValueError, match="both must be above 0"):
        fading.faded(motion.still((32, 32)), np.zeros((3, 32, 32), np.float32), 2, 0.0, 5.0)
