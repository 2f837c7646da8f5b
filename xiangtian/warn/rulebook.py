"""Read a rule table from YAML: strict, and an error names the file and the field."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from typing import Any

import yaml

from xiangtian.warn.colours import Colour, colour
from xiangtian.warn.rules import Branch, Continuing, Level, RuleTable, Spatial

Fields = dict[str, Any]

TOP = {
    "id", "kind", "zh", "en", "region", "valid_from", "valid_to", "source", "conf", "approved_by",
    "event_code", "spatial", "continuing", "least_probability", "levels",
}  # fmt: skip
OPTIONAL = {"spatial", "continuing", "least_probability"}


class RuleError(ValueError):
    """A rule table that can't be used; says which file, which field, what was found and what is allowed."""


def parse(text: str, name: str) -> RuleTable:
    """Read and check one rule table.

    Parameters
    ----------
    text : str
        The YAML text.
    name : str
        The file's name, for messages.

    Returns
    -------
    RuleTable
        The table; its levels are sorted from blue to red.

    Raises
    ------
    RuleError
        If anything is missing, unknown or out of bounds.
    """
    try:
        read = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise RuleError(f"{name}: not readable as YAML: {error}") from error
    top = _fields(read, f"{name}", TOP, TOP - OPTIONAL)
    table = RuleTable(
        **{key: _text(top, key, name) for key in ("id", "kind", "zh", "en", "source", "conf", "event_code")},
        region=_region(top["region"], name),
        valid_from=_date(top, "valid_from", name),
        valid_to=None if top["valid_to"] is None else _date(top, "valid_to", name),
        approved_by=None if top["approved_by"] is None else _text(top, "approved_by", name),
        spatial=_spatial(top.get("spatial", {}), f"{name}: spatial"),
        least_probability=_share({"least_probability": 0.0} | top, name),
        continuing=_continuing(top.get("continuing", {}), f"{name}: continuing"),
        levels=_levels(top["levels"], f"{name}: levels"),
    )
    if table.valid_to is not None and table.valid_to < table.valid_from:
        raise RuleError(f"{name}: valid_to {table.valid_to} is before valid_from {table.valid_from}")
    return table


def _fields(read: object, where: str, allowed: set[str], needed: set[str]) -> Fields:
    if not isinstance(read, dict):
        raise RuleError(f"{where}: found {type(read).__name__}, needs fields {', '.join(sorted(allowed))}")
    for key in read:
        if key not in allowed:
            raise RuleError(f"{where}: unknown field {key!r}; allowed: {', '.join(sorted(allowed))}")
    for key in sorted(needed):
        if key not in read:
            raise RuleError(f"{where}: field {key!r} is missing")
    return read


def _text(fields: Fields, key: str, where: str) -> str:
    value = fields[key]
    if not isinstance(value, str) or not value.strip():
        raise RuleError(f"{where}: {key}: found {value!r}, needs a text that is not empty")
    return value


def _region(value: object, where: str) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"CN|\d{2}|\d{4}|\d{6}", value):
        raise RuleError(f"{where}: region: found {value!r}, needs CN or 2, 4 or 6 digits of an adcode in quotes")
    return value


def _date(fields: Fields, key: str, where: str) -> dt.date:
    value = fields[key]
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
        raise RuleError(f"{where}: {key}: found {value!r}, needs a day such as 2007-06-12")
    return value


def _number(fields: Fields, key: str, where: str, fits: Callable[[float], bool], allowed: str) -> float:
    value = fields[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or not fits(value):
        raise RuleError(f"{where}: {key}: found {value!r}, needs a number {allowed}")
    return float(value)


def _above_zero(value: float) -> bool:
    return value > 0


def _spatial(read: object, where: str) -> Spatial:
    fields = {"stations": 1, "share": 0} | _fields(read, where, {"stations", "share"}, set())
    stations = _number(fields, "stations", where, lambda value: value >= 1 and value == int(value), "of whole stations")
    return Spatial(int(stations), _number(fields, "share", where, lambda value: 0 <= value <= 1, "from 0 to 1"))


def _share(fields: Fields, where: str) -> float:
    return _number(fields, "least_probability", where, lambda value: 0 <= value <= 1, "from 0 to 1")


def _continuing(read: object, where: str) -> Continuing:
    fields = {"next_h": 1, "rain_mm": 0.5} | _fields(read, where, {"next_h", "rain_mm"}, set())
    return Continuing(
        _number(fields, "next_h", where, _above_zero, "of hours above 0"),
        _number(fields, "rain_mm", where, _above_zero, "of mm above 0"),
    )


def _levels(read: object, where: str) -> tuple[Level, ...]:
    if not isinstance(read, dict) or not read:
        raise RuleError(f"{where}: found {read!r}, needs at least one of blue, yellow, orange, red")
    return tuple(sorted((_level(key, fields, where) for key, fields in read.items()), key=lambda level: level.colour))


def _level(key: object, read: object, above: str) -> Level:
    try:
        rank: Colour = colour(str(key))
    except ValueError as error:
        raise RuleError(f"{above}: {error}") from error
    where = f"{above}: {key}"
    fields = _fields(read, where, {"branches", "guidance", "guidance_en"}, {"branches", "guidance", "guidance_en"})
    branches = fields["branches"]
    if not isinstance(branches, list) or not branches:
        raise RuleError(f"{where}: branches: found {branches!r}, needs a list of at least one")
    return Level(
        rank,
        tuple(_branch(branch, f"{where}: branch {place}") for place, branch in enumerate(branches, 1)),
        _lines(fields, "guidance", where),
        _lines(fields, "guidance_en", where),
    )


def _branch(read: object, where: str) -> Branch:
    allowed = {"basis", "window_h", "threshold_mm", "lead_h", "continuing"}
    fields: Fields = {"continuing": False} | _fields(read, where, allowed, {"basis", "window_h", "threshold_mm"})
    if fields["basis"] not in ("observed", "forecast"):
        raise RuleError(f"{where}: basis: found {fields['basis']!r}, allowed: observed, forecast")
    if (fields["basis"] == "forecast") != ("lead_h" in fields):
        raise RuleError(f"{where}: lead_h: a forecast branch needs it, an observed one has none")
    if not isinstance(fields["continuing"], bool):
        raise RuleError(f"{where}: continuing: found {fields['continuing']!r}, needs true or false")
    return Branch(
        fields["basis"],
        _number(fields, "window_h", where, lambda value: 0 < value <= 72, "of hours above 0, up to 72"),
        _number(fields, "threshold_mm", where, _above_zero, "of mm above 0"),
        _number(fields, "lead_h", where, lambda value: 0 < value <= 72, "of hours above 0, up to 72")
        if "lead_h" in fields
        else 0.0,
        fields["continuing"],
    )


def _lines(fields: Fields, key: str, where: str) -> tuple[str, ...]:
    lines = fields[key]
    if not isinstance(lines, list) or not lines or not all(isinstance(line, str) and line.strip() for line in lines):
        raise RuleError(f"{where}: {key}: found {lines!r}, needs a list of texts")
    return tuple(lines)
