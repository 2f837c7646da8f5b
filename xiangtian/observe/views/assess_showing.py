"""How the pages of the assessment write figures, days and times."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy

from xiangtian.core import clock
from xiangtian.core.elements import CATALOGUE
from xiangtian.core.places import city
from xiangtian.observe.assess.counts import Figure
from xiangtian.observe.assess.month import Row
from xiangtian.observe.views.words import called, district_name

METRIC_WORDS = {
    "arrival": gettext_lazy("资料到报率"),
    "timeliness": gettext_lazy("及时率"),
    "availability": gettext_lazy("可用率"),
    "correctness": gettext_lazy("正确率"),
    "running": gettext_lazy("稳定运行率"),
    "index": gettext_lazy("质量指数"),
}
GROUP_WORDS = {
    "network": gettext_lazy("站网"),
    "district": gettext_lazy("区县"),
    "station": gettext_lazy("站点"),
    "element": gettext_lazy("要素"),
    "person": gettext_lazy("个人"),
}
SPAN_WORDS = {
    "lost": gettext_lazy("未到报"),
    "late": gettext_lazy("迟到"),
    "missing": gettext_lazy("缺测"),
    "wrong": gettext_lazy("错误"),
    "suspect": gettext_lazy("可疑"),
    "exempt": gettext_lazy("豁免"),
}
STEPS = (90.0, 95.0, 98.0, 99.5)
"""Bounds between the shades of a day, per cent."""
CELL = 10
NOBODY_KEY = "-"
"""How the row of minutes that nobody owned is addressed."""
FIELD = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True)
class Cell:
    """A day of the heat row: where it stands, its shade (0: nothing due, 1 worst, 5 best), and its words."""

    x: int
    shade: int
    words: str


@dataclass(frozen=True)
class Shown:
    """A row with its bar and its days."""

    row: Row
    key: str
    name: str
    figures: Sequence[tuple[str, Figure]]
    bar: float
    cells: Sequence[Cell]
    width: int


def shown(row: Row, days: Sequence[dt.date]) -> Shown:
    """Make a row ready for the page."""
    cells = [
        Cell(place * CELL, shade(value), f"{day:%m-%d} {'–' if value is None else f'{value:.2f}'}")
        for place, (day, value) in enumerate(zip(days, row.daily, strict=True))
    ]
    return Shown(
        row, row.key or NOBODY_KEY, name_of(row), list(row.figures.items()), row.index or 0.0, cells, len(days) * CELL
    )


def name_of(row: Row) -> str:
    """Give the name of a row in the reader's language, as far as it has one."""
    if row.group == "district" and row.key:
        return district_name(row.key)
    if row.group == "element":
        return element_words(row.key)
    return gettext(row.name) if row.group in ("network", "all") or not row.key else row.name


def shade(value: float | None) -> int:
    """Give the shade of a day's index.

    >>> [shade(value) for value in (None, 0.0, 90.0, 99.49, 99.5)]
    [0, 1, 2, 4, 5]
    """
    return 0 if value is None else 1 + sum(value >= step for step in STEPS)


def month_asked(request: HttpRequest) -> tuple[int, int]:
    """Read the month a page is asked for; what can't be read is the present climate month."""
    today = clock.climate_day(clock.now())
    try:
        told = dt.datetime.strptime(request.GET.get("month", ""), "%Y-%m")  # noqa: DTZ007 (a month has no zone)
    except ValueError:
        return today.year, today.month
    return (told.year, told.month) if 2000 <= told.year <= today.year + 1 else (today.year, today.month)


def day_field(label: str, **more: object) -> forms.DateTimeField:
    """Give a field for a moment in Beijing time."""
    widget = forms.DateTimeInput({"type": "datetime-local", "step": 60}, FIELD)
    return forms.DateTimeField(label=label, input_formats=[FIELD, f"{FIELD}:%S"], widget=widget, **more)  # type: ignore[arg-type]


def element_choices() -> list[tuple[str, str]]:
    """Give the elements for a select, "" first: all."""
    return [("", str(gettext_lazy("全部（整份报文）"))), *((name, called(one)) for name, one in CATALOGUE.items())]


def element_words(name: str) -> str:
    """Name an element; "" is the whole report."""
    return called(CATALOGUE[name]) if name in CATALOGUE else name


def known_district(code: str) -> str:
    """Give a district's code if there is one, else ""."""
    return code if code in city().by_code else ""
