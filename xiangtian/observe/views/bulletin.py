"""The pages of the monthly bulletins: draft, read, open, freeze, add, and the files of a frozen one."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xiangtian.core import clock
from xiangtian.core.home import home
from xiangtian.core.people import rights
from xiangtian.kit.views import attempt, viewer
from xiangtian.observe.actions import bulletin as actions
from xiangtian.observe.actions.assess import AssessRefused
from xiangtian.observe.bulletin.content import tables
from xiangtian.observe.models import Bulletin
from xiangtian.observe.queries import bulletin as queries

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def _month(text: str) -> dt.date:
    try:
        return dt.datetime.strptime(text, "%Y-%m").replace(tzinfo=clock.UTC).date()
    except ValueError:
        raise Http404(f"no month {text[:20]!r}: write it like 2026-07") from None


def _list(request: HttpRequest) -> HttpResponse:
    person = viewer(request)
    last = clock.administrative_day(clock.now()).replace(day=1) - dt.timedelta(days=1)
    told = {
        "rows": queries.bulletins(),
        "may_draft": "observe.judge" in rights(person),
        "month": f"{last:%Y-%m}",
        "number": f"苏气测〔{last.year}〕{last.month}号",
    }
    return render(request, "observe/bulletins.html", told)


@require_safe
def bulletins(request: HttpRequest) -> HttpResponse:
    """Show all bulletins, and the form that drafts one."""
    return _list(request)


@require_POST
def bulletin_draft(request: HttpRequest) -> HttpResponse:
    """Draft the bulletin of a month."""

    def draft() -> HttpResponse:
        month = _month(request.POST.get("month", ""))
        actions.draft(viewer(request), month.year, month.month, request.POST.get("number", ""))
        return redirect("observe:bulletin", f"{month:%Y-%m}")

    return attempt(request, draft, lambda: _list(request), AssessRefused)


def _held(month: str) -> Bulletin:
    row = queries.bulletin_of(_month(month))
    if row is None:
        raise Http404(f"no bulletin of {month[:20]}")
    return row


def _page(request: HttpRequest, month: str) -> HttpResponse:
    person, row = viewer(request), _held(month)
    told = {
        "row": row,
        "content": row.content,
        "tables": tables(row.content),
        "kinds": queries.KINDS,
        "now": clock.now(),
        "may_judge": "observe.judge" in rights(person),
        "may_freeze": "observe.freeze" in rights(person),
        "own": row.drafted_by_id == person.pk,
    }
    return render(request, "observe/bulletin.html", told)


@require_safe
def bulletin(request: HttpRequest, month: str) -> HttpResponse:
    """Show one bulletin."""
    return _page(request, month)


@require_POST
def bulletin_step(request: HttpRequest, month: str, verb: str) -> HttpResponse:
    """Open, freeze, or add to a bulletin."""

    def step() -> HttpResponse:
        person, day = viewer(request), _held(month).month
        if verb == "open":
            actions.open_for_appeals(person, day)
            messages.success(request, _("已公示，接受申诉"))
        elif verb == "freeze":
            actions.freeze(home(), person, day)
            messages.success(request, _("已定稿，内容不可再改"))
        elif verb == "add":
            actions.add(person, day, request.POST.get("reason", ""))
            messages.success(request, _("补遗已发布"))
        else:
            raise Http404(f"no verb {verb[:20]}")
        return redirect("observe:bulletin", month)

    return attempt(request, step, lambda: _page(request, month), AssessRefused)


@require_safe
def bulletin_file(request: HttpRequest, month: str, kind: str) -> HttpResponse:
    """Give a file: of a frozen bulletin the kept one, of any other one made now, marked as a draft in its name."""
    viewer(request)
    row = _held(month)
    if kind not in TYPES:
        raise Http404(f"no file of kind {kind[:10]}: {', '.join(TYPES)}")
    if row.state == "frozen":
        body, name = (home().bulletins / f"{row.files[kind]}.{kind}").read_bytes(), row.content["month"]
    else:
        body, name = actions.WRITERS[kind](row.content), f"{row.content['month']}-draft"
    headers = {
        "Content-Disposition": f'attachment; filename="bulletin-{name}.{kind}"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(body, content_type=TYPES[kind], headers=headers)
