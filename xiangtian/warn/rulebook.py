"""Read a rule table from YAML: strict, and an error names the file and the field."""

from __future__ import annotations

from xiangtian.core import tabled
from xiangtian.core.tabled import Fields, RuleError
from xiangtian.warn.colours import Colour, colour
from xiangtian.warn.criteria import JUDGED, OPERATORS, VARIABLES, Condition, Criterion
from xiangtian.warn.rules import Branch, Continuing, Level, RuleTable, Spatial

TOP = {
    "id", "kind", "zh", "en", "region", "valid_from", "valid_to", "source", "conf", "approved_by",
    "event_code", "spatial", "continuing", "least_probability", "levels",
}  # fmt: skip
OPTIONAL = {"spatial", "continuing", "least_probability"}


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
    top = tabled.fields(tabled.loaded(text, name), name, TOP - OPTIONAL, OPTIONAL)
    begins, ends = tabled.span(top, name)
    return RuleTable(
        **{key: tabled.text(top, key, name) for key in ("id", "kind", "zh", "en", "source", "conf", "event_code")},
        region=tabled.region(top["region"], name),
        valid_from=begins,
        valid_to=ends,
        approved_by=None if top["approved_by"] is None else tabled.text(top, "approved_by", name),
        spatial=_spatial(top.get("spatial", {}), f"{name}: spatial"),
        least_probability=_share({"least_probability": 0.0} | top, name),
        continuing=_continuing(top.get("continuing", {}), f"{name}: continuing"),
        levels=_levels(top["levels"], f"{name}: levels"),
    )


def _above_zero(value: float) -> bool:
    return value > 0


def _spatial(read: object, where: str) -> Spatial:
    fields = {"stations": 1, "share": 0} | tabled.fields(read, where, (), ("stations", "share"))
    stations = tabled.number(
        fields, "stations", where, lambda value: value >= 1 and value == int(value), "of whole stations"
    )
    return Spatial(int(stations), tabled.number(fields, "share", where, lambda value: 0 <= value <= 1, "from 0 to 1"))


def _share(fields: Fields, where: str) -> float:
    return tabled.number(fields, "least_probability", where, lambda value: 0 <= value <= 1, "from 0 to 1")


def _continuing(read: object, where: str) -> Continuing:
    fields = {"next_h": 1, "rain_mm": 0.5} | tabled.fields(read, where, (), ("next_h", "rain_mm"))
    return Continuing(
        tabled.number(fields, "next_h", where, _above_zero, "of hours above 0"),
        tabled.number(fields, "rain_mm", where, _above_zero, "of mm above 0"),
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
    fields = tabled.fields(read, where, ("guidance", "guidance_en"), ("branches", "criteria"))
    if ("branches" in fields) == ("criteria" in fields):
        raise RuleError(f"{where}: needs branches (rain sums) or criteria (judged by a forecaster), one of the two")
    kind, one = ("branches", "branch") if "branches" in fields else ("criteria", "criterion")
    given = fields[kind]
    if not isinstance(given, list) or not given:
        raise RuleError(f"{where}: {kind}: found {given!r}, needs a list of at least one")
    parts = [(part, f"{where}: {one} {place}") for place, part in enumerate(given, 1)]
    return Level(
        rank,
        tuple(_branch(*part) for part in parts) if kind == "branches" else (),
        _lines(fields, "guidance", where),
        _lines(fields, "guidance_en", where),
        tuple(_criterion(*part) for part in parts) if kind == "criteria" else (),
    )


def _criterion(read: object, where: str) -> Criterion:
    fields = _ahead(read, where, ("all",))
    conditions = fields["all"]
    if not isinstance(conditions, list) or not conditions:
        raise RuleError(f"{where}: all: found {conditions!r}, needs a list of at least one condition")
    return Criterion(
        fields["basis"],
        tuple(_condition(each, f"{where}: condition {place}") for place, each in enumerate(conditions, 1)),
        _lead(fields, where, 8760),
        fields["continuing"],
    )


def _condition(read: object, where: str) -> Condition:
    if isinstance(read, dict) and JUDGED in read:
        fields = tabled.fields(read, where, (JUDGED, f"{JUDGED}_en"))
        words = tabled.text(fields, JUDGED, where), tabled.text(fields, f"{JUDGED}_en", where)
        return Condition(JUDGED, zh=words[0], en=words[1])
    fields = tabled.fields(read, where, ("variable", "op", "value"), ("window_h",))
    if fields["variable"] not in VARIABLES:
        raise RuleError(f"{where}: variable: found {fields['variable']!r}, allowed: {', '.join(VARIABLES)}")
    if fields["op"] not in OPERATORS:
        raise RuleError(f"{where}: op: found {fields['op']!r}, allowed: {', '.join(OPERATORS)}")
    if ("{h}" in VARIABLES[fields["variable"]][0]) != ("window_h" in fields):
        raise RuleError(f"{where}: window_h: sums and changes need it, other variables have none")
    value = tabled.number(fields, "value", where, lambda value: -100 <= value <= 100_000, "from -100 to 100000")
    window = _hours(fields, "window_h", where, 720) if "window_h" in fields else 0.0
    return Condition(fields["variable"], fields["op"], value, window)


def _branch(read: object, where: str) -> Branch:
    fields = _ahead(read, where, ("window_h", "threshold_mm"))
    return Branch(
        fields["basis"],
        _hours(fields, "window_h", where, 72),
        tabled.number(fields, "threshold_mm", where, _above_zero, "of mm above 0"),
        _lead(fields, where, 72),
        fields["continuing"],
    )


def _ahead(read: object, where: str, needed: tuple[str, ...]) -> Fields:
    """Read what every way to meet a colour has: its basis, how far it looks ahead, whether it must continue."""
    fields: Fields = {"continuing": False} | tabled.fields(read, where, ("basis", *needed), ("lead_h", "continuing"))
    if fields["basis"] not in ("observed", "forecast"):
        raise RuleError(f"{where}: basis: found {fields['basis']!r}, allowed: observed, forecast")
    if (fields["basis"] == "forecast") != ("lead_h" in fields):
        raise RuleError(f"{where}: lead_h: a forecast branch needs it, an observed one has none")
    if not isinstance(fields["continuing"], bool):
        raise RuleError(f"{where}: continuing: found {fields['continuing']!r}, needs true or false")
    return fields


def _lead(fields: Fields, where: str, most: float) -> float:
    return _hours(fields, "lead_h", where, most) if "lead_h" in fields else 0.0


def _hours(fields: Fields, key: str, where: str, most: float) -> float:
    return tabled.number(fields, key, where, lambda value: 0 < value <= most, f"of hours above 0, up to {most:g}")


def _lines(fields: Fields, key: str, where: str) -> tuple[str, ...]:
    lines = fields[key]
    if not isinstance(lines, list) or not lines or not all(isinstance(line, str) and line.strip() for line in lines):
        raise RuleError(f"{where}: {key}: found {lines!r}, needs a list of texts")
    return tuple(lines)
