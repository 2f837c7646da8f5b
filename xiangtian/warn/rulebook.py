"""Read a rule table from YAML: strict, and an error names the file and the field."""

from __future__ import annotations

from xiangtian.core import tabled
from xiangtian.core.tabled import Fields, RuleError
from xiangtian.warn.colours import Colour, colour
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
    fields = tabled.fields(read, where, ("branches", "guidance", "guidance_en"))
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
    told = tabled.fields(read, where, ("basis", "window_h", "threshold_mm"), ("lead_h", "continuing"))
    fields: Fields = {"continuing": False} | told
    if fields["basis"] not in ("observed", "forecast"):
        raise RuleError(f"{where}: basis: found {fields['basis']!r}, allowed: observed, forecast")
    if (fields["basis"] == "forecast") != ("lead_h" in fields):
        raise RuleError(f"{where}: lead_h: a forecast branch needs it, an observed one has none")
    if not isinstance(fields["continuing"], bool):
        raise RuleError(f"{where}: continuing: found {fields['continuing']!r}, needs true or false")
    return Branch(
        fields["basis"],
        tabled.number(fields, "window_h", where, lambda value: 0 < value <= 72, "of hours above 0, up to 72"),
        tabled.number(fields, "threshold_mm", where, _above_zero, "of mm above 0"),
        tabled.number(fields, "lead_h", where, lambda value: 0 < value <= 72, "of hours above 0, up to 72")
        if "lead_h" in fields
        else 0.0,
        fields["continuing"],
    )


def _lines(fields: Fields, key: str, where: str) -> tuple[str, ...]:
    lines = fields[key]
    if not isinstance(lines, list) or not lines or not all(isinstance(line, str) and line.strip() for line in lines):
        raise RuleError(f"{where}: {key}: found {lines!r}, needs a list of texts")
    return tuple(lines)
