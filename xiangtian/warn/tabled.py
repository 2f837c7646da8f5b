"""The tables that ship with the room: rule tables of the hazards, and the offices that may release."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import yaml

from xiangtian.warn.rulebook import parse
from xiangtian.warn.rules import RuleTable

OFFICES = "offices.yaml"


@dataclass(frozen=True)
class Office:
    """A releasing office: the 14 digits of its identifier, its names, and the number people may ring."""

    code: str
    zh: str
    en: str
    phone: str


@lru_cache(maxsize=1)
def rule_tables() -> tuple[RuleTable, ...]:
    """Give all rule tables that ship with the room, checked."""
    folder = resources.files("xiangtian.warn") / "tables"
    files = sorted(folder.iterdir(), key=lambda file: file.name)
    return tuple(
        parse(file.read_text(encoding="utf-8"), file.name)
        for file in files
        if file.name.endswith(".yaml") and file.name != OFFICES
    )


@lru_cache(maxsize=1)
def offices() -> dict[str, Office]:
    """Give the offices by their code."""
    text = (resources.files("xiangtian.warn") / "tables" / OFFICES).read_text(encoding="utf-8")
    return {row["code"]: Office(**row) for row in yaml.safe_load(text)}


def office(code: str) -> Office:
    """Give an office.

    Raises
    ------
    KeyError
        If there is none of this code; the message lists those there are.
    """
    try:
        return offices()[code]
    except KeyError:
        raise KeyError(f"no office {code!r} in {OFFICES}; it has {', '.join(offices())}") from None


def table_by_version(version: str) -> RuleTable:
    """Give the rule table of a version.

    Raises
    ------
    KeyError
        If no table has it.
    """
    for table in rule_tables():
        if table.version == version:
            return table
    raise KeyError(f"no rule table of version {version!r}; known are {', '.join(one.version for one in rule_tables())}")
