import numpy as np
import pytest

from xiangtian.nowcast import motion


@pytest.mark.parametrize(("east", "south"), [(3.0, 2.0), (-4.6, 1.3), (0.4, -0.7), (0.0, 0.0), (9.0, -7.5)])
def test_a_known_shift_is_found_to_a_tenth_of_a_cell(moving_rain, east, south):
    found = motion.dense(moving_rain(east, south))
    assert found.features > 10
    inner = found.dense()[:, 60:-60, 60:-60]
    assert inner.mean((1, 2)) == pytest.approx([east, south], abs=0.1)
    off = np.hypot(inner[0] - east, inner[1] - south)
    assert np.median(off) < 0.05
    assert np.percentile(off, 90) < 0.12  # showers that leave the frame meanwhile spoil a corner


def test_two_frames_are_enough_and_a_list_will_do(moving_rain):
    found = motion.dense(list(moving_rain(2.0, -3.0, count=2)))
    assert found.at(200, 200) == pytest.approx([2.0, -3.0], abs=0.1)


@pytest.mark.parametrize("value", [0.0, 0.05, np.nan, 7.0])
def test_where_nothing_can_be_tracked_the_motion_is_zero(value):
    # dry, below the wet threshold, unmeasured, and rain without any feature
    found = motion.dense(np.full((3, 64, 80), value, np.float32))
    assert found.features == 0
    assert not found.velocity.any()


def test_a_single_shower_carries_the_motion_everywhere():
    y, x = np.mgrid[:200, :200].astype(float)
    frames = [20 * np.exp(-((y - 80 - k) ** 2 + (x - 80 - 3 * k) ** 2) / 128).astype(np.float32) for k in range(3)]
    found = motion.dense(frames)
    assert found.features >= 1
    assert found.at(80, 86) == pytest.approx([3.0, 1.0], abs=0.15)
    assert found.at(199, 0) == pytest.approx([3.0, 1.0], abs=0.3)


def test_the_edge_of_the_measured_area_is_not_taken_for_standing_rain(moving_rain):
    frames = moving_rain(5.0, 0.0)
    y, x = np.mgrid[:400, :400]
    frames[:, (y - 200) ** 2 + (x - 200) ** 2 > 150**2] = np.nan
    found = motion.dense(frames)
    assert found.at(200, 200) == pytest.approx([5.0, 0.0], abs=0.2)
    near_edge = found.at([200, 200, 70, 330], [70, 330, 200, 200])
    assert near_edge[0] == pytest.approx([5.0] * 4, abs=0.5)


def test_one_wild_frame_does_not_carry_the_rest_along(moving_rain):
    # a shower that jumps 30 cells the other way among forty that move together
    frames = moving_rain(4.0, 0.0)
    y, x = np.mgrid[:400, :400].astype(float)
    for k in range(3):
        frames[k] += 60 * np.exp(-((y - 200) ** 2 + (x - 330 + 9 * k) ** 2) / 50).astype(np.float32)
    assert motion.dense(frames).at(100, 100) == pytest.approx([4.0, 0.0], abs=0.2)


def test_between_nodes_motion_is_interpolated_and_beyond_the_field_clipped():
    # by hand: nodes at columns 0, 8, 16 with 0, 8, 16 cells eastward: at column 4 it is 4
    velocity = np.zeros((2, 3, 3), np.float32)
    velocity[0] = [0, 8, 16]
    found = motion.Motion(velocity, (16, 16))
    assert found.at(3, 4) == pytest.approx([4, 0])
    assert found.at([0, 15], [-5, 99])[0] == pytest.approx([0, 15])
    assert found.dense().shape == (2, 16, 16)


def test_a_part_moves_as_it_does_in_the_whole():
    velocity = np.zeros((2, 6, 6), np.float32)
    velocity[0], velocity[1] = np.arange(6) * 8, -8 * np.arange(6)[:, None]
    whole = motion.Motion(velocity, (40, 40), features=5)
    part = whole.window(5, 11, 20, 16)
    assert part.features == 5
    assert part.at(7, 3) == pytest.approx(whole.at(12, 14))
    assert part.dense() == pytest.approx(whole.dense()[:, 5:25, 11:27], abs=1e-4)


@pytest.mark.parametrize(
    "frames",
    [
        np.zeros((1, 64, 64), np.float32),
        [np.zeros((64, 64), np.float32), np.zeros((64, 60), np.float32)],
        np.zeros((3, 8, 64), np.float32),
        [],
    ],
)
def test_frames_that_do_not_go_together_are_refused(frames):
    with pytest.raises(ValueError, match="needed"):
        motion.dense(frames)


@pytest.mark.shared
def test_a_real_storm_moves_as_pysteps_says(shared):
    # Expected: pysteps 1.21.5, motion.get_method("LK") on dB of the frames of 14:50, 14:55 and 15:00, mean over the
    # cells with 1 mm/h or more at 15:00: 1.889 cells east, 4.423 north per step of 5 minutes.
    from xiangtian.radar.composites import fmi_pgm

    folder = shared / "radar-fmi-20160928" / "pgm"
    frames = [
        fmi_pgm.read((folder / f"20160928{at}_fmi.radar.composite.lowest_FIN_SUOMI1.pgm.gz").read_bytes()).rate
        for at in ("1450", "1455", "1500")
    ]
    wet = frames[-1] >= 1
    assert motion.dense(frames).dense()[:, wet].mean(1) == pytest.approx([1.889, -4.423], abs=0.2)


def test_a_missing_frame_is_bridged(moving_rain):
    frames = moving_rain(4.0, 2.0, count=4)
    frames[2] = np.nan
    assert motion.dense(frames).at(200, 200) == pytest.approx([4.0, 2.0], abs=0.15)
    frames[:3] = np.nan
    assert motion.dense(frames).features == 0
