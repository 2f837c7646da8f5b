"""The wind rose: sectors, classes of speed, calm."""

import numpy as np
import pytest

from xiangtian.met.windrose import EDGES, SECTORS, rose, sector


@pytest.mark.parametrize(
    ("direction", "name"),
    # the sixteen directions of the surface observation: N is 348.76-11.25, NNE 11.26-33.75, E 78.76-101.25 degrees
    [(0, "N"), (360, "N"), (11.24, "N"), (348.76, "N"), (11.26, "NNE"), (33.74, "NNE"), (78.76, "E"), (101.24, "E"),
     (180, "S"), (225, "SW"), (270, "W"), (337.5, "NNW"), (348.74, "NNW")],
)  # fmt: skip
def test_directions_fall_into_the_sectors_of_the_surface_observation(direction: float, name: str) -> None:
    assert SECTORS[int(sector([direction])[0])] == name


def test_counts_by_hand() -> None:
    directions = [0, 355, 90, 90, 180, np.nan, 270]
    speeds = [1.0, 2.0, 12.0, 5.4, 0.2, 3.0, np.nan]
    found = rose(directions, speeds)
    # N: 1.0 is force 1 (0.3-1.5), 2.0 force 2; E: 12.0 force 6 and more, 5.4 force 3; 0.2 is calm; two can't be used
    assert found.counts[0].tolist() == [1, 1, 0, 0, 0, 0]
    assert found.counts[4].tolist() == [0, 0, 1, 0, 0, 1]
    assert (found.calm, found.unknown, found.total) == (1, 2, 5)
    assert found.calm_share == pytest.approx(0.2)
    assert found.mean[0] == pytest.approx(1.5)
    assert found.mean[4] == pytest.approx(8.7)
    assert np.isnan(found.mean[8])
    assert found.prevailing == "N"


@pytest.mark.parametrize(
    # GB/T 28591-2012: force 2 is 1.6-3.3 m/s, force 5 is 8.0-10.7, force 6 begins at 10.8
    ("speed", "kind"),
    [(0.3, 0), (1.5, 0), (1.6, 1), (3.3, 1), (3.4, 2), (7.9, 3), (8.0, 4), (10.7, 4), (10.8, 5), (60.0, 5)],
)
def test_a_speed_on_the_bound_belongs_to_the_higher_force(speed: float, kind: int) -> None:
    assert rose([45.0], [speed]).counts[2].tolist() == [int(place == kind) for place in range(6)]


def test_calm_needs_no_direction_and_one_below_the_bound_is_calm() -> None:
    found = rose([np.nan, 90.0], [0.0, 0.29])
    assert (found.calm, found.unknown, int(found.counts.sum()), found.prevailing) == (2, 0, 0, None)
    assert found.calm_share == 1.0


@pytest.mark.parametrize(("directions", "speeds", "unknown"), [([], [], 0), ([np.nan] * 3, [np.nan] * 3, 3)])
def test_nothing_measured(directions: list[float], speeds: list[float], unknown: int) -> None:
    found = rose(directions, speeds)
    assert (found.total, found.unknown, found.calm_share, found.prevailing) == (0, unknown, None, None)
    assert found.counts.shape == (16, len(EDGES))
    assert np.isnan(found.mean).all()


def test_what_can_not_be_a_rose() -> None:
    with pytest.raises(ValueError, match="one length"):
        rose([1.0], [1.0, 2.0])
    with pytest.raises(ValueError, match="begin with 0"):
        rose([1.0], [1.0], (1.0, 2.0))
    with pytest.raises(ValueError, match="must rise"):
        rose([1.0], [1.0], (0.3, 5.0, 2.0))
