"""From findings to the sentences and parameters of a message: what fell, what is expected, under which rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xiangtian.warn.finding import BranchMet, Finding, cut

CERTAINTIES = ("Observed", "Likely", "Possible")


@dataclass(frozen=True)
class Sentences:
    """What fell and what is expected, in both languages, without full stop; empty where there is nothing to say."""

    happened_zh: str
    happened_en: str
    expected_zh: str
    expected_en: str


def sentences(findings: Sequence[Finding], names: Mapping[str, str] | None = None) -> Sentences:
    """Say what the findings of one signal show, in words for the public.

    Parameters
    ----------
    findings : Sequence[Finding]
        Findings of one kind and colour, one per district; at least one.
    names : Mapping[str, str] | None
        Chinese names of stations by id; where absent no station is named.

    Returns
    -------
    Sentences
        About the station with the largest sum.

    Raises
    ------
    ValueError
        If there is no finding.
    """
    lead = leading(findings)
    hit, rule = lead.top, lead.branch
    name = (names or {}).get(hit.station, "")
    hours = _length_zh(hit.observed_h)
    happened_zh = happened_en = ""
    if hit.observed_mm >= 0.1:
        place_zh, place_en = (f"{name}站", f" at station {hit.station}") if name else ("局地", "")
        happened_zh = f"过去{hours}{place_zh}已降雨{cut(hit.observed_mm)}毫米"
        happened_en = f"{cut(hit.observed_mm)} mm of rain fell in the past {_english(hours)}{place_en}"
    if rule.basis == "observed":
        expected_zh, expected_en = "预计降雨仍将持续", "Rain is expected to continue"
    else:
        expected_zh = f"预计未来{rule.lead_h:g}小时内{rule.window_h:g}小时雨量将达{rule.threshold_mm:g}毫米以上"
        expected_en = (
            f"Within the next {rule.lead_h:g} h the {rule.window_h:g} h rain is expected to reach "
            f"{rule.threshold_mm:g} mm or more"
        )
    return Sentences(happened_zh, happened_en, expected_zh, expected_en)


def parameters(findings: Sequence[Finding]) -> tuple[tuple[str, str], ...]:
    """Give the CAP parameters that name rule and evidence; units stand in the names.

    Parameters
    ----------
    findings : Sequence[Finding]
        Findings of one signal, at least one.

    Returns
    -------
    tuple[tuple[str, str], ...]
        (name, value) pairs.

    Raises
    ------
    ValueError
        If there is no finding.
    """
    lead, first = leading(findings), findings[0]
    pairs = (
        ("rule_table", first.table_id),
        ("rule_version", first.table_version),
        ("rule_branch", lead.rule_id),
        ("rain_window_h", f"{lead.branch.window_h:g}"),
        ("rain_threshold_mm", f"{lead.branch.threshold_mm:g}"),
        ("rain_observed_mm", cut(lead.top.observed_mm)),
        ("rain_expected_mm", cut(lead.top.nowcast_mm)),
        ("evidence_station", lead.top.station),
        ("nowcast_run", first.nowcast_run),
    )
    return tuple((name, value) for name, value in pairs if value)


def certainty(findings: Sequence[Finding]) -> str:
    """Give the CAP certainty of a signal: that of its surest finding."""
    return min((finding.certainty for finding in findings), key=CERTAINTIES.index)


def leading(findings: Sequence[Finding]) -> BranchMet:
    """Give the branch that leads a signal: observed before forecast, then the largest sum.

    Raises
    ------
    ValueError
        If there is no finding.
    """
    if not findings:
        raise ValueError("no finding: a signal needs at least one to speak of")
    every = [finding.primary for finding in findings]
    return min(every, key=lambda met: (met.branch.basis != "observed", -met.top.total_mm))


def _length_zh(hours: float) -> str:
    whole, minutes = divmod(round(hours * 60), 60)
    return (f"{whole}小时" if whole else "") + (f"{minutes}分钟" if minutes else "")


def _english(length_zh: str) -> str:
    return length_zh.replace("小时", " h ").replace("分钟", " min").strip()
