"""The mosaic of a network: volumes of many radars in, products on one grid out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyproj
import xarray as xr

from xiangtian.met.grid import Grid, RainFrame
from xiangtian.radar.column import Columns, IntField, Layer, Merged, Rules, Seen
from xiangtian.radar.mosaic.merge import Merge
from xiangtian.radar.mosaic.reach import reach
from xiangtian.radar.mosaic.sampling import columns
from xiangtian.radar.mosaic.tilts import tilts
from xiangtian.radar.polar.model import Site, site
from xiangtian.radar.products import PRODUCTS

THREADS = 2
"""Radars read at the same time."""
DEFAULT = Rules()


def mosaic(
    volumes: Sequence[xr.DataTree], grid: Grid, products: Sequence[str] = tuple(PRODUCTS), rules: Rules = DEFAULT
) -> xr.Dataset:
    """Make the products of a network on a grid.

    Each radar's gates are laid over the cells it reaches, every product is made radar by radar from the columns of
    gates, and the radars are merged by the product's own rule. Volumes are taken as of one moment: echo is not moved
    to a common time.

    Parameters
    ----------
    volumes : sequence of DataTree
        One a radar, as :mod:`xiangtian.radar.polar.model` has it, of about the same time.
    grid : Grid
        A projection in metres, or longitude and latitude.
    products : sequence of str
        Names of :data:`xiangtian.radar.products.PRODUCTS`; hail is left out where the rules don't say how high 0 and
        -20 degC lie.
    rules : Rules
        What it is made by.

    Returns
    -------
    Dataset
        By CF: fields on (y, x) or (latitude, longitude), CAPPIs on (level, ...), `crs` as the grid mapping. NaN where
        nobody saw, `DRY_DBZ` or 0 where it was seen that nothing is there. Each product has `<product>_quality` 0-1
        and `<product>_radar`, the number of the radar that weighs most, -1 where none; `radar` names them, with
        `radar_time`, `radar_longitude`, `radar_latitude`.

    Raises
    ------
    ValueError
        If a product is unknown, a radar's position is missing, or no volume has reflectivity.
    """
    wrong = [name for name in products if name not in PRODUCTS]
    if wrong:
        raise ValueError(f"no products {wrong}; there are {', '.join(PRODUCTS)}")
    places = [_place(volume) for volume in volumes]
    merges = {name: _merge(name, grid, rules) for name in products if PRODUCTS[name].layers(rules)}
    used = 0
    for number, (cells, seen) in enumerate(_told(volumes, places, grid, list(merges), rules)):
        used += bool(seen)
        for name, told in seen.items():
            merges[name].add(cells, told, number)
    if not used:
        raise ValueError(f"none of the {len(volumes)} volumes has a sweep with reflectivity (DBZH or DBTH)")
    return _dataset({name: merge.finish() for name, merge in merges.items()}, volumes, places, grid, rules)


def seen_columns(volume: xr.DataTree, grid: Grid, rules: Rules = DEFAULT) -> Columns | None:
    """Lay the gates of one radar over the cells of a grid; None where it has no reflectivity.

    Raises
    ------
    ValueError
        If the radar's position is missing.
    """
    place = _place(volume)
    found = tilts(volume, rules.usable)
    if not found:
        return None
    return columns(found, place, reach(place.longitude, place.latitude, grid, rules.reach_m), rules)


def rain_frame(told: xr.Dataset, grid: Grid, interval_s: int = 360) -> RainFrame:
    """Give the rain of a mosaic as the nowcast takes it.

    Parameters
    ----------
    told : Dataset
        A mosaic with the product rain.
    grid : Grid
        The grid it was made on.
    interval_s : int
        Time between mosaics, s.

    Returns
    -------
    RainFrame
        Its time is the end of the latest volume.

    Raises
    ------
    ValueError
        If the mosaic has no rain.
    """
    if "rain_rate" not in told:
        raise ValueError(f"the mosaic has no rain_rate; it has {', '.join(map(str, told.data_vars))}")
    rain = told["rain_rate"]
    seconds = told["time"].values.astype("datetime64[s]").astype(int)
    notes = {"radars": " ".join(map(str, told["radar"].values)), "rain_from": f"{rain.convective} {rain.stratiform}"}
    return RainFrame(
        dt.datetime.fromtimestamp(int(seconds), dt.UTC),
        grid,
        np.asarray(rain.values, np.float32),
        np.asarray(told["rain_quality"].values, np.float32),
        interval_s,
        "mosaic of base data",
        notes,
    )


def _place(volume: xr.DataTree) -> Site:
    place = site(volume)
    if not np.isfinite([place.longitude, place.latitude, place.altitude]).all():
        raise ValueError(
            f"the volume of {place.code or 'an unnamed radar'} doesn't say where the radar stands "
            f"({place.longitude}, {place.latitude}, {place.altitude} m); give its site when reading it"
        )
    return place


def _merge(name: str, grid: Grid, rules: Rules) -> Merge:
    product = PRODUCTS[name]
    return Merge(product.merging, product.layers(rules), grid.shape)


def _told(
    volumes: Sequence[xr.DataTree], places: Sequence[Site], grid: Grid, names: Sequence[str], rules: Rules
) -> Iterator[tuple[IntField, dict[str, Seen]]]:
    """Give what each radar says, in the order of the volumes; two are worked on at a time."""

    def say(volume: xr.DataTree) -> tuple[IntField, dict[str, Seen]]:
        above = seen_columns(volume, grid, rules)
        if above is None:
            return np.zeros(0, np.int32), {}
        return above.cells, {name: PRODUCTS[name].of(above, rules) for name in names}

    with ThreadPoolExecutor(THREADS) as pool:
        yield from pool.map(say, volumes)


def _end(volume: xr.DataTree) -> np.datetime64:
    return np.datetime64(str(volume["time_coverage_end"].item()).removesuffix("Z"), "ns")


def _dataset(
    merged: Mapping[str, Merged], volumes: Sequence[xr.DataTree], places: Sequence[Site], grid: Grid, rules: Rules
) -> xr.Dataset:
    crs, plane, coords = _coordinates(grid)
    ends = np.array([_end(volume) for volume in volumes])
    coords |= {
        "time": ((), ends.max(), {"standard_name": "time"}),
        "radar": ("radar", [place.code for place in places]),
        "radar_time": ("radar", ends),
        "radar_longitude": ("radar", [place.longitude for place in places], {"units": "degrees_east"}),
        "radar_latitude": ("radar", [place.latitude for place in places], {"units": "degrees_north"}),
    }
    fields: dict[str, Any] = {"crs": ((), np.int32(0), crs)}
    for name, one in merged.items():
        layers = PRODUCTS[name].finish(one, grid, rules) | _judged(name, one)
        for title, layer in layers.items():
            dims = plane if layer.values.ndim == 2 else ("level", *plane)
            fields[title] = (dims, layer.values, _attrs(layer))
        if name == "cappi":
            about = {"units": "m", "positive": "up", "standard_name": "altitude"}
            coords["level"] = ("level", np.array(rules.levels_m), about)
    return xr.Dataset(fields, coords, {"Conventions": "CF-1.11", "title": "mosaic of weather radars"})


def _judged(name: str, merged: Merged) -> dict[str, Layer]:
    quality, radar = (field if name == "cappi" else field[0] for field in (merged.quality, merged.radar))
    told = {"valid_range": np.array([0, 1], np.float32)}
    return {
        f"{name}_quality": Layer(quality, "1", f"quality of {name}", "", told),
        f"{name}_radar": Layer(radar, "1", f"number of the radar that weighs most in {name}, -1 where none"),
    }


def _attrs(layer: Layer) -> dict[str, Any]:
    named = {"standard_name": layer.standard_name} if layer.standard_name else {}
    return {"units": layer.units, "long_name": layer.long_name, **named, **layer.attrs, "grid_mapping": "crs"}


def _coordinates(grid: Grid) -> tuple[dict[str, Any], tuple[str, str], dict[str, Any]]:
    crs = pyproj.CRS.from_user_input(grid.crs)
    if crs.is_geographic:
        names, units = ("latitude", "longitude"), ("degrees_north", "degrees_east")
        standard = names
    else:
        names, units, standard = ("y", "x"), ("m", "m"), ("projection_y_coordinate", "projection_x_coordinate")
    coords = {
        name: (name, values, {"units": unit, "standard_name": title})
        for name, values, unit, title in zip(names, (grid.y, grid.x), units, standard, strict=True)
    }
    return crs.to_cf(), names, coords
