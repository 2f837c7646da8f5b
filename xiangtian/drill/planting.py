"""How each kind of fault is planted among the messages of one station."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from xiangtian.drill.instruments import Message

SPIKE, STUCK, UNIT, LATE, DUPLICATE, BROKEN = "spike", "stuck", "wrong_unit", "late", "duplicate", "broken"
KINDS = (STUCK, UNIT, SPIKE, LATE, DUPLICATE, BROKEN)
"""All kinds, in the order in which they are planted."""
VALUE_KINDS = (SPIKE, STUCK, UNIT)
"""Kinds that change values, and that quality control should find."""

STUCK_MIN = (90, 150)
UNIT_MIN = (45, 75)
LATE_MIN = (20, 60)
SPIKES = {"air_temperature": (6.0, 15.0), "surface_air_pressure": (8.0, 15.0)}
"""Least and largest size of a spike, units of the element."""
STICKS = ("air_temperature", "wind_speed")
UNITS: dict[str, tuple[str, Callable[[float], float]]] = {
    "K": ("air_temperature", lambda degc: round(degc + 273.15, 1)),
    "degF": ("air_temperature", lambda degc: round(degc * 1.8 + 32, 1)),
    "Pa": ("surface_air_pressure", lambda hpa: round(hpa * 100, 0)),
    "0.1 mm": ("precipitation_amount", lambda mm: round(mm * 10, 1)),
}
"""Unit sent without a word, by its name: the element and what becomes of its value."""
RAIN_SEEN_MM = 1.0
"""Rain in a wrong unit is only a fault where at least so much falls in the time."""


@dataclass(frozen=True, order=True)
class Planted:
    """One planted fault.

    Attributes
    ----------
    start : datetime
        UTC, time of the first message touched.
    end : datetime
        UTC, time of the last one.
    station : str
        Whose messages.
    kind : str
        One of `KINDS`.
    element : str
        CF name of the element whose values are false; "" where the message, not a value, is at fault.
    detail : str
        What was done, for people.
    """

    start: dt.datetime
    end: dt.datetime
    station: str
    kind: str
    element: str = ""
    detail: str = ""


@dataclass
class Plot:
    """The messages of a drill by station, in the order of time, while faults are planted among them.

    Attributes
    ----------
    rng : Generator
        Source of all chance.
    rows : dict
        Messages by station; the planters change their values.
    touched : dict
        Places of the messages that hold a fault, by station.
    delay_s : dict
        How much later than usual a message (station, place) is sent, s.
    extra : list
        Further sendings: station, place, seconds after the usual moment, and whether the bytes are broken.
    planted : list of Planted
        What was planted.
    """

    rng: np.random.Generator
    rows: dict[str, list[Message]]
    touched: dict[str, set[int]] = field(default_factory=dict)
    delay_s: dict[tuple[str, int], float] = field(default_factory=dict)
    extra: list[tuple[str, int, float, bool]] = field(default_factory=list)
    planted: list[Planted] = field(default_factory=list)

    def free(self, station: str, first: int, length: int) -> bool:
        """Tell whether `length` messages from `first` are there, and neither they nor two beside them are touched."""
        span = set(range(max(0, first - 2), first + length + 2))
        return first + length <= len(self.rows[station]) and not span & self.touched.get(station, set())

    def note(self, kind: str, station: str, first: int, length: int, element: str = "", detail: str = "") -> None:
        """Write down a fault that touches `length` messages from `first`."""
        self.touched.setdefault(station, set()).update(range(first, first + length))
        start, end = (moment(self.rows[station][place]) for place in (first, first + length - 1))
        self.planted.append(Planted(start, end, station, kind, element, detail))


def moment(message: Message) -> dt.datetime:
    """Give the time of a message."""
    return dt.datetime.fromisoformat(str(message["time"]))


def sow(plot: Plot, kind: str, number: int) -> None:
    """Plant `number` faults of a kind, fewer where the messages leave no room."""
    stations = sorted(plot.rows)
    sown = 0
    for _ in range(60 * number):
        station = stations[int(plot.rng.integers(len(stations)))]
        first = int(plot.rng.integers(len(plot.rows[station])))
        sown += _PLANTERS[kind](plot, station, first)
        if sown == number:
            return


def _spike(plot: Plot, station: str, place: int) -> bool:
    element = str(plot.rng.choice(list(SPIKES)))
    size = float(plot.rng.uniform(*SPIKES[element])) * float(plot.rng.choice([-1, 1]))
    values = plot.rows[station][place]["elements"]
    if place < 2 or element not in values or not plot.free(station, place, 1):
        return False
    values[element] = round(values[element] + size, 1)
    plot.note(SPIKE, station, place, 1, element, f"{size:+.1f}")
    return True


def _stuck(plot: Plot, station: str, first: int) -> bool:
    element = STICKS[sum(one.kind == STUCK for one in plot.planted) % len(STICKS)]
    length = _messages(plot, station, first, STUCK_MIN)
    rows = plot.rows[station]
    if first < 2 or not length or not plot.free(station, first, length):
        return False
    held = rows[first]["elements"].get(element)
    true = [row["elements"].get(element) for row in rows[first : first + length]]
    if held is None or None in true or (element == "wind_speed" and held < 1):
        return False
    for row in rows[first + 1 : first + length]:
        row["elements"][element] = held
    plot.note(STUCK, station, first, length, element, f"at {held}")
    return True


def _unit(plot: Plot, station: str, first: int) -> bool:
    unit = list(UNITS)[sum(one.kind == UNIT for one in plot.planted) % len(UNITS)]
    element, convert = UNITS[unit]
    length = _messages(plot, station, first, UNIT_MIN)
    rows = plot.rows[station][first : first + length]
    true = [row["elements"][element] for row in rows if element in row["elements"]]
    rainless = element == "precipitation_amount" and sum(true) < RAIN_SEEN_MM
    if first < 2 or not length or not true or rainless or not plot.free(station, first, length):
        return False
    for row in rows:
        if element in row["elements"]:
            row["elements"][element] = convert(row["elements"][element])
    plot.note(UNIT, station, first, length, element, f"sent in {unit}")
    return True


def _late(plot: Plot, station: str, place: int) -> bool:
    if not plot.free(station, place, 1):
        return False
    delay_min = float(plot.rng.uniform(*LATE_MIN))
    plot.delay_s[station, place] = delay_min * 60
    plot.note(LATE, station, place, 1, detail=f"{delay_min:.0f} min")
    return True


def _duplicate(plot: Plot, station: str, place: int) -> bool:
    if not plot.free(station, place, 1):
        return False
    plot.extra.append((station, place, float(plot.rng.uniform(10, 240)), False))
    plot.note(DUPLICATE, station, place, 1, detail="sent twice")
    return True


def _broken(plot: Plot, station: str, place: int) -> bool:
    if not plot.free(station, place, 1):
        return False
    plot.extra.append((station, place, 0.0, True))
    plot.delay_s[station, place] = float(plot.rng.uniform(10, 60))
    plot.note(BROKEN, station, place, 1, detail="cut short, then sent whole")
    return True


_PLANTERS: dict[str, Callable[[Plot, str, int], bool]] = {
    SPIKE: _spike, STUCK: _stuck, UNIT: _unit, LATE: _late, DUPLICATE: _duplicate, BROKEN: _broken,
}  # fmt: skip


def _messages(plot: Plot, station: str, first: int, minutes: tuple[int, int]) -> int:
    """Count the messages from `first` on that span a random time; 0 where the station stops before."""
    rows = plot.rows[station]
    until = moment(rows[first]) + dt.timedelta(minutes=int(plot.rng.integers(minutes[0], minutes[1] + 1)))
    length = sum(moment(row) <= until for row in rows[first:])
    reaches = moment(rows[first + length - 1]) >= moment(rows[first]) + dt.timedelta(minutes=minutes[0])
    return length if reaches else 0
