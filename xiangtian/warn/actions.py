"""Verbs of the warning desk: propose, accept, dismiss, edit, submit, send back, withdraw; `release.py` releases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from xiangtian.core import clock, ledger
from xiangtian.core.models import Person
from xiangtian.core.people import require
from xiangtian.core.serial import take_turn
from xiangtian.warn import tabled
from xiangtian.warn.chain import allowed
from xiangtian.warn.colours import colour as read_colour
from xiangtian.warn.decide import Need
from xiangtian.warn.models import Draft, Event, Proposal, RuleDecision, RuleText
from xiangtian.warn.queries import chain_of, in_force, rule_table
from xiangtian.warn.rulebook import parse
from xiangtian.warn.rules import RuleTable, may_drive

NEEDS_REASON = ("UPG", "DNG", "EXT", "EXA", "CON", "COR", "CAN")
"""Updates and lifting state why."""


class NotPossible(ValueError):
    """The verb does not fit the state; the message says what was found and what to do."""


@dataclass(frozen=True)
class Basis:
    """What a proposal rests on: texts, findings as JSON, and the versions of what was read."""

    words: str
    evidence: dict[str, Any]
    rule_version: str
    lake_version: int
    nowcast_run: str
    criterion_met_wall: float


@transaction.atomic
def propose(hazard: str, need: Need, event: Event | None, basis: Basis, status: str) -> Proposal:
    """Put a question before the duty officer; a waiting one of the same hazard is superseded by it."""
    take_turn()
    now = clock.now()
    Proposal.objects.filter(hazard=hazard, status=status, state="waiting").update(
        state="superseded", settled=now, reason="情况有变，由新建议取代"
    )
    proposal = Proposal.objects.create(
        hazard=hazard,
        colour=need.colour.key,
        action=need.action,
        districts=sorted(need.districts),
        event=event,
        words=basis.words,
        evidence=basis.evidence,
        rule_version=basis.rule_version,
        lake_version=basis.lake_version,
        nowcast_run=basis.nowcast_run,
        criterion_met_wall=basis.criterion_met_wall,
        status=status,
        proposed=now,
        proposed_wall=clock.wall(),
    )
    detail = {
        "action": need.action,
        "colour": need.colour.key,
        "districts": sorted(need.districts),
        "rule_version": basis.rule_version,
        "lake_version": basis.lake_version,
        "nowcast_run": basis.nowcast_run,
    }
    ledger.write("job:warn.watch", "warn.propose", f"proposal:{proposal.pk}", detail)
    return proposal


@transaction.atomic
def keep_rules(table: RuleTable, who: str) -> None:
    """Keep the text of a rule table that ships with the room and is about to drive something, unless it was kept."""
    if RuleText.objects.filter(version=table.version).exists():
        return
    for name, text in tabled.rule_texts().items():
        if parse(text, name).version == table.version:
            RuleText.objects.create(version=table.version, name=name, text=text, kept=clock.now())
            ledger.write(who, "warn.keep_rules", table.version, {"name": name})


@transaction.atomic
def decide_rules(person: Person, version: str, approved: bool, note: str) -> RuleDecision:
    """Say that a rule table may drive real messages from now on, or no more.

    Raises
    ------
    NotAllowed
        If the person has no right to.
    NotPossible
        If there is no such table, it is so already, or the note (what it was checked against, or why not) is empty.
    """
    require(person, "warn.rules")
    try:
        table = rule_table(version)
    except KeyError as error:
        raise NotPossible(f"没有版本为 {version} 的规则表 (no such rule table)") from error
    if (table.approved_by is not None) == approved:
        now = f"已由 {table.approved_by} 批准" if approved else "本来就未经批准"
        raise NotPossible(f"规则表 {table.id} {now}；请刷新页面 (nothing to change)")
    keep_rules(table, person.username)
    decision = RuleDecision.objects.create(
        version=version,
        table=table.id,
        approved=approved,
        note=_needed(note, "批准或撤销规则表"),
        person=person,
        decided=clock.now(),
    )
    told = {"table": table.id, "approved": approved, "note": decision.note}
    ledger.write(person.username, "warn.decide_rules", version, told)
    return decision


@transaction.atomic
def lapse(proposal: Proposal, why: str) -> None:
    """Close a waiting proposal whose criterion is no longer met."""
    changed = Proposal.objects.filter(pk=proposal.pk, state="waiting").update(
        state="lapsed", settled=clock.now(), reason=why
    )
    if changed:
        ledger.write("job:warn.watch", "warn.lapse", f"proposal:{proposal.pk}", {"why": why})


@transaction.atomic
def dismiss(person: Person, proposal_id: int, reason: str) -> Proposal:
    """Say no to a proposal, with a reason.

    Raises
    ------
    NotAllowed
        If the person has no right to, for these districts, or is not on shift.
    NotPossible
        If it no longer waits, or the reason is empty.
    """
    proposal = _waiting(proposal_id)
    require(person, "warn.dismiss", proposal.districts, duty=True)
    _settle(proposal, person, "dismissed", _needed(reason, "否决建议"))
    ledger.write(person.username, "warn.dismiss", f"proposal:{proposal.pk}", {"reason": reason})
    return proposal


@transaction.atomic
def accept(person: Person, proposal_id: int) -> Draft:
    """Take a proposal up as a draft.

    Raises
    ------
    NotAllowed
        If the person has no right to, for these districts, or is not on shift.
    NotPossible
        If it no longer waits.
    """
    proposal = _waiting(proposal_id)
    require(person, "warn.draft", proposal.districts, duty=True)
    _settle(proposal, person, "accepted", "")
    draft = Draft.objects.create(
        proposal=proposal,
        event=proposal.event,
        hazard=proposal.hazard,
        colour=proposal.colour,
        action=proposal.action,
        districts=proposal.districts,
        status=proposal.status,
        **proposal.evidence["sentences"],
        reason="" if proposal.action == "NEW" else _sentence(proposal.words.splitlines()[0]),
        valid_hours=_valid_h(proposal.rule_version, proposal.colour),
        rule_version=proposal.rule_version,
        drafter=person,
        drafted=clock.now(),
    )
    ledger.write(person.username, "warn.accept", f"proposal:{proposal.pk}", {"draft": draft.pk})
    return draft


@transaction.atomic
def begin(person: Person, table: RuleTable, colour_key: str, districts: Collection[str], judgement: str) -> Draft:
    """Begin a draft of a new event on a forecaster's own judgement, without a proposal.

    Parameters
    ----------
    person : Person
        Who drafts.
    table : RuleTable
        The table in force of the kind.
    colour_key : str
        One of its colours.
    districts : Collection
        Codes of the districts warned.
    judgement : str
        On what the forecaster rests it; the signer reads it.

    Raises
    ------
    NotAllowed
        If the person has no right to, for these districts, or is not on shift.
    NotPossible
        If the kind has no such colour, its table may not drive a message now, an event of the kind is in force, or the
        judgement is empty.
    """
    require(person, "warn.draft", districts, duty=True)
    status = clock.status()
    if colour_key not in [level.colour.key for level in table.levels]:
        raise NotPossible(f"{table.zh}没有“{colour_key}”级别；请选择该类信号的颜色 (choose a colour of this kind)")
    if not districts:
        raise NotPossible("至少选择一个区域 (choose a district)")
    must_drive(table, status)
    must_be_alone(table.kind, status)
    keep_rules(table, person.username)
    draft = Draft.objects.create(
        hazard=table.kind,
        colour=colour_key,
        action="NEW",
        districts=sorted(set(districts)),
        status=status,
        judgement=_needed(judgement, "自行拟稿的研判依据"),
        valid_hours=table.level(read_colour(colour_key)).valid_h,
        rule_version=table.version,
        drafter=person,
        drafted=clock.now(),
    )
    ledger.write(person.username, "warn.begin", f"draft:{draft.pk}", {"judgement": draft.judgement, **_plain(draft)})
    return draft


@transaction.atomic
def change(person: Person, event_id: int, action: str, reason: str) -> Draft:
    """Begin a draft that changes an event in force: EXT, EXA, UPG, DNG, CON, COR or CAN.

    Raises
    ------
    NotAllowed
        If the person has no right to, for the event's districts, or is not on shift.
    NotPossible
        If the event's state does not allow the action, or the reason is empty.
    """
    event = Event.objects.select_for_update().get(pk=event_id)
    last = event.messages.order_by("-id").first()
    if last is None:
        raise NotPossible(f"事件 {event.code} 还没有发布过消息 (nothing was released yet)")
    require(person, "warn.draft", last.districts, duty=True)
    _check_follows(event, action)
    draft = Draft.objects.create(
        event=event,
        hazard=event.hazard,
        colour=last.colour,
        action=action,
        districts=last.districts,
        status=event.status,
        reason=_needed(reason, "变更预警"),
        valid_hours=_valid_h(last.rule_version, last.colour),
        rule_version=last.rule_version,
        drafter=person,
        drafted=clock.now(),
    )
    ledger.write(person.username, "warn.change", event.code, {"draft": draft.pk, "action": action, "reason": reason})
    return draft


@dataclass(frozen=True)
class Edit:
    """What may be edited in a draft."""

    colour: str
    districts: Sequence[str]
    happened: str
    expected: str
    happened_en: str
    expected_en: str
    reason: str
    valid_hours: float


@transaction.atomic
def edit(person: Person, draft_id: int, revision: int, wanted: Edit, districts: Collection[str]) -> Draft:
    """Change a draft.

    Parameters
    ----------
    person : Person
        Who edits: anybody who may draft for the districts.
    draft_id, revision : int
        Which draft, and the revision the person saw.
    wanted : Edit
        How it should be.
    districts : Collection
        Codes of the districts that exist.

    Raises
    ------
    NotAllowed
        If the person has no right to, for the old or the new districts.
    NotPossible
        If the draft is not being written, was changed meanwhile, or a value can't be used.
    """
    draft = _draft(draft_id, ("editing",), revision)
    require(person, "warn.draft", {*draft.districts, *wanted.districts}, duty=True)
    _check(wanted, districts, rule_table(draft.rule_version))
    draft.colour = read_colour(wanted.colour).key
    draft.districts = sorted(set(wanted.districts))
    draft.happened, draft.expected = _sentence(wanted.happened), _sentence(wanted.expected)
    draft.happened_en, draft.expected_en = _sentence(wanted.happened_en), _sentence(wanted.expected_en)
    draft.reason, draft.valid_hours = _sentence(wanted.reason), wanted.valid_hours
    draft.drafter, draft.revision = person, draft.revision + 1
    draft.save()
    ledger.write(person.username, "warn.edit", f"draft:{draft.pk}", {"revision": draft.revision, **_plain(draft)})
    return draft


@transaction.atomic
def submit(person: Person, draft_id: int, revision: int) -> Draft:
    """Hand a draft to a signer.

    Raises
    ------
    NotAllowed
        If the person has no right to, or is not on shift.
    NotPossible
        If the draft is not being written, was changed meanwhile, or lacks a reason it needs.
    """
    draft = _draft(draft_id, ("editing",), revision)
    require(person, "warn.draft", draft.districts, duty=True)
    if draft.action in NEEDS_REASON:
        _needed(draft.reason, "变更或解除预警")
    draft.state, draft.submitted, draft.returned_because = "submitted", clock.now(), ""
    draft.save(update_fields=["state", "submitted", "returned_because"])
    ledger.write(person.username, "warn.submit", f"draft:{draft.pk}", {"revision": draft.revision, **_plain(draft)})
    return draft


@transaction.atomic
def send_back(person: Person, draft_id: int, reason: str) -> Draft:
    """Send a submitted draft back to its writer, with a reason."""
    draft = _draft(draft_id, ("submitted",))
    require(person, "warn.sign", draft.districts, duty=True)
    draft.state, draft.returned_because = "editing", _needed(reason, "退回")
    draft.save(update_fields=["state", "returned_because"])
    ledger.write(person.username, "warn.send_back", f"draft:{draft.pk}", {"reason": reason})
    return draft


@transaction.atomic
def withdraw(person: Person, draft_id: int, reason: str) -> Draft:
    """Give a draft up, with a reason."""
    draft = _draft(draft_id, ("editing", "submitted"))
    require(person, "warn.draft", draft.districts, duty=True)
    _needed(reason, "撤回")
    draft.state = "withdrawn"
    draft.save(update_fields=["state"])
    ledger.write(person.username, "warn.withdraw", f"draft:{draft.pk}", {"reason": reason})
    return draft


def must_drive(table: RuleTable, status: str) -> None:
    """Refuse a rule table that may not lead to a message of this status.

    Raises
    ------
    NotPossible
        If it may not.
    """
    if not may_drive(table, status):
        raise NotPossible(f"规则表 {table.id} 未经批准，只能用于演练或测试 (rule table not approved)")


def must_be_alone(hazard: str, status: str) -> None:
    """Refuse a new event of a hazard while one is in force.

    Raises
    ------
    NotPossible
        If one is.
    """
    live = [one for one in in_force(clock.now(), hazard) if one.status == status]
    if live:
        raise NotPossible(f"{live[0].event} 正在生效，请改为升级、扩大或延长，不要另发 (an event is in force)")


def _check_follows(event: Event, action: str) -> None:
    may = allowed(chain_of(event), clock.now())
    if action not in may:
        raise NotPossible(
            f"事件 {event.code} 现在不能做 {action}；可做：{'、'.join(sorted(may)) or '无（已解除或已失效，请新发）'}"
        )


def _valid_h(version: str, colour_key: str) -> float:
    """Give how long a signal is in force unless the forecaster says otherwise."""
    return rule_table(version).level(read_colour(colour_key)).valid_h


def _check(wanted: Edit, districts: Collection[str], table: RuleTable) -> None:
    has = [level.colour.key for level in table.levels]
    if wanted.colour not in has:
        raise NotPossible(f"{table.zh}没有“{wanted.colour}”级别；可选：{'、'.join(has)} (no such colour of this kind)")
    strange = sorted(set(wanted.districts) - set(districts))
    if strange or not wanted.districts:
        raise NotPossible(f"区域 {strange or '为空'} 不可用；可选：{'、'.join(sorted(districts))}")
    if not 0 < wanted.valid_hours <= table.longest_h:
        raise NotPossible(f"有效时长 {wanted.valid_hours} 小时不可用；应大于 0，不超过 {table.longest_h:g} 小时")


def _waiting(proposal_id: int) -> Proposal:
    proposal = Proposal.objects.select_for_update().get(pk=proposal_id)
    if proposal.state != "waiting":
        raise NotPossible(f"该建议{proposal.get_state_display()}，不能再处理；请刷新页面 (already {proposal.state})")
    return proposal


def _draft(draft_id: int, states: tuple[str, ...], revision: int | None = None) -> Draft:
    draft = Draft.objects.select_for_update().get(pk=draft_id)
    if draft.state not in states:
        raise NotPossible(f"该稿件{draft.get_state_display()}，不能这样操作；请刷新页面 (draft is {draft.state})")
    if revision is not None and revision != draft.revision:
        raise NotPossible(f"稿件已被改为第 {draft.revision} 版，您看到的是第 {revision} 版：请重新阅读后再操作")
    return draft


def _settle(proposal: Proposal, person: Person, state: str, reason: str) -> None:
    proposal.state, proposal.settled, proposal.settled_by, proposal.reason = state, clock.now(), person, reason
    proposal.save(update_fields=["state", "settled", "settled_by", "reason"])


def _needed(reason: str, what: str) -> str:
    if not reason.strip():
        raise NotPossible(f"{what}必须写明原因 (a reason is needed)")
    return reason.strip()


def _sentence(text: str) -> str:
    return text.strip().rstrip("。.")


def _plain(draft: Draft) -> dict[str, Any]:
    return {
        "action": draft.action,
        "colour": draft.colour,
        "districts": draft.districts,
        "valid_hours": draft.valid_hours,
        "happened": draft.happened,
        "expected": draft.expected,
    }


def until(draft: Draft, sent: dt.datetime) -> dt.datetime:
    """Give the end of a draft's message if it is sent at a moment."""
    return sent + dt.timedelta(hours=draft.valid_hours)
