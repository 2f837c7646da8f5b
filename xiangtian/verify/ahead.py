"""Forecast rain beside the rain that came: amounts over windows, counted so that runs can be added up. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import numpy.typing as npt

from xiangtian.met.verify import categorical, ensemble, fractions
from xiangtian.nowcast import accumulate, motion

FloatField = npt.NDArray[np.float32]
Tally = categorical.Tally | fractions.Tally | ensemble.Tally
WINDOWS_MIN = (30.0, 60.0, 120.0)
"""Minutes from the last frame over which amounts are scored."""
LEVELS_MM = (1.0, 5.0, 20.0)
NEAR_KM = 10.0
"""Side of the neighbourhood of the fractions skill score."""
KINDS: Mapping[str, type[Tally]] = {
    "categorical": categorical.Tally,
    "fractions": fractions.Tally,
    "ensemble": ensemble.Tally,
}


def fallen(rates: Sequence[FloatField], step_min: float) -> FloatField:
    """Add up the rain that came.

    Parameters
    ----------
    rates : sequence of FloatField
        (k,) frames (rows, columns), mm/h, from the forecast's last frame on, `step_min` apart, NaN where unknown; a
        missing frame ends them. 1 or more.
    step_min : float
        Minutes between frames, above 0.

    Returns
    -------
    FloatField
        (windows, rows, columns) mm in each of `WINDOWS_MIN`; NaN where the frames don't reach so far.
    """
    out = np.full((len(WINDOWS_MIN), *rates[0].shape), np.nan, np.float32)
    if len(rates) < 2:
        return out
    steps = [
        accumulate.amounts(rates[k : k + 2], motion.dense(np.stack(rates[max(k - 1, 0) : k + 2])), step_min * 60)[0]
        for k in range(len(rates) - 1)
    ]
    total = np.cumsum(steps, axis=0, dtype=np.float32)
    for place, minutes in enumerate(WINDOWS_MIN):
        count = round(minutes / step_min)
        if count <= len(total):
            out[place] = total[count - 1]
    return out


def windows(amount: FloatField, leads_min: Sequence[float]) -> FloatField:
    """Pick (..., windows, rows, columns) of a forecast's (..., leads, rows, columns) mm since its last frame."""
    places = [int(np.argmin(np.abs(np.array(leads_min) - minutes))) for minutes in WINDOWS_MIN]
    return amount[..., places, :, :]


def staying(rate: FloatField) -> FloatField:
    """Give persistence: (windows, rows, columns) mm if it rained on as in the last frame, mm/h."""
    return np.stack([rate * np.float32(minutes / 60) for minutes in WINDOWS_MIN])


def counted(said: FloatField, came: FloatField, cell_km: float) -> dict[str, Tally]:
    """Count one forecast.

    Parameters
    ----------
    said : FloatField
        (windows, rows, columns) of one future, or (members, windows, rows, columns) of many, mm.
    came : FloatField
        (windows, rows, columns) mm, NaN where unknown.
    cell_km : float
        Size of a cell.

    Returns
    -------
    dict
        Tallies by the names of `KINDS`, the windows as fields. One future is also counted as an ensemble of two equal
        members, whose CRPS is the mean absolute error; many are counted as an ensemble only.
    """
    if said.ndim == 4:
        return {"ensemble": ensemble.tally(said, came, LEVELS_MM)}
    side = min(max(1, round(NEAR_KM / cell_km) // 2 * 2 + 1), *came.shape[1:])
    return {
        "categorical": categorical.tally(said, came, LEVELS_MM),
        "fractions": fractions.tally(said, came, LEVELS_MM, (side,)),
        "ensemble": ensemble.tally(np.stack([said, said]), came, LEVELS_MM),
    }


def packed(tallies: Mapping[str, Tally]) -> dict[str, dict[str, Any]]:
    """Give tallies as what JSON can hold; `unpacked` is the way back."""
    return {
        name: {one.name: _list(getattr(tally, one.name)) for one in fields(tally)} for name, tally in tallies.items()
    }


def unpacked(stored: Mapping[str, Mapping[str, Any]]) -> dict[str, Tally]:
    """Give back the tallies that were packed."""
    return {
        name: KINDS[name](**{key: _back(key, value) for key, value in parts.items()}) for name, parts in stored.items()
    }


def _list(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


def _back(key: str, value: Any) -> Any:
    if key == "edges":
        return value
    if key in ("thresholds", "windows"):
        return tuple(value)
    return np.array(value, np.float64 if key == "sums" else np.int64)
