"""Fractions skill score against hand calculations, Roberts and Lean's asymptote, SciPy's filter and `scores`."""

import numpy as np
import pytest
from scipy.ndimage import uniform_filter

from xiangtian.met.verify import fractions


def spots(*cells: tuple[int, int]) -> np.ndarray:
    field = np.zeros((5, 5), np.float32)
    for cell in cells:
        field[cell] = 3.0
    return field


def rain(seed: int, shape: tuple[int, int] = (41, 67)) -> np.ndarray:
    source = np.random.default_rng(seed)
    smooth = uniform_filter(source.normal(size=shape), 5) * 5
    return np.where(smooth > 0.3, np.round(np.exp(smooth), 1), 0.0).astype(np.float32)


def test_one_cell_beside() -> None:
    """Forecast at (2, 1), observed at (2, 2), windows of 3.

    Centres with a share of 1/9: rows 1-3, columns 0-2 and 1-3. Only one of both: columns 0 and 3, 6 windows:
    FSS = 1 - 6 / (9 + 9) = 2/3. Wholly inside (centres 1-3): 6 and 9 windows, column 3 differs: 1 - 3 / 15 = 0.8.
    """
    said, was = spots((2, 1)), spots((2, 2))
    assert fractions.tally(said, was, [1.0], [1, 3]).fss[0, 0] == pytest.approx([0.0, 2 / 3])
    assert fractions.tally(said, was, [1.0], [3], "inside").fss[0, 0] == pytest.approx([0.8])


def test_largest_window_gives_the_asymptote_of_roberts_and_lean() -> None:
    # AFSS = 2 fo fm / (fo^2 + fm^2), with 2 and 4 of 25 cells: 2 * 2 * 4 / (4 + 16) = 0.8
    found = fractions.tally(spots((0, 0), (1, 1), (2, 2), (3, 3)), spots((4, 4), (4, 3)), [1.0], [5], "inside")
    assert found.fss[0, 0, 0] == pytest.approx(0.8)
    assert found.useful[0, 0] == pytest.approx(0.5 + 2 / 25 / 2)


@pytest.mark.parametrize("side", [1, 2, 3, 8, 15, 41])
def test_edges_of_zero_equal_a_moving_mean(side: int) -> None:
    said, was = rain(1), rain(2)
    shares = [uniform_filter((field >= 1.0).astype(float), side, mode="constant", cval=0.0) for field in (said, was)]
    expected = 1 - ((shares[0] - shares[1]) ** 2).sum() / (shares[0] ** 2 + shares[1] ** 2).sum()
    assert fractions.tally(said, was, [1.0], [side]).fss[0, 0, 0] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("side", [1, 2, 3, 8, 15])
def test_edges_inside_equal_scores(side: int) -> None:
    import xarray as xr
    from scores.spatial import fss_2d

    said, was = rain(3), rain(4)
    expected = fss_2d(
        xr.DataArray(said, dims=("y", "x")),
        xr.DataArray(was, dims=("y", "x")),
        event_threshold=np.float32(1.4),
        window_size=(side, side),
        spatial_dims=("y", "x"),
        threshold_operator=np.greater_equal,
    )
    assert fractions.tally(said, was, [1.4], [side], "inside").fss[0, 0, 0] == pytest.approx(float(expected), abs=1e-6)


def test_cell_unknown_in_one_is_without_event_in_both() -> None:
    said, was = rain(5), rain(6)
    holed_said, holed_was = said.copy(), was.copy()
    holed_said[3:9, 5:30], holed_was[20:, 60:] = np.nan, np.inf
    for field in (said, was):
        field[3:9, 5:30], field[20:, 60:] = 0.0, 0.0
    holed, dry = fractions.tally(holed_said, holed_was, [1.0], [7]), fractions.tally(said, was, [1.0], [7])
    assert holed.fss == pytest.approx(dry.fss)
    assert holed.events[0, 0, 2] == said.size - 6 * 25 - 21 * 7
    assert np.isnan(fractions.tally(np.full((5, 5), np.nan), was[:5, :5], [1.0], [3]).fss).all()


def test_fields_and_starts_are_summed() -> None:
    said, was = np.stack([rain(7), rain(8)]), np.stack([rain(9), rain(10)])
    both = fractions.tally(said, was, [0.1, 1.0], [3, 9])
    ones = [fractions.tally(said[k], was[k], [0.1, 1.0], [3, 9]) for k in range(2)]
    assert both.fss == pytest.approx(np.concatenate([one.fss for one in ones]))
    assert both.pooled().fss == pytest.approx((ones[0] + ones[1]).fss)


@pytest.mark.parametrize(("windows", "edges"), [([0], "zero"), ([6], "zero"), ([], "zero"), ([3], "shrink")])
def test_refuses(windows: list[int], edges: str) -> None:
    with pytest.raises(ValueError, match="allowed"):
        fractions.tally(spots(), spots(), [1.0], windows, edges)
