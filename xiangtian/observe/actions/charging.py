"""Laying a defect to people by its cause, and taking that back."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from xiangtian.core import clock
from xiangtian.observe.assess.charges import UNNOTICED, charge, unnoticed
from xiangtian.observe.assess.owners import NOBODY, Place
from xiangtian.observe.assess.rules import Rules
from xiangtian.observe.models import Charge, Defect, Exemption
from xiangtian.observe.queries.assess_names import networks_of
from xiangtian.observe.queries.assess_rules import assess_rules, roster


def rules_of(defect: Defect) -> Rules:
    """Give the table under which a defect is judged: that of the climate day on which it began."""
    return assess_rules(clock.climate_day(defect.starts))


def parts(defect: Defect) -> list[Defect]:
    """Give the defects at single stations: the children of a shared one, or itself."""
    return list(defect.children.all()) or [defect]


def recharge(defect: Defect) -> list[Charge]:
    """Lay a defect to whoever answers for its cause; what was laid for another cause is voided.

    Returns
    -------
    list of Charge
        The new ones; none where nobody answers for the cause, an exemption covers it, or it was a false alarm.
    """
    standing = defect.charges.filter(voided=None).exclude(cause=UNNOTICED)
    void(list(standing.exclude(cause=defect.cause)), "原因改定")
    if not defect.cause or defect.state == "dismissed" or exempt_whole(defect):
        return []
    return _lay(defect, defect.cause, defect.starts)


def charge_unnoticed(defect: Defect, now: dt.datetime) -> list[Charge]:
    """Lay a defect that nobody noticed in time to the duty officer; once, and not again after it was voided."""
    if defect.charges.filter(cause=UNNOTICED).exists() or exempt_whole(defect):
        return []
    late = unnoticed(rules_of(defect), defect.found_at, defect.noticed_at, now)
    return _lay(defect, UNNOTICED, defect.found_at) if late else []


def _lay(defect: Defect, cause: str, moment: dt.datetime) -> list[Charge]:
    rules = rules_of(defect)
    on_duty = roster(moment, moment + dt.timedelta(minutes=1))
    known = networks_of([part.station for part in parts(defect)])
    places = [Place(part.station, part.district, known.get(part.station, "")) for part in parts(defect)]
    told = {one for place in places if (one := charge(rules, on_duty, place, cause, moment))}
    held = set(defect.charges.filter(cause=cause, voided=None).values_list("person", flat=True))
    new = []
    for one in sorted(told, key=lambda one: one.person):
        person = None if one.person == NOBODY else one.person
        if person not in held:
            new.append(
                Charge.objects.create(
                    defect=defect, cause=cause, duty=one.duty, person_id=person, rule=rules.version, made=clock.now()
                )
            )
    return new


def void(charges: list[Charge], words: str) -> None:
    """Take charges back."""
    for one in charges:
        one.voided, one.void_words = clock.now(), words[:200]
        one.save(update_fields=["voided", "void_words"])


def exempt_whole(defect: Defect) -> bool:
    """Say whether approved exemptions cover a defect from begin to end, at every station."""
    return all(_covered(part) for part in parts(defect))


def _covered(part: Defect) -> bool:
    if part.ends is None:
        return False
    touching = Exemption.objects.filter(state="approved", starts__lte=part.starts, ends__gte=part.ends)
    fitting = touching.filter(Q(element="") | Q(element=part.element))
    return any(part.station in one.stations for one in fitting)


def void_exempt(exemption: Exemption) -> int:
    """Void the charges of defects that an exemption has come to cover; give how many."""
    near = Defect.objects.filter(charges__voided=None, charges__isnull=False, starts__lte=exemption.ends)
    near = near.filter(Q(ends=None) | Q(ends__gte=exemption.starts)).distinct()
    gone = [
        charge
        for defect in near.prefetch_related("children")
        if exempt_whole(defect)
        for charge in defect.charges.filter(voided=None)
    ]
    void(gone, f"豁免 {exemption.pk}")
    return len(gone)
