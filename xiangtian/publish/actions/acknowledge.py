"""Take receipts, however late and however often."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q

from xiangtian.core import clock
from xiangtian.publish.channels.contract import News
from xiangtian.publish.models import Delivery, Receipt

log = logging.getLogger(__name__)
BEFORE = {
    "delivered": ("queued", "failed", "sent", "given_up"),
    "confirmed": ("queued", "failed", "sent", "given_up", "delivered"),
    "failed": ("queued", "failed", "sent"),
}
"""States a receipt may change: good news corrects bad, bad news never undoes good."""


class UnknownDelivery(LookupError):
    """A receipt tells of something that was never sent from here."""


@transaction.atomic
def acknowledge(
    kind: str,
    words: str = "",
    *,
    delivery: Delivery | None = None,
    key: str = "",
    gateway_id: str = "",
    list_name: str = "",
) -> bool:
    """Record one receipt and close its row.

    Parameters
    ----------
    kind : str
        "delivered", "confirmed" (a person answered) or "failed" (the gateway could not reach the target).
    words : str
        What the other side says.
    delivery, key, gateway_id : optional
        What it is about: the row, or the key it was sent with, or the gateway's number for it (one is enough).
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
    if kind not in BEFORE:
        raise ValueError(f"no receipt of kind {kind!r}; known are {', '.join(BEFORE)}")
    row = delivery or _meant(key, gateway_id, list_name)
    _, new = Receipt.objects.get_or_create(
        delivery=row, gateway_id=gateway_id, kind=kind, defaults={"time": clock.now(), "words": words}
    )
    if new:
        _move(row, kind, words, _is_present(row, key, gateway_id))
    return new


def acknowledge_all(news: Iterable[News], list_name: str) -> tuple[int, int]:
    """Record many receipts in one transaction; unknown ones are logged.

    Returns
    -------
    tuple of int
        How many were new, and how many told of nothing sent from here.
    """
    new = unknown = 0
    with transaction.atomic():
        for one in news:
            try:
                new += acknowledge(one.kind, one.words, key=one.key, gateway_id=one.gateway_id, list_name=list_name)
            except UnknownDelivery as error:
                unknown += 1
                log.warning("receipt refused: %s", error)
    return new, unknown


def _meant(key: str, gateway_id: str, list_name: str) -> Delivery:
    lists = [list_name] if list_name else ["live", "exercise"]
    rows = Delivery.objects.filter(target_list__in=lists)
    found = rows.filter(key=key.partition("-r")[0]).first() if key else None
    if found is None and gateway_id:
        found = rows.filter(gateway_id=gateway_id).first()
    if found is None:
        raise UnknownDelivery(f"no delivery with key {key!r} or gateway number {gateway_id!r} in {' or '.join(lists)}")
    return found


def _is_present(row: Delivery, key: str, gateway_id: str) -> bool:
    """Whether a receipt is of the present round, not of one that a person has replaced by another."""
    return key == row.sending_key if key else gateway_id in ("", row.gateway_id)


def _move(row: Delivery, kind: str, words: str, present: bool) -> None:
    now, wall = clock.now(), clock.wall()
    open_row = Delivery.objects.filter(pk=row.pk, state__in=BEFORE[kind])
    if kind == "failed":
        if present:
            open_row.update(state="given_up", last_error=f"网关报告未送达：{words}"[:500], lease_until=0, lease_by="")
        return
    open_row.update(state=kind, last_error="", lease_until=0, lease_by="")
    mine = Delivery.objects.filter(pk=row.pk)
    mine.filter(delivered_at=None).update(delivered_at=now)
    mine.filter(Q(sent_at=None)).update(sent_at=now)
    mine.filter(handed_over_wall=None).update(handed_over_wall=wall)
