"""The board of the flow: messages by source and format, delays, refusals, and who fell silent."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from xiangtian.core.home import home
from xiangtian.kit.views import fragment, viewer
from xiangtian.lake.journal import SpoolError
from xiangtian.observe.metadata.tasks import NETWORKS
from xiangtian.observe.queries import arriving
from xiangtian.observe.queries import flow as asking

TALL = 30
WIDE = 10
MINUTE_S = 60


@dataclass(frozen=True)
class Bar:
    """One bar of the small chart: five minutes."""

    x: int
    y: float
    height: float
    n: int
    end: object


@dataclass(frozen=True)
class DoorLine:
    """A source as the page shows it."""

    door: asking.Door
    name: str
    bars: tuple[Bar, ...]
    formats: tuple[tuple[str, int], ...]
    age_min: float


def _door_name(name: str) -> str:
    known = {
        "mqtt": _("MQTT 报文"),
        "folder": _("文件夹"),
        "http": _("HTTP 推送"),
        "resend": _("隔离重送"),
        "wis2": _("WIS2 全球交换"),
        "music": _("数据中心接口"),
    }
    return known.get(name, name)


def _format_name(name: str) -> str:
    known = {
        arriving.UNREAD: _("未查看"),
        arriving.UNKNOWN: _("不认识"),
        arriving.GONE: _("原文缺失"),
        "radar": _("雷达"),
    }
    return known.get(name, name)


def _line(door: asking.Door, found: asking.Flow) -> DoorLine:
    most = max(door.counts, default=0) or 1
    bars = tuple(
        Bar(place * WIDE, TALL - TALL * n / most, TALL * n / most, n, end)
        for place, (n, end) in enumerate(zip(door.counts, found.ends, strict=True))
    )
    age = (found.moment - door.last).total_seconds() / MINUTE_S
    formats = tuple((_format_name(name), n) for name, n in door.formats)
    return DoorLine(door, _door_name(door.name), bars, formats, age)


def _lists(request: HttpRequest) -> dict[str, object]:
    viewer(request)
    try:
        found = asking.flow(home())
    except SpoolError as error:
        return {"fault": str(error)}
    delays = [(_door_name(one.door), NETWORKS.get(one.network, ""), one) for one in found.delays]
    return {
        "flow": found,
        "doors": [_line(door, found) for door in found.doors],
        "silent": [_line(door, found) for door in found.silent],
        "delays": delays,
        "span": len(found.ends) * WIDE,
        "tall": TALL,
        "width": WIDE - 2,
    }


@require_safe
def flow(request: HttpRequest) -> HttpResponse:
    """Show the board."""
    return render(request, "observe/flow.html", _lists(request))


@fragment
@require_safe
def flow_lists(request: HttpRequest) -> HttpResponse:
    """Give the lists of the board anew."""
    return render(request, "observe/_flow.html", _lists(request))


@fragment
@require_safe
def flow_bins(request: HttpRequest) -> HttpResponse:
    """Give the table behind the bars."""
    told = _lists(request)
    found = told.get("flow")
    if isinstance(found, asking.Flow):
        counts = ([door.counts[place] for door in found.doors] for place in range(len(found.ends)))
        told["bins"] = list(zip(found.ends, counts, strict=True))
    return render(request, "observe/_flow_bins.html", told)
