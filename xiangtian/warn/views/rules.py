"""The rule tables: what they say, where and when they hold, who approved them; a manager approves or revokes."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xiangtian.core import clock
from xiangtian.kit.views import attempt, viewer
from xiangtian.warn import actions, queries
from xiangtian.warn.actions import NotPossible
from xiangtian.warn.models import RuleDecision
from xiangtian.warn.rules import Level, RuleTable, in_force
from xiangtian.warn.views.showing import english, hindrance
from xiangtian.warn.watching import region


@dataclass(frozen=True)
class LevelShown:
    """A colour, the ways to meet it and what people should do, in the reader's language."""

    colour: str
    ways: tuple[str, ...]
    guidance: tuple[str, ...]
    valid_h: float


@dataclass(frozen=True)
class TableShown:
    """A rule table, whether it is the one in force here now, and what was said about it, newest first."""

    table: RuleTable
    name: str
    levels: tuple[LevelShown, ...]
    here: bool
    decisions: tuple[RuleDecision, ...]


def level_shown(level: Level) -> LevelShown:
    """Give a level in the reader's language."""
    ways = [(one.zh, one.en) for one in level.branches] + [(one.zh, one.en) for one in level.criteria]
    guidance = level.guidance_en if english() else level.guidance
    return LevelShown(level.colour.key, tuple(way[english()] for way in ways), guidance, level.valid_h)


def _page(request: HttpRequest) -> HttpResponse:
    person, tables = viewer(request), queries.rule_tables()
    here = in_force(tables, region(), clock.now())
    words: dict[str, list[RuleDecision]] = {}
    for word in RuleDecision.objects.select_related("person").order_by("-id"):
        words.setdefault(word.version, []).append(word)
    shown = [
        TableShown(
            table,
            table.en if english() else table.zh,
            tuple(level_shown(level) for level in reversed(table.levels)),
            here.get(table.kind) == table,
            tuple(words.get(table.version, ())),
        )
        for table in sorted(tables, key=lambda one: (one.event_code, one.region))
    ]
    told = {
        "tables": shown,
        "kinds": len({one.table.kind for one in shown}),
        "levels": sum(len(one.levels) for one in shown),
        "approved": sum(one.table.approved_by is not None for one in shown),
        "cant_decide": hindrance(person, "warn.rules", (), duty=False),
    }
    return render(request, "warn/rules.html", told)


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Show all rule tables."""
    return _page(request)


@require_POST
def decide(request: HttpRequest, version: str) -> HttpResponse:
    """Approve a table, or revoke the approval."""
    person = viewer(request)

    def verb() -> HttpResponse:
        word = actions.decide_rules(person, version, "approve" in request.POST, request.POST.get("note", ""))
        messages.success(request, _("已批准：可用于实发预警") if word.approved else _("已撤销批准：只用于演练和测试"))
        return redirect("warn:rules")

    return attempt(request, verb, lambda: _page(request), NotPossible)
