"""Verbs of the room: receive, quarantine, resend, register stations."""

from __future__ import annotations

import csv
import datetime as dt
import io
import logging
from collections.abc import Iterable, Sequence

from django.db import transaction

from xiangtian.core import clock, facts, ledger
from xiangtian.core.home import Home
from xiangtian.core.models import Person
from xiangtian.core.people import require
from xiangtian.core.places import city
from xiangtian.core.stations import Station as Known
from xiangtian.core.stations import national_periods
from xiangtian.lake import raw
from xiangtian.lake.journal import Kept
from xiangtian.observe.models import Quarantined, Station

log = logging.getLogger(__name__)


def receive(home: Home, items: Sequence[raw.Incoming]) -> list[Kept]:
    """Keep messages as they came; when this returns they are on disk and may be acknowledged.

    A message larger than the spool takes is not kept: the refusal is written down in its place.

    Raises
    ------
    raw.SpoolError
        If the disk can't take them; nothing of the batch may then be acknowledged.
    """
    small = [item for item in items if len(item.body) <= raw.MAX_BODY_BYTES]
    kept = raw.keep(home, small) if small else []
    for item in items:
        if len(item.body) > raw.MAX_BODY_BYTES:
            refuse_large(item.source, item.name, len(item.body))
    return kept


def refuse_large(source: str, name: str, size: int) -> None:
    """Write down that a message was too large to keep."""
    most = raw.MAX_BODY_BYTES // 2**20
    reason = f"报文 {size / 2**20:.1f} MiB，超过上限 {most} MiB，未保存；请拆分后重发 (too large, split and send again)"
    Quarantined.objects.create(
        source=source, name=name[:300], reason=reason, size=size, received=clock.now(), sha256="", part=""
    )
    log.warning("%s from %s refused: %d bytes, at most %d MiB are taken", name, source, size, most)


@transaction.atomic
def quarantine(kept: Kept, refusals: Iterable[tuple[str, str]]) -> int:
    """Put aside (part, reason) pairs of one kept message; doing it twice changes nothing. Give how many are new."""
    new = 0
    for part, reason in refusals:
        _, created = Quarantined.objects.get_or_create(
            sha256=kept.sha256,
            name=kept.name[:300],
            part=part[:200],
            received=kept.received,
            defaults={"reason": reason, "source": kept.source, "size": kept.size},
        )
        new += created
    if new:
        facts.tell("message.quarantined", kept.sha256, {"name": kept.name})
    return new


@transaction.atomic
def resend(home: Home, person: Person, quarantined: int) -> Quarantined:
    """Send quarantined bytes through the intake again, after a decoder or a mapping was mended.

    Raises
    ------
    NotAllowed
        If the person has no right to.
    ValueError
        If the bytes were never kept.
    """
    require(person, "observe.resend")
    row = Quarantined.objects.select_for_update().get(pk=quarantined)
    if not row.sha256:
        raise ValueError("原文过大未保存，无法重送：请发送方拆分后重发 (the bytes were never kept)")
    receive(home, [raw.Incoming(raw.body(home, row.sha256), "resend", row.name, clock.now())])
    row.state = "resent"
    row.save(update_fields=["state"])
    ledger.write(person.username, "observe.resend", row.sha256, {"name": row.name, "part": row.part})
    return row


@transaction.atomic
def close(person: Person, quarantined: int, reason: str) -> Quarantined:
    """Put a quarantined message away for good, with a reason; its bytes stay in the spool.

    Raises
    ------
    NotAllowed
        If the person has no right to.
    ValueError
        If it is closed already, or the reason is empty.
    """
    require(person, "observe.resend")
    row = Quarantined.objects.select_for_update().get(pk=quarantined)
    if row.state == "closed":
        raise ValueError("该报文已关闭，不能再次关闭 (already closed)")
    if not reason.strip():
        raise ValueError("关闭必须写明原因 (a reason is needed)")
    row.state = "closed"
    row.save(update_fields=["state"])
    detail = {"name": row.name, "part": row.part, "reason": reason.strip()}
    ledger.write(person.username, "observe.close", row.sha256 or f"quarantined:{row.pk}", detail)
    return row


ALWAYS = dt.date(1949, 10, 1)
"""From when on stations without a known history are held to stand where they stand."""


@transaction.atomic
def register_stations(stations: Iterable[Known], *, drill: bool = False) -> int:
    """Write down stations that are not known yet; known ones stay as they are. Give how many are new."""
    new = 0
    for one in stations:
        told = {"zh": one.zh, "en": one.en, "kind": one.kind, "lon": one.lon, "lat": one.lat, "alt_m": one.alt_m}
        told |= {"district": one.district, "national": one.national, "drill": drill, "source": one.source}
        _, created = Station.objects.get_or_create(code=one.id, valid_from=ALWAYS, defaults=told)
        new += created
    return new


def read_stations(text: str) -> list[Known]:
    """Read a list of stations: CSV with a header `id,zh,en,kind,lon,lat,alt_m`; the district follows from the position.

    Raises
    ------
    ValueError
        If a column is missing or a row can't be read; the message names the row.
    """
    rows = list(csv.DictReader(io.StringIO(text)))
    needed = {"id", "zh", "en", "kind", "lon", "lat", "alt_m"}
    if not rows or needed - set(rows[0]):
        columns = ", ".join(sorted(needed))
        raise ValueError(f"a list of stations needs the columns {columns} and a row; found {rows[:1]}")
    found = []
    for number, row in enumerate(rows, 2):
        try:
            lon, lat, alt_m = (float(row[name]) for name in ("lon", "lat", "alt_m"))
        except ValueError as error:
            raise ValueError(f"row {number} ({row['id']}): {error}; lon, lat, alt_m are numbers") from error
        district = city().at(lon, lat) or ""
        told = (row["zh"], row["en"], row["kind"], lon, lat, alt_m, district, False, "operator's list")
        found.append(Known(row["id"], *told))
    return found


@transaction.atomic
def register_national() -> int:
    """Write down the national stations with their whole history, a row for each position. Give how many are new."""
    new = 0
    for period in national_periods():
        one = period.station
        told = {"zh": one.zh, "en": one.en, "kind": one.kind, "lon": one.lon, "lat": one.lat, "alt_m": one.alt_m}
        told |= {"district": one.district, "national": True, "source": one.source, "valid_to": period.valid_to}
        _, created = Station.objects.get_or_create(code=one.id, valid_from=period.valid_from, defaults=told)
        new += created
    return new
