"""Records with the names that people read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, Protocol, TypeVar

from django.utils.translation import get_language

from xiangtian.core.models import Person
from xiangtian.core.people import NotAllowed, require
from xiangtian.core.places import city
from xiangtian.warn.tabled import rule_tables


class Record(Protocol):
    """What proposals, drafts and messages have in common."""

    @property
    def districts(self) -> Iterable[str]:
        """Codes of districts."""


R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Shown(Generic[R]):
    """A record, the name of its hazard, the names of its districts, and how many minutes ago it came."""

    row: R
    kind: str
    districts: tuple[str, ...]
    minutes: int = 0


def shown(row: R, hazard: str, since: dt.datetime | None = None, now: dt.datetime | None = None) -> Shown[R]:
    """Add the names to a record, and its age where both moments are given."""
    age = now - since if since and now else dt.timedelta()
    return Shown(row, kind(hazard), names(row.districts), int(age.total_seconds() // 60))


def kind(hazard: str) -> str:
    """Give a hazard's name in the reader's language; its key where no rule table has it."""
    return _kinds(english()).get(hazard, hazard)


def names(codes: Iterable[str]) -> tuple[str, ...]:
    """Give the names of districts in the reader's language; the code where the city has no such district."""
    called = _districts(english())
    return tuple(called.get(code, code) for code in codes)


def choices() -> list[tuple[str, str]]:
    """Give code and name of every district."""
    return list(_districts(english()).items())


def hindrance(person: Person, right: str, districts: Iterable[str], *, duty: bool = True) -> str:
    """Say why a person can't do something for districts now; empty if they can. The action asks again."""
    try:
        require(person, right, districts, duty=duty)
    except NotAllowed as error:
        return str(error)
    return ""


def english() -> bool:
    """Tell whether the reader reads English."""
    return (get_language() or "").startswith("en")


@lru_cache(maxsize=2)
def _kinds(english: bool) -> dict[str, str]:
    return {table.kind: table.en if english else table.zh for table in rule_tables()}


@lru_cache(maxsize=2)
def _districts(english: bool) -> dict[str, str]:
    return {one.code: one.en if english else one.zh for one in city().districts}
