"""Sweeps: hand over what is due, fetch receipts, take expired signals off the terminals."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count

from xiangtian.core import clock
from xiangtian.kit.jobs import Job
from xiangtian.publish.actions.acknowledge import acknowledge_all
from xiangtian.publish.actions.lease import reclaim
from xiangtian.publish.actions.record import note_topics
from xiangtian.publish.channels.contract import Endpoints
from xiangtian.publish.channels.mqtt_terminal import MqttTerminal, put
from xiangtian.publish.channels.sms import Sms
from xiangtian.publish.jobs.courier import Courier
from xiangtian.publish.models import OPEN, Delivery, GatewayCursor, TerminalTopic
from xiangtian.publish.queries.sending import TABLES, endpoints, terminal_states

__all__ = ["JOBS", "Courier", "Drained", "close", "deliver", "drain", "expire", "receipts", "reclaim"]

PAUSE_S = 15.0
"""Pause after a gateway or broker could not be reached."""
AWAITED_S = 30.0
"""How long after handing over a drain waits for a receipt, seconds of real time."""
RECEIPT_DAYS_S = 86400.0
"""How long after handing over receipts are still asked for, seconds."""
ZH = {
    "handed_over": "交出待回执",
    "delivered": "送达",
    "failed_for_now": "失败待重试",
    "failed_for_good": "放弃",
}


class _House:
    """The one courier of this process, made when it is first needed."""

    courier: Courier | None = None
    lock = threading.Lock()

    @classmethod
    def ask(cls) -> Courier:
        with cls.lock:
            cls.courier = cls.courier or Courier()
            return cls.courier


def close() -> None:
    """Stop the senders of this process; what was not begun is given back."""
    with _House.lock:
        if _House.courier:
            _House.courier.close()
        _House.courier = None


def deliver(courier: Courier | None = None) -> str:
    """Hand over what is due, for a second at most; say how many parcels ended how."""
    done = (courier or _House.ask()).sweep()
    return "，".join(f"{ZH[kind]} {number}" for kind, number in done.items())


def receipts() -> str:
    """Ask the phone-message gateways for receipts, as long as some may still come.

    Raises
    ------
    httpx.HTTPError
        If a gateway can't be reached; it is then left alone for `PAUSE_S`.
    ValueError
        If its answer can't be read.
    """
    said = [_fetch(endpoints(list_name)) for list_name in _lists_with_receipts()]
    return "；".join(words for words in said if words)


def _lists_with_receipts() -> list[str]:
    since = clock.wall() - RECEIPT_DAYS_S
    rows = Delivery.objects.filter(channel=Sms.name, state__in=("sent", "delivered"), handed_over_wall__gt=since)
    return list(rows.order_by().values_list("target_list", flat=True).distinct())


def _fetch(gateways: Endpoints) -> str:
    if not gateways.sms_url:
        return ""
    sms = Sms()
    cursor, _ = GatewayCursor.objects.get_or_create(address=sms.place(gateways.sms_url))
    if cursor.next_try > clock.wall():
        return ""
    mine = GatewayCursor.objects.filter(pk=cursor.pk)
    try:
        news, onward = sms.poll(gateways, cursor.cursor)
    except Exception:
        mine.update(next_try=clock.wall() + PAUSE_S)
        raise
    if not news:
        return ""
    with transaction.atomic():
        new, unknown = acknowledge_all(news, gateways.list_name)
        mine.update(cursor=onward, next_try=0)
    return f"收到回执 {new}" + (f"，来历不明 {unknown}" if unknown else "")


def expire() -> str:
    """Write the terminals' topics anew where a signal has expired, or an older state may stand over a newer one."""
    due = TerminalTopic.objects.filter(until__lte=clock.now(), next_try__lte=clock.wall())
    areas: dict[tuple[str, int], list[str]] = {}
    for list_name, target, area in due.values_list("target_list", "target_id", "area"):
        areas.setdefault((list_name, target), []).append(area)
    said = [_rewrite(list_name, target, wanted) for (list_name, target), wanted in areas.items()]
    return "；".join(words for words in said if words)


def _rewrite(list_name: str, number: int, areas: list[str]) -> str:
    topics = TerminalTopic.objects.filter(target_list=list_name, target_id=number, area__in=areas)
    target = TABLES[list_name].objects.filter(pk=number, active=True).first()
    gateways = endpoints(list_name)
    if target is None or MqttTerminal().ready(gateways):
        topics.update(next_try=clock.wall() + PAUSE_S)
        return ""
    states = terminal_states(target, areas, list_name)
    outcome = put(gateways, {f"{target.address}/{area}": text for area, text in states.items()})
    if outcome.kind != "delivered":
        topics.update(next_try=clock.wall() + PAUSE_S)
        return f"{target.name}：到期信号未能撤下（{outcome.words}）"
    with transaction.atomic():
        note_topics(list_name, number, states)
    return f"{target.name}：{len(states)} 个行政区的显示已更新"


@dataclass(frozen=True)
class Drained:
    """How a drain ended: whether nothing was left to do, how many rows stand in each state, how long it took."""

    complete: bool
    states: dict[str, int]
    seconds: float


def drain(timeout_s: float = 60.0, horizon_s: float = 5.0, courier: Courier | None = None) -> Drained:
    """Sweep until nothing is due and no receipt is awaited; for exercises without a scheduler, and for tests.

    Parameters
    ----------
    timeout_s : float
        Longest time to spend, seconds.
    horizon_s : float
        Rows whose next try is further away than this are not waited for, seconds.
    courier : Courier
        Whose senders to use (default: the process's own).

    Returns
    -------
    Drained
        `complete` is False if the time ran out first.
    """
    senders, begun = courier or _House.ask(), clock.wall()
    while (complete := not _left(senders, horizon_s)) is False and clock.wall() < begun + timeout_s:
        moved = senders.sweep()
        moved.update(Counter(news=1) if receipts() else {})
        if not moved:
            time.sleep(0.05)
    expire()
    counts = Delivery.objects.order_by().values_list("state").annotate(number=Count("id"))
    return Drained(complete, dict(counts), clock.wall() - begun)


def _left(senders: Courier, horizon_s: float) -> bool:
    soon = Delivery.objects.filter(state__in=OPEN, next_try__lte=clock.wall() + horizon_s)
    return senders.busy or soon.exists() or _awaited()


def _awaited() -> bool:
    """Whether a receipt may still be fetched: rows handed over of late, of a list whose gateway can be asked."""
    since = clock.wall() - AWAITED_S
    waiting = (
        Delivery.objects.filter(state="sent", handed_over_wall__gt=since)
        .order_by()
        .values_list("target_list", flat=True)
        .distinct()
    )
    return any(endpoints(list_name).sms_url for list_name in waiting)


JOBS = (
    Job("publish.deliver", 0.2, deliver),
    Job("publish.receipts", 1.0, receipts),
    Job("publish.expire", 1.0, expire),
)
"""What the scheduler ticks."""
