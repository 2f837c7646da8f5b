"""Exemptions: apply, decide (by somebody else), withdraw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from xiangtian.core import clock, ledger
from xiangtian.core.elements import CATALOGUE
from xiangtian.core.models import Person
from xiangtian.core.people import NotAllowed, require
from xiangtian.observe.actions.assess import AssessRefused, reasoned, refuse_closed, refuse_order, stations_known
from xiangtian.observe.actions.charging import void_exempt
from xiangtian.observe.models import Exemption

MOST_STATIONS = 500
LONGEST = dt.timedelta(days=366)


@dataclass(frozen=True)
class Wanted:
    """An exemption as somebody applies for it; `element` "": all."""

    stations: Sequence[str]
    element: str
    starts: dt.datetime
    ends: dt.datetime
    kind: str
    reason: str


@transaction.atomic
def apply_exemption(person: Person, wanted: Wanted) -> Exemption:
    """Apply for an exemption; it counts only once somebody else has approved it.

    Raises
    ------
    NotAllowed
        If the person has no right to, for the districts of all its stations.
    AssessRefused
        If something is unknown, the time is turned round, too long or closed, or the reason is empty.
    """
    codes = sorted(set(wanted.stations))
    if len(codes) > MOST_STATIONS:
        raise AssessRefused(f"一次最多 {MOST_STATIONS} 站，现有 {len(codes)} 站 (too many stations: apply twice)")
    districts = stations_known(codes, wanted.starts)
    require(person, "observe.defect", districts)
    reason = reasoned(wanted.reason)
    if wanted.kind not in dict(Exemption.KINDS):
        raise AssessRefused(
            f"豁免类别 {wanted.kind} 不可用，须为{'、'.join(zh for _, zh in Exemption.KINDS)} (unknown kind)"
        )
    if wanted.element and wanted.element not in CATALOGUE:
        raise AssessRefused(f"要素 {wanted.element} 不在要素目录中 (not in the catalogue of elements)")
    refuse_order(wanted.starts, wanted.ends)
    if wanted.ends - wanted.starts > LONGEST:
        raise AssessRefused(f"豁免不超过 {LONGEST.days} 天 (at most {LONGEST.days} days)")
    refuse_closed(wanted.starts, wanted.ends)
    row = Exemption.objects.create(
        stations=codes, districts=districts, element=wanted.element, starts=wanted.starts, ends=wanted.ends,
        kind=wanted.kind, reason=reason, applied_by=person, applied=clock.now(),
    )  # fmt: skip
    detail = {"stations": codes, "kind": row.kind, "starts": row.starts.isoformat(), "ends": row.ends.isoformat()}
    ledger.write(person.username, "observe.exemption_applied", f"exemption:{row.pk}", detail)
    return row


def _waiting(number: int) -> Exemption:
    row = Exemption.objects.select_for_update().get(pk=number)
    if row.state != "waiting":
        raise AssessRefused(f"该申请{row.get_state_display()}，不能再改 (it is decided)")
    refuse_closed(row.starts, row.ends)
    return row


@transaction.atomic
def decide_exemption(person: Person, number: int, approve: bool, words: str) -> Exemption:
    """Approve or refuse an exemption; nobody decides on an application of one's own.

    Raises
    ------
    NotAllowed
        If the person has no right to, for all its districts, or applied for it.
    AssessRefused
        If it is decided already, its time is closed, or the words are empty.
    """
    row = _waiting(number)
    require(person, "observe.exempt", row.districts)
    if row.applied_by_id == person.pk:
        raise NotAllowed(f"{person} 是申请人，须由另一人审批 (whoever applied may not decide)")
    row.state, row.decided_by, row.decided = "approved" if approve else "refused", person, clock.now()
    row.decision = reasoned(words, "审批意见")
    row.save()
    voided = void_exempt(row) if approve else 0
    detail = {"state": row.state, "decision": row.decision, "charges_voided": voided}
    ledger.write(person.username, "observe.exemption_decided", f"exemption:{row.pk}", detail)
    return row


@transaction.atomic
def withdraw_exemption(person: Person, number: int) -> Exemption:
    """Take an application back before it is decided; only whoever made it may.

    Raises
    ------
    NotAllowed
        If somebody else made it.
    AssessRefused
        If it is decided already, or its time is closed.
    """
    row = _waiting(number)
    if row.applied_by_id != person.pk:
        raise NotAllowed(f"{person} 不是申请人，不能撤回 (only the applicant may withdraw)")
    row.state = "withdrawn"
    row.save(update_fields=["state"])
    ledger.write(person.username, "observe.exemption_withdrawn", f"exemption:{row.pk}")
    return row
