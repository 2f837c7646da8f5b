"""Who may do what, for which district: asked in every action, never only in a page. What is not allowed is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from xiangtian.core import clock
from xiangtian.core.models import Person

ROLES: dict[str, frozenset[str]] = {
    "forecaster": frozenset({"warn.draft", "warn.dismiss", "view"}),
    "signer": frozenset({"warn.draft", "warn.dismiss", "warn.sign", "view"}),
    "observer": frozenset({"observe.resend", "observe.review", "observe.defect", "observe.appeal", "view"}),
    "engineer": frozenset({
        "observe.resend", "observe.defect", "observe.appeal", "observe.stations", "observe.edge", "publish.retry",
        "publish.targets", "view",
    }),
    "assessor": frozenset({
        "observe.review", "observe.defect", "observe.roster", "observe.exempt", "observe.judge", "observe.freeze",
        "observe.stations", "observe.rules", "view",
    }),
    "data_manager": frozenset({"kit.partners", "observe.stations", "observe.wis2", "view"}),
    "manager": frozenset({"warn.rules", "view"}),
    "viewer": frozenset({"view"}),
}  # fmt: skip
"""Role to rights. A right is `room.verb`; whoever has no role has no right."""


class NotAllowed(PermissionError):
    """The person may not do this; the message says which right, place or shift is missing."""


def rights(person: Person) -> frozenset[str]:
    """Give all rights of a person, the union over the roles."""
    return (
        frozenset().union(*(ROLES.get(role, frozenset()) for role in person.roles)) if person.is_active else frozenset()
    )


def on_shift(person: Person, moment: dt.datetime | None = None) -> bool:
    """Tell whether a person is on duty at a moment (default: now)."""
    at = moment or clock.now()
    return person.shifts.filter(starts__lte=at, ends__gt=at).exists()


def require(person: Person, right: str, districts: Iterable[str] = (), *, duty: bool = False) -> None:
    """Refuse unless the person has the right, for all these districts, and (with `duty`) is on shift.

    Raises
    ------
    NotAllowed
        With words that tell the person what is missing.
    """
    if right not in rights(person):
        raise NotAllowed(f"{person} 没有权限“{right}”：请有此权限的同事操作 (no right {right})")
    scope = set(person.unit.districts) if person.unit else set()
    outside = sorted(set(districts) - scope)
    if outside:
        raise NotAllowed(f"{person} 不能代表行政区 {'、'.join(outside)} 操作 (outside the unit's districts)")
    if duty and not on_shift(person):
        raise NotAllowed(f"{person} 此刻不在班 (not on shift): 请当班人员操作或先登记值班")
