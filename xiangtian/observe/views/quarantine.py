"""One quarantined message: why it was refused, how its bytes begin; it is sent again, or closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xiangtian.core.home import home
from xiangtian.core.models import Person
from xiangtian.core.people import rights
from xiangtian.kit.views import attempt, viewer
from xiangtian.lake import raw
from xiangtian.lake.journal import SpoolError
from xiangtian.observe import actions
from xiangtian.observe.models import Quarantined

HEAD_BYTES = 512
A_LINE = 16


@dataclass(frozen=True)
class Head:
    """The first bytes of a message: as lines of (offset, hexadecimal, text), and as text where they are UTF-8."""

    lines: tuple[tuple[str, str, str], ...]
    text: str


def head(body: bytes) -> Head:
    """Write the first bytes so that anybody can read them; bytes that are no printable ASCII stand as a dot."""
    first = body[:HEAD_BYTES]
    pieces = [(place, first[place : place + A_LINE]) for place in range(0, len(first), A_LINE)]
    lines = tuple((f"{place:04x}", piece.hex(" "), _printable(piece)) for place, piece in pieces)
    return Head(lines, first.decode("utf-8", errors="ignore") if _is_text(first) else "")


def _printable(piece: bytes) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in piece)


def _is_text(first: bytes) -> bool:
    found = first.decode("utf-8", errors="ignore")
    cut = len(first) - len(found.encode())
    return cut < 4 and all(sign.isprintable() or sign in "\r\n\t" for sign in found)


def _page(request: HttpRequest, number: int) -> HttpResponse:
    person, row = viewer(request), get_object_or_404(Quarantined, pk=number)
    found, fault = None, ""
    if row.sha256:
        try:
            found = head(raw.body(home(), row.sha256))
        except SpoolError as error:
            fault = str(error)
    told = {
        "row": row,
        "head": found,
        "fault": fault,
        "may_resend": "observe.resend" in rights(person),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "observe/quarantined.html", told)


@require_safe
def quarantined(request: HttpRequest, number: int) -> HttpResponse:
    """Show a quarantined message."""
    return _page(request, number)


def _do(request: HttpRequest, number: int, verb: Callable[[Person], object], done: str) -> HttpResponse:
    person = viewer(request)
    get_object_or_404(Quarantined, pk=number)

    def act() -> HttpResponse:
        verb(person)
        messages.success(request, done)
        return redirect("observe:board")

    return attempt(request, act, lambda: _page(request, number), ValueError, SpoolError)


@require_POST
def resend(request: HttpRequest, number: int) -> HttpResponse:
    """Send the bytes through the intake again."""
    return _do(request, number, lambda person: actions.resend(home(), person, number), _("已重新送入解码"))


@require_POST
def close(request: HttpRequest, number: int) -> HttpResponse:
    """Put the message away, with a reason."""
    reason = request.POST.get("reason", "")
    return _do(request, number, lambda person: actions.close(person, number, reason), _("已关闭"))
