"""From footprints and fields to the records of the storm cells of a moment."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np
import numpy.typing as npt
import pyproj

from xiangtian.met.grid import Grid
from xiangtian.radar.cells import column, flashes, measure, motion
from xiangtian.radar.cells.follow import Sky, Track
from xiangtian.radar.cells.motion import Noise
from xiangtian.radar.cells.record import Ahead, Fields, Lightning, StormCell
from xiangtian.radar.products import hail

FloatField = npt.NDArray[np.float32]
FloatArray = npt.NDArray[np.float64]
_EARTH = pyproj.Geod(ellps="WGS84")
LEADS_MIN = (15.0, 30.0, 45.0, 60.0, 90.0, 120.0)
"""Leads of `StormCell.ahead`, min."""
TOP_DBZ, HAIL_TOP_DBZ = 18.0, 45.0
GROWTH_FROM_MIN, GROWTH_TO_MIN = 10.0, 30.0
"""Growth is a straight line through at least so many minutes of a cell's life, and at most the last so many."""
GROWING = ("area_km2", "highest_dbz", "rain_volume_m3_h", "vil_cell_kg_m2", "echo_top_m")


def describe(
    sky: Sky,
    dbz: FloatField,
    grid: Grid,
    known: Fields,
    before: Sequence[StormCell] = (),
    lightning: Lightning | None = None,
    noise: Noise = motion.DEFAULT,
) -> tuple[StormCell, ...]:
    """Describe the cells of a moment.

    Parameters
    ----------
    sky : Sky
        Who they are.
    dbz : FloatField
        (rows, columns) the reflectivity they were found on.
    grid : Grid
        Its grid.
    known : Fields
        What else is known of the moment.
    before : sequence of StormCell
        Earlier records (of the last half hour; others do no harm), for growth.
    lightning : Lightning or None
        Flashes; None where there is no network.
    noise : Noise
        Statistics of motion, for the ellipses.

    Returns
    -------
    tuple of StormCell
        In the order of the labels.

    Raises
    ------
    ValueError
        If a field has another shape than the labels.
    """
    _require_shapes(sky, dbz, grid, known)
    values = _values(sky, known)
    storms = _lightning(sky, grid, lightning)
    cells = [_cell(k, track, sky, grid, values, storms, known, noise) for k, track in enumerate(sky.tracks)]
    earlier: dict[str, list[StormCell]] = {}
    for cell in sorted(before, key=lambda one: one.time):
        earlier.setdefault(cell.id, []).append(cell)
    return tuple(_grown(cell, earlier.get(cell.id, [])) for cell in cells)


def _require_shapes(sky: Sky, dbz: FloatField, grid: Grid, known: Fields) -> None:
    shape = sky.labels.shape
    given = {each.name: getattr(known, each.name) for each in fields(known)}
    found = {"dbz": dbz.shape, "grid": grid.shape} | {
        name: value.shape[-2:] for name, value in given.items() if isinstance(value, np.ndarray)
    }
    wrong = {name: size for name, size in found.items() if size != shape}
    if wrong:
        raise ValueError(f"labels of {shape}, but {wrong}; all fields must lie on one grid")


def _values(sky: Sky, known: Fields) -> dict[str, FloatArray]:
    """Give, for each cell, the values that come from fields; NaN where unknown."""
    count = len(sky.tracks)
    none = np.full(count, np.nan)

    def peak(values: FloatField | None) -> FloatArray:
        return none if values is None else measure.over(sky.labels, count, values)[0]

    out = {name: peak(getattr(known, name)) for name in ("rain", "vil", "echo_top", "posh", "mehs", "radial")}
    out["mean_rain"] = none if known.rain is None else measure.over(sky.labels, count, known.rain)[1]
    out |= {"vil_cell": none, "hail_top": none}
    if known.levels is not None:
        out |= _of_levels(sky, known, known.levels, out)
    return out


def _of_levels(sky: Sky, known: Fields, levels: FloatField, fields_of: dict[str, FloatArray]) -> dict[str, FloatArray]:
    """Give what the heights tell; a product's own field, where there is one, goes before the cell's profile."""
    heights = np.array(known.heights_m)
    profile = measure.profiles(sky.labels, len(sky.tracks), levels)
    told = {"vil_cell": column.liquid(profile, heights), "hail_top": column.top(profile, heights, HAIL_TOP_DBZ)}
    told["echo_top"] = _first(fields_of["echo_top"], column.top(profile, heights, TOP_DBZ))
    if known.freezing_m is not None and known.minus20_m is not None:
        index = column.hail_index(profile, heights, known.freezing_m, known.minus20_m)
        threshold = np.full(len(index), column.warning_index(known.freezing_m), np.float32)
        told["posh"] = _first(fields_of["posh"], hail.probability(index.astype(np.float32), threshold))
        told["mehs"] = _first(fields_of["mehs"], hail.size_mm(index))
    return told


def _first(one: npt.ArrayLike, other: npt.ArrayLike) -> FloatArray:
    return np.where(np.isfinite(one), one, other).astype(np.float64)


def _lightning(sky: Sky, grid: Grid, given: Lightning | None) -> FloatArray | None:
    """Give (n, 7) flash rates; NaN in the bins for which not all flashes are there."""
    if given is None:
        return None
    row, col = grid.position(given.lon, given.lat)
    height, width = sky.cell_km
    spots = np.column_stack([col * width, row * height])
    place = np.array([(track.state.x, track.state.y) for track in sky.tracks]).reshape(-1, 2)
    velocity = np.array([track.state.velocity for track in sky.tracks]).reshape(-1, 2)
    radius = np.sqrt(sky.prints.size * height * width / np.pi)
    rates = flashes.rates(place, velocity, radius, spots, given.minutes_ago)
    rates[:, : max(0, flashes.BINS - int(given.complete_min / flashes.BIN_MIN))] = np.nan
    return rates


def _cell(
    k: int,
    track: Track,
    sky: Sky,
    grid: Grid,
    values: dict[str, FloatArray],
    storms: FloatArray | None,
    known: Fields,
    noise: Noise,
) -> StormCell:
    height, width = sky.cell_km
    area = float(sky.prints.size[k]) * height * width
    shape = measure.shape(sky.labels, sky.prints, k, *track.state.velocity)
    size_km = math.sqrt(height * width)
    lon, lat = grid.lonlat(sky.prints.row[k], sky.prints.column[k])
    speed, toward = _moves(track, sky, grid)
    mean_rain = _told(values["mean_rain"][k])
    echo_top, vil, vil_cell = (_told(values[name][k]) for name in ("echo_top", "vil", "vil_cell"))
    return StormCell(
        id=track.id,
        time=sky.time,
        born=track.born,
        sights=track.sights,
        parents=track.parents,
        merged=track.merged,
        children=track.children,
        lon=round(float(lon), 5),
        lat=round(float(lat), 5),
        speed_m_s=speed,
        toward_deg=toward,
        area_km2=round(area, 3),
        highest_dbz=round(float(sky.prints.highest[k]), 2),
        mean_dbz=round(float(sky.prints.mean[k]), 2),
        length_km=None if shape is None else round(shape.length * size_km, 2),
        width_km=None if shape is None else round(shape.width * size_km, 2),
        bow=None if shape is None else round(shape.bow, 3),
        rain_mm_h=_told(values["rain"][k]),
        rain_volume_m3_h=None if mean_rain is None else round(mean_rain * area * 1000),
        echo_top_m=echo_top,
        hail_top_m=_told(values["hail_top"][k]),
        vil_kg_m2=vil,
        vil_cell_kg_m2=vil_cell,
        vil_density_g_m3=_density(vil if vil_cell is None else vil_cell, echo_top),
        posh_percent=_told(values["posh"][k]),
        mehs_mm=_told(values["mehs"][k]),
        freezing_m=known.freezing_m,
        radial_m_s=_told(values["radial"][k]),
        flash_rate_min=None if storms is None else _told(storms[k, -1]),
        flash_jump=None if storms is None or np.isnan(storms[k]).any() else flashes.jump(storms[k])[0],
        outline=_outline(sky, grid, k),
        ahead=tuple(_ahead(track, grid, sky, minutes, noise) for minutes in LEADS_MIN),
    )


def _told(value: float) -> float | None:
    return round(float(value), 3) if np.isfinite(value) else None


def _density(vil: float | None, echo_top: float | None) -> float | None:
    """Give liquid water over the echo top's height, g m-3 (Amburn and Wolf 1997, Wea. Forecasting 12, 473-478)."""
    return None if vil is None or not echo_top else round(1000 * vil / echo_top, 3)


def _moves(track: Track, sky: Sky, grid: Grid) -> tuple[float, float]:
    """Give speed, m/s, and the direction the motion goes to, degrees from north, on the ellipsoid."""
    state, (height, width) = track.state, sky.cell_km
    east, south = state.velocity
    lon, lat = grid.lonlat(np.array([state.y, state.y + south]) / height, np.array([state.x, state.x + east]) / width)
    azimuth, _, metres = _EARTH.inv(lon[0], lat[0], lon[1], lat[1])
    return round(metres / 60, 2), round(azimuth % 360, 1)


def _ahead(track: Track, grid: Grid, sky: Sky, minutes: float, noise: Noise) -> Ahead:
    where = motion.ellipse(track.state, minutes, noise)
    lon, lat = grid.lonlat(np.array(where.y / sky.cell_km[0]), np.array(where.x / sky.cell_km[1]))
    return Ahead(minutes, round(float(lon), 5), round(float(lat), 5), round(where.along, 2), round(where.across, 2))


def _outline(sky: Sky, grid: Grid, k: int) -> tuple[tuple[float, float], ...]:
    ring = measure.outline(sky.labels, sky.prints, k)
    lon, lat = grid.lonlat(ring[:, 0], ring[:, 1])
    return tuple((round(float(x), 5), round(float(y), 5)) for x, y in zip(lon, lat, strict=True))


def _grown(cell: StormCell, earlier: Sequence[StormCell]) -> StormCell:
    near = [one for one in earlier if 0 < (cell.time - one.time).total_seconds() / 60 <= GROWTH_TO_MIN]
    return replace(cell, growth_per_h={name: _slope([*near, cell], name) for name in GROWING})


def _slope(life: Sequence[StormCell], name: str) -> float | None:
    """Give the slope of the least-squares line through an attribute's known values, per hour."""
    told = [(one.time, getattr(one, name)) for one in life if getattr(one, name) is not None]
    if len(told) < 3 or (told[-1][0] - told[0][0]).total_seconds() / 60 < GROWTH_FROM_MIN:
        return None
    hours = np.array([(time - told[0][0]).total_seconds() / 3600 for time, _ in told])
    return round(float(np.polyfit(hours, [value for _, value in told], 1)[0]), 3)
