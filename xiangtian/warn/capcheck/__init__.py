"""Check CAP alerts, ours and strangers': structure, use, profile and signature, each judged apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from xiangtian.warn import alert as contents
from xiangtian.warn import signature
from xiangtian.warn.capcheck import feed, reading, semantics, structure
from xiangtian.warn.defect import Defect
from xiangtian.warn.profiles import PROFILES

MAX_BYTES = reading.MAX_BYTES
"""Larger files are refused; a caller who knows the size may call :func:`too_large` without reading."""


@dataclass(frozen=True)
class Verdict:
    """The verdict on one alert (or on a file that holds none).

    Attributes
    ----------
    file : str
        Name of the file.
    valid : bool
        Structure is valid, nothing makes the alert unusable, and no signature is proved false.
    structure : str
        "valid" or "invalid" against the OASIS schema of the alert's version, signature aside.
    profile : str
        Labels of the profiles kept, joined by ", ", or "none".
    signature : str
        "none", "present-unverified", "valid" or "invalid".
    defects : tuple
        All that was found, harmless things included.
    """

    file: str
    valid: bool
    structure: str
    profile: str
    signature: str
    defects: tuple[Defect, ...]

    def as_dict(self) -> dict[str, object]:
        """Give the verdict as JSON wants it, keys in a fixed order."""
        return {
            "file": self.file,
            "valid": self.valid,
            "structure": self.structure,
            "profile": self.profile,
            "signature": self.signature,
            "defects": [{"code": defect.code, "words": defect.words} for defect in self.defects],
        }


def check(body: bytes, name: str, certificates: Sequence[bytes] = ()) -> list[Verdict]:
    """Judge every alert in a file: an alert, a feed or an EDXL envelope, plain or gzipped.

    Parameters
    ----------
    body : bytes
        The file's bytes.
    name : str
        The file's name, repeated in each verdict.
    certificates : Sequence[bytes]
        Certificates (PEM) trusted for signatures; without any a signature stays unverified.

    Returns
    -------
    list[Verdict]
        One per alert in document order, or one with the reason where there is none.
    """
    try:
        root = reading.open_xml(body)
    except reading.Refused as refused:
        return [_nothing(name, (refused.defect,))]
    about_feed = tuple(feed.defects(root))
    verdicts = [_judge(alert, name, certificates, about_feed) for alert in reading.alerts(root)]
    if verdicts:
        return verdicts
    return [_nothing(name, (Defect("content.no-alert", _no_alert(root)), *about_feed))]


def too_large(size: int, name: str) -> Verdict:
    """Give the verdict on a file of more than :data:`MAX_BYTES`, which need not be read for it."""
    return _nothing(name, (Defect("refused.size", reading.too_large(size)),))


def _nothing(name: str, defects: tuple[Defect, ...]) -> Verdict:
    return Verdict(name, False, "invalid", "none", "none", defects)


def _no_alert(root: etree._Element) -> str:
    if feed.entries(root):
        return f"the feed has {feed.entries(root)} entries but no alert inside; it only lists alerts, check those"
    return f"no alert found: the document is a {etree.QName(root).localname}"


def _judge(
    element: etree._Element, name: str, certificates: Sequence[bytes], about_feed: tuple[Defect, ...]
) -> Verdict:
    formed = structure.defects(element)
    sound = all(defect.harmless for defect in formed)
    defects, kept = list(formed), "none"
    sealed, about_seal = signature.judge(element, certificates)
    if sound:
        alert = contents.read(element)
        defects += semantics.defects(alert)
        kept, claimed = _profiles(alert)
        defects += claimed
    defects += about_seal
    valid = all(defect.harmless for defect in defects)
    return Verdict(name, valid, "valid" if sound else "invalid", kept, sealed, (*defects, *about_feed))


def _profiles(alert: contents.Alert) -> tuple[str, list[Defect]]:
    """Give the labels of the profiles kept, and what is wrong with those the alert claims (in `code`)."""
    judged = {profile.label: profile.judge(alert) for profile in PROFILES}
    kept = ", ".join(label for label, found in judged.items() if not found)
    claimed = [defect for label, found in judged.items() if label in alert.codes for defect in found]
    return kept or "none", claimed
