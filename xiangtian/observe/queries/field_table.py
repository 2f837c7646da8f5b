"""What the map shows as a table: one row a station, in words, and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from xiangtian.core import clock
from xiangtian.core.flags import Flag
from xiangtian.core.places import city
from xiangtian.observe.queries.field import Shown, Spot

WAYS = {"now": "实况", "max": "最高", "min": "最低", "mean": "平均", "change": "变化", "sum": "累计"}
FLAGS = {
    Flag.GOOD: "正确", Flag.SUSPECT: "可疑", Flag.WRONG: "错误", Flag.CORRECTED: "订正", Flag.MODIFIED: "修改",
    Flag.NO_TASK: "无任务", Flag.MISSING: "缺测", Flag.UNCHECKED: "未质控",
}  # fmt: skip
RISKY = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so would be run as a formula by a spreadsheet."""
HEADING = ("站号", "站名", "区县", "国家站", "经度", "纬度", "海拔(m)", "时间(北京时)")
TAIL = ("质量码", "质量", "用数", "剔除数")


def stem(found: Shown) -> str:
    """Name a file after what is in it, without its ending."""
    window = "" if found.wanted.how == "now" else f"_{found.wanted.how}{found.wanted.hours:g}h"
    return f"{found.wanted.element}{window}_{found.moment:%Y%m%dT%H%MZ}"


def heading(found: Shown) -> list[str]:
    """Give the heading of a table of stations."""
    window = "" if found.wanted.how == "now" else f"{found.wanted.hours:g}小时"
    value = f"{window}{WAYS[found.wanted.how]}{found.element.zh}({found.element.unit})"
    return [
        "站号",
        "站名",
        "区县",
        "国家站",
        "经度",
        "纬度",
        "海拔(m)",
        "时间(北京时)",
        value,
        "质量码",
        "质量",
        "用数",
        "剔除数",
    ]


def row(spot: Spot, found: Shown) -> list[object]:
    """Give a station's row."""
    site = spot.site
    district = city().by_code[site.district].zh if site.district in city().by_code else ""
    value = "" if spot.value is None else f"{spot.value:.{found.element.decimals}f}"
    time = clock.beijing(spot.time) if spot.time else ""
    said = "" if spot.flag is None else spot.flag, FLAGS[Flag(spot.flag)] if spot.flag is not None else "从未到报"
    place = site.lon, site.lat, site.alt_m
    return [
        site.code,
        site.zh,
        district,
        "是" if site.national else "否",
        *place,
        time,
        value,
        *said,
        spot.n,
        spot.doubted,
    ]


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Give a CSV that opens rightly in the spreadsheets of the office: UTF-8 with a byte order mark."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_harmless(cell) for cell in cells] for cells in rows)
    return out.getvalue().encode("utf-8-sig")


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(RISKY) and not _number(cell) else cell


def _number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
