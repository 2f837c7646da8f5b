"""Where a drill's storm comes from: a folder of real composites moved onto the city, or the built-in generator."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from xiangtian.core import clock
from xiangtian.core import stations as national
from xiangtian.core.places import city
from xiangtian.core.stations import Station
from xiangtian.drill import faults, instruments, stations, storm, transpose
from xiangtian.drill.faults import Delivery, Planted
from xiangtian.met.grid import RainFrame
from xiangtian.radar import composites
from xiangtian.radar.errors import RadarError

REGIONAL = 123
"""Generated regional stations; with the seven national ones about 8 km apart."""
SEED = 20260701
GENERATED_HOURS = 6.0
LEAST_FRAMES = 3


class SourceError(ValueError):
    """A storm can't be played; the message says what was found and what is needed."""


@dataclass(frozen=True)
class Scenario:
    """All that a drill plays.

    Attributes
    ----------
    frames : tuple of RainFrame
        The rain over the city, oldest first: what the radar shows and, for the generator, the truth itself.
    stations : tuple of Station
        The network.
    deliveries : tuple of Delivery
        Every message of every station with the moment it is sent, in that order.
    planted : tuple of Planted
        The faults among them.
    notes : dict
        "storm" and "rain_factor", as pages, messages and the report say them.
    """

    frames: tuple[RainFrame, ...]
    stations: tuple[Station, ...]
    deliveries: tuple[Delivery, ...]
    planted: tuple[Planted, ...]
    notes: dict[str, str]

    def sizes(self) -> str:
        """Say in a line how much there is to play."""
        told = f"{len(self.frames)} frames, {len(self.stations)} stations, {len(self.deliveries)} messages"
        return f"{told}, {len(self.planted)} faults"

    @property
    def begins(self) -> dt.datetime:
        """Time of the first frame."""
        return self.frames[0].time

    @property
    def ends(self) -> dt.datetime:
        """Time of the last frame."""
        return self.frames[-1].time


def borrowed(folder: Path, factor: float, seed: int = SEED) -> Scenario:
    """Move a real storm onto the city.

    Parameters
    ----------
    folder : Path
        Composites in any format that the radar room reads, anywhere below it.
    factor : float
        What the rain is multiplied by, above 0.
    seed : int
        For the stations' noise and faults.

    Raises
    ------
    SourceError
        If the folder holds no usable storm.
    """
    try:
        placement = transpose.place(_read(folder), *city().centroid)
        moved = [transpose.move(frame, placement, factor) for frame in _read(folder)]
    except ValueError as error:
        raise SourceError(f"the storm in {folder} can't be played: {error}") from error
    moved.sort(key=lambda frame: frame.time)
    if len(moved) < LEAST_FRAMES:
        raise SourceError(f"{folder} holds {len(moved)} composites; a drill needs {LEAST_FRAMES} or more")
    told = {"storm": f"{folder.name} ({placement.sentence()})", "rain_factor": f"{factor:g}"}
    return _scenario(tuple(moved), seed, told)


def next_start() -> dt.datetime:
    """Give the full hour at which a generated storm begins: hours ago, or after what this home has played already.

    Two storms at the same hours would make every second reading a correction of the first.
    """
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    return hour + dt.timedelta(hours=1 if clock.scenario() else -GENERATED_HOURS)


def generated(start: dt.datetime, factor: float, seed: int = SEED, hours: float = GENERATED_HOURS) -> Scenario:
    """Make a storm with the built-in generator, which begins at a moment; its frames are the truth."""
    lon, lat = city().centroid
    made = storm.frames(storm.Recipe(seed=seed, hours=hours, lon=lon, lat=lat), start)
    notes = {"rain_factor": f"{factor:g}"}
    frames = tuple(
        replace(frame, rate=frame.rate * np.float32(factor), notes={**frame.notes, **notes}) for frame in made
    )
    return _scenario(frames, seed, {"storm": f"built-in generator, seed {seed}", "rain_factor": f"{factor:g}"})


def _scenario(frames: tuple[RainFrame, ...], seed: int, notes: dict[str, str]) -> Scenario:
    network = (*national.national(frames[0].time), *stations.regional(seed, REGIONAL, city().districts))
    told = [message for one in instruments.rounds(frames, network, seed) for message in one.messages]
    deliveries, planted = faults.plant(told, seed)
    return Scenario(frames, network, tuple(deliveries), tuple(planted), notes)


def _read(folder: Path) -> Iterator[RainFrame]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    known = [path for path in files if composites.format_of(path.read_bytes())]
    if not known:
        raise SourceError(f"{folder} holds no radar composite; read are {', '.join(composites.FORMATS)}")
    for path in known:
        try:
            yield composites.read(path.read_bytes())
        except RadarError as error:
            raise SourceError(f"{path.name}: {error}") from error
