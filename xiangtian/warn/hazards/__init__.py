"""The family of hazards: one file each. A hazard judges evidence under a rule table and says what it found.

To add one: a file with `detect(evidence, table, now) -> list[Finding]`, its test, and a line in :data:`HAZARDS`.
"""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from xiangtian.warn.evidence import Evidence
from xiangtian.warn.finding import Finding
from xiangtian.warn.hazards import rainstorm
from xiangtian.warn.rules import RuleTable


class Detect(Protocol):
    """Judge evidence under a table at a moment; findings come in the order of their districts."""

    def __call__(self, evidence: Evidence, table: RuleTable, now: dt.datetime) -> list[Finding]:
        """Give one finding per district in which a criterion is met."""
        ...


HAZARDS: dict[str, Detect] = {"rainstorm": rainstorm.detect}
"""Every hazard by its kind, the `kind` of its rule tables."""
