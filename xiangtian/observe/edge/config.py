"""What a station is told about its work: sampling, sending, first checks. Checked before it is applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from xiangtian.core.elements import CATALOGUE
from xiangtian.observe.edge.protocol import Rejected


@dataclass(frozen=True, slots=True)
class Config:
    """The working configuration.

    Attributes
    ----------
    version : int
        Rises with every change; 0 is what the agent has when it was never told anything.
    interval_s : float
        Between two readings.
    status_s : float
        Between two messages of state.
    replay_per_s : float
        Buffered readings sent per second after a cut, at most; what is new goes first.
    batch : int
        Buffered readings in one message, at most.
    steps : Mapping
        Element to the largest change between two readings that is not called suspect.
    stuck_min : float
        A value that did not change for so long is called suspect (rain and calm wind excepted); 0: not checked.
    """

    version: int = 0
    interval_s: float = 60.0
    status_s: float = 300.0
    replay_per_s: float = 200.0
    batch: int = 60
    steps: Mapping[str, float] = field(default_factory=dict)
    stuck_min: float = 120.0

    def told(self) -> dict[str, Any]:
        """Give it as it is sent and kept."""
        return asdict(self) | {"steps": dict(self.steps)}


ALLOWED: dict[str, tuple[float, float]] = {
    "version": (0, 2**31),
    "interval_s": (1, 3600),
    "status_s": (5, 86400),
    "replay_per_s": (1, 10000),
    "batch": (1, 500),
    "stuck_min": (0, 1440),
}
WHOLE = ("version", "batch")


def checked(told: Mapping[str, Any]) -> Config:
    """Read a configuration; what it leaves out keeps its default.

    Raises
    ------
    Rejected
        If a name is unknown or a value out of bounds; the message names all of them.
    """
    names = {one.name for one in fields(Config)}
    faults = [f"{name} is not known" for name in told if name not in names]
    for name, (low, high) in ALLOWED.items():
        value = told.get(name, getattr(Config(), name))
        kinds = (int,) if name in WHOLE else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not low <= value <= high:
            faults.append(f"{name}={value!r}: allowed are {low:g} to {high:g}{', whole' if name in WHOLE else ''}")
    steps = told.get("steps", {})
    faults += _faults_of_steps(steps)
    if faults:
        raise Rejected("; ".join(faults))
    return Config(**{**told, "steps": {name: float(step) for name, step in steps.items()}})


def _faults_of_steps(steps: object) -> list[str]:
    if not isinstance(steps, Mapping):
        return ["steps is a table of elements and numbers"]
    return [
        f"steps of {name}: an element of the catalogue and a number above 0 are needed"
        for name, step in steps.items()
        if name not in CATALOGUE or isinstance(step, bool) or not isinstance(step, int | float) or not step > 0
    ]
