"""What a profile is: a named, versioned list of checks that an alert of right structure must pass.

Compatibility rules, for every profile of this house:

- A minor version (1.0 to 1.1) may add an optional element or parameter, or loosen a check. Readers ignore what they
  don't know.
- A major version (1.x to 2.0) may rename, remove, change a meaning or tighten. Both majors are then published side by
  side.
- Readers never parse the identifier, and take the kind from eventCode, never from the text of event.
- Colour and severity are tied one to one; numeric parameters carry their unit in their name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from xiangtian.warn.alert import Alert, Info
from xiangtian.warn.colours import colour
from xiangtian.warn.defect import Defect

Fails = Callable[[Alert], Iterable[str]]

EVENT_CODE = "12379"
"""valueName of the national event code."""
GEOCODE = "ADCODE"
"""valueName of the six-digit area code (GB/T 2260)."""
COLOUR = "signal_colour"
"""valueName of the parameter that holds the colour: blue, yellow, orange, red."""


@dataclass(frozen=True)
class Check:
    """One demand of a profile.

    Attributes
    ----------
    code : str
        Stable name, unique within the profile.
    words : str
        The demand.
    fails : Fails
        Given an alert, says in words each way in which the demand is not met.
    """

    code: str
    words: str
    fails: Fails


@dataclass(frozen=True)
class Profile:
    """A profile: short name, version "major.minor", whom it serves, and its checks."""

    name: str
    version: str
    words: str
    checks: tuple[Check, ...]

    @property
    def label(self) -> str:
        """Name and version, as alerts claim it in `code`."""
        return f"{self.name}-{self.version}"

    def judge(self, alert: Alert) -> list[Defect]:
        """List the demands an alert doesn't meet.

        Parameters
        ----------
        alert : Alert
            An alert whose structure is valid.

        Returns
        -------
        list[Defect]
            `profile.*` defects; none where the alert keeps the profile.
        """
        return [
            Defect(f"profile.{self.name}.{check.code}", f"{check.words}: {found}")
            for check in self.checks
            for found in check.fails(alert)
        ]


def each_info(demand: Callable[[Alert, Info], str | None]) -> Fails:
    """Turn a demand on one info block into a demand on all of them."""

    def fails(alert: Alert) -> Iterable[str]:
        for place, info in enumerate(alert.infos, 1):
            found = demand(alert, info)
            if found:
                yield f"info {place} ({info.language}): {found}"

    return fails


def event_code(_: Alert, info: Info) -> str | None:
    """Demand one national event code of the form 11Bnn."""
    codes = [value for name, value in info.event_codes if name == EVENT_CODE]
    if len(codes) == 1 and re.fullmatch(r"11B\d\d", codes[0], re.ASCII):
        return None
    return f"found {codes}, needs one eventCode {EVENT_CODE} such as 11B03"


def colour_and_severity(_: Alert, info: Info) -> str | None:
    """Demand the colour and the severity that belongs to it."""
    named = info.parameter(COLOUR)
    try:
        needed = colour(named or "").severity
    except ValueError as error:
        return f"parameter {COLOUR}: {error}"
    return None if info.severity == needed else f"{named} has severity {info.severity}, needs {needed}"


def references(alert: Alert) -> Iterable[str]:
    """Demand references with Update and Cancel, and none with Alert."""
    if alert.msg_type == "Alert" and alert.references:
        yield "an Alert begins a chain and refers to nothing"
    if alert.msg_type in ("Update", "Cancel") and not alert.references:
        yield f"{alert.msg_type} without references"


def adcodes(_: Alert, info: Info) -> str | None:
    """Demand an area, and in each area at least one area code of six digits."""
    if not info.areas:
        return "no area"
    for area in info.areas:
        codes = [value for name, value in area.geocodes if name == GEOCODE]
        if not codes or not all(re.fullmatch(r"\d{6}", code, re.ASCII) for code in codes):
            return f"area {area.description!r} has {GEOCODE} {codes}, needs six digits"
    return None
