"""An event: the frames of one product in the order of time, as a forecast or a benchmark needs them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from xiangtian.met.grid import Grid, RainFrame
from xiangtian.radar import composites
from xiangtian.radar.errors import RadarError

Refusals = tuple[tuple[str, str], ...]
_MOST_GAPS = 1000
"""Of one hole no more moments are named."""


@dataclass(frozen=True)
class Series:
    """Frames of rain on one grid, the oldest first.

    Attributes
    ----------
    times : tuple of datetime
        (k,) UTC, rising.
    grid : Grid
        Where.
    rates : ndarray
        (k, rows, columns) float32, mm/h, NaN where nothing was measured.
    step_min : float
        The most frequent time between frames, minutes; 0 of a single frame.
    source : str
        The format and product.
    names : tuple of str
        (k,) file of each frame.
    gaps : tuple of datetime
        Moments, in steps from the frame before, at which a frame is missing.
    duplicates : tuple of str
        Files left out because another file holds the same moment.
    refused : tuple
        (file, reason) of files that look like radar and were not used.
    ignored : tuple of str
        Files that no reader knows.
    notes : dict
        Of the last frame.
    """

    times: tuple[dt.datetime, ...]
    grid: Grid
    rates: npt.NDArray[np.float32]
    step_min: float
    source: str
    names: tuple[str, ...]
    gaps: tuple[dt.datetime, ...] = ()
    duplicates: tuple[str, ...] = ()
    refused: Refusals = ()
    ignored: tuple[str, ...] = ()
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def frames(self) -> tuple[RainFrame, ...]:
        """The frames, with quality 1 where something was measured."""
        seconds = round(self.step_min * 60)
        return tuple(
            RainFrame(time, self.grid, rate, np.isfinite(rate).astype(np.float32), seconds, self.source, self.notes)
            for time, rate in zip(self.times, self.rates, strict=True)
        )


@dataclass(frozen=True)
class _Page:
    """What an event keeps of a frame."""

    name: str
    time: dt.datetime
    grid: Grid
    rate: npt.NDArray[np.float32]
    source: str
    notes: dict[str, str]


def series(bodies: Iterable[tuple[str, bytes]]) -> Series:
    """Read the frames of an event.

    Parameters
    ----------
    bodies : Iterable
        File names and files, in any order; they are taken one after the other.

    Returns
    -------
    Series
        What could be read and lies on the grid that most files have.

    Raises
    ------
    RadarError
        If there is no frame; the message names the first reasons.
    """
    return assemble((name, take(body)) for name, body in bodies)


def take(body: bytes) -> RainFrame | str | None:
    """Read one file: its frame, the reason why it can't be read, or None where no reader knows it."""
    if composites.format_of(body) is None:
        return None
    try:
        return composites.read(body)
    except RadarError as error:
        return str(error)


def assemble(taken: Iterable[tuple[str, RainFrame | str | None]]) -> Series:
    """Put frames in the order of time.

    Parameters
    ----------
    taken : Iterable
        File names with what `take` gave.

    Returns
    -------
    Series
        Frames of the most frequent grid (of equally frequent ones, that with more cells); of frames of one moment the
        one whose name comes first.

    Raises
    ------
    RadarError
        If there is no frame.
    """
    pages: list[_Page] = []
    refused: list[tuple[str, str]] = []
    ignored: list[str] = []
    for name, frame in taken:
        if isinstance(frame, RainFrame):
            pages.append(_Page(name, frame.time, frame.grid, frame.rate, frame.source, frame.notes))
        elif frame is None:
            ignored.append(name)
        else:
            refused.append((name, frame))
    if not pages:
        raise RadarError(_nothing(refused, ignored))
    grid = _common(page.grid for page in pages)
    refused += [(page.name, _elsewhere(page.grid, grid)) for page in pages if page.grid != grid]
    ordered, duplicates = _ordered(pages, grid)
    pages.clear()
    return _bound(ordered, duplicates, tuple(sorted(refused)), tuple(sorted(ignored)))


def _ordered(pages: Sequence[_Page], grid: Grid) -> tuple[list[_Page], tuple[str, ...]]:
    fitting = sorted((page for page in pages if page.grid == grid), key=lambda page: (page.time, page.name))
    first = {page.time: page for page in reversed(fitting)}
    duplicates = tuple(sorted(page.name for page in fitting if first[page.time] is not page))
    return [first[time] for time in sorted(first)], duplicates


def _bound(ordered: list[_Page], duplicates: tuple[str, ...], refused: Refusals, ignored: tuple[str, ...]) -> Series:
    """Put the pages into one array; each is let go as soon as it is copied, so that a large event fits."""
    times, names = tuple(page.time for page in ordered), tuple(page.name for page in ordered)
    last, step = ordered[-1], _step(times)
    rates = np.empty((len(ordered), *last.grid.shape), np.float32)
    ordered.reverse()
    for place in range(len(times)):
        rates[place] = ordered.pop().rate
    gaps = tuple(_gaps(times, step))
    minutes = step.total_seconds() / 60
    return Series(times, last.grid, rates, minutes, last.source, names, gaps, duplicates, refused, ignored, last.notes)


def _nothing(refused: Sequence[tuple[str, str]], ignored: Sequence[str]) -> str:
    reasons = "; ".join(f"{name}: {reason}" for name, reason in refused[:3]) or "none looks like a radar composite"
    total = len(refused) + len(ignored)
    return f"no radar frame in {total} files ({reasons}); read are {', '.join(composites.FORMATS)}"


def _common(grids: Iterable[Grid]) -> Grid:
    counts = Counter(grids)
    return max(counts, key=lambda grid: (counts[grid], grid.rows * grid.columns))


def _elsewhere(grid: Grid, common: Grid) -> str:
    return (
        f"a grid of {grid.rows}x{grid.columns} cells from ({grid.x0:g}, {grid.y0:g}); the event lies on "
        f"{common.rows}x{common.columns} cells from ({common.x0:g}, {common.y0:g})"
    )


def _step(times: Sequence[dt.datetime]) -> dt.timedelta:
    counts = Counter(after - before for before, after in pairwise(times))
    return min(counts, key=lambda spacing: (-counts[spacing], spacing)) if counts else dt.timedelta(0)


def _gaps(times: Sequence[dt.datetime], step: dt.timedelta) -> Iterable[dt.datetime]:
    for before, after in pairwise(times):
        missing = round((after - before) / step) - 1
        yield from (before + step * count for count in range(1, min(missing, _MOST_GAPS) + 1))
