"""Traditional alphanumeric codes: SYNOP (FM 12, 13, 14) and METAR and SPECI (FM 15, 16), in bulletins or by themselves.

A message may hold bulletins of several kinds. Each is read by what its text says it is; those of other codes (TAF,
SIGMET, SHEF, river stages) are refused by their name, and cost the others nothing.
"""

from __future__ import annotations

import re

from xiangtian.observe.decode.refusals import Refusals
from xiangtian.observe.decode.tac import gts, metar, synop
from xiangtian.observe.decode.tac.gts import Bulletin
from xiangtian.observe.reading import Decoded, Envelope, Reading

NAME = "tac"
_SYNOP = re.compile(r"\b(?:AAXX|BBXX|OOXX)\b")
_METAR = re.compile(r"^(?:METAR|SPECI|MTR[A-Z0-9]{3})\b", re.MULTILINE)
_REPORT = re.compile(r"^[A-Z][A-Z0-9]{3} \d{6}Z ", re.MULTILINE)
_HEADING = re.compile(r"^[A-Z]{4}\d{0,2} [A-Z]{4} \d{6}(?: [A-Z]{3})?$", re.MULTILINE)
OTHERS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^(?:TAF\b|TAF[A-Z]{3}$)", re.MULTILINE), "an aerodrome forecast (TAF): a forecast, no observation"),
    (re.compile(r"\bSIGMET\b|\bAIRMET\b|^SIG[A-Z0-9]{1,3}$", re.MULTILINE), "a SIGMET or AIRMET: a warning to flights"),
    (re.compile(r"<site\b.{0,2000}HydData", re.DOTALL), "river stages in HML, which is not a weather station's report"),
    (
        re.compile(r"^\.(?:[ABE]R?|END) ?[A-Z0-9]*\b|^(?:RR|RTP|HYD)[A-Z0-9]{2,4}$", re.MULTILINE),
        "a SHEF bulletin (hydrometeorological exchange of the United States)",
    ),
)
"""Other codes that come in bulletins, by their looks, and what they are."""


def sniff(head: bytes, name: str) -> bool:
    """Tell by a report's sign (AAXX, METAR and so on) or a bulletin's heading."""
    if b"BUFR" in head or b"GRIB" in head:
        return False
    text = gts.plain(head)
    return bool(_SYNOP.search(text[:600]) or _METAR.search(text) or _HEADING.search(text) or _REPORT.match(text))


def decode(body: bytes, envelope: Envelope) -> Decoded:
    """Decode every bulletin of a message, each by itself."""
    refusals = Refusals()
    readings: list[Reading] = []
    for bulletin in gts.bulletins(gts.plain(body)):
        readings += _read(bulletin, envelope, refusals)
    if not readings and not refusals:
        refusals.add("a bulletin heading without a report under it")
    return Decoded(NAME, tuple(readings), refusals.told())


def _read(bulletin: Bulletin, envelope: Envelope, refusals: Refusals) -> list[Reading]:
    text = bulletin.text
    if _SYNOP.search(text):
        return synop.read(bulletin, envelope.received, refusals)
    if _METAR.search(text) or bulletin.kind[:2] in ("SA", "SP"):
        return metar.read(bulletin, envelope.received, refusals)
    other = next((is_a for pattern, is_a in OTHERS if pattern.search(text)), "")
    if other:
        refusals.add(f"this is {other}", bulletin.kind)
    elif _REPORT.match(text):
        return metar.read(bulletin, envelope.received, refusals)
    elif bulletin.kind:
        refusals.add(f"a bulletin of kind {bulletin.kind[:2]}, which is neither SYNOP nor METAR", bulletin.kind)
    else:
        refusals.add("text that is neither SYNOP nor METAR", text[:40])
    return []
