"""Enter targets and exercise gateways; an address or gateway never stands on both sides."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db import transaction

from xiangtian.core import ledger
from xiangtian.core.models import Person
from xiangtian.core.people import require
from xiangtian.publish.channels import channel
from xiangtian.publish.channels.cap_feed import ADDRESSES
from xiangtian.publish.channels.contract import LIVE_TERMINALS, BadAddress
from xiangtian.publish.models import ExerciseEndpoint
from xiangtian.publish.notice import COLOURS
from xiangtian.publish.queries.sending import TABLES, endpoints

EXERCISE_TERMINALS = "xiangtian/exercise/terminals"
GATEWAYS = ("sms", "email", "mqtt_terminal")
"""Channels that need a gateway, mail server or broker."""


class TargetRefused(ValueError):
    """A target or gateway can't be entered; the message says why."""


@dataclass(frozen=True)
class TargetSpec:
    """What is known of a target; empty `areas` or `hazards` mean all, an empty secret is made."""

    name: str
    channel: str
    address: str
    secret: str = ""
    areas: tuple[str, ...] = ()
    hazards: tuple[str, ...] = ()
    least_colour: str = "blue"


def _refuse(spec: TargetSpec, others: set[tuple[str, str]]) -> None:
    try:
        channel(spec.channel).check(spec.address)
    except (KeyError, BadAddress) as error:
        raise TargetRefused(f"{spec.name}: {error}") from error
    if spec.least_colour not in COLOURS:
        raise TargetRefused(f"{spec.name}: colour {spec.least_colour!r}; allowed: {', '.join(COLOURS)}")
    if (spec.channel, spec.address) in others:
        raise TargetRefused(f"{spec.name}: {spec.address} 已在另一名单中：真实目标与演练目标不得共用地址")


def _enter(specs: Sequence[TargetSpec], list_name: str) -> int:
    other = TABLES["exercise" if list_name == "live" else "live"]
    others = set(other.objects.values_list("channel", "address"))
    table = TABLES[list_name]
    for spec in specs:
        _refuse(spec, others)
    rows = [
        table(
            name=spec.name,
            channel=spec.channel,
            address=spec.address,
            secret=spec.secret or secrets.token_hex(16),
            areas=list(spec.areas),
            hazards=list(spec.hazards),
            least_colour=spec.least_colour,
        )
        for spec in specs
    ]
    before = table.objects.count()
    table.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)  # type: ignore[arg-type]
    return table.objects.count() - before


@transaction.atomic
def add_exercise_targets(actor: str, specs: Sequence[TargetSpec]) -> int:
    """Enter targets of exercises; those that are there already stay as they are.

    Returns
    -------
    int
        How many were new.

    Raises
    ------
    TargetRefused
        If an address can't be used by its channel or stands in the live list; none is entered then.
    """
    added = _enter(specs, "exercise")
    if added:
        ledger.write(actor, "publish.exercise_targets", "exercise", {"added": added})
    return added


@transaction.atomic
def retire_exercise_targets(actor: str, channel_name: str, keep: Sequence[str]) -> int:
    """Put exercise targets of a channel out of use, but for some addresses; give how many were in use.

    Simulators of an earlier exercise are gone, and their addresses with them; what was sent to them stays recorded.
    """
    rows = TABLES["exercise"].objects.filter(channel=channel_name, active=True).exclude(address__in=list(keep))
    retired = rows.update(active=False)
    if retired:
        ledger.write(actor, "publish.exercise_targets", "exercise", {"retired": retired, "channel": channel_name})
    return retired


@transaction.atomic
def add_live_target(person: Person, spec: TargetSpec) -> int:
    """Enter a target of real warnings.

    Returns
    -------
    int
        1, or 0 if it was there already.

    Raises
    ------
    NotAllowed
        If the person lacks the right `publish.targets`.
    TargetRefused
        If the address can't be used or stands in the exercise list.
    """
    require(person, "publish.targets", spec.areas)
    added = _enter([spec], "live")
    if added:
        ledger.write(
            person.username, "publish.live_target", spec.name, {"channel": spec.channel, "address": spec.address}
        )
    return added


@transaction.atomic
def open_house_channels(actor: str) -> int:
    """Enter what belongs to the house itself, in both lists: the feed, and the topics of the terminals.

    Returns
    -------
    int
        How many were new.
    """
    added = 0
    for list_name, mark, root in (("live", "", LIVE_TERMINALS), ("exercise", "演练", EXERCISE_TERMINALS)):
        feed = TargetSpec(f"{mark}公开预警源", "cap_feed", ADDRESSES[list_name])
        added += _enter([feed, TargetSpec(f"{mark}显示终端", "mqtt_terminal", root)], list_name)
    if added:
        ledger.write(actor, "publish.open_channels", "house", {"added": added})
    return added


@transaction.atomic
def use_exercise_endpoints(actor: str, urls: Mapping[str, str]) -> None:
    """Say which gateways exercises use; channels that are not named keep theirs, "" takes one away.

    Raises
    ------
    TargetRefused
        If a channel has no gateway, or the phone or mail gateway is the one of real warnings.
    """
    live = endpoints("live")
    real = {"sms": _place(live.sms_url), "email": _place(live.smtp_url)}
    for name, url in urls.items():
        if name not in GATEWAYS:
            raise TargetRefused(f"channel {name!r} has no gateway; those that have are {', '.join(GATEWAYS)}")
        if url and real.get(name) == _place(url):
            raise TargetRefused(f"演练不得使用真实网关 {_place(url)}：请给演练另设网关")
        ExerciseEndpoint.objects.update_or_create(channel=name, defaults={"url": url})
    ledger.write(actor, "publish.exercise_endpoints", "exercise", {name: _place(url) for name, url in urls.items()})


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname or ''}:{parts.port or ''}{parts.path.rstrip('/')}" if url else ""
