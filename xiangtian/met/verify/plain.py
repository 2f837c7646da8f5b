"""Tallies and tables as plain values for pages and files: lists, numbers, texts, and None where nothing can be said."""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np


def plain(found: Any) -> Any:
    """Turn a tally, a table, a difference or anything made of arrays into what JSON can hold.

    Parameters
    ----------
    found : object
        A dataclass of this package, an array, a mapping, a sequence, a number, a text or None.

    Returns
    -------
    object
        A dataclass becomes a dict of its attributes, with its scores under "scores" where it has any; arrays become
        lists, and numbers that are NaN or infinite None.

    Raises
    ------
    TypeError
        If something in it can't be told in JSON.

    Examples
    --------
    >>> plain({"csi": np.array([0.5, np.nan])})
    {'csi': [0.5, None]}
    """
    if is_dataclass(found) and not isinstance(found, type):
        return _attributes(found)
    if isinstance(found, dict):
        return {str(name): plain(value) for name, value in found.items()}
    if isinstance(found, np.ndarray | np.generic):
        return plain(found.tolist())
    if isinstance(found, list | tuple):
        return [plain(value) for value in found]
    if found is None or isinstance(found, str | bool | int):
        return found
    if isinstance(found, float):
        return found if math.isfinite(found) else None
    raise TypeError(f"{type(found).__name__} can't be told in JSON; give tallies, arrays, numbers or texts")


def _attributes(found: Any) -> dict[str, Any]:
    out = {one.name: plain(getattr(found, one.name)) for one in fields(found)}
    scores = getattr(found, "scores", None)
    return {**out, "scores": plain(scores())} if callable(scores) else out
