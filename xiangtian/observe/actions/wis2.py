"""Notifications that came over WIS2: write them down, fetch what they speak of, hand it to the intake."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import F, Q

from xiangtian.core import clock, facts, settings
from xiangtian.core.home import Home
from xiangtian.lake import raw
from xiangtian.lake.journal import SpoolError
from xiangtian.observe.actions.receiving import receive
from xiangtian.observe.models import Quarantined, Wis2Notice
from xiangtian.observe.wis2 import integrity, messages
from xiangtian.observe.wis2.fetch import Fetched, FetchError, Limits, fetch
from xiangtian.observe.wis2.messages import Notification, NotificationError
from xiangtian.publish.patience import Patience, pause_s

log = logging.getLogger(__name__)
SOURCE = "wis2"
LONGEST_ID = 600
LEASE_S = 120.0
"""Longer than a fetch may take; a row whose worker was killed is taken up again afterwards."""
PATIENCE = Patience(base_s=15.0, cap_s=1800.0, tries=12)
"""About four hours; a global cache keeps a file for a day."""


@transaction.atomic
def take_notices(letters: Sequence[tuple[str, bytes]], own: str) -> int:
    """Write down notifications; when this returns they may be acknowledged.

    Parameters
    ----------
    letters : Sequence
        Topic and payload each, as they came.
    own : str
        Our centre identifier: what we published ourselves is passed over.

    Returns
    -------
    int
        How many are new. What came before, under this or another UUID, is counted on its row.
    """
    return sum(_take(topic, payload, own) for topic, payload in letters)


def _take(topic: str, payload: bytes, own: str) -> int:
    centre = (topic.split("/") + [""] * 4)[3]
    if centre == own:
        return 0
    told = {"topic": topic[:300], "centre": centre[:80], "received": clock.now()}
    try:
        notification = messages.read(payload)
    except NotificationError as error:
        return _refuse(payload, str(error), told)
    if len(notification.data_id) > LONGEST_ID:
        return _refuse(payload, f"data_id 超过 {LONGEST_ID} 个字符 (too long)", told)
    same = Q(message_id=notification.id) | Q(data_id=notification.data_id, pubtime=notification.pubtime)
    if Wis2Notice.objects.filter(same).update(repeats=F("repeats") + 1):
        return 0
    reason = _needless(topic, notification)
    Wis2Notice.objects.create(
        **told,
        message_id=notification.id,
        data_id=notification.data_id,
        pubtime=notification.pubtime,
        link=notification.link.href,
        host=_host(notification),
        document=payload.decode(),
        state="ignored" if reason else "waiting",
        reason=reason,
    )
    return 1


def _refuse(payload: bytes, reason: str, told: dict[str, object]) -> int:
    digest = hashlib.sha256(payload).hexdigest()
    text = payload[:8192].decode("utf-8", errors="replace").replace("\0", "�")
    row, new = Wis2Notice.objects.get_or_create(
        message_id=f"sha256:{digest}",
        defaults={**told, "data_id": f"sha256:{digest}", "document": text, "state": "refused", "reason": reason},
    )
    if not new:
        Wis2Notice.objects.filter(pk=row.pk).update(repeats=F("repeats") + 1)
    return int(new)


def _needless(topic: str, notification: Notification) -> str:
    kind = (topic.split("/") + [""] * 5)[4]
    if kind != "data":
        return f"“{kind}”类通知不是观测资料，未获取 (no data)"
    if notification.operation == "delete":
        return "对方通知已删除该资料；本系统的原始资料不删除 (deletion)"
    return ""


def _host(notification: Notification) -> str:
    return "" if notification.content else (urlsplit(notification.link.href).hostname or "")[:200]


@dataclass(frozen=True)
class Errand:
    """A row that was claimed, as far as whoever fetches needs it."""

    number: int
    host: str
    tries: int
    document: str
    etag: str


@dataclass(frozen=True)
class Outcome:
    """What came of an errand: the file (None: unchanged), or in `words` why not, and whether to try again."""

    fetched: Fetched | None = None
    words: str = ""
    again: bool = False


def claim(limit: int, busy: Collection[str] = ()) -> list[Errand]:
    """Take rows that are due, for `LEASE_S`; of two workers that want the same one gets it.

    Parameters
    ----------
    limit : int
        How many at most.
    busy : Collection
        Hosts that have enough under way already.

    Returns
    -------
    list of Errand
        What to fetch.
    """
    wall = clock.wall()
    due = Wis2Notice.objects.filter(state="waiting", next_try__lte=wall)
    chosen = list(due.exclude(host__in=busy).order_by("next_try", "id").values_list("pk", flat=True)[:limit])
    mine = [pk for pk in chosen if due.filter(pk=pk).update(next_try=wall + LEASE_S, tries=F("tries") + 1)]
    rows = Wis2Notice.objects.filter(pk__in=mine).order_by("id")
    return [Errand(row.pk, row.host, row.tries, row.document, _known_tag(row)) for row in rows]


def _known_tag(row: Wis2Notice) -> str:
    """Give the tag under which we have the file of this very address and hash already; "" where we have it not."""
    same = Wis2Notice.objects.filter(data_id=row.data_id, link=row.link, state="done")
    before = same.exclude(etag="").order_by("-id").first()
    return before.etag if before and _hash(before) == _hash(row) else ""


def _hash(row: Wis2Notice) -> object:
    return messages.read(row.document.encode()).integrity


def run_errand(errand: Errand) -> Outcome:
    """Fetch what a notification speaks of; it asks no records and raises nothing that the other side can cause."""
    notification = messages.read(errand.document.encode())
    if notification.content is not None:
        try:
            return Outcome(Fetched(integrity.unpack(notification.content)))
        except integrity.IntegrityError as error:
            return Outcome(words=str(error))
    limits = Limits(raw.MAX_BODY_BYTES, private=settings.yes("XIANGTIAN_WIS2_PRIVATE"))
    try:
        return Outcome(fetch(notification.link.href, limits, errand.etag))
    except FetchError as error:
        return Outcome(words=str(error), again=error.again)


def settle(home: Home, errand: Errand, outcome: Outcome) -> str:
    """Write down what came of an errand, and hand a sound file to the intake; give the row's new state."""
    if outcome.fetched is None:
        return _put_off(errand, outcome.words, again=outcome.again)
    body = outcome.fetched.body
    if body is None:
        return _finish(errand, "unchanged", reason="与已获取的版本相同 (not modified)")
    notification = messages.read(errand.document.encode())
    try:
        length = None if notification.content else notification.link.length
        integrity.verify(body, notification.integrity, length)
    except integrity.IntegrityError as error:
        return _quarantine(errand, notification.name, body, str(error))
    try:
        (kept,) = receive(home, [raw.Incoming(body, SOURCE, notification.name, clock.now())])
    except SpoolError as error:
        return _put_off(errand, str(error), again=True)
    return _finish(errand, "done", sha256=kept.sha256, size=len(body), etag=outcome.fetched.etag[:200])


def _finish(errand: Errand, state: str, **told: object) -> str:
    Wis2Notice.objects.filter(pk=errand.number).update(
        **{"state": state, "finished": clock.now(), "next_try": 0, "reason": "", **told}
    )
    return state


def _put_off(errand: Errand, words: str, *, again: bool) -> str:
    if not again or errand.tries >= PATIENCE.tries:
        return _finish(errand, "given_up", reason=words)
    pause = pause_s(PATIENCE, str(errand.number), errand.tries)
    Wis2Notice.objects.filter(pk=errand.number).update(reason=words, next_try=clock.wall() + pause)
    return "waiting"


@transaction.atomic
def _quarantine(errand: Errand, name: str, body: bytes, reason: str) -> str:
    """Put aside what is not what its sender hashed; the bytes are not kept, the notification can be tried again."""
    Quarantined.objects.create(
        source=SOURCE, name=name[:300], reason=reason, size=len(body), received=clock.now(), sha256="", part=""
    )
    facts.tell("message.quarantined", hashlib.sha256(body).hexdigest(), {"name": name})
    return _finish(errand, "quarantined", reason=reason, size=len(body))
