"""Tables over lead times: persistence is always in them."""

import numpy as np
import pytest

from xiangtian.met.verify import categorical, leads

SEEN = np.float32([[[1, 1, 0]], [[1, 1, 1]]])
STILL = categorical.tally(np.float32([[[1, 0, 0]], [[1, 0, 0]]]), SEEN, [1.0])
MOVED = categorical.tally(np.float32([[[1, 1, 0]], [[1, 1, 0]]]), SEEN, [1.0])


def test_table_by_hand() -> None:
    # still: 1 of 2, 1 of 3, together 2 of 5; moved: 2 of 2, 2 of 3, together 4 of 5
    table = leads.table({"persistence": STILL, "advect": MOVED}, [5, 10], ["csi"])
    assert [curve.method for curve in table.curves] == ["advect", "persistence"]
    moved, still = table.curves
    assert moved.values[:, 0] == pytest.approx([1.0, 2 / 3])
    assert (moved.mean[0], moved.pooled[0]) == pytest.approx((5 / 6, 0.8))
    assert (still.mean[0], still.pooled[0]) == pytest.approx((5 / 12, 0.4))
    assert table.minutes == (5.0, 10.0)
    assert table.curve("advect", "csi") is moved


def test_table_without_persistence_is_refused() -> None:
    with pytest.raises(ValueError, match="a table of advect without persistence"):
        leads.table({"advect": MOVED}, [5, 10])


def test_all_scores_where_none_is_named() -> None:
    table = leads.table({"persistence": STILL}, [5, 10])
    assert [curve.score for curve in table.curves] == list(categorical.SCORES)


def test_a_lead_without_events_is_left_out_of_the_mean() -> None:
    counted = categorical.tally(np.float32([[[1.0]], [[0.0]]]), np.float32([[[1.0]], [[0.0]]]), [1.0])
    assert leads.table({"persistence": counted}, [5, 10], ["csi"]).curves[0].mean.tolist() == [1.0]


def test_starts_are_added() -> None:
    assert leads.summed([STILL, MOVED]).counts.tolist() == (STILL.counts + MOVED.counts).tolist()
    with pytest.raises(ValueError, match="no start"):
        leads.summed([])


def test_refuses_other_leads_and_unknown_scores() -> None:
    with pytest.raises(ValueError, match="2 leads, 3 are asked for"):
        leads.table({"persistence": STILL}, [5, 10, 15])
    with pytest.raises(ValueError, match="no score fss of persistence"):
        leads.table({"persistence": STILL}, [5, 10], ["fss"])
    with pytest.raises(KeyError, match="no curve of advect"):
        leads.table({"persistence": STILL}, [5, 10], ["csi"]).curve("advect", "csi")
