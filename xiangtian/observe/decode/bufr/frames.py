"""Finding the BUFR messages in a file, and reading of their headings what is needed before they are unpacked.

WMO-No. 306, volume I.2, FM 94 BUFR: section 0 (length, edition), 1 (identification), 3 (descriptors), 5 (`7777`).
Only these few octets are read here; the values are the work of ecCodes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from xiangtian.observe.decode.refusals import Unfit

MOST_MESSAGE_BYTES = 2 * 1024 * 1024
"""The global telecommunication system carries half a MiB; a larger surface message is a damaged length."""
MOST_SUBSETS = 20_000
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
"""Operators that surface templates use, and their operands: change of width, of scale, associated field, text, the two
together, width of text. Others (203, 206, 221), and wider ones, are where templates made of damaged octets abort the
library."""
_MARKERS = (22, 23, 24, 25, 32, 35, 36, 37)
_QUALITY = tuple(0x80 | x for x in _MARKERS)
"""First octet of the operators that begin quality information and bitmaps (table C of WMO-No. 306, volume I.2)."""
COUNTS: tuple[Descriptor, ...] = ((0, 31, 0), (0, 31, 1), (0, 31, 2), (0, 31, 11), (0, 31, 12))
LONGEST_HEADING = 200
_HEADING = re.compile(rb"[A-Z]{4}\d{2} [A-Z]{4} \d{6}(?: ((?:CC|RR|AA)[A-Z]))?[\r\n ]")
_NAMED = re.compile(r"[A-Z]{4}\d{2}[A-Z]{4}\d{6}((?:CC|RR|AA)[A-X])(?:_|$)")

CATEGORIES: dict[int, str] = {
    0: "surface data of land stations",
    1: "surface data of ships and buoys",
    2: "vertical soundings (not by satellite)",
    3: "vertical soundings by satellite",
    4: "single-level upper-air data (aircraft)",
    5: "single-level upper-air data by satellite",
    6: "radar data",
    7: "synoptic features",
    8: "physical and chemical constituents",
    9: "dispersal and transport",
    10: "radiological data",
    11: "tables of BUFR itself",
    12: "surface data by satellite",
    20: "status information",
    21: "satellite radiances",
    22: "satellite radar",
    23: "satellite lidar",
    24: "satellite scatterometry",
    25: "satellite altimetry",
    31: "oceanographic data",
    101: "image data",
}
"""Data category (common code table A of WMO-No. 306, volume I.2)."""
SURFACE = (0, 1)


def category_name(category: int) -> str:
    """Name a data category as the code table does."""
    if category in CATEGORIES:
        return CATEGORIES[category]
    return "experimental or local data" if category >= 240 else "a category that this decoder has no name for"


@dataclass(frozen=True, slots=True)
class Frame:
    """One BUFR message of a file, with what its heading says.

    `plain` is the message to unpack: without its optional section 2 and, where possible, without quality information.
    `key` is equal for two messages only if their descriptors mean the same: table versions, centre and descriptors.
    """

    number: int
    offset: int
    length: int
    plain: bytes
    category: int
    subsets: int
    compressed: bool
    section_4_bytes: int
    key: bytes
    correction: str

    @property
    def where(self) -> str:
        """Where the message stands, for a refusal."""
        return f"message {self.number} (byte {self.offset})"


@dataclass(frozen=True, slots=True)
class Fault:
    """A place where a message begins that can't be taken as one, and why."""

    reason: str
    where: str


def frames(body: bytes, name: str = "") -> Iterator[Frame | Fault]:
    """Walk through the messages of a file; headings of bulletins and garbage between them are passed over.

    Parameters
    ----------
    body : bytes
        The file.
    name : str
        Its name: a bulletin without heading inside often carries it there (`..._ISMD01LIIB210600CCA_...`).

    Yields
    ------
    Frame or Fault
        In the order of the file.
    """
    named = _NAMED.search(name)
    correction = named.group(1) if named else ""
    number, end = 0, 0
    while (begin := body.find(b"BUFR", end)) >= 0:
        number += 1
        if begin > end:
            correction = _heading(body[max(end, begin - LONGEST_HEADING) : begin], correction)
        try:
            frame = _frame(body, begin, number, correction)
        except ValueError as error:
            yield Fault(str(error), f"message {number} (byte {begin})")
            end = begin + 4
            continue
        end = begin + frame.length
        yield frame


def _heading(gap: bytes, before: str) -> str:
    found = _HEADING.findall(gap)
    return found[-1].decode("ascii") if found else before


def _frame(body: bytes, begin: int, number: int, correction: str) -> Frame:
    length, edition = int.from_bytes(body[begin + 4 : begin + 7], "big"), body[begin + 7 : begin + 8]
    if edition not in (b"\x02", b"\x03", b"\x04"):
        raise Unfit(f"BUFR of edition {edition.hex() or 'unknown'}: editions 2, 3 and 4 are read")
    if length > MOST_MESSAGE_BYTES:
        raise Unfit(f"the message says it has {length} bytes, allowed are {MOST_MESSAGE_BYTES}")
    if begin + length > len(body):
        raise Unfit(f"the message is cut short: it says {length} bytes, {len(body) - begin} are there")
    message = body[begin : begin + length]
    if message[-4:] != b"7777":
        raise Unfit(f"the message has no end mark 7777 where its length of {length} bytes says")
    return _headed(message, edition[0], begin, number, correction)


def _headed(message: bytes, edition: int, begin: int, number: int, correction: str) -> Frame:
    first = 8
    flag_at, category_at = (first + 9, first + 10) if edition == 4 else (first + 7, first + 8)
    third = second = first + _length(message, first, 22 if edition == 4 else 17)
    if message[flag_at] & 0x80:
        third += _length(message, second, 4)
    fourth = third + _length(message, third, 9)
    if fourth + _length(message, fourth, 4) + 4 != len(message):
        raise Unfit("the lengths of the sections don't add up to the length of the message")
    subsets = int.from_bytes(message[third + 4 : third + 6], "big")
    if not 1 <= subsets <= MOST_SUBSETS:
        raise Unfit(f"the message says it has {subsets} subsets, allowed are 1 to {MOST_SUBSETS}")
    compressed = bool(message[third + 6] & 0x40)
    octets = message[third + 7 : fourth - (fourth - third - 7) % 2]
    if subsets == 1 or compressed:
        octets = without_quality(octets)
    bounded(octets)
    head = message[first:flag_at] + bytes([message[flag_at] & 0x7F]) + message[flag_at + 1 : second]
    middle = (7 + len(octets)).to_bytes(3, "big") + message[third + 3 : third + 7] + octets
    plain = head + middle + message[fourth:]
    plain = b"BUFR" + (8 + len(plain)).to_bytes(3, "big") + message[7:8] + plain
    tables = head[3:8] + head[13:15] if edition == 4 else head[3:6] + head[10:12]
    size = len(message) - 4 - fourth
    return Frame(
        number, begin, len(message), plain, message[category_at], subsets, compressed, size, tables + octets, correction
    )


def _length(message: bytes, place: int, least: int) -> int:
    length = int.from_bytes(message[place : place + 3], "big")
    if length < least or place + length > len(message):
        raise Unfit(f"a section at byte {place} of the message says it has {length} bytes")
    return length


def without_quality(octets: bytes) -> bytes:
    """Cut a template where its quality information begins (operators 222 to 237); the values before it stay the same.

    Nothing of it is used here, reading it costs half of the time, and its bitmaps are where damaged messages crash the
    library. What a template with one subset, or a compressed one, says before it can be read without it.
    """
    for place in range(0, len(octets), 2):
        if octets[place] in _QUALITY:
            return octets[:place]
    return octets


def bounded(octets: bytes) -> None:
    """Check a template: operators of surface reports, replications that end where they must, a size that can be believed.

    Raises
    ------
    ValueError
        If it breaks one of these; the library that expands it crashes on some such templates.
    """
    descriptors = [(octets[place] >> 6, octets[place] & 63, octets[place + 1]) for place in range(0, len(octets), 2)]
    for form, x, y in descriptors:
        if form == 2 and not (y in _OPERATORS.get(x, ()) or (x in _MARKERS and y in (0, 255))):
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
