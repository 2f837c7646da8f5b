"""Verbs about partners: make one, issue and revoke tokens, end an agreement. Each is one line in the ledger."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from xiangtian.core import clock, ledger
from xiangtian.core.elements import CATALOGUE
from xiangtian.core.models import Person
from xiangtian.core.people import require
from xiangtian.core.places import city
from xiangtian.kit.models import Partner, Token

RIGHT = "kit.partners"
MARK = "xt_"
"""Every token begins so, so that one that leaked into a file is found."""
SHOWN = 11
"""Signs of a token that are kept in clear."""
MOST_DAYS = 730
MOST_PER_MINUTE = 6000


class PartnerRefused(ValueError):
    """It can't be done; the message says why."""


@dataclass(frozen=True)
class Wanted:
    """A partner as somebody wants it."""

    name: str
    contact: str
    districts: Sequence[str]
    elements: Sequence[str]
    per_minute: int = 60
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None


def digest(token: str) -> str:
    """Hash a token as it is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def add_partner(person: Person, wanted: Wanted) -> Partner:
    """Register a partner.

    Raises
    ------
    NotAllowed
        If the person has no right to, for all of its districts.
    PartnerRefused
        If the name is empty or taken, a district or element is unknown or none is named, or figures don't fit.
    """
    _refuse(wanted)
    require(person, RIGHT, wanted.districts)
    starts = wanted.valid_from or clock.administrative_day(clock.now())
    if wanted.valid_to and wanted.valid_to < starts:
        raise PartnerRefused(f"协议 {wanted.valid_to} 止、{starts} 起：止日须不早于起日 (ends before it begins)")
    row = Partner.objects.create(
        name=wanted.name.strip(), contact=wanted.contact.strip(), districts=sorted(set(wanted.districts)),
        elements=[name for name in CATALOGUE if name in set(wanted.elements)], per_minute=wanted.per_minute,
        valid_from=starts, valid_to=wanted.valid_to, made=clock.now(), made_by=person,
    )  # fmt: skip
    detail = {"name": row.name, "districts": row.districts, "elements": row.elements, "per_minute": row.per_minute}
    detail |= {"valid_from": str(starts), "valid_to": str(row.valid_to or "")}
    ledger.write(person.username, "kit.partner_added", f"partner:{row.pk}", detail)
    return row


def _refuse(wanted: Wanted) -> None:
    if not wanted.name.strip() or not wanted.contact.strip():
        raise PartnerRefused("须填合作单位名称和联系单位 (a name and whom to turn to are needed)")
    if Partner.objects.filter(name=wanted.name.strip()).exists():
        raise PartnerRefused(f"合作单位“{wanted.name.strip()}”已登记：请用别的名称 (the name is taken)")
    _refuse_unknown("行政区", wanted.districts, list(city().by_code))
    _refuse_unknown("要素", wanted.elements, list(CATALOGUE))
    if not 1 <= wanted.per_minute <= MOST_PER_MINUTE:
        raise PartnerRefused(f"每分钟次数 {wanted.per_minute}：须为 1 至 {MOST_PER_MINUTE} (calls a minute)")


def _refuse_unknown(what: str, found: Sequence[str], known: Sequence[str]) -> None:
    if not found:
        raise PartnerRefused(f"没有选{what}：不选即什么也看不到，请至少选一个 (name at least one; none means nothing)")
    if strange := sorted(set(found) - set(known)):
        raise PartnerRefused(f"{what} {'、'.join(strange)} 不存在，须为 {'、'.join(known)} 之一 (unknown)")


@transaction.atomic
def issue_token(person: Person, partner: Partner, days: int = 365) -> tuple[Token, str]:
    """Issue a token; what is returned beside the record is the token itself, seen now and never again.

    Raises
    ------
    NotAllowed
        If the person has no right to, for all districts of the partner.
    PartnerRefused
        If the partner is switched off, or the days don't fit.
    """
    require(person, RIGHT, partner.districts)
    if not partner.active:
        raise PartnerRefused(f"合作单位“{partner}”已停用，不能签发令牌 (the partner is switched off)")
    if not 1 <= days <= MOST_DAYS:
        raise PartnerRefused(f"有效期 {days} 天：须为 1 至 {MOST_DAYS} 天 (days of validity)")
    secret = MARK + secrets.token_urlsafe(32)
    now = clock.now()
    row = Token.objects.create(
        partner=partner,
        prefix=secret[:SHOWN],
        digest=digest(secret),
        created=now,
        expires=now + dt.timedelta(days=days),
    )
    detail = {"prefix": row.prefix, "expires": row.expires.isoformat()}
    ledger.write(person.username, "kit.token_issued", f"partner:{partner.pk}", detail)
    return row, secret


@transaction.atomic
def revoke_token(person: Person, prefix: str) -> Token:
    """Revoke a token at once.

    Raises
    ------
    NotAllowed
        If the person has no right to, for all districts of its partner.
    PartnerRefused
        If there is none of this prefix, or it is revoked already.
    """
    row = Token.objects.select_related("partner").filter(prefix=prefix).first()
    if row is None:
        raise PartnerRefused(f"没有以 {prefix!r} 开头的令牌 (no such token)")
    require(person, RIGHT, row.partner.districts)
    if row.revoked:
        raise PartnerRefused(f"令牌 {prefix} 已于 {clock.beijing(row.revoked)} 撤销 (revoked already)")
    row.revoked = clock.now()
    row.save(update_fields=["revoked"])
    ledger.write(person.username, "kit.token_revoked", f"partner:{row.partner_id}", {"prefix": prefix})
    return row


@transaction.atomic
def switch_partner(person: Person, partner: Partner, *, on: bool) -> None:
    """Switch a partner off (all of its tokens stop at once) or on again.

    Raises
    ------
    NotAllowed
        If the person has no right to, for all of its districts.
    """
    require(person, RIGHT, partner.districts)
    partner.active = on
    partner.save(update_fields=["active"])
    ledger.write(person.username, "kit.partner_switched", f"partner:{partner.pk}", {"on": on})
