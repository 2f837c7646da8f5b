"""From findings to the words and the record of a proposal. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from xiangtian.warn import wording
from xiangtian.warn.colours import Colour
from xiangtian.warn.finding import Finding, explain

LIFTING: Mapping[str, str] = {
    "happened": "本次降雨过程已趋于减弱",
    "expected": "预计未来两小时无达到预警标准的降雨",
    "happened_en": "The rain has weakened",
    "expected_en": "No rain that meets the criteria is expected in the next two hours",
}
"""What a lifting says."""


def words(findings: Sequence[Finding], names: Mapping[str, str]) -> str:
    """Say why, district by district, the most severe first."""
    return "\n\n".join(explain(one, names) for one in by_severity(findings))


def by_severity(findings: Sequence[Finding]) -> list[Finding]:
    """Sort findings, the highest colour and the largest sum first."""
    return sorted(findings, key=lambda one: (-one.colour, -one.primary.top.total_mm, one.district))


def record(findings: Sequence[Finding], names: Mapping[str, str]) -> dict[str, Any]:
    """Give what is stored with a proposal: findings, certainty, onset, CAP parameters, and a draft's first sentences.

    Without findings it is a lifting, and says so.
    """
    if not findings:
        return {"findings": [], "certainty": "Likely", "onset": None, "parameters": [], "sentences": dict(LIFTING)}
    ordered = by_severity(findings)
    highest = [one for one in ordered if one.colour == ordered[0].colour]
    told = wording.sentences(highest, names)
    return {
        "findings": [_plain(asdict(one)) for one in ordered],
        "certainty": wording.certainty(highest),
        "onset": wording.leading(highest).onset.isoformat(),
        "parameters": [list(pair) for pair in wording.parameters(highest)],
        "sentences": {
            "happened": told.happened_zh,
            "expected": told.expected_zh,
            "happened_en": told.happened_en,
            "expected_en": told.expected_en,
        },
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Colour):
        return value.key
    return value.isoformat() if isinstance(value, dt.datetime) else value
