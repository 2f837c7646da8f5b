"""Release: a second person signs, and the message is frozen, chained, sealed and handed to the channels, all at once.

One transaction holds the message, its deliveries, its line in the ledger and its fact: either all are there or none.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from xiangtian.core import clock, facts, ledger, settings
from xiangtian.core.home import Home
from xiangtian.core.models import Person
from xiangtian.core.people import require
from xiangtian.core.places import city
from xiangtian.core.serial import take_turn
from xiangtian.publish.actions import enqueue
from xiangtian.publish.notice import Notice
from xiangtian.warn import tabled, texts
from xiangtian.warn.actions import NotPossible, must_be_alone, must_drive
from xiangtian.warn.cap import PROFILES, CapMessage, WarnedArea, to_cap
from xiangtian.warn.capcheck import check
from xiangtian.warn.chain import Action, ChainError, ChainMessage, admit, references
from xiangtian.warn.colours import colour
from xiangtian.warn.identifier import SecondFull, allot
from xiangtian.warn.models import Draft, Event, Message
from xiangtian.warn.queries import chain_of, rule_table
from xiangtian.warn.signature import KeyPair, XmlSigner, new_key
from xiangtian.warn.texts import Signal

KEY_DAYS = 730
LATER = dt.timedelta(seconds=1)
MOST_SECONDS = 30


@transaction.atomic
def issue(home: Home, person: Person, draft_id: int, revision: int) -> Message:
    """Sign a submitted draft and release it.

    Parameters
    ----------
    home : Home
        Whose key seals it.
    person : Person
        The signer: never the drafter, on shift, with the right for all its districts.
    draft_id, revision : int
        Which draft, and the revision the signer read.

    Returns
    -------
    Message
        The frozen message; its deliveries are queued.

    Raises
    ------
    NotAllowed
        If the person may not sign it.
    NotPossible
        If the draft isn't submitted, was changed meanwhile, is the signer's own, or doesn't fit what is in force.
    """
    draft = Draft.objects.select_for_update().get(pk=draft_id)
    _check(person, draft, revision)
    take_turn()
    event = draft.event or _new_event(draft)
    sent, identifier = _number(event)
    made = _compose(draft, event, sent, identifier)
    pair = key(home)
    sealed = XmlSigner(pair).sign(to_cap(made.cap))
    _must_be_right(sealed, identifier, pair.certificate)
    message = _freeze(draft, event, made, sealed.decode(), person)
    enqueue(_notice(message))
    told = {
        "action": draft.action,
        "colour": draft.colour,
        "cap_sha256": message.cap_sha256,
        "drafter": str(draft.drafter),
    }
    ledger.write(person.username, "warn.issue", identifier, told | {"event": event.code})
    facts.tell(
        "warning.released", identifier, {"event": event.code, "action": draft.action, "wall": message.signed_wall}
    )
    transaction.on_commit(lambda: write_file(home, message))
    return message


def write_file(home: Home, message: Message) -> Path:
    """Write a message's CAP file where programs find it; it can be written again at any time, always the same."""
    path = home.messages / f"{message.identifier}.xml"
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(message.cap, encoding="utf-8", newline="")
    aside.replace(path)
    return path


def key(home: Home) -> KeyPair:
    """Give the key this home signs with; the first call makes one. An operator puts its own in the same two files."""
    private, certificate = home.secrets / "cap-key.pem", home.secrets / "cap-certificate.pem"
    if not private.exists():
        made = new_key(tabled.office(settings.text("XIANGTIAN_OFFICE")).en, *_validity())
        certificate.write_bytes(made.certificate)
        with os.fdopen(os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(made.private_key)
    return KeyPair(private.read_bytes(), certificate.read_bytes())


def _validity() -> tuple[dt.datetime, int]:
    """Begin of a new certificate, and its days: it holds in the home's time (a drill may play in 2010) and in ours."""
    times = clock.now(), dt.datetime.fromtimestamp(clock.wall(), clock.UTC)
    begins = min(times) - dt.timedelta(days=1)
    return begins, (max(times) - begins).days + KEY_DAYS


@dataclass(frozen=True)
class _Composed:
    cap: CapMessage
    onset: dt.datetime
    expires: dt.datetime


def _check(person: Person, draft: Draft, revision: int) -> None:
    if draft.state != "submitted":
        raise NotPossible(f"该稿件{draft.get_state_display()}，不是待签发状态；请刷新页面 (draft is {draft.state})")
    if draft.revision != revision:
        raise NotPossible(f"稿件已被改为第 {draft.revision} 版，您看到的是第 {revision} 版：请重新阅读后再签发")
    if person.pk == draft.drafter_id:
        raise NotPossible("拟稿人不能签发自己的稿件，请另一位当班签发人签发 (signer must not be the drafter)")
    require(person, "warn.sign", draft.districts, duty=True)
    table = rule_table(draft.rule_version)
    must_drive(table, draft.status)
    if draft.status != clock.status():
        raise NotPossible(f"稿件状态为 {draft.status}，而本系统此刻为 {clock.status()}：演练与实发不得混用")
    if draft.action == "NEW":
        must_be_alone(draft.hazard, draft.status)


def _new_event(draft: Draft) -> Event:
    now, office = clock.now(), settings.text("XIANGTIAN_OFFICE")
    year = now.astimezone(clock.BEIJING).year
    same = Event.objects.filter(office=office, hazard=draft.hazard, year=year, status=draft.status)
    number = (same.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    return Event.objects.create(
        office=office, hazard=draft.hazard, year=year, number=number, status=draft.status, opened=now
    )


def _number(event: Event) -> tuple[dt.datetime, str]:
    """Give the second of release and an identifier nobody has.

    A full second pushes the release to the next one; a clock that was set back does not put it before its chain.
    """
    office, past = event.office, [one.sent for one in chain_of(event)]
    sent = max([clock.now().replace(microsecond=0), *past])
    for _ in range(MOST_SECONDS):
        stem = f"{office}_{sent.astimezone(clock.BEIJING):%Y%m%d%H%M%S}_"
        taken = set(Message.objects.filter(identifier__startswith=stem).values_list("identifier", flat=True))
        try:
            return sent, allot(office, sent, taken)
        except SecondFull:
            sent += LATER
    raise NotPossible(f"{MOST_SECONDS} 秒内的编号都已用完：请稍后再签发 (all numbers are taken)")


def _compose(draft: Draft, event: Event, sent: dt.datetime, identifier: str) -> _Composed:
    past = chain_of(event)
    expires = sent + dt.timedelta(hours=draft.valid_hours)
    onset = onset_of(draft, sent, expires)
    coming = ChainMessage(
        identifier,
        event.office,
        sent,
        Action(draft.action),
        colour(draft.colour),
        onset,
        expires,
        frozenset(draft.districts),
    )
    try:
        admit(past, coming)
    except ChainError as error:
        raise NotPossible(f"与已发布的消息不衔接：{error}") from error
    signal = signal_of(draft, event, sent, onset, expires)
    cap = CapMessage(
        identifier=identifier,
        sender=event.office,
        signal=signal,
        event_id=event.code,
        event_code=rule_table(draft.rule_version).event_code,
        kind=draft.hazard,
        certainty=draft.proposal.evidence["certainty"] if draft.proposal else "Likely",
        references=references(past, sent),
        areas=tuple(_area(code) for code in draft.districts),
        web=f"{settings.text('XIANGTIAN_PUBLIC_URL')}/feed/cap/{identifier}.xml",
        parameters=_parameters(draft),
    )
    return _Composed(cap, onset, expires)


def _parameters(draft: Draft) -> tuple[tuple[str, str], ...]:
    told = draft.proposal.evidence["parameters"] if draft.proposal else []
    pairs = tuple((str(name), str(value)) for name, value in told)
    return pairs or (("rule_version", draft.rule_version),)


def onset_of(draft: Draft, sent: dt.datetime, expires: dt.datetime) -> dt.datetime:
    """Give when the danger of a draft begins: as its proposal found, if that lies within the message's time."""
    told = draft.proposal.evidence["onset"] if draft.proposal else None
    onset = dt.datetime.fromisoformat(told).replace(microsecond=0) if told else sent
    return onset if sent < onset < expires else sent


def signal_of(draft: Draft, event: Event, sent: dt.datetime, onset: dt.datetime, expires: dt.datetime) -> Signal:
    """Give all that the texts of a draft's message say if it is sent at a moment; previews and release share it."""
    office, table = tabled.office(event.office), rule_table(draft.rule_version)
    level = table.level(colour(draft.colour))
    named = [city().by_code[code] for code in draft.districts]
    running = clock.scenario()
    return Signal(
        office_zh=office.zh,
        office_en=office.en,
        issued=sent,
        onset=onset,
        expires=expires,
        action=Action(draft.action),
        kind_zh=table.zh,
        kind_en=table.en,
        colour=level.colour,
        areas_zh=tuple(one.zh for one in named),
        areas_en=tuple(one.en for one in named),
        happened_zh=draft.happened,
        happened_en=draft.happened_en,
        expected_zh=draft.expected,
        expected_en=draft.expected_en,
        guidance_zh=level.guidance,
        guidance_en=level.guidance_en,
        phone=office.phone,
        status=draft.status,
        reason=draft.reason,
        rain_factor=float(running.notes.get("rain_factor", "1")) if running else 1.0,
    )


def _area(code: str) -> WarnedArea:
    one = city().by_code[code]
    return WarnedArea(code, one.zh, one.en, tuple(tuple(polygon[0]) for polygon in one.polygons))


def _must_be_right(sealed: bytes, identifier: str, certificate: bytes) -> None:
    """Refuse to release what a stranger's reader would refuse: structure, both profiles and the seal must be right."""
    for verdict in check(sealed, identifier, [certificate]):
        if not verdict.valid or verdict.signature != "valid" or any(label not in verdict.profile for label in PROFILES):
            raise NotPossible(f"生成的 CAP 不合格，未发布 (our own CAP is not right): {verdict.as_dict()}")


def _freeze(draft: Draft, event: Event, made: _Composed, cap: str, signer: Person) -> Message:
    signal = made.cap.signal
    message = Message.objects.create(
        identifier=made.cap.identifier,
        event=event,
        draft=draft,
        action=draft.action,
        colour=draft.colour,
        districts=draft.districts,
        status=draft.status,
        headline=texts.headline_zh(signal),
        texts={
            "short": texts.short_zh(signal),
            "text": texts.long_zh(signal),
            "full": "\n".join(filter(None, (texts.description_zh(signal), texts.instruction_zh(signal)))),
            "en": "\n".join(filter(None, (texts.description_en(signal), texts.instruction_en(signal)))),
        },
        sent=signal.issued,
        onset=made.onset,
        expires=made.expires,
        references=list(made.cap.references),
        cap=cap,
        cap_sha256=hashlib.sha256(cap.encode()).hexdigest(),
        rule_version=draft.rule_version,
        drafter=draft.drafter,
        signer=signer,
        signed_wall=clock.wall(),
        reason=draft.reason,
    )
    draft.event, draft.state = event, "signed"
    draft.save(update_fields=["event", "state"])
    return message


def _notice(message: Message) -> Notice:
    return Notice(
        message=message.identifier,
        event=message.event.code,
        status=message.status,
        action=message.action,
        hazard=message.event.hazard,
        colour=message.colour,
        areas=tuple(message.districts),
        headline=message.headline,
        bodies={"cap": message.cap, **message.texts},
        sent=message.sent,
        expires=message.expires,
    )
