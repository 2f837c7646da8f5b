"""Read a table of the assessment from YAML: strict, and an error names the file and the field."""

from __future__ import annotations

import math
from collections.abc import Collection
from functools import lru_cache
from importlib import resources

from xiangtian.core import tabled
from xiangtian.core.flags import Flag
from xiangtian.core.tabled import Fields, RuleError
from xiangtian.observe.assess.rules import ANY, CAUSES, DUTIES, KINDS, METRICS, Deadline, Least, Rules, Together

TOP = {
    "id", "zh", "region", "valid_from", "valid_to", "source", "conf", "approved_by", "weights", "wrong_flags",
    "deadlines", "owners", "silence", "missing", "doubt", "together", "notice_within_min", "charges", "workload",
    "errors", "appeal_days",
}  # fmt: skip
MOST_DEADLINE_MIN = 1440
WORK = ("report", "value", "handled", "reviewed")


@lru_cache(maxsize=1)
def shipped() -> tuple[Rules, ...]:
    """Give the tables that come with the room, checked."""
    folder = resources.files("xiangtian.observe.assess") / "tables"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    return tuple(parse(file.read_text(encoding="utf-8"), file.name) for file in files)


def parse(text: str, name: str) -> Rules:
    """Read and check one table.

    Parameters
    ----------
    text : str
        The YAML text.
    name : str
        The file's name, for messages.

    Returns
    -------
    Rules
        The table.

    Raises
    ------
    RuleError
        If anything is missing, unknown or out of bounds.
    """
    top = tabled.fields(tabled.loaded(text, name), name, TOP)
    begins, ends = tabled.span(top, name)
    return Rules(
        **{key: tabled.text(top, key, name) for key in ("id", "zh", "source", "conf")},
        region=tabled.region(top["region"], name),
        valid_from=begins,
        valid_to=ends,
        approved_by=None if top["approved_by"] is None else tabled.text(top, "approved_by", name),
        weights=_weights(top["weights"], f"{name}: weights"),
        wrong_flags=_flags(top["wrong_flags"], f"{name}: wrong_flags"),
        deadlines=_deadlines(top["deadlines"], f"{name}: deadlines"),
        owners=_owners(top["owners"], f"{name}: owners"),
        silence=_least(top["silence"], f"{name}: silence"),
        missing=_least(top["missing"], f"{name}: missing"),
        doubt=_least(top["doubt"], f"{name}: doubt"),
        together=_together(top["together"], f"{name}: together"),
        notice_within_min=_number(top, "notice_within_min", name, 0),
        charges=_charges(top["charges"], f"{name}: charges"),
        workload=_numbers(top["workload"], f"{name}: workload", WORK),
        errors=_numbers(top["errors"], f"{name}: errors", tuple(KINDS)),
        appeal_days=_whole(top, "appeal_days", name, 0),
    )


def _number(fields: Fields, key: str, where: str, least: float) -> float:
    return tabled.number(fields, key, where, lambda value: value >= least, f"from {least:g} up")


def _whole(fields: Fields, key: str, where: str, least: int) -> int:
    value = _number(fields, key, where, least)
    if value != int(value):
        raise RuleError(f"{where}: {key}: found {value!r}, needs a whole number")
    return int(value)


def _numbers(read: object, where: str, needed: Collection[str]) -> dict[str, float]:
    fields = tabled.fields(read, where, needed)
    return {key: _number(fields, key, where, 0) for key in needed}


def _weights(read: object, where: str) -> dict[str, float]:
    if not isinstance(read, dict) or not read or not set(read) <= set(METRICS):
        raise RuleError(f"{where}: found {read!r}, allowed are {', '.join(METRICS)}")
    weights = {key: _number(read, key, where, 0) for key in METRICS if key in read}
    if not math.isclose(sum(weights.values()), 1):
        raise RuleError(f"{where}: they add up to {sum(weights.values()):g}, needed is 1")
    return weights


def _flags(read: object, where: str) -> tuple[int, ...]:
    known = {int(flag) for flag in Flag}
    if not isinstance(read, list) or not read or not set(read) <= known:
        raise RuleError(f"{where}: found {read!r}, allowed is a list of {', '.join(map(str, sorted(known)))}")
    return tuple(sorted(read))


def _deadlines(read: object, where: str) -> tuple[Deadline, ...]:
    if not isinstance(read, list) or not read:
        raise RuleError(f"{where}: found {read!r}, needs a list of at least one line")
    return tuple(_deadline(line, f"{where}: line {place}") for place, line in enumerate(read, 1))


def _deadline(read: object, where: str) -> Deadline:
    fields = tabled.fields(read, where, ("network", "interval_min", "deadline_min"))
    interval = None if fields["interval_min"] is None else _whole(fields, "interval_min", where, 1)
    deadline_min = _number(fields, "deadline_min", where, 0)
    if deadline_min > MOST_DEADLINE_MIN:
        raise RuleError(f"{where}: deadline_min: found {deadline_min:g}, allowed up to {MOST_DEADLINE_MIN}")
    return Deadline(tabled.text(fields, "network", where), interval, deadline_min)


def _owners(read: object, where: str) -> dict[str, str]:
    if not isinstance(read, dict) or ANY not in read:
        raise RuleError(f"{where}: found {read!r}, needs a duty for each network, and one for {ANY!r}")
    return {str(network): _duty(duty, f"{where}: {network}") for network, duty in read.items()}


def _duty(value: object, where: str) -> str:
    if value not in DUTIES:
        raise RuleError(f"{where}: found {value!r}, allowed: {', '.join(DUTIES)}")
    return str(value)


def _charges(read: object, where: str) -> dict[str, str | None]:
    fields = tabled.fields(read, where, CAUSES)
    return {cause: None if fields[cause] is None else _duty(fields[cause], f"{where}: {cause}") for cause in CAUSES}


def _least(read: object, where: str) -> Least:
    fields = tabled.fields(read, where, ("reports", "minutes"))
    return Least(_whole(fields, "reports", where, 1), _number(fields, "minutes", where, 0))


def _together(read: object, where: str) -> Together:
    fields = tabled.fields(read, where, ("stations", "within_min"))
    return Together(_whole(fields, "stations", where, 2), _number(fields, "within_min", where, 0))
