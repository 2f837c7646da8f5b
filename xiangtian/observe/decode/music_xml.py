"""The XML answer of MUSIC, the interface of CIMISS and CMADaaS: an element DS with a row R a report.

What the rows say stands in `music_rows`. Entities and network are off.
"""

from __future__ import annotations

from lxml import etree

from xiangtian.observe.decode import music_rows
from xiangtian.observe.decode.refusals import Refusals
from xiangtian.observe.reading import Decoded, Envelope

NAME = "music-xml"


def sniff(head: bytes, name: str) -> bool:
    """Tell by the head element DS with a return code."""
    return b"<DS" in head and b"returnCode" in head and b"urn:oasis" not in head


def decode(body: bytes, envelope: Envelope) -> Decoded:
    """Decode the rows; an answer that tells of a failure, or holds fewer rows than it says, is refused in that part."""
    refusals = Refusals()
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        refusals.add(f"the XML can't be read: {error}; ask for the answer again")
        return Decoded(NAME, (), refusals.told())
    rows = root.findall("R")
    refusals = music_rows.outcome(
        root.get("returnCode", ""), root.get("returnMessage", ""), root.get("rowCount", ""), len(rows)
    )
    if table := music_rows.longer_table(root.get("requestParams", "")):
        refusals.add(f"{table} is a table of days or longer, not of moments; ask for one of hours or minutes")
        rows = []
    readings = [music_rows.reading(dict(row.attrib), number, refusals) for number, row in enumerate(rows, 1)]
    if not rows and not refusals:
        refusals.add("the answer holds no rows")
    return Decoded(NAME, tuple(reading for reading in readings if reading), refusals.told())
