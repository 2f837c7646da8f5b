"""What else people drop at the door: known by its first bytes, and refused by its name."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass

SHOWN_BYTES = 24
_PRINTABLE = frozenset(string.printable.encode())


@dataclass(frozen=True)
class Foreign:
    """A format that is not decoded: how its first bytes look, and what it is, in words."""

    pattern: re.Pattern[bytes]
    is_a: str


def _starts(pattern: bytes, is_a: str, but: str = "not a station message") -> Foreign:
    return Foreign(re.compile(pattern, re.DOTALL), f"{is_a}, {but}")


_CAP = rb"\s*(?:\xef\xbb\xbf)?\s*<.{0,2000}?urn:oasis:names:tc:emergency:cap"
_JSON = "JSON that is not a station message"
_RADAR = "a radar composite or another gridded field"
KNOWN: tuple[Foreign, ...] = (
    _starts(rb"\x89HDF\r\n\x1a\n", f"an HDF5 file ({_RADAR}: it belongs in the radar folder)"),
    _starts(rb"P[25]\s", f"a PGM picture ({_RADAR}: it belongs in the radar folder)"),
    _starts(rb"GRIB", "a GRIB message (a model field)"),
    _starts(rb".{0,200}?GRIB.{3}[\x01\x02]", "a GRIB message (a model field)"),
    _starts(rb"CDF[\x01\x02\x05]", "a NetCDF file (a gridded field or a collection)"),
    _starts(_CAP, "a CAP warning message"),
    _starts(rb"\s*<\?xml.{0,200}?<feed|\s*<feed", "an Atom feed"),
    _starts(rb'\{[^}]{0,300}?"sha256": ?"[0-9a-f]{64}"', "a journal of the raw spool (it only names messages)"),
    _starts(rb'\s*\{.{0,3000}?"FeatureCollection"', "a GeoJSON collection"),
    _starts(rb'\s*\{.{0,3000}?"conformsTo".{0,400}?wis2-notification', "a WIS2 notification (it names a message)"),
    _starts(rb"\s*[{\[]\s*[\"{\[\]}]", _JSON, "which is an object with station, time and elements, or a list of such"),
    _starts(rb"\s*<\?xml|\s*<[A-Za-z!]", "XML or HTML"),
    _starts(rb"\x89PNG|\xff\xd8\xff|GIF8|II\*\0|MM\0\*|BM", "a picture"),
    _starts(rb"%PDF", "a PDF document"),
    _starts(rb"PK\x03\x04", "a zip archive or an office document; unpack it first"),
    _starts(rb"BZh\d|\xfd7zXZ|\x28\xb5\x2f\xfd", "a packed file (bzip2, xz or zstd); unpack it or use gzip"),
    _starts(rb"SQLite format 3\0|PAR1|ARROW1", "a database or table file"),
    _starts(rb"RSTM|\x1b.{7}\x01\x00AR2V|ARCHIVE2|AR2V", "a radar base-data file (it belongs in the radar folder)"),
)


def what(head: bytes) -> str:
    """Say what a message is whose first bytes are `head`, or "" where it is nothing known."""
    for foreign in KNOWN:
        if foreign.pattern.match(head):
            return foreign.is_a
    return ""


def shown(head: bytes) -> str:
    """Write the first bytes so that a person can recognise them: as text where they are text, else in hexadecimal."""
    first = head[:SHOWN_BYTES]
    if first and all(byte in _PRINTABLE for byte in first):
        return repr(first.decode("ascii"))
    return first.hex(" ")


def table_columns(head: bytes) -> list[str]:
    """Give the column names where the first line looks like a delimited table's heading, else an empty list."""
    line = head.split(b"\n", 1)[0].decode("utf-8", "replace").strip()
    if not line or not line.isprintable():
        return []
    mark = max(",;\t", key=line.count)
    cells = [cell.strip().strip('"') for cell in line.split(mark)]
    return cells if len(cells) >= 3 and sum(cell[:1].isalpha() for cell in cells) * 2 > len(cells) else []
