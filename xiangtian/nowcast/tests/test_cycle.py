"""One nowcast on rain that moves as it was made to move; where it will be is known, not computed by the same code."""

import datetime as dt

import numpy as np
import pytest

from xiangtian.met.grid import Grid, RainFrame
from xiangtian.nowcast import areas, cycle

MOMENT = dt.datetime(2026, 7, 1, 2, 0, tzinfo=dt.UTC)
CRS = "+proj=laea +lat_0=31.3 +lon_0=120.6 +datum=WGS84 +units=m"


def grid(rows: int = 400, columns: int = 400) -> Grid:
    return Grid(CRS, -columns * 500.0, rows * 500.0, 1000, 1000, rows, columns)


def frames(fields: np.ndarray) -> list[RainFrame]:
    whole = grid(*fields.shape[1:])
    quality = np.ones(whole.shape, np.float32)
    return [
        RainFrame(MOMENT + dt.timedelta(minutes=5 * place), whole, field.astype(np.float32), quality)
        for place, field in enumerate(fields)
    ]


def zones_of(part: Grid) -> tuple[areas.Zones, tuple[str, ...]]:
    """Two districts: the western and the eastern half of a part."""
    halves = []
    for first, last in ((0, part.columns / 2), (part.columns / 2, part.columns)):
        corners = [(0, first), (0, last), (part.rows - 1, last), (part.rows - 1, first), (0, first)]
        row, column = np.array(corners, float).T
        halves.append([np.column_stack(part.lonlat(row - 0.5, column - 0.5))])
    return areas.zones(halves, part), ("west", "east")


@pytest.fixture
def part() -> tuple[Grid, tuple[int, int]]:
    return grid().window(150, 150, 100, 100), (150, 150)


def test_rain_is_found_where_it_will_be(moving_rain, part) -> None:
    fields = moving_rain(2.0, 1.0, count=9)
    made = cycle.run(frames(fields[:3]), *part, *zones_of(part[0]))
    assert made.leads_min == tuple(5.0 * lead for lead in range(1, 25))
    assert made.rate.shape == made.amount.shape == (24, 100, 100)
    truth = fields[8, 150:250, 150:250]  # six steps ahead, as it was made
    assert np.corrcoef(made.rate[5].ravel(), truth.ravel())[0, 1] > 0.95
    assert np.median(made.motion.velocity[0]) == pytest.approx(2.0, abs=0.15)  # eastward, cells a step
    assert np.median(made.motion.velocity[1]) == pytest.approx(1.0, abs=0.15)  # southward


def test_amounts_rise_and_a_steady_field_gives_rate_times_time(part) -> None:
    made = cycle.run(frames(np.full((3, 400, 400), 6.0)), *part, *zones_of(part[0]))
    assert (np.diff(made.amount, axis=0) >= 0).all()
    np.testing.assert_allclose(made.amount[11], 6.0, rtol=1e-4)  # 6 mm/h for an hour
    west = made.districts["west"]
    assert west["mean_60min_mm"] == pytest.approx(6.0, abs=0.01)
    assert west["highest_120min_mm"] == pytest.approx(12.0, abs=0.01)
    assert west["p_10mm_60min"] < 0.5
    assert made.districts["east"]["p_20mm_120min"] < 0.5


def test_dry_air_stays_dry_and_says_zero(part) -> None:
    made = cycle.run(frames(np.zeros((3, 400, 400))), *part, *zones_of(part[0]))
    assert not made.rate.any()
    assert not made.amount.any()
    assert set(made.districts["west"].values()) == {0.0}
    assert not made.motion.velocity.any()


def test_where_nothing_was_measured_nothing_is_said(part) -> None:
    made = cycle.run(frames(np.full((3, 400, 400), np.nan)), *part, *zones_of(part[0]))
    assert np.isnan(made.amount).all()
    assert set(made.districts["west"].values()) == {None}


def test_two_frames_are_enough(moving_rain, part) -> None:
    made = cycle.run(frames(moving_rain(2.0, 0.0, count=2)), *part, *zones_of(part[0]))
    assert np.median(made.motion.velocity[0]) == pytest.approx(2.0, abs=0.2)


def test_amounts_of_a_part_are_those_of_the_whole(moving_rain) -> None:
    fields = moving_rain(2.0, 1.0, count=3)
    whole, inner = grid(), grid().window(150, 150, 100, 100)
    of_whole = cycle.run(frames(fields), whole, (0, 0), *zones_of(whole))
    of_part = cycle.run(frames(fields), inner, (150, 150), *zones_of(inner))
    np.testing.assert_allclose(of_part.amount, of_whole.amount[:, 150:250, 150:250], atol=0.05)


def test_an_unknown_method_is_refused_with_the_known_ones(part) -> None:
    with pytest.raises((KeyError, ValueError), match="advect"):
        cycle.run(frames(np.zeros((3, 400, 400))), *part, *zones_of(part[0]), method="guess")


def test_the_part_around_a_box_holds_it_with_its_margin() -> None:
    west, south, east, north = 120.5, 31.2, 120.7, 31.4
    part, (row, column) = cycle.around(grid(), (west, south, east, north), margin_km=20)
    assert grid().window(row, column, part.rows, part.columns) == part
    rows, columns = part.position(np.array([west, east]), np.array([south, north]))
    assert rows.min() >= 19.5  # cells of a kilometre
    assert columns.min() >= 19.5
    assert part.rows - 1 - rows.max() >= 19.5
    assert part.columns - 1 - columns.max() >= 19.5


def test_at_the_edge_of_the_radar_the_part_is_cut_and_beyond_it_refused() -> None:
    lon, lat = grid().lonlat(np.array([0.0]), np.array([0.0]))
    part, origin = cycle.around(grid(), (lon[0] - 0.1, lat[0] - 0.1, lon[0] + 0.1, lat[0] + 0.1), margin_km=10)
    assert origin == (0, 0)
    assert part.rows < 40
    with pytest.raises(ValueError, match="lies off the radar grid"):
        cycle.around(grid(), (100.0, 20.0, 101.0, 21.0))
