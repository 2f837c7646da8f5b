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
def rule_texts() -> dict[str, str]:
    """Give the texts of all rule tables that ship with the room, by file name."""
    folder = resources.files("xiangtian.warn") / "tables"
    files = sorted(folder.iterdir(), key=lambda file: file.name)
    return {
        file.name: file.read_text(encoding="utf-8")
        for file in files
        if file.name.endswith(".yaml") and file.name != OFFICES
    }


@lru_cache(maxsize=1)
def rule_tables() -> tuple[RuleTable, ...]:
    """Give all rule tables that ship with the room, checked."""
    return tuple(parse(text, name) for name, text in rule_texts().items())


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
