"""Finding the BUFR messages in a file, and reading of their headings what is needed before they are unpacked.

WMO-No. 306, volume I.2, FM 94 BUFR: section 0 (length, edition), 1 (identification), 3 (descriptors), 5 (`7777`).
Only these few octets are read here; the values are the work of ecCodes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from xiangtian.observe.decode.bufr.section_3 import bounded, without_quality
from xiangtian.observe.decode.refusals import Unfit

MOST_MESSAGE_BYTES = 2 * 1024 * 1024
"""The global telecommunication system carries half a MiB; a larger surface message is a damaged length."""
MOST_SUBSETS = 20_000
LONGEST_HEADING = 200
MOST_UPDATES = 24
"""Corrections are lettered A to X (WMO-No. 386, attachment II-5)."""
_HEADING = re.compile(rb"[A-Z]{4}\d{2} [A-Z]{4} \d{6}(?: ((?:CC|RR|AA)[A-Z]))?[\r\n ]")
_NAMED = re.compile(r"[A-Z]{4}\d{2}[A-Z]{4}\d{6}((?:CC|RR|AA)[A-X])(?:_|$)")

CATEGORIES: dict[int, tuple[str, str]] = {
    0: ("陆地测站地面观测", "surface data of land stations"),
    1: ("船舶和浮标海面观测", "surface data of ships and buoys"),
    2: ("垂直探测（非卫星）", "vertical soundings (not by satellite)"),
    3: ("卫星垂直探测", "vertical soundings by satellite"),
    4: ("单层高空资料（飞机）", "single-level upper-air data (aircraft)"),
    5: ("卫星单层高空资料", "single-level upper-air data by satellite"),
    6: ("雷达资料", "radar data"),
    7: ("天气特征（台风等）", "synoptic features"),
    8: ("大气物理化学成分", "physical and chemical constituents"),
    9: ("扩散和传输", "dispersal and transport"),
    10: ("放射性资料", "radiological data"),
    11: ("BUFR 码表", "tables of BUFR itself"),
    12: ("卫星地面资料", "surface data by satellite"),
    20: ("状态信息", "status information"),
    21: ("卫星辐射率", "satellite radiances"),
    22: ("卫星雷达", "satellite radar"),
    23: ("卫星激光雷达", "satellite lidar"),
    24: ("卫星散射计", "satellite scatterometry"),
    25: ("卫星测高", "satellite altimetry"),
    30: ("定标资料", "calibration data"),
    31: ("海洋资料", "oceanographic data"),
    101: ("图像资料", "image data"),
}
"""Data category (common code table A of WMO-No. 306, volume I.2)."""
SURFACE = (0, 1)


def category_name(category: int) -> tuple[str, str]:
    """Name a data category in Chinese and English as the code table does."""
    if category in CATEGORIES:
        return CATEGORIES[category]
    return (
        ("试验或本地资料", "experimental or local data")
        if category >= 240
        else ("未定义的类别", "a category not in use")
    )


@dataclass(frozen=True, slots=True)
class Frame:
    """One BUFR message of a file, with what its heading says.

    `plain` is the message to unpack: without its optional section 2 and, where possible, without quality information.
    `centre`, `master` and `local` say which tables it needs: originating centre, versions of the two tables.
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
    centre: int
    master: int
    local: int

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
    if message[category_at] in SURFACE:
        bounded(octets)
    head = message[first:flag_at] + bytes([message[flag_at] & 0x7F]) + message[flag_at + 1 : second]
    middle = (7 + len(octets)).to_bytes(3, "big") + message[third + 3 : third + 7] + octets
    plain = head + middle + message[fourth:]
    plain = b"BUFR" + (8 + len(plain)).to_bytes(3, "big") + message[7:8] + plain
    origin, versions = (head[4:8], head[13:15]) if edition == 4 else (head[4:6], head[10:12])
    centre = int.from_bytes(origin[:2], "big") if edition == 4 else origin[1]
    return Frame(
        number=number,
        offset=begin,
        length=len(message),
        plain=plain,
        category=message[category_at],
        subsets=subsets,
        compressed=compressed,
        section_4_bytes=len(message) - 4 - fourth,
        key=head[3:4] + origin + versions + octets,
        correction=correction or _updated(head, edition),
        centre=centre,
        master=versions[0],
        local=versions[1],
    )


def _updated(head: bytes, edition: int) -> str:
    """Read a correction from the update sequence number (edition 4; in older ones centres put other things there)."""
    update = head[8] if edition == 4 else 0
    return f"CC{chr(ord('A') + update - 1)}" if 1 <= update <= MOST_UPDATES else ""


def _length(message: bytes, place: int, least: int) -> int:
    length = int.from_bytes(message[place : place + 3], "big")
    if length < least or place + length > len(message):
        raise Unfit(f"a section at byte {place} of the message says it has {length} bytes")
    return length
