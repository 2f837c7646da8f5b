"""The descriptors of a message (section 3): held to the rules before the library expands them.

ecCodes crashes or aborts the whole process on some templates made of damaged octets. What is let through here was tried
on more than a hundred thousand damaged messages without a crash.
"""

from __future__ import annotations

from xiangtian.observe.decode.refusals import Unfit

MOST_EXPANDED = 100_000
SEQUENCE_WEIGHT = 60
"""What one sequence descriptor is reckoned to hold when the size of a template is estimated before it is expanded."""
DEEPEST = 16
Descriptor = tuple[int, int, int]
_OPERATORS = {
    1: (0, *range(112, 145)),
    2: (0, *range(120, 137)),
    4: range(33),
    5: range(1, 256),
    7: range(7),
    8: range(65),
}
"""Operators that surface templates use, and their operands: change of width, of scale, associated field, text, scale
and width together, width of text. Others (203, 206, 221), and wider ones, are where damaged templates abort ecCodes.
"""
_MARKERS = (22, 23, 24, 25, 32, 35, 36, 37)
_QUALITY = tuple(0x80 | x for x in _MARKERS)
"""First octet of the operators that begin quality information and bitmaps (table C of WMO-No. 306, volume I.2)."""
COUNTS: tuple[Descriptor, ...] = ((0, 31, 0), (0, 31, 1), (0, 31, 2), (0, 31, 11), (0, 31, 12))


def without_quality(octets: bytes) -> bytes:
    """Cut a template where its quality information begins (operators 222 to 237); the values before stay.

    Nothing of it is used here, reading it costs half of the time, and its bitmaps are where damaged messages crash
    the library. What a template with one subset, or a compressed one, says before it can be read without it.
    """
    for place in range(0, len(octets), 2):
        if octets[place] in _QUALITY:
            return octets[:place]
    return octets


def bounded(octets: bytes) -> None:
    """Check a template: operators of surface reports, replications that end where they must, a believable size.

    Raises
    ------
    ValueError
        If it breaks one of these; the library that expands it crashes on some such templates.
    """
    descriptors = [(octets[place] >> 6, octets[place] & 63, octets[place + 1]) for place in range(0, len(octets), 2)]
    for form, x, y in descriptors:
        if form == 2 and x in _MARKERS:
            raise Unfit("quality information in a message of several subsets that is not compressed is not read")
        if form == 2 and y not in _OPERATORS.get(x, ()):
            raise Unfit(f"the operator 2{x:02d}{y:03d} is none that surface reports use")
    if not descriptors or expanded_at_most(descriptors) > MOST_EXPANDED:
        raise Unfit(f"the template is empty or expands to more than {MOST_EXPANDED} descriptors")


def expanded_at_most(descriptors: list[Descriptor], depth: int = 0) -> int:
    """Estimate, from above, how many descriptors a template expands to; delayed replications count once.

    Replications are held to the rules here, since the library that expands them crashes where they break them: each
    must end where what it stands in ends, and a delayed one is followed by its count.

    Raises
    ------
    ValueError
        If a replication breaks the rules, or they are nested more deeply than any template of the world does.
    """
    if depth > DEEPEST:
        raise Unfit(f"replications are nested more than {DEEPEST} deep")
    total = place = 0
    while place < len(descriptors):
        form, x, y = descriptors[place]
        place += 1
        if form == 1:
            place += _counted(descriptors, place) if y == 0 else 0
            if not 0 < x <= len(descriptors) - place:
                raise Unfit(f"the replication 1{x:02d}{y:03d} reaches over the end of what it stands in")
            total += max(y, 1) * expanded_at_most(descriptors[place : place + x], depth + 1)
            place += x
        else:
            total += SEQUENCE_WEIGHT if form == 3 else 1
    return total


def _counted(descriptors: list[Descriptor], place: int) -> int:
    if descriptors[place : place + 1] and descriptors[place] in COUNTS:
        return 1
    raise Unfit("a delayed replication has no count descriptor behind it")
