import numpy as np
import pytest

from xiangtian.nowcast import probability


def test_on_a_chessboard_it_is_the_share_of_the_colour():
    # by counting: a square of 5 x 5 on a chessboard holds 13 cells of the colour of its middle and 12 of the other
    board = (np.indices((40, 40)).sum(0) % 2).astype(np.float32)
    chance = probability.exceeding(board[None], 1.0, [5.0], 1.0)[0]
    inner = chance[5:-5, 5:-5]
    assert inner[board[5:-5, 5:-5] == 1] == pytest.approx(13 / 25)
    assert inner[board[5:-5, 5:-5] == 0] == pytest.approx(12 / 25)


def test_stripes_give_their_share_at_any_width():
    # one column in four is wet: a square 61 wide holds 15 or 16 of them
    stripes = np.zeros((150, 150), np.float32)
    stripes[:, ::4] = 5.0
    chance = probability.exceeding(stripes[None], 5.0, [60.0], 1.0)[0, 40:-40, 40:-40]
    assert set(np.round(chance * 61, 3).ravel()) == {15.0, 16.0}


def test_the_square_grows_with_lead_and_shrinks_with_coarser_cells():
    # Germann and Zawadzki 2004: 1 km a minute
    assert [probability.side(lead, 1.0) for lead in (0, 5, 30, 120)] == [1, 5, 31, 121]
    assert probability.side(30, 2.0) == 17
    field = np.zeros((1, 101, 101), np.float32)
    field[0, 50, 50] = 9
    near = probability.exceeding(field, 1.0, [5.0], 1.0)[0, 50, 50]
    far = probability.exceeding(field, 1.0, [30.0], 1.0)[0, 50, 50]
    assert near == pytest.approx(1 / 25)
    assert far == pytest.approx(1 / 31**2)


def test_at_the_threshold_it_counts_and_at_lead_zero_it_is_yes_or_no():
    field = np.array([[[4.9, 5.0], [5.1, 0.0]]], np.float32)
    assert probability.exceeding(field, 5.0, [0.0], 1.0)[0].tolist() == [[0, 1], [1, 0]]


def test_unknown_cells_do_not_count_and_stay_unknown():
    field = np.zeros((1, 20, 20), np.float32)
    field[0, :, 10:] = np.nan
    field[0, :, :10] = 3.0
    chance = probability.exceeding(field, 1.0, [5.0], 1.0)[0]
    assert (chance[:, :10] == 1).all()  # all that is known passes, up to the edge and the unknown
    assert np.isnan(chance[:, 10:]).all()
    assert np.isnan(probability.exceeding(np.full((1, 9, 9), np.nan, np.float32), 1.0, [5.0], 1.0)).all()


def test_it_stays_between_none_and_one(speckled):
    chance = probability.exceeding(np.repeat(speckled[None], 3, 0), 1.0, [5.0, 60.0, 120.0], 1.0)
    assert chance.dtype == np.float32
    assert chance.min() >= 0
    assert chance.max() <= 1


@pytest.mark.parametrize(
    ("change", "words"),
    [({"minutes": [5.0, 10.0]}, "leads"), ({"cell_km": 0.0}, "cells of"), ({"widening": -1.0}, "widening")],
)
def test_what_can_not_be_is_refused(change, words):
    asked = {"fields": np.zeros((1, 9, 9), np.float32), "threshold": 1.0, "minutes": [5.0], "cell_km": 1.0} | change
    with pytest.raises(ValueError, match=words):
        probability.exceeding(**asked)
