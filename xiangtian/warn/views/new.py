"""A new warning on a forecaster's own judgement: choose the kind, then the colour by its criteria."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xiangtian.core import clock
from xiangtian.kit.views import attempt, viewer
from xiangtian.warn import actions, queries
from xiangtian.warn.actions import NotPossible
from xiangtian.warn.rules import RuleTable, in_force, may_drive
from xiangtian.warn.views.rules import level_shown
from xiangtian.warn.views.showing import choices, hindrance, kind
from xiangtian.warn.watching import region


def _page(request: HttpRequest, table: RuleTable | None, tables: dict[str, RuleTable]) -> HttpResponse:
    person, now, status = viewer(request), clock.now(), clock.status()
    live = {one.hazard: one for one in queries.in_force(now) if one.status == status}
    told = {
        "kinds": [(key, kind(key), key in live) for key in tables],
        "chosen": table,
        "name": kind(table.kind) if table else "",
        "levels": [level_shown(level) for level in reversed(table.levels)] if table else [],
        "live": live.get(table.kind) if table else None,
        "unapproved": table is not None and not may_drive(table, status),
        "choices": choices(),
        "cant_draft": hindrance(person, "warn.draft", ()),
        "posted": request.POST,
        "picked": request.POST.getlist("districts"),
    }
    return render(request, "warn/new.html", told)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Show the kinds, and for a chosen one its form; begin the draft."""
    person = viewer(request)
    tables = in_force(queries.rule_tables(), region(), clock.now())
    wanted = request.POST.get("kind") or request.GET.get("kind", "")
    if wanted and wanted not in tables:
        raise Http404(f"no signals of {wanted!r} here; there are {', '.join(tables)}")
    table = tables[wanted] if wanted else None
    if request.method != "POST" or table is None:
        return _page(request, table, tables)

    def verb() -> HttpResponse:
        given = request.POST
        draft = actions.begin(
            person, table, given.get("colour", ""), given.getlist("districts"), given.get("judgement", "")
        )
        messages.success(request, _("已起草，请写明实况与预计后提交"))
        return redirect("warn:draft", draft.pk)

    return attempt(request, verb, lambda: _page(request, table, tables), NotPossible)
