"""Quality flags and the kinds of "missing".

The final flag is the quality code of China's national information centre (NMIC). What each test said is
kept beside it, two bits a test, so that a value can always be asked why it was doubted.
"Missing" is never one NaN: a mark says which of the five kinds it is.
"""

from __future__ import annotations

from enum import IntEnum


class Flag(IntEnum):
    """Final quality code of a value (NMIC table)."""

    GOOD = 0
    SUSPECT = 1
    WRONG = 2
    CORRECTED = 3
    MODIFIED = 4
    NO_TASK = 7
    MISSING = 8
    UNCHECKED = 9


class Verdict(IntEnum):
    """What one test said of one value."""

    NOT_RUN = 0
    PASS = 1
    SUSPECT = 2
    FAIL = 3


class Mark(IntEnum):
    """What a decoder says beyond the number: why there is none, or why it is the number it is."""

    NONE = 0
    NO_TASK = 1
    MISSING = 2
    UNCHECKED = 3
    TRACE = 4
    CALM = 5


TESTS: tuple[str, ...] = (
    "limits",
    "range",
    "step",
    "persistence",
    "internal",
    "neighbours",
    "rain",
    "spatial",
    "gauge",
    "step_60min",
)
"""The tests in the order of their bits in a packed column; new ones are added at the end, none is ever moved."""

MARK_SHIFT = 28
"""A packed column holds the tests in bits 0-27 and the mark in bits 28-30."""


def pack(verdicts: dict[str, Verdict], mark: Mark = Mark.NONE) -> int:
    """Pack what each test said, and the mark, into one integer (31 bits, fits a signed 32-bit column).

    >>> pack({"limits": Verdict.PASS, "step": Verdict.FAIL})
    49
    """
    packed = int(mark) << MARK_SHIFT
    for test, verdict in verdicts.items():
        packed |= int(verdict) << (2 * TESTS.index(test))
    return packed


def unpack(packed: int) -> tuple[dict[str, Verdict], Mark]:
    """Unpack an integer made by `pack`; tests that were not run are left out.

    >>> unpack(49)
    ({'limits': <Verdict.PASS: 1>, 'step': <Verdict.FAIL: 3>}, <Mark.NONE: 0>)
    """
    verdicts = {test: Verdict((packed >> (2 * place)) & 3) for place, test in enumerate(TESTS)}
    return {test: said for test, said in verdicts.items() if said}, Mark((packed >> MARK_SHIFT) & 7)
