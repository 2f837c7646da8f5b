"""Tallies as JSON."""

import json

import numpy as np
import pytest

from xiangtian.met.verify import categorical, ensemble, leads
from xiangtian.met.verify.plain import plain


def test_counts_and_scores_survive_json() -> None:
    found = categorical.tally([[1.0, 0.0]], [[1.0, 1.0]], [1.0, 9.0])
    told = json.loads(json.dumps(plain(found), allow_nan=False))
    assert told["thresholds"] == [1.0, 9.0]
    assert told["counts"] == [[[1, 0, 1, 0], [0, 0, 0, 2]]]
    assert told["scores"]["csi"] == [[0.5, None]]


def test_tables_and_ensembles_are_plain_too() -> None:
    found = categorical.tally([[1.0, 0.0]], [[1.0, 1.0]], [1.0])
    told = plain(leads.table({"persistence": found}, [5.0], ["csi"]))
    assert told["curves"][0] == {
        "method": "persistence",
        "score": "csi",
        "values": [[0.5]],
        "mean": [0.5],
        "pooled": [0.5],
    }
    assert json.dumps(plain(ensemble.tally(np.zeros((2, 1, 1)), [[0.0]], [1.0])), allow_nan=False)


def test_refuses_what_json_has_no_word_for() -> None:
    with pytest.raises(TypeError, match="set can't be told"):
        plain({"names": {"a"}})
