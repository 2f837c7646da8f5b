"""Take receipts, however late, however often, and many at once."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import transaction
from django.db.models.functions import Coalesce

from xiangtian.core import clock
from xiangtian.publish.channels.contract import News
from xiangtian.publish.models import Delivery, Receipt

log = logging.getLogger(__name__)
BEFORE = {
    "failed": ("queued", "failed", "sent"),
    "delivered": ("queued", "failed", "sent", "given_up"),
    "confirmed": ("queued", "failed", "sent", "given_up", "delivered"),
}
"""States a receipt may change, in the order in which receipts of one batch act: good news corrects bad, bad news never
undoes good."""
BATCH = 500


class UnknownDelivery(LookupError):
    """A receipt tells of something that was never sent from here."""


@dataclass(frozen=True)
class _Said:
    """A receipt with the row it is about; `present`: of the row's present round, not of one a person has replaced."""

    row: int
    news: News
    present: bool

    @property
    def identity(self) -> tuple[int, str, str]:
        return self.row, self.news.gateway_id, self.news.kind


def acknowledge(kind: str, words: str = "", *, key: str = "", gateway_id: str = "", list_name: str = "") -> bool:
    """Record one receipt and close its row.

    Parameters
    ----------
    kind : str
        "delivered", "confirmed" (a person answered) or "failed" (the gateway could not reach the target).
    words : str
        What the other side says.
    key, gateway_id : str
        What it is about: the key the row was sent with, or the gateway's number for it (one is enough).
    list_name : str
        Only rows of this list may be meant ("" for either): an exercise gateway can't speak of real deliveries.

    Returns
    -------
    bool
        Whether it was new; a repeated receipt changes nothing.

    Raises
    ------
    UnknownDelivery
        If no row fits.
    ValueError
        If the kind is unknown.
    """
    new, unknown = acknowledge_all([News(kind, words, key, gateway_id)], list_name)
    if unknown:
        where = list_name or "live or exercise"
        raise UnknownDelivery(f"no delivery with key {key!r} or gateway number {gateway_id!r} in {where}")
    return new == 1


def acknowledge_all(news: Iterable[News], list_name: str = "") -> tuple[int, int]:
    """Record many receipts, a batch in a transaction; unknown ones are logged.

    Returns
    -------
    tuple of int
        How many were new, and how many told of nothing sent from here.

    Raises
    ------
    ValueError
        If a kind is unknown; batches before it are recorded then.
    """
    new, unknown, rest = 0, 0, iter(news)
    while batch := list(islice(rest, BATCH)):
        if strange := {one.kind for one in batch} - set(BEFORE):
            raise ValueError(f"no receipt of kind {', '.join(sorted(strange))}; known are {', '.join(BEFORE)}")
        with transaction.atomic():
            said = _said(batch, list_name)
            fresh = _keep(said)
            _move(fresh)
        new, unknown = new + len(fresh), unknown + len(batch) - len(said)
    return new, unknown


def _said(batch: Sequence[News], list_name: str) -> list[_Said]:
    rows = Delivery.objects.filter(target_list__in=[list_name] if list_name else ["live", "exercise"])
    rows = rows.only("id", "key", "round", "gateway_id")
    by_key = {row.key: row for row in rows.filter(key__in={_base(one.key) for one in batch if one.key})}
    numbers = {one.gateway_id for one in batch if one.gateway_id and _base(one.key) not in by_key}
    by_number = {row.gateway_id: row for row in rows.filter(gateway_id__in=numbers)} if numbers else {}
    found = []
    for one in batch:
        row = by_key.get(_base(one.key)) or by_number.get(one.gateway_id)
        if row is None:
            log.warning("a receipt %s for key %r, number %r fits no delivery", one.kind, one.key, one.gateway_id)
            continue
        present = one.key == row.sending_key if one.key else True
        found.append(_Said(row.pk, one, present))
    return found


def _base(key: str) -> str:
    return key.partition("-r")[0]


def _keep(said: Sequence[_Said]) -> list[_Said]:
    """Store what is new, once."""
    known = set(
        Receipt.objects.filter(delivery__in={one.row for one in said}).values_list("delivery", "gateway_id", "kind")
    )
    fresh = {one.identity: one for one in said if one.identity not in known}
    now = clock.now()
    receipts = [
        Receipt(delivery_id=one.row, kind=one.news.kind, time=now, gateway_id=one.news.gateway_id, words=one.news.words)
        for one in fresh.values()
    ]
    Receipt.objects.bulk_create(receipts, ignore_conflicts=True)
    return list(fresh.values())


def _move(fresh: Collection[_Said]) -> None:
    free = {"lease_until": 0, "lease_by": ""}
    failed = [one for one in fresh if one.news.kind == "failed" and one.present]
    for words in {one.news.words for one in failed}:
        rows = Delivery.objects.filter(pk__in=[one.row for one in failed if one.news.words == words])
        why = f"网关报告未送达：{words}"[:500]
        rows.filter(state__in=BEFORE["failed"]).update(state="given_up", last_error=why, **free)
    for kind in ("delivered", "confirmed"):
        rows = Delivery.objects.filter(pk__in=[one.row for one in fresh if one.news.kind == kind])
        rows.filter(state__in=BEFORE[kind]).update(state=kind, last_error="", **free)
        now, wall = clock.now(), clock.wall()
        rows.update(
            delivered_at=Coalesce("delivered_at", now),
            sent_at=Coalesce("sent_at", now),
            handed_over_wall=Coalesce("handed_over_wall", wall),
        )
