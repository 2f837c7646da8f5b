import numpy as np
import pytest

from xiangtian.nowcast import accumulate
from xiangtian.nowcast.methods import get_method
from xiangtian.nowcast.motion import still, uniform


def test_steady_rain_adds_up_by_hand():
    # 12 mm/h for 5 minutes is 1 mm; an hour of it is 12 mm
    steps = accumulate.amounts(np.full((13, 20, 30), 12.0, np.float32), still((20, 30)), 300.0)
    assert steps.shape == (12, 20, 30)
    assert steps == pytest.approx(1.0)
    assert accumulate.windows(steps, 12) == pytest.approx(np.full((1, 20, 30), 12.0))


def test_rain_that_grows_between_frames_counts_with_its_mean():
    # from 0 to 12 mm/h in 10 minutes without motion: the trapezoid gives 6 mm/h x 1/6 h = 1 mm
    frames = np.stack([np.zeros((16, 16)), np.full((16, 16), 12.0)]).astype(np.float32)
    assert accumulate.amounts(frames, still((16, 16)), 600.0)[0] == pytest.approx(1.0)


def test_a_fast_cell_leaves_no_gaps():
    # A shower 3 cells wide moves 9 cells a step. Every cell on its track must get the same; frames added as they
    # stand would leave two thirds of the track dry.
    field = np.zeros((40, 240), np.float32)
    field[18:21, 110:113] = 36.0
    motion = uniform(field.shape, 9.0, 0.0)
    frames = np.concatenate([field[None], get_method("advect")(field, motion, 10)])
    track = accumulate.amounts(frames, motion, 300.0).sum(0)[19, 120:195]
    naive = frames[1:, 19, 120:195].sum(0) * 300 / 3600
    assert (naive == 0).mean() > 0.6
    assert track.min() > 0
    # by hand: 3 cells at 9 cells in 300 s rain for 100 s on each place: 36 mm/h x 100 s = 1 mm
    assert track.mean() == pytest.approx(1.0, rel=0.02)
    assert track == pytest.approx(1.0, abs=0.35)


def test_the_total_is_kept_whatever_the_motion():
    y, x = np.mgrid[:120, :120]
    field = (20 * np.exp(-((y - 40) ** 2 + (x - 40) ** 2) / 60)).astype(np.float32)
    motion = uniform(field.shape, 5.3, 2.1)
    frames = np.concatenate([field[None], get_method("advect")(field, motion, 6)])
    steps = accumulate.amounts(frames, motion, 300.0)
    assert np.nansum(steps, axis=(1, 2)) == pytest.approx(field.sum() / 12, rel=1e-3)


def test_what_neither_frame_knows_is_unknown_and_spoils_only_its_windows():
    frames = np.full((5, 20, 20), 6.0, np.float32)
    frames[1:3, 5, 5] = np.nan
    steps = accumulate.amounts(frames, still((20, 20)), 300.0)
    assert np.isnan(steps[:, 5, 5]).tolist() == [False, True, False, False]
    assert np.isnan(accumulate.windows(steps, 2)[:, 5, 5]).tolist() == [True, True, False]
    assert np.isfinite(steps[:, 5, 6]).all()


def test_windows_slide_one_step_at_a_time():
    steps = np.array([1, 2, 4, 8], np.float32).reshape(4, 1, 1)
    assert accumulate.windows(steps, 2).ravel().tolist() == [3, 6, 12]
    assert accumulate.windows(steps, 4).ravel().tolist() == [15]
    assert accumulate.windows(steps, 1).ravel().tolist() == [1, 2, 4, 8]


def test_the_number_of_parts_follows_the_fastest_cell():
    assert accumulate.parts(still((20, 20))) == 1
    assert accumulate.parts(uniform((20, 20), 3.0, 0.0)) == 2
    assert accumulate.parts(uniform((20, 20), 300.0, 0.0)) == accumulate.MAX_PARTS


def test_what_can_not_be_added_is_refused():
    frames = np.zeros((3, 20, 20), np.float32)
    with pytest.raises(ValueError, match="two or more"):
        accumulate.amounts(frames[:1], still((20, 20)), 300.0)
    with pytest.raises(ValueError, match="shape"):
        accumulate.amounts(frames, still((20, 21)), 300.0)
    with pytest.raises(ValueError, match="above 0"):
        accumulate.amounts(frames, still((20, 20)), 0.0)
    for length in (0, 4):
        with pytest.raises(ValueError, match="1 to that many"):
            accumulate.windows(frames, length)
