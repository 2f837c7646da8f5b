"""The content of a bulletin: plain values, in one canonical form that is hashed.

Every figure stands with its numerator, denominator and exemptions. Rates are per cent with two decimals.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xiangtian.observe.assess.month import Row
from xiangtian.observe.assess.rules import METRICS

Content = dict[str, Any]
SCHEMA = 1
METRIC_ZH = {
    "arrival": "到报率", "timeliness": "及时率", "availability": "可用率", "correctness": "正确率",
    "running": "稳定运行率",
}  # fmt: skip
GROUPS = {"networks": "台网", "districts": "行政区", "stations": "站点", "elements": "要素", "persons": "个人"}
GENESIS = "0" * 64
WORST = 5
"""So many stations are named in the summary."""


def canonical(content: Mapping[str, Any]) -> bytes:
    """Write content in its one form: JSON, keys sorted, no blanks, UTF-8.

    >>> canonical({"b": [1.5, None], "a": "站"}).decode()
    '{"a":"站","b":[1.5,null]}'
    """
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def linked(previous: str, content: Mapping[str, Any]) -> str:
    """Hash content together with the hash of the link before it (SHA-256, hexadecimal)."""
    return hashlib.sha256(previous.encode("ascii") + canonical(content)).hexdigest()


def line(row: Row) -> Content:
    """Write one row of an assessment.

    Parameters
    ----------
    row : Row
        Of a month.

    Returns
    -------
    dict
        `key`, `name`, `district`, `index` (per cent or None), `figures` (metric to [numerator, denominator, exempt]),
        and for a person `personal` ([base, errors, errors per 10 000 or None, charges]).
    """
    told: Content = {
        "key": row.key,
        "name": row.name,
        "district": row.district,
        "index": rounded(row.index),
        "figures": {
            metric: [row.figures[metric].numerator, row.figures[metric].denominator, row.figures[metric].exempt]
            for metric in METRICS
        },
    }
    if row.personal:
        one = row.personal
        told["personal"] = [round(one.base, 2), round(one.errors, 2), rounded(one.rate), one.charged]
    return told


def rounded(value: float | None) -> float | None:
    """Give two decimals, None where there is no value."""
    return None if value is None else round(value, 2)


def percent(figure: Sequence[int]) -> float | None:
    """Give a stored figure in per cent, None where nothing was due.

    >>> percent([714, 720, 0])
    99.17
    """
    return round(100 * figure[0] / figure[1], 2) if figure[1] else None


def sentences(content: Mapping[str, Any], before: float | None, year_ago: float | None) -> list[str]:
    """Say in sentences what the figures say.

    Parameters
    ----------
    content : Mapping
        With `total`, `stations`, `defects`, `exemptions`, `appeals`.
    before, year_ago : float or None
        Index of the month before, and of the same month a year ago, per cent.

    Returns
    -------
    list of str
        Chinese sentences.
    """
    total = content["total"]
    if total is None:
        return ["本月没有应到资料，不作评价。"]
    told = [_of_all(total, before, year_ago)]
    told += _of_stations(content["stations"])
    told.append(_of_defects(content["defects"]))
    approved = sum(one["state"] == "approved" for one in content["exemptions"])
    upheld = sum(one["state"] == "upheld" for one in content["appeals"])
    told.append(f"本月批准豁免 {approved} 件；受理申诉 {len(content['appeals'])} 件，其中成立 {upheld} 件。")
    return told


def _of_all(total: Mapping[str, Any], before: float | None, year_ago: float | None) -> str:
    figures = total["figures"]
    parts = "，".join(f"{METRIC_ZH[metric]} {_shown(percent(figures[metric]))}" for metric in METRICS)
    received, due, _ = figures["arrival"]
    words = f"全市应到报文 {due} 份，实到 {received} 份；{parts}，综合质量指数 {_shown(total['index'])}"
    for name, other in (("上月", before), ("去年同月", year_ago)):
        if other is not None and total["index"] is not None:
            words += f"，比{name}{_change(total['index'] - other)}"
    return words + "。"


def _change(by: float) -> str:
    return "持平" if abs(by) < 0.005 else f"{'上升' if by > 0 else '下降'} {abs(by):.2f} 个百分点"


def _of_stations(stations: Sequence[Mapping[str, Any]]) -> list[str]:
    scored = sorted((one for one in stations if one["index"] is not None), key=lambda one: (one["index"], one["key"]))
    if not scored:
        return []
    worst = "、".join(
        f"{one['name']}（{one['key']}，{one['index']:.2f}%）" for one in scored[:WORST] if one["index"] < 100
    )
    full = sum(one["index"] == 100 for one in scored)
    return [f"{len(scored)} 个站参评，{full} 个站为 100%" + (f"；指数最低的是{worst}。" if worst else "。")]


def _of_defects(defects: Sequence[Mapping[str, Any]]) -> str:
    if not defects:
        return "本月没有登记缺陷。"
    causes: dict[str, int] = {}
    for one in defects:
        causes[one["cause"] or "原因待定"] = causes.get(one["cause"] or "原因待定", 0) + 1
    parts = "、".join(
        f"{cause} {number} 起" for cause, number in sorted(causes.items(), key=lambda one: (-one[1], one[0]))
    )
    return f"登记缺陷 {len(defects)} 起，其中{parts}。"


def _shown(value: float | None) -> str:
    return "无应到" if value is None else f"{value:.2f}%"


@dataclass(frozen=True)
class Table:
    """A table as a document shows it: title, columns, rows of text and numbers."""

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | float | int | None, ...], ...]


def tables(content: Mapping[str, Any]) -> list[Table]:
    """Give all tables of a bulletin, those without rows as well."""
    told = [_figures_table(content, group, title) for group, title in GROUPS.items()]
    told.append(_persons(content["persons"]))
    told.append(_records(content["defects"], "defects", "缺陷", _DEFECT))
    told.append(_records(content["exemptions"], "exemptions", "豁免", _EXEMPTION))
    told.append(_records(content["appeals"], "appeals", "申诉", _APPEAL))
    return told


_DEFECT = {
    "station": "站", "kind": "种类", "element": "要素", "starts": "开始", "ends": "结束", "cause": "原因",
    "charged": "责任", "state": "状态",
}  # fmt: skip
_EXEMPTION = {
    "stations": "站",
    "kind": "种类",
    "starts": "开始",
    "ends": "结束",
    "state_zh": "状态",
    "decided_by": "审批",
}
_APPEAL = {"against": "对象", "made_by": "申诉人", "state_zh": "裁定", "judged_by": "裁定人", "judgement": "理由"}


def _figures_table(content: Mapping[str, Any], group: str, title: str) -> Table:
    columns = ["编号", "名称", "质量指数"]
    for metric in METRICS:
        columns += [METRIC_ZH[metric], "分子", "分母"]
    rows = tuple(_figures_row(one) for one in content[group])
    return Table(group, f"{title}质量", (*columns, "豁免报文"), rows)


def _figures_row(one: Mapping[str, Any]) -> tuple[str | float | int | None, ...]:
    cells: list[str | float | int | None] = [one["key"], one["name"], one["index"]]
    for metric in METRICS:
        figure = one["figures"][metric]
        cells += [percent(figure), figure[0], figure[1]]
    return (*cells, one["figures"]["arrival"][2])


def _persons(persons: Sequence[Mapping[str, Any]]) -> Table:
    columns = ("姓名", "质量指数", "工作基数", "错情", "错情率（每万）", "扣责次数")
    rows = tuple((one["name"], one["index"], *one["personal"]) for one in persons if "personal" in one)
    return Table("personal", "个人工作质量", columns, rows)


def _records(records: Iterable[Mapping[str, Any]], key: str, title: str, columns: Mapping[str, str]) -> Table:
    rows = tuple(tuple(one[name] for name in columns) for one in records)
    return Table(key, title, tuple(columns.values()), rows)


def differences(frozen: Mapping[str, Any], now: Mapping[str, Any]) -> list[Content]:
    """Say which figures would be others today.

    Parameters
    ----------
    frozen, now : Mapping
        Contents of the same month.

    Returns
    -------
    list of dict
        `group`, `key`, `name`, `index_frozen`, `index_now`, `figures_frozen`, `figures_now`; a row that is only in one
        has None in the other.
    """
    found = []
    for group in GROUPS:
        old = {one["key"]: one for one in frozen[group]}
        new = {one["key"]: one for one in now[group]}
        for key in sorted(old.keys() | new.keys()):
            was, is_ = old.get(key), new.get(key)
            if was is None or is_ is None or was["figures"] != is_["figures"] or was["index"] != is_["index"]:
                found.append(_difference(group, key, was, is_))
    return found


def _difference(group: str, key: str, was: Content | None, is_: Content | None) -> Content:
    return {
        "group": group,
        "key": key,
        "name": (is_ or was or {}).get("name", key),
        "index_frozen": was["index"] if was else None,
        "index_now": is_["index"] if is_ else None,
        "figures_frozen": was["figures"] if was else None,
        "figures_now": is_["figures"] if is_ else None,
    }
