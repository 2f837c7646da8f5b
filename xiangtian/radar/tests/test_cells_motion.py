"""The motion of a cell: against sums by hand and a random walk made by the rules the filter assumes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from xiangtian.radar.cells import motion
from xiangtian.radar.cells.motion import Noise, State

NOISE = Noise(
    seen_km=1.0, seen_share=0.1, deviation_km_min=0.2, memory_min=30.0, wander_km=0.3, along=1.2, across=0.8, gate=3.0
)


def test_a_new_cell_moves_with_the_rain():
    state = motion.begun(10.0, 20.0, (1.0, -0.5), 100.0, NOISE)
    later = motion.ahead(state, 30.0, NOISE)
    assert (later.x, later.y) == (40.0, 5.0)
    assert state.place == pytest.approx(1.0**2 + 0.1**2 * 100)


def test_a_deviation_is_forgotten():
    """Of 0.3 km/min with a memory of 30 min: 30 (1 - 1/e) 0.3 = 5.69 km after 30 min, 9 km in the end."""
    state = State(0, 0, 0.0, 0.0, 0.3, 0.0, 0.0, 0.0, 0.0)
    assert motion.ahead(state, 30.0, NOISE).x == pytest.approx(5.689, abs=1e-3)
    assert motion.ahead(state, 30.0, NOISE).own_x == pytest.approx(0.3 / math.e)
    assert motion.ahead(state, 3000.0, NOISE).x == pytest.approx(9.0)


def test_two_steps_are_as_good_as_one():
    state = motion.begun(3.0, 4.0, (0.5, 0.2), 80.0, NOISE)
    once = motion.ahead(state, 25.0, NOISE)
    twice = motion.ahead(motion.ahead(state, 10.0, NOISE), 15.0, NOISE)
    assert vars(twice) == pytest.approx(vars(once))


def test_the_spread_is_that_of_walks_made_by_the_same_rules():
    """4000 walks in steps of 0.1 min: velocity an autoregression of order 1, place its sum and a wander."""
    chance = np.random.default_rng(58349)
    step, count = 0.1, 4000
    keep = math.exp(-step / NOISE.memory_min)
    velocity = chance.normal(0, NOISE.deviation_km_min, count)
    place = np.zeros(count)
    for _ in range(200):
        place += velocity * step + chance.normal(0, NOISE.wander_km * math.sqrt(step), count)
        velocity = keep * velocity + chance.normal(0, NOISE.deviation_km_min * math.sqrt(1 - keep**2), count)
    start = State(0, 0, 0, 0, 0, 0, 0.0, 0.0, NOISE.deviation_km_min**2)
    then = motion.ahead(start, 20.0, NOISE)
    assert then.place == pytest.approx(place.var(), rel=0.06)
    assert then.cross == pytest.approx((place * velocity).mean(), rel=0.1)
    assert then.own == pytest.approx(NOISE.deviation_km_min**2)


def test_a_steady_deviation_is_learnt():
    state = motion.begun(0.0, 0.0, (0.5, 0.0), 50.0, NOISE)
    for k in range(1, 9):
        state = motion.seen(motion.ahead(state, 5.0, NOISE), 0.7 * 5 * k, 0.0, 50.0, NOISE)
    assert state.velocity[0] == pytest.approx(0.7, abs=0.07)
    assert state.velocity[1] == 0.0


def test_a_jump_moves_the_place_and_teaches_no_velocity():
    state = motion.ahead(motion.begun(0.0, 0.0, (0.5, 0.0), 50.0, NOISE), 5.0, NOISE)
    jumped = motion.seen(state, 40.0, 0.0, 50.0, NOISE)
    assert jumped.x == 40.0
    assert jumped.velocity == state.velocity


def test_jumps_that_go_on_the_same_way_are_believed_in_the_end():
    state = motion.begun(0.0, 0.0, (0.0, 0.0), 50.0, NOISE)
    for k in range(1, 13):
        state = motion.seen(motion.ahead(state, 5.0, NOISE), 1.5 * 5 * k, 0.0, 50.0, NOISE)
    assert 1.0 < state.velocity[0] < 1.5


def test_ellipses_grow_and_lie_along_the_motion():
    state = motion.begun(0.0, 0.0, (0.0, 1.0), 50.0, NOISE)
    near, far = motion.ellipse(state, 15.0, NOISE), motion.ellipse(state, 60.0, NOISE)
    assert far.along > near.along > 0
    assert near.along / near.across == pytest.approx(1.2 / 0.8)
    assert near.angle == pytest.approx(math.pi / 2)  # southward
    assert (far.x, far.y) == (0.0, 60.0)
