"""The people of a drill: posts, not persons. They exist so that an exercise can be played alone, or shown.

Their log-ins are made anew in each home. In earnest the bureau's own people are registered, and these are absent.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
from dataclasses import dataclass

from django.db import transaction

from xiangtian.core import clock, ledger
from xiangtian.core.home import Home
from xiangtian.core.models import Person, Shift, Unit
from xiangtian.core.places import suzhou

CITY = ("32050041600000", "苏州市气象局（演练）", "Suzhou Meteorological Bureau (drill)")
POSTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("forecaster", "演练·值班预报员", ("forecaster",)),
    ("signer", "演练·带班签发人", ("signer",)),
    ("observer", "演练·观测值班员", ("observer",)),
    ("engineer", "演练·装备运维员", ("engineer",)),
    ("assessor", "演练·质量考核员", ("assessor",)),
    ("chief", "演练·观测业务科长", ("assessor", "data_manager", "manager")),
    ("mayor", "演练·市政府值班室", ("viewer",)),
)
"""Log-in name, what people read, roles; all of the city's unit."""
COUNTIES = ("320581", "320582", "320583", "320585")
"""Districts whose bureau has an officer of its own in the drill: Changshu, Zhangjiagang, Kunshan, Taicang."""
ON_DUTY = ("forecaster", "signer")


@dataclass(frozen=True)
class LogIn:
    """A log-in of the drill, as it is shown once at the start."""

    username: str
    zh: str
    password: str


@transaction.atomic
def register(home: Home, moment: dt.datetime, hours: float = 48) -> list[LogIn]:
    """Register the drill's people, put the duty pair on shift around a moment, and give the log-ins.

    Doing it again keeps people and passwords, and adds the shift.
    """
    kept = _kept(home)
    city = _unit(*CITY, [one.code for one in suzhou().districts])
    found = [_person(username, zh, roles, city, kept) for username, zh, roles in POSTS]
    for code in COUNTIES:
        one = suzhou().by_code[code]
        unit = _unit(f"{code}41600000", f"{one.zh}气象局（演练）", f"{one.en} Meteorological Bureau (drill)", [code])
        found.append(_person(f"county-{one.en.lower()}", f"演练·{one.zh}值班员", ("forecaster",), unit, kept))
    for username in ON_DUTY:
        person = Person.objects.get(username=username)
        starts = moment - dt.timedelta(hours=1)
        Shift.objects.get_or_create(person=person, starts=starts, defaults={"ends": starts + dt.timedelta(hours=hours)})
    _keep(home, found)
    return found


def log_ins(home: Home) -> list[LogIn]:
    """Give the log-ins of this home's drill, none where there was no drill."""
    path = home.secrets / "drill-log-ins.json"
    return [LogIn(**row) for row in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []


def _unit(code: str, zh: str, en: str, districts: list[str]) -> Unit:
    unit, _ = Unit.objects.get_or_create(code=code, defaults={"zh": zh, "en": en, "districts": districts})
    return unit


def _person(username: str, zh: str, roles: tuple[str, ...], unit: Unit, kept: dict[str, str]) -> LogIn:
    password = kept.get(username) or secrets.token_urlsafe(9)
    person, created = Person.objects.get_or_create(
        username=username, defaults={"zh": zh, "roles": list(roles), "unit": unit}
    )
    if created or username not in kept:
        person.set_password(password)
        person.save(update_fields=["password"])
        ledger.write("job:drill", "core.person_registered", username, {"roles": list(roles), "unit": unit.code})
    return LogIn(username, zh, password)


def _kept(home: Home) -> dict[str, str]:
    return {one.username: one.password for one in log_ins(home)}


def _keep(home: Home, found: list[LogIn]) -> None:
    path = home.secrets / "drill-log-ins.json"
    aside = path.with_suffix(".new")
    text = json.dumps([vars(one) for one in found], ensure_ascii=False, indent=1)
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    aside.replace(path)


def present(moment: dt.datetime | None = None) -> list[Person]:
    """Give the people on shift at a moment (default: now)."""
    at = moment or clock.now()
    return list(Person.objects.filter(shifts__starts__lte=at, shifts__ends__gt=at).distinct())
