"""The door for machines that push observations over HTTP: a token, a name, bytes; answered when they are on disk."""

from __future__ import annotations

import errno
import hmac
from urllib.parse import unquote

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from xiangtian.core import clock, settings
from xiangtian.core.home import home
from xiangtian.lake import raw
from xiangtian.lake.journal import SpoolError
from xiangtian.observe import actions

SCHEME = "Bearer "
LONGEST_NAME = 300
FULL = (errno.ENOSPC, errno.EDQUOT)
SPOOL = "http"


class Refused(Exception):
    """A push that is not taken: the HTTP status and the words of the answer."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


@csrf_exempt
@login_not_required
@require_POST
def push(request: HttpRequest, name: str = "") -> HttpResponse:
    """Take one message; 202 says that its bytes are on disk and may be forgotten by the sender.

    A message sent twice is kept once and read once, so that a sender may try again whenever it got no answer.
    """
    try:
        _check_token(request)
        sha256 = _keep(_body(request, _name(request, name)))
    except Refused as refusal:
        answer = JsonResponse({"error": str(refusal)}, status=refusal.status)
        if refusal.status == 401:
            answer["WWW-Authenticate"] = "Bearer"
        return answer
    return JsonResponse({"sha256": sha256}, status=202)


def _check_token(request: HttpRequest) -> None:
    wanted = settings.text("XIANGTIAN_PUSH_TOKEN")
    if not wanted:
        raise Refused(403, "this house takes no pushes: its operator must set XIANGTIAN_PUSH_TOKEN")
    told = request.headers.get("Authorization", "")
    if not told.startswith(SCHEME) or not hmac.compare_digest(told[len(SCHEME) :].strip().encode(), wanted.encode()):
        raise Refused(401, "the token is missing or wrong: send the header Authorization: Bearer <token>")


def _name(request: HttpRequest, path: str) -> str:
    name = (unquote(request.headers.get("X-Name", "")) or path).strip()
    if not name:
        raise Refused(400, "the message has no name: send the header X-Name, or put the name behind /observe/push/")
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise Refused(400, f"the name has {len(name)} signs; allowed: up to {LONGEST_NAME} printable ones")
    return name


def _body(request: HttpRequest, name: str) -> raw.Incoming:
    told = request.META.get("CONTENT_LENGTH") or ""
    if not told.isdigit():
        raise Refused(411, "the length of the message is not told: send Content-Length, not chunks")
    size = int(told)
    if not size:
        raise Refused(400, "the message is empty: send its bytes as the body")
    if size > raw.MAX_BODY_BYTES:
        actions.refuse_large(SPOOL, name, size)
        raise Refused(413, f"{size} bytes; allowed: up to {raw.MAX_BODY_BYTES} in one piece. Split it and send again")
    try:
        body = request.body
    except (RequestDataTooBig, UnreadablePostError) as error:
        raise Refused(400, f"the message could not be read ({error}): send it again") from error
    if len(body) != size:
        raise Refused(400, f"{len(body)} of {size} bytes came: send it again")
    return raw.Incoming(body, SPOOL, name, clock.now())


def _keep(incoming: raw.Incoming) -> str:
    try:
        (kept,) = actions.receive(home(), [incoming])
    except SpoolError as error:
        full = isinstance(error.__cause__, OSError) and error.__cause__.errno in FULL
        raise Refused(507 if full else 503, str(error)) from error
    return kept.sha256
