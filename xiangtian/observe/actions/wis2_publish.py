"""Our observations go out over WIS2: file and notification are written first, and sent until acknowledged."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import secrets
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F

from xiangtian.core import clock, ledger, settings
from xiangtian.core.home import Home
from xiangtian.observe.encode.bufr_surface import StationFacts
from xiangtian.observe.models import Wis2Message, Wis2Notice
from xiangtian.observe.queries import wis2 as queries
from xiangtian.observe.wis2 import discovery, ids, messages, outgoing, publishing, topics
from xiangtian.observe.wis2.hours import Report
from xiangtian.observe.wis2.outgoing import Node, OutgoingError
from xiangtian.observe.wis2.subscribe import broker
from xiangtian.publish.patience import Patience, pause_s

log = logging.getLogger(__name__)
BACK = dt.timedelta(hours=6)
"""How far back late reports and corrections still go out."""
MOST_AT_ONCE = 500
LEASE_S = 60.0
PATIENCE = Patience(base_s=5.0, cap_s=600.0, tries=40)
"""More than five hours."""
FILES_STAY = dt.timedelta(days=7)
ROWS_STAY = {"done": 3, "ignored": 3, "unchanged": 3, "refused": 30, "quarantined": 30, "given_up": 30}
"""Days after which a notification that came is forgotten, by state."""
MESSAGES_STAY = dt.timedelta(days=30)


def publishes() -> bool:
    """Tell whether anything may go out: a broker is named, and this is no exercise."""
    return bool(settings.text("XIANGTIAN_WIS2_PUBLISH")) and clock.scenario() is None


def prepare(home: Home) -> int:
    """Write file and notification of reports that are new or were corrected, at most `MOST_AT_ONCE`; give how many.

    Nothing is prepared in an exercise, or while no broker is named.
    """
    if not publishes():
        return 0
    now, who = clock.now(), queries.node()
    stations = queries.station_facts(now, queries.whose())
    reports = queries.reports(home, now - BACK, now, now, sorted(stations))
    done = _newest_rows(now - BACK - dt.timedelta(hours=1))
    fresh = [one for one in reports if _is_news(one, done.get((one.reading.station, one.reading.time)))]
    count = _prepare_record(home, who, fresh[0].reading.time) if fresh else 0
    for report in fresh[:MOST_AT_ONCE]:
        before = done.get((report.reading.station, report.reading.time))
        count += _prepare(home, who, report, stations[report.reading.station], before)
    if count:
        ledger.write("job:wis2", "observe.wis2_prepare", who.centre, {"messages": count})
    return count


def _newest_rows(since: dt.datetime) -> dict[tuple[str, dt.datetime], Wis2Message]:
    rows = Wis2Message.objects.filter(time__gte=since).exclude(station="").order_by("revision")
    return {(row.station, row.time): row for row in rows}


def _is_news(report: Report, before: Wis2Message | None) -> bool:
    return before is None or report.known > before.known


def _prepare(home: Home, who: Node, report: Report, facts: StationFacts, before: Wis2Message | None) -> int:
    now, reading = clock.now(), report.reading
    name = publishing.granule_name(facts.wigos, reading.time)
    refused = before is not None and before.state == "refused"
    revision = 0 if before is None else before.revision + (not refused)
    row = Wis2Message(
        station=reading.station, time=reading.time, revision=revision, known=report.known, prepared=now,
        data_id=f"{who.centre}/data/core/{topics.SYNOP}/{name}", topic=topics.synop(who.centre),
    )  # fmt: skip
    try:
        coded = outgoing.encode(reading, facts, revision)
    except OutgoingError as error:
        return _refuse(row, before if refused else None, str(error))
    if before is not None and before.digest == coded.digest:
        Wis2Message.objects.filter(pk=before.pk).update(known=report.known)
        return 0
    row.digest = coded.digest
    row.path = publishing.keep(publishing.folder(home), name, now.date(), coded.body)
    if refused and before is not None:
        before.delete()
    update = revision > 0
    _write(row, outgoing.announce(who, reading, facts, name, row.path, coded.body, update=update, now=now))
    return 1


def _refuse(row: Wis2Message, before: Wis2Message | None, words: str) -> int:
    """Write down, once for each report, why it can't go out."""
    row.pk = before.pk if before else None
    row.state, row.reason = "refused", words
    row.message_id = ids.message_id(row.data_id, words, messages.rfc3339(row.prepared))
    row.save()
    log.warning("%s can't go out: %s", row.data_id, words)
    return 0


def _prepare_record(home: Home, who: Node, begins: dt.datetime) -> int:
    """Announce the discovery record, if it is the first or says something else than the last one."""
    rows = Wis2Message.objects.filter(station="", topic=topics.metadata(who.centre)).order_by("id")
    first, last, now = rows.first(), rows.last(), clock.now()
    begins, created = (first.known, first.prepared) if first else (begins, now)
    digest = hashlib.sha256(messages.write(record(who, begins, created, created))).hexdigest()
    if last is not None and last.digest == digest:
        return 0
    body = messages.write(record(who, begins, created, now))
    publishing.keep_record(home, who.centre, body)
    document = outgoing.announce_record(who, body, update=last is not None, now=now)
    row = Wis2Message(
        time=now, known=begins, prepared=now, digest=digest, data_id=document["properties"]["data_id"],
        topic=topics.metadata(who.centre),
    )  # fmt: skip
    _write(row, document)
    return 1


def record(who: Node, begins: dt.datetime, created: dt.datetime, updated: dt.datetime) -> messages.Document:
    """Give the discovery record of our dataset.

    Raises
    ------
    OutgoingError
        If a setting makes it one that the world would refuse.
    """
    made = discovery.record(queries.dataset(who, begins, created, updated))
    if found := discovery.faults(made):
        raise OutgoingError(f"发现元数据不合规：{'; '.join(found)} (the discovery record has faults)")
    return made


def _write(row: Wis2Message, document: messages.Document) -> None:
    row.message_id, row.document = document["id"], messages.write(document).decode()
    messages.read(row.document.encode())
    row.save()


def send_due(limit: int = MOST_AT_ONCE) -> str:
    """Send what is due; what the broker acknowledged is done, the rest comes again after a pause."""
    if not publishes():
        return ""
    rows = _claim(limit)
    if not rows:
        return ""
    place = broker(settings.text("XIANGTIAN_WIS2_PUBLISH"), settings.text("XIANGTIAN_WIS2_MQTT"))
    letters = [(row.topic, row.document.encode()) for row in rows]
    sent = publishing.send(place, letters, f"xiangtian-wis2-{secrets.token_hex(6)}")
    _record_sent(rows[at] for at in sent.acknowledged)
    _record_failed((row for at, row in enumerate(rows) if at not in sent.acknowledged), sent.words)
    failed = len(rows) - len(sent.acknowledged)
    return f"已发送 {len(sent.acknowledged)}" + (f"，未发出 {failed}：{sent.words}" if failed else "")


def _claim(limit: int) -> list[Wis2Message]:
    wall = clock.wall()
    due = Wis2Message.objects.filter(state="waiting", next_try__lte=wall)
    chosen = list(due.order_by("id").values_list("pk", flat=True)[:limit])
    with transaction.atomic():
        mine = [pk for pk in chosen if due.filter(pk=pk).update(next_try=wall + LEASE_S, tries=F("tries") + 1)]
    return list(Wis2Message.objects.filter(pk__in=mine).order_by("id"))


@transaction.atomic
def _record_sent(rows: Iterable[Wis2Message]) -> None:
    Wis2Message.objects.filter(pk__in=[row.pk for row in rows]).update(state="sent", sent=clock.now(), reason="")


@transaction.atomic
def _record_failed(rows: Iterable[Wis2Message], words: str) -> None:
    for row in rows:
        over = row.tries >= PATIENCE.tries
        pause = 0.0 if over else pause_s(PATIENCE, row.message_id, row.tries)
        state = "given_up" if over else "waiting"
        Wis2Message.objects.filter(pk=row.pk).update(state=state, reason=words, next_try=clock.wall() + pause)


def tidy(home: Home) -> str:
    """Forget what is old: files that went out, and rows of both directions; say how much."""
    now, gone = clock.now(), 0
    for state, days in ROWS_STAY.items():
        gone += Wis2Notice.objects.filter(state=state, received__lt=now - dt.timedelta(days=days)).delete()[0]
    old = Wis2Message.objects.filter(prepared__lt=now - MESSAGES_STAY).exclude(station="")
    gone += old.delete()[0]
    days = publishing.tidy(publishing.folder(home), (now - FILES_STAY).date())
    return f"清理 {gone} 条记录，{days} 天的文件" if gone or days else ""
