"""How long to wait before the next try, and when to give up."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

JITTER = 0.25
"""Largest share by which a pause is shortened or lengthened, so that many rows don't come back at one instant."""


@dataclass(frozen=True)
class Patience:
    """Pauses that double from `base_s` to `cap_s`, and the number of tries after which a row is given up.

    With the defaults a target may be away for more than an hour: 1 + 2 + ... + 64 s, then 33 times 120 s.
    """

    base_s: float = 1.0
    cap_s: float = 120.0
    tries: int = 40


def pause_s(patience: Patience, key: str, attempt: int) -> float:
    """Give the pause after a failed attempt.

    Parameters
    ----------
    patience : Patience
        Base and cap.
    key : str
        Key of the delivery; it fixes the jitter, so the same row at the same attempt always waits the same time.
    attempt : int
        Number of the attempt that failed, from 1.

    Returns
    -------
    float
        Seconds: min(cap, base * 2**(attempt - 1)), times 1 - `JITTER` to 1 + `JITTER`.

    References
    ----------
    Truncated binary exponential backoff, IEEE 802.3-2018, 4.2.3.2.5; jitter as in M. Brooker (2015), "Exponential
    Backoff And Jitter".
    """
    whole = min(patience.cap_s, patience.base_s * 2.0 ** min(attempt - 1, 60))
    draw = int.from_bytes(hashlib.sha256(f"{key}/{attempt}".encode()).digest()[:4]) / 2**32
    return whole * (1 - JITTER + 2 * JITTER * draw)
