"""From findings to the words and the record of a proposal. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from xiangtian.warn.colours import Colour
from xiangtian.warn.finding import BranchMet, Finding, explain

CERTAINTIES = ("Possible", "Likely", "Observed")
NAMED = 3


def words(findings: Sequence[Finding], names: Mapping[str, str]) -> str:
    """Say why, district by district, the most severe first."""
    return "\n\n".join(explain(one, names) for one in by_severity(findings))


def by_severity(findings: Sequence[Finding]) -> list[Finding]:
    """Sort findings, the highest colour and the largest sum first."""
    return sorted(findings, key=lambda one: (-one.colour, -one.primary.top.total_mm, one.district))


def record(findings: Sequence[Finding], names: Mapping[str, str], names_en: Mapping[str, str]) -> dict[str, Any]:
    """Give what is stored with a proposal: findings, certainty, onset, and the sentences a draft begins with."""
    ordered = by_severity(findings)
    return {
        "findings": [_plain(asdict(one)) for one in ordered],
        "certainty": max((one.certainty for one in ordered), key=CERTAINTIES.index, default="Likely"),
        "onset": min((one.primary.onset for one in ordered), default=None).isoformat() if ordered else None,
        "sentences": sentences(ordered, names, names_en),
    }


def sentences(ordered: Sequence[Finding], names: Mapping[str, str], names_en: Mapping[str, str]) -> dict[str, str]:
    """Give the sentences a draft begins with: what fell and what is expected, Chinese and English, without full stop."""
    if not ordered:
        return {
            "happened": "本次降雨过程已趋于减弱",
            "expected": "预计未来两小时无达到预警标准的降雨",
            "happened_en": "The rain has weakened",
            "expected_en": "No rain that meets the criteria is expected in the next two hours",
        }
    top = ordered[0]
    observed = next((met for one in ordered for met in one.met if met.branch.basis == "observed"), None)
    ahead = next((met for one in ordered for met in one.met if met.branch.basis == "forecast"), None)
    told = observed or top.primary
    return {
        "happened": _happened(told, names, zh=True),
        "happened_en": _happened(told, names_en, zh=False),
        "expected": _expected(ahead, top.colour, names, zh=True),
        "expected_en": _expected(ahead, top.colour, names_en, zh=False),
    }


def _happened(met: BranchMet, names: Mapping[str, str], *, zh: bool) -> str:
    hits = met.stations[:NAMED]
    if zh:
        listed = "、".join(f"{names.get(hit.station, hit.station)}{hit.observed_mm:.1f}毫米" for hit in hits)
        return f"过去{met.branch.window_h:g}小时内已出现降雨，{listed}"
    listed = ", ".join(f"{names.get(hit.station, hit.station)} {hit.observed_mm:.1f} mm" for hit in hits)
    return f"Rain has fallen in the past {met.branch.window_h:g} hours: {listed}"


def _expected(met: BranchMet | None, colour: Colour, names: Mapping[str, str], *, zh: bool) -> str:
    if met is None:
        return "预计降雨仍将持续" if zh else "The rain is expected to continue"
    rule, hit = met.branch, met.top
    if zh:
        return f"预计未来{rule.lead_h:g}小时内上述区域{rule.window_h:g}小时雨量将达{rule.threshold_mm:g}毫米以上"
    place = names.get(hit.station, hit.station)
    return f"{rule.threshold_mm:g} mm or more in {rule.window_h:g} hours is expected within {rule.lead_h:g} hours near {place}"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Colour):
        return value.key
    return value.isoformat() if isinstance(value, dt.datetime) else value
