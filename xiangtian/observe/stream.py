"""Streams of messages: how often a source speaks, whether it has fallen silent, what kind of fault a refusal tells."""

from __future__ import annotations

import re
from collections.abc import Collection

import numpy as np

REGULAR = 12
"""A source that spoke in fewer different minutes is occasional: nobody waits for it."""
PATIENCE_MIN = 10.0
"""No source is called silent sooner."""
TIMES = 3.0
"""A source is silent after so many times its usual longest gap (the 95th percentile)."""
LONGEST_WORDS = 60
_CUT = re.compile(r"[:：;；(（,，]")
_NAMED = re.compile(r"\"[^\"]*\"|'[^']*'|“[^”]*”|[0-9][\w.+\-]*")


def patience_min(minutes: Collection[int]) -> float | None:
    """Give how long a source may say nothing before that is worth an alarm.

    Parameters
    ----------
    minutes : Collection of int
        The different minutes in which it spoke.

    Returns
    -------
    float or None
        `TIMES` the 95th percentile of its gaps, at least `PATIENCE_MIN`, minutes; None for an occasional source.
    """
    if len(minutes) < REGULAR:
        return None
    gaps = np.diff(np.sort(np.fromiter(minutes, np.int64)))
    return max(PATIENCE_MIN, TIMES * float(np.quantile(gaps, 0.95)))


def kind_of(reason: str) -> str:
    """Give what refusals of one kind have in common: their words without names, numbers and details.

    >>> kind_of("the message has 41 bytes, allowed are 32; split it")
    'the message has … bytes'
    """
    whole = _NAMED.sub("…", reason.strip())
    first = _CUT.split(whole, maxsplit=1)[0].strip()
    return (first or whole)[:LONGEST_WORDS]
