"""What one radar sees above the cells of a grid: columns of gates, from which every product is made.

A product reads the columns of each radar by itself (:mod:`xiangtian.radar.products`); the mosaic merges what the
radars say (:mod:`xiangtian.radar.mosaic`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

FloatField = npt.NDArray[np.float32]
IntField = npt.NDArray[np.int32]
ByteField = npt.NDArray[np.uint8]

DRY_DBZ = -32.0
"""Written where a radar looked and found nothing: less than any echo, and not NaN, which means nobody looked."""
BIN_M = 100.0
"""Step of the distances over the ground in which beams are tabled, m."""


@dataclass(frozen=True)
class Relation:
    """A relation Z = factor R^exponent between reflectivity (mm6 m-3) and rain rate (mm/h)."""

    factor: float
    exponent: float


MARSHALL_PALMER = Relation(200.0, 1.6)
"""Stratiform rain: Marshall and Palmer 1948, J. Meteor. 5, 165-166, as rounded by Marshall, Hitschfeld, Gunn 1955."""
CONVECTIVE = Relation(300.0, 1.4)
"""Convective rain, the standing relation of the WSR-88D: Fulton et al. 1998, Wea. Forecasting 13, 377-395."""
TROPICAL = Relation(250.0, 1.2)
"""Warm rain of tropical cyclones: Rosenfeld, Wolff, Atlas 1993, J. Appl. Meteor. 32, 50-72; Fulton et al. 1998."""


@dataclass(frozen=True)
class Rules:
    """What a mosaic and its products are made by.

    Attributes
    ----------
    reach_m : float
        Farthest distance over the ground from which a radar is used, m.
    scale_m : float
        A radar weighs exp(-(d / scale)^2) at the distance d (Zhang, Howard, Gourley 2005, J. Atmos. Oceanic Technol.
        22, 30-42, with their 50 km).
    scale_height_m : float
        The same downward and upward: exp(-(h / scale)^2) for a value h metres off the place it stands for.
    beamwidth : float
        Between half-power points, degrees.
    usable : float
        Least quality of a gate that may be used, 0 to 1; a gate below counts as not seen.
    levels_m : tuple of float
        Heights of the CAPPIs above the sea, m, rising.
    pseudo_m : float
        How far above a CAPPI the lowest beam may lie (less half its width) and still stand for it.
    echo_top_dbz : float
        Reflectivity whose highest place is the echo top.
    dry_as_dbz : float
        What a dry gate counts for between it and an echo above or below; of 0, -7, -14 and -20 the one with the
        smallest error where synthetic echo loses 2 to 10 dB/km above 4 km.
    vil_cap_dbz : float
        Reflectivity is cut to it for liquid water, against hail.
    freezing_m, minus20_m : float or None
        Heights of 0 and -20 degC above the sea; without them there is no hail index.
    convective, stratiform : Relation
        From reflectivity to rain by its type.
    rain_cap_dbz : float
        Reflectivity is cut to it for rain, against hail (53 dBZ: Fulton et al. 1998).
    dual : bool
        Whether rain may come from dual polarisation where there is any.
    to_ground : bool
        Whether rain takes what quality control says must be added to reflectivity for the ground, where it does.
    """

    reach_m: float = 230_000.0
    scale_m: float = 50_000.0
    scale_height_m: float = 2_000.0
    beamwidth: float = 1.0
    usable: float = 0.3
    levels_m: tuple[float, ...] = (1000.0, 2000.0, 3000.0, 5000.0, 7000.0, 9000.0)
    pseudo_m: float = 3_000.0
    echo_top_dbz: float = 18.0
    dry_as_dbz: float = -14.0
    vil_cap_dbz: float = 56.0
    freezing_m: float | None = None
    minus20_m: float | None = None
    convective: Relation = CONVECTIVE
    stratiform: Relation = MARSHALL_PALMER
    rain_cap_dbz: float = 53.0
    dual: bool = True
    to_ground: bool = True


@dataclass(frozen=True)
class Columns:
    """The gates of one radar above the cells it reaches.

    Attributes
    ----------
    cells : IntField
        (cells,) place in the grid, row times columns plus column, rising.
    bins : IntField
        (cells,) distance over the ground in steps of `BIN_M`: the index into the tables.
    dbz : FloatField
        (cells, tilts) reflectivity, dBZ; `DRY_DBZ` where nothing was found, NaN where nothing was seen.
    quality : FloatField
        (cells, tilts) 0 to 1 of the same gates.
    height : FloatField
        (bins, tilts) middle of the beam above the sea, m, rising with the tilt.
    half : FloatField
        (bins,) half the width of the beam, m.
    weight : FloatField
        (bins,) weight by distance.
    whole : FloatField
        (cells,) quality of the column as a whole: the mean of the gates' (unseen ones count 0) times the share of the
        layer from the sea to 12 km that lies between the lowest and the highest beam.
    antenna_m : float
        Height of the antenna above the sea, m.
    band : str
        "S", "C", "X" or empty.
    moments : Mapping
        (cells, tilts) of other fields by name (ZDR, KDP, RHOHV, to_ground), where there are any.
    """

    cells: IntField
    bins: IntField
    dbz: FloatField
    quality: FloatField
    height: FloatField
    half: FloatField
    weight: FloatField
    whole: FloatField
    antenna_m: float = 0.0
    band: str = ""
    moments: Mapping[str, FloatField] = field(default_factory=dict)


class Merging(IntEnum):
    """How the radars that see a cell are made one."""

    MAX = 0
    """The greatest value."""
    MEAN = 1
    """The weighted mean."""
    POWER = 2
    """The weighted mean of the power behind decibels; dry is no power."""
    VOTE = 3
    """The weighted mean of the values above 0, where these outweigh the zeros; else 0."""


@dataclass(frozen=True)
class Seen:
    """What one radar says of a product, cell by cell.

    Attributes
    ----------
    values : FloatField
        (layers, cells) NaN where the radar can't say.
    weight : FloatField
        (layers, cells) weight against other radars, above 0 where there is a value.
    quality : FloatField
        (layers, cells), 0 to 1.
    mark : ByteField
        (layers, cells) a remark of the product's own, 0 for none.
    """

    values: FloatField
    weight: FloatField
    quality: FloatField
    mark: ByteField


@dataclass(frozen=True)
class Merged:
    """What a network says of a product.

    Attributes
    ----------
    values : FloatField
        (layers, rows, columns) NaN where no radar could say.
    quality : FloatField
        (layers, rows, columns) 0 to 1, 0 where there is no value.
    radar : ndarray of int16
        (layers, rows, columns) number of the radar that weighs most (or gave the maximum), -1 where none.
    mark : ByteField
        (layers, rows, columns) that radar's remark.
    """

    values: FloatField
    quality: FloatField
    radar: npt.NDArray[np.int16]
    mark: ByteField


@dataclass(frozen=True)
class Layer:
    """One field of a finished product.

    Attributes
    ----------
    values : ndarray
        (rows, columns) or (levels, rows, columns).
    units, long_name : str
        For the user of the field.
    standard_name : str
        By the CF table; empty where it has none.
    attrs : Mapping
        What else must be known.
    """

    values: npt.NDArray[Any]
    units: str
    long_name: str
    standard_name: str = ""
    attrs: Mapping[str, Any] = field(default_factory=dict)


def empty(layers: int, cells: int) -> Seen:
    """Give what a radar says that sees nothing: NaN of weight and quality 0."""
    shape = layers, cells
    return Seen(
        np.full(shape, np.nan, np.float32),
        np.zeros(shape, np.float32),
        np.zeros(shape, np.float32),
        np.zeros(shape, np.uint8),
    )
