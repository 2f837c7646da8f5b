"""Verbs about people: register somebody, put somebody on shift."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from xiangtian.core import clock, ledger
from xiangtian.core.models import Person, Shift, Unit
from xiangtian.core.people import ROLES
from xiangtian.core.places import city


class RegistryError(ValueError):
    """Somebody can't be registered; the message says why."""


@transaction.atomic
def register_person(
    username: str,
    name: str,
    roles: Sequence[str],
    unit: str,
    unit_name: str,
    districts: Sequence[str],
    password: str,
    actor: str = "cli",
) -> Person:
    """Register a person; a unit that is not there yet is made.

    Raises
    ------
    RegistryError
        If a role or district is unknown, the name is taken, or the password is too weak.
    """
    unknown = sorted(set(roles) - set(ROLES))
    if unknown or not roles:
        raise RegistryError(f"roles {unknown or 'none'}; allowed: {', '.join(ROLES)}")
    known = {one.code for one in city().districts}
    if strange := sorted(set(districts) - known):
        raise RegistryError(f"districts {strange}; allowed: {', '.join(sorted(known))}")
    if Person.objects.filter(username=username).exists():
        raise RegistryError(f"somebody is registered as {username!r} already: choose another log-in name")
    told = {"zh": unit_name or unit, "en": unit_name or unit, "districts": list(districts) or sorted(known)}
    of, _ = Unit.objects.get_or_create(code=unit, defaults=told)
    person = Person(username=username, zh=name, roles=list(roles), unit=of)
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise RegistryError("password: " + " ".join(error.messages)) from error
    person.set_password(password)
    person.save()
    ledger.write(actor, "core.person_registered", username, {"roles": list(roles), "unit": unit})
    return person


@transaction.atomic
def begin_shift(username: str, length: dt.timedelta, actor: str = "cli") -> dt.datetime:
    """Put a person on shift from now on; give the end.

    Raises
    ------
    RegistryError
        If nobody has this log-in name.
    """
    person = Person.objects.filter(username=username).first()
    if person is None:
        raise RegistryError(f"nobody is registered as {username!r}")
    starts = clock.now()
    Shift.objects.create(person=person, starts=starts, ends=starts + length)
    ledger.write(actor, "core.shift", username, {"ends": (starts + length).isoformat()})
    return starts + length
