"""What one text report has told so far."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from xiangtian.core.flags import Mark


@dataclass
class Report:
    """A report that is being read: whose, of when, and the values and marks that were found in it."""

    station: str
    time: dt.datetime
    knots: bool = False
    correction: str = ""
    ix: str = "/"
    no_rain_known: bool = False
    place: tuple[float, float, float | None] | None = None
    values: dict[str, float] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)
    gust_min: float | None = None
    """The period (min) that the following gust groups have, where one was told."""

    def tell(self, name: str, digits: str, convert: Callable[[str], float]) -> None:
        """Take a value from its digits; solidi say that it is missing."""
        if "/" in digits:
            if name not in self.values:
                self.marks[name] = Mark.MISSING
            return
        self.values[name] = round(convert(digits), 4)
        self.marks.pop(name, None)
