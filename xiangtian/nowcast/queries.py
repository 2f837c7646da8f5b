"""Questions about nowcasts: the newest one known at a moment, what it says at places, and how likely that is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path

import numpy as np
import numpy.typing as npt

from xiangtian.core import clock, settings
from xiangtian.core.home import Home
from xiangtian.core.places import city
from xiangtian.lake import grids
from xiangtian.met.grid import Grid
from xiangtian.nowcast import areas, exceed, points, probability, watched
from xiangtian.nowcast.likelihood.table import Table, parse

FloatArray = npt.NDArray[np.float64]
TRAIL = dt.timedelta(hours=1)
USABLE = dt.timedelta(minutes=30)
"""An older nowcast says nothing of the present."""


@dataclass(frozen=True)
class AtPlaces:
    """A nowcast at (n,) places.

    Attributes
    ----------
    run : GridRef
        Which one.
    leads_min : tuple
        Minutes after the run's time, rising.
    amount_mm : FloatArray
        (n, lead) mm from the run's time to each lead in the cell of the place, NaN where unknown.
    levels_mm : tuple
        Amounts for which there is a probability.
    exceedance : FloatArray
        (n, lead, level) probability 0-1, NaN where unknown.
    """

    run: grids.GridRef
    leads_min: tuple[float, ...]
    amount_mm: FloatArray
    levels_mm: tuple[float, ...]
    exceedance: FloatArray


def newest(as_of: dt.datetime | None = None) -> grids.GridRef | None:
    """Give the newest nowcast known at a moment (default: now) that is still usable then."""
    at = as_of or clock.now()
    run = grids.newest("nowcast", as_of)
    return run if run and at - run.time <= USABLE else None


def at_places(home: Home, run: grids.GridRef, lon: FloatArray, lat: FloatArray, levels_mm: Sequence[float]) -> AtPlaces:
    """Read what a nowcast says at places.

    Parameters
    ----------
    home : Home
        Where.
    run : GridRef
        Which one.
    lon, lat : FloatArray
        (n,) degrees WGS-84.
    levels_mm : Sequence
        Amounts whose probability is wanted, mm, above 0.

    Returns
    -------
    AtPlaces
        Amounts (the cell itself) and probabilities at the places.
    """
    stored = grids.read(home, run, ["amount"])
    grid, amount = Grid(**stored.grid), np.asarray(stored.arrays["amount"], np.float32)
    row, column = grid.position(lon, lat)
    leads = [float(lead) for lead in run.attrs["leads_min"]]
    mean, _ = points.around(amount, row, column)
    chances = [
        points.around(probability.exceeding(amount, level, leads, grid.cell_m[1] / 1000), row, column)[0]
        for level in levels_mm
    ]
    return AtPlaces(run, tuple(leads), mean.T, tuple(levels_mm), np.stack(chances, axis=-1).transpose(1, 0, 2))


@dataclass(frozen=True)
class Chance:
    """How likely a place gets an amount in some window of the forecast; `share` 0 to 1, None where nothing is known."""

    code: str
    name: str
    kind: str
    share: float | None


def newest_futures(as_of: dt.datetime | None = None) -> grids.GridRef | None:
    """Give the newest run of many futures known at a moment (default: now) that is still usable then."""
    at = as_of or clock.now()
    run = grids.newest("ensemble", as_of)
    return run if run and at - run.time <= USABLE else None


def chances(home: Home, run: grids.GridRef, minutes: float, threshold_mm: float) -> list[Chance]:
    """Say of each district and watched place how likely a window of some length holds an amount, in its wettest cell.

    Parameters
    ----------
    home : Home
        Where.
    run : GridRef
        Of the kind "ensemble".
    minutes : float
        Length of the window, which may lie anywhere in the forecast; taken to the nearest whole step.
    threshold_mm : float
        Amount, mm, above 0.

    Returns
    -------
    list of Chance
        Districts first, then the places of `XIANGTIAN_WATCHED`.

    Raises
    ------
    ValueError
        If the forecast holds no such window, or the amount is not above 0.
    SettingError
        If `XIANGTIAN_WATCHED` names a file that can't be used.
    """
    if not threshold_mm > 0:
        raise ValueError(f"{threshold_mm:g} mm; an amount above 0 is needed")
    leads = [float(lead) for lead in run.attrs["leads_min"]]
    if not leads[0] / 2 < minutes <= leads[-1]:
        raise ValueError(f"a window of {minutes:g} min; the forecast holds {leads[0]:g} to {leads[-1]:g} min")
    places = (*_districts(), *watched_places())
    shares = _table(home, run, places).of(round(minutes / leads[0]), threshold_mm)
    return [
        Chance(place.code, place.name, place.kind, float(share) if np.isfinite(share) else None)
        for place, share in zip(places, shares, strict=True)
    ]


def newest_storms(as_of: dt.datetime | None = None) -> grids.GridRef | None:
    """Give the newest run of storm cells known at a moment (default: now) that is still usable then."""
    at = as_of or clock.now()
    run = grids.newest("storms", as_of)
    return run if run and at - run.time <= USABLE else None


def cells_before(run: grids.GridRef) -> dict[str, list[tuple[float, float, str]]]:
    """Give where the cells of a run were in the hour before it: name to (longitude, latitude, time), oldest first."""
    names = {one["id"] for one in run.attrs["cells"]}
    out: dict[str, list[tuple[float, float, str]]] = {name: [] for name in names}
    for past in grids.listing("storms", run.time - TRAIL, run.time - dt.timedelta(seconds=1)):
        for one in past.attrs["cells"]:
            if one["id"] in names:
                out[one["id"]].append((one["lon"], one["lat"], one["time"]))
    return out


@lru_cache(maxsize=4)
def severe_table(day: dt.date) -> Table | None:
    """Give the table of severe weather in force on a day, None where none is.

    Raises
    ------
    RuleError
        If a table can't be read.
    """
    folder = resources.files("xiangtian.nowcast.likelihood") / "tables"
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".yaml")), key=lambda one: one.name)
    tables = [parse(one.read_text(encoding="utf-8"), one.name) for one in files]
    valid = [one for one in tables if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)]
    return max(valid, key=lambda one: one.valid_from, default=None)


def watched_places() -> tuple[watched.Place, ...]:
    """Give the places of the file that `XIANGTIAN_WATCHED` names; none where it names none.

    Raises
    ------
    SettingError
        If the file can't be used.
    """
    named = settings.text("XIANGTIAN_WATCHED")
    if not named:
        return ()
    try:
        return _places_of(named, Path(named).stat().st_mtime_ns)
    except (OSError, ValueError) as error:
        raise settings.SettingError(f"XIANGTIAN_WATCHED={named!r} can't be used: {error}") from error


@lru_cache(maxsize=2)
def _places_of(named: str, _changed_ns: int) -> tuple[watched.Place, ...]:
    return watched.from_geojson(Path(named).read_text(encoding="utf-8"))


def _districts() -> tuple[watched.Place, ...]:
    return tuple(
        watched.Place(one.code, one.zh, "district", tuple(np.array(ring) for part in one.polygons for ring in part))
        for one in city().districts
    )


_tables: dict[tuple[str, str, int], exceed.Chances] = {}
"""The table of the run last asked about: any window and amount is then answered at once."""


def _table(home: Home, run: grids.GridRef, places: Sequence[watched.Place]) -> exceed.Chances:
    key = (str(home.grids), run.path, hash(tuple((place.code, place.rings[0].tobytes()) for place in places)))
    held = _tables.get(key)
    if held is None:
        stored = grids.read(home, run, ["amount"])
        laid = areas.zones([list(place.rings) for place in places], Grid(**stored.grid))
        held = exceed.table(np.asarray(stored.arrays["amount"], np.float32), laid)
        _tables.clear()
        _tables[key] = held
    return held
