"""A draft: written, submitted, and signed by a second person or sent back."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xiangtian.core.home import home
from xiangtian.core.models import Person
from xiangtian.core.places import city
from xiangtian.kit.views import attempt, fragment, viewer
from xiangtian.warn import actions, release
from xiangtian.warn.models import COLOURS, Draft
from xiangtian.warn.queries import rule_table
from xiangtian.warn.views.form import Said, as_typed, fields, revision, said, typed
from xiangtian.warn.views.showing import choices, hindrance, shown

OWN = "拟稿人不能签发自己的稿件，请另一位当班签发人签发 (signer must not be the drafter)"
Verb = Callable[[Person, Draft], HttpResponse]


def _found(number: int) -> Draft:
    chosen = Draft.objects.select_related("drafter", "event", "proposal", "message")
    return get_object_or_404(chosen, pk=number)


def _page(request: HttpRequest, number: int, posted: QueryDict | None = None) -> HttpResponse:
    person, found = viewer(request), _found(number)
    saying, fault = _said(found)
    own = OWN if person.pk == found.drafter_id else ""
    told = {
        "draft": found,
        "shown": shown(found, found.hazard),
        "fields": fields(found, posted),
        "revision": posted.get("revision", "") if posted else found.revision,
        "colours": _colours(found),
        "choices": choices(),
        "said": saying,
        "fault": fault,
        "message": getattr(found, "message", None),
        "cant_write": hindrance(person, "warn.draft", found.districts),
        "cant_sign": own or hindrance(person, "warn.sign", found.districts),
        "cant_send_back": hindrance(person, "warn.sign", found.districts),
    }
    return render(request, "warn/draft.html", told)


def _colours(draft: Draft) -> list[tuple[str, str]]:
    """Give the colours of the draft's kind; all four where its rules are not known here."""
    try:
        has = {level.colour.key for level in rule_table(draft.rule_version).levels}
    except KeyError:
        return list(COLOURS)
    return [pair for pair in COLOURS if pair[0] in has]


def _said(draft: Draft) -> tuple[Said | None, str]:
    """What a draft would say, or why that can't be told."""
    try:
        return said(draft), ""
    except KeyError as error:
        return None, f"本系统没有这份稿件所依据的规则（{error.args[0]}）"
    except ValueError as error:
        return None, str(error)


def _do(request: HttpRequest, number: int, verb: Verb, posted: QueryDict | None = None) -> HttpResponse:
    person, found = viewer(request), _found(number)
    return attempt(request, lambda: verb(person, found), lambda: _page(request, number, posted), ValueError)


@require_safe
def draft(request: HttpRequest, number: int) -> HttpResponse:
    """Show a draft: as a form while it is written, as it will be released when it is submitted."""
    return _page(request, number)


@fragment
@require_POST
def preview(request: HttpRequest, number: int) -> HttpResponse:
    """Give what the draft would say with what is typed now; nothing is stored."""
    viewer(request)
    try:
        saying, fault = _said(as_typed(_found(number), typed(request.POST)))
    except actions.NotPossible as error:
        saying, fault = None, str(error)
    return render(request, "warn/_said.html", {"said": saying, "fault": fault})


@require_POST
def save(request: HttpRequest, number: int) -> HttpResponse:
    """Store what was typed; with the submit button, hand it to a signer at once."""

    def verb(person: Person, found: Draft) -> HttpResponse:
        seen = revision(request.POST)
        changed = actions.edit(person, found.pk, seen, typed(request.POST), set(city().by_code))
        if "submit" in request.POST:
            return _submit(request, person, changed)
        messages.success(request, _("已保存"))
        return redirect("warn:draft", number)

    return _do(request, number, verb, request.POST)


def _submit(request: HttpRequest, person: Person, found: Draft) -> HttpResponse:
    try:
        actions.submit(person, found.pk, found.revision)
    except actions.NotPossible as error:
        messages.error(request, str(error))
        return _with_status(_page(request, found.pk), 409)
    messages.success(request, _("已提交，等待另一位当班签发人签发"))
    return redirect("warn:draft", found.pk)


def _with_status(answer: HttpResponse, status: int) -> HttpResponse:
    answer.status_code = status
    return answer


@require_POST
def submit(request: HttpRequest, number: int) -> HttpResponse:
    """Hand a draft to a signer as it stands."""

    def verb(person: Person, found: Draft) -> HttpResponse:
        actions.submit(person, found.pk, revision(request.POST))
        messages.success(request, _("已提交，等待另一位当班签发人签发"))
        return redirect("warn:draft", number)

    return _do(request, number, verb)


@require_POST
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Give a draft up, with a reason."""

    def verb(person: Person, found: Draft) -> HttpResponse:
        actions.withdraw(person, found.pk, request.POST.get("why", ""))
        messages.success(request, _("稿件已撤回"))
        return redirect("warn:desk")

    return _do(request, number, verb)


@require_POST
def send_back(request: HttpRequest, number: int) -> HttpResponse:
    """Send a submitted draft back to its writer, with a reason."""

    def verb(person: Person, found: Draft) -> HttpResponse:
        actions.send_back(person, found.pk, request.POST.get("why", ""))
        messages.success(request, _("已退回拟稿人"))
        return redirect("warn:desk")

    return _do(request, number, verb)


@require_POST
def sign(request: HttpRequest, number: int) -> HttpResponse:
    """Sign a submitted draft: it is released."""

    def verb(person: Person, found: Draft) -> HttpResponse:
        message = release.issue(home(), person, found.pk, revision(request.POST))
        messages.success(request, _("已签发：%s") % message.headline)
        return redirect("warn:event", message.event_id)

    return _do(request, number, verb)
