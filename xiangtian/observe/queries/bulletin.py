"""Questions about bulletins: the content of a month, the chain of hashes, and whether it holds."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from xiangtian.core import clock, settings
from xiangtian.core.home import Home
from xiangtian.core.models import LedgerEntry, Unit
from xiangtian.observe.bulletin.content import GENESIS, GROUPS, SCHEMA, Content, line, linked, rounded, sentences
from xiangtian.observe.models import Addendum, Appeal, Bulletin, Defect, Exemption
from xiangtian.observe.queries.assess_names import Names
from xiangtian.observe.queries.assessment import Assessment, assessment

TITLE = "苏州市地面气象观测业务质量月通报"
KINDS = {"xlsx": "Excel", "docx": "Word", "pdf": "PDF"}


def content_of(told: Assessment, number: str, issuer: str, dated: dt.date) -> Content:
    """Write an assessment as the content of a bulletin.

    Parameters
    ----------
    told : Assessment
        The month.
    number : str
        Document number.
    issuer : str
        The office.
    dated : date
        Day that stands under the document.

    Returns
    -------
    dict
        Plain values; the same assessment gives the same.
    """
    first = told.days[0] if told.days else dt.date(told.year, told.month, 1)
    names = Names(told.start, told.end)
    content: Content = {
        "schema": SCHEMA,
        "title": TITLE,
        "number": number,
        "issuer": issuer,
        "month": f"{told.year:04d}-{told.month:02d}",
        "month_zh": f"{told.year}年{told.month}月",
        "dated": f"{dated.year}年{dated.month}月{dated.day}日",
        "start": told.start.isoformat(),
        "end": told.end.isoformat(),
        "judged_until": told.until.isoformat(),
        "days": len(told.days),
        "lake_version": told.lake_version,
        "rules": [_rule(one) for one in told.rules],
        "total": line(told.total) if told.total else None,
        "defects": [_defect(one, names) for one in told.defects],
        "exemptions": [_exemption(one) for one in told.exemptions],
        "appeals": [_appeal(one) for one in told.appeals],
    }
    content |= {group: [line(row) for row in getattr(told, group)] for group in GROUPS}
    before, year_ago = _index_of(first - dt.timedelta(days=1)), _index_of(first.replace(day=1) - dt.timedelta(days=365))
    content["before"], content["year_ago"] = before, year_ago
    content["summary"] = sentences(content, before, year_ago)
    return content


def _rule(one: Any) -> Content:
    approved = f"{one.approved_by} 核定" if one.approved_by else "缺省值，未核定"
    weights = {name: round(weight, 4) for name, weight in one.weights.items()}
    return {"zh": one.zh, "version": one.version, "approved": approved, "source": one.source, "weights": weights}


def _index_of(day: dt.date) -> float | None:
    """Give the index of the frozen bulletin of the month a day lies in."""
    found = Bulletin.objects.filter(month=day.replace(day=1), state="frozen").first()
    total = found.content.get("total") if found else None
    return rounded(total["index"]) if total else None


def _defect(one: Defect, names: Names) -> Content:
    children = list(one.children.all())
    station = f"{one.station} {names.of('station')(one.station)}" if one.station else f"{len(children)} 个站同时"
    charged = "、".join(
        f"{charge.get_duty_display()} {charge.person or '无人在岗'}"
        for charge in one.charges.all()
        if not charge.voided
    )
    return {
        "number": one.pk,
        "station": station,
        "stations": sorted(child.station for child in children) or [one.station],
        "kind": one.get_kind_display(),
        "element": names.of("element")(one.element) if one.element else "",
        "starts": clock.beijing(one.starts),
        "ends": clock.beijing(one.ends) if one.ends else "",
        "cause": one.get_cause_display() if one.cause else "",
        "charged": charged,
        "state": one.get_state_display(),
    }


def _exemption(one: Exemption) -> Content:
    return {
        "number": one.pk,
        "stations": "、".join(one.stations),
        "kind": one.get_kind_display(),
        "starts": clock.beijing(one.starts),
        "ends": clock.beijing(one.ends),
        "reason": one.reason,
        "state": one.state,
        "state_zh": one.get_state_display(),
        "decided_by": str(one.decided_by or ""),
    }


def _appeal(one: Appeal) -> Content:
    against = str(one.charge.defect) if one.charge else f"{one.target} {one.metric}"
    return {
        "number": one.pk,
        "against": against,
        "made_by": str(one.made_by),
        "state": one.state,
        "state_zh": one.get_state_display(),
        "judged_by": str(one.judged_by or ""),
        "judgement": one.judgement,
    }


def month_content(month: dt.date, number: str) -> tuple[Assessment, Content]:
    """Assess a month now and write it as content."""
    told = assessment(month.year, month.month)
    unit = Unit.objects.filter(code=settings.text("XIANGTIAN_OFFICE")).first()
    return told, content_of(told, number, unit.zh if unit else "苏州市气象局", clock.administrative_day(clock.now()))


def bulletins() -> list[Bulletin]:
    """Give all bulletins, newest first."""
    return list(Bulletin.objects.select_related("drafted_by", "frozen_by").prefetch_related("addenda"))


def bulletin_of(month: dt.date) -> Bulletin | None:
    """Give the bulletin of a month."""
    rows = Bulletin.objects.select_related("drafted_by", "frozen_by").prefetch_related("addenda__made_by")
    return rows.filter(month=month.replace(day=1)).first()


def links() -> list[Bulletin | Addendum]:
    """Give the chain: frozen bulletins and addenda in the order in which they were made."""
    found: list[Bulletin | Addendum] = [*Bulletin.objects.filter(state="frozen"), *Addendum.objects.all()]
    return sorted(
        found, key=lambda one: (one.frozen if isinstance(one, Bulletin) else one.made, isinstance(one, Addendum))
    )


def head() -> str:
    """Give the hash of the newest link, or the beginning of all chains."""
    chain = links()
    return chain[-1].hash if chain else GENESIS


def faults(home: Home) -> list[str]:
    """Walk the chain and say what does not hold: hashes, order, files, lines of the ledger."""
    found, previous = [], GENESIS
    for one in links():
        if one.previous != previous:
            found.append(f"{one}: 前一环散列不符 (does not follow the link before it)")
        if linked(one.previous, one.content) != one.hash:
            found.append(f"{one}: 内容与散列不符 (its content was changed)")
        if not LedgerEntry.objects.filter(verb__startswith="observe.bulletin", detail__hash=one.hash).exists():
            found.append(f"{one}: 台账中没有这个散列 (the ledger does not know its hash)")
        if isinstance(one, Bulletin):
            found += _file_faults(home, one)
        previous = one.hash
    return found


def _file_faults(home: Home, one: Bulletin) -> list[str]:
    found = []
    for kind, digest in one.files.items():
        path = home.bulletins / f"{digest}.{kind}"
        if not path.exists():
            found.append(f"{one}: {KINDS[kind]} 文件不在 (a file is gone)")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            found.append(f"{one}: {KINDS[kind]} 文件被改动 (a file was changed)")
    return found
