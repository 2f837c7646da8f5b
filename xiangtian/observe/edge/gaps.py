"""Which sequence numbers have not arrived: plain arithmetic of ranges."""

from __future__ import annotations

from collections.abc import Sequence

Range = tuple[int, int]


def without(gaps: Sequence[Range], arrived: Sequence[Range]) -> list[Range]:
    """Take what arrived out of the gaps.

    Parameters
    ----------
    gaps, arrived : Sequence of (first, last)
        Ranges of whole numbers, both ends included.

    Returns
    -------
    list of (first, last)
        What is still missing, rising.

    Examples
    --------
    >>> without([(1, 10), (20, 20)], [(3, 4), (9, 12), (20, 30)])
    [(1, 2), (5, 8)]
    """
    left = sorted(gaps)
    for first, last in arrived:
        parts: list[Range] = []
        for begin, end in left:
            if last < begin or first > end:
                parts.append((begin, end))
                continue
            if begin < first:
                parts.append((begin, first - 1))
            if end > last:
                parts.append((last + 1, end))
        left = parts
    return left


def opened(last_seq: int, arrived: Sequence[Range]) -> tuple[int, list[Range]]:
    """Say how far the sequence has come, and which gaps that opens.

    Parameters
    ----------
    last_seq : int
        The highest number so far, 0 for none.
    arrived : Sequence of (first, last)
        What came now.

    Returns
    -------
    int, list of (first, last)
        The highest number now, and the numbers passed over on the way.

    Examples
    --------
    >>> opened(5, [(8, 9), (3, 4), (12, 12)])
    (12, [(6, 7), (10, 11)])
    """
    found: list[Range] = []
    for first, last in sorted(arrived):
        if first > last_seq + 1:
            found.append((last_seq + 1, first - 1))
        last_seq = max(last_seq, last)
    return last_seq, found
