"""The table of severe weather: its coefficients as typed values, read strictly from dated YAML."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from xiangtian.core import tabled
from xiangtian.core.tabled import RuleError

Part = TypeVar("Part")


@dataclass(frozen=True)
class Cells:
    """How cells count.

    Attributes
    ----------
    lifetime_min : float
        What a cell threatens fades with exp(-t / lifetime).
    least : float
        A smaller contribution of a cell is not listed as evidence.
    """

    lifetime_min: float
    least: float


@dataclass(frozen=True)
class HeavyRain:
    """Short-time heavy rain.

    Attributes
    ----------
    rates_mm_h : tuple of float
        Rates whose chance is given.
    amount_mm, amount_min : float
        An amount, and the time in which it falls.
    spread : float
        Displacement of the rain field, over that of a cell's centre.
    scatter, scatter_per_h : float
        Standard deviation of the natural log of intensity, at once and its growth in an hour.
    fading_per_h : float
        Mean fall of that log in an hour.
    """

    rates_mm_h: tuple[float, ...]
    amount_mm: float
    amount_min: float
    spread: float
    scatter: float
    scatter_per_h: float
    fading_per_h: float


@dataclass(frozen=True)
class Gale:
    """Thunderstorm gale.

    Attributes
    ----------
    least_m_s : float
        Gust that counts.
    water, height : float
        Gust squared = water VIL - height top^2; m s-2 per kg m-2 ... of Stewart 1991.
    speed_share : float
        Share of the storm's speed that is added.
    gust_error_m_s, radial_error_m_s : float
        Standard deviations of a gust told by water and top, and by the radial velocity near the ground.
    bow, bow_length_km, bow_speed_m_s, bow_odds : float
        From which bend, length and speed on a cell is a bow echo, and by what that multiplies the odds.
    """

    least_m_s: float
    water: float
    height: float
    speed_share: float
    gust_error_m_s: float
    radial_error_m_s: float
    bow: float
    bow_length_km: float
    bow_speed_m_s: float
    bow_odds: float


@dataclass(frozen=True)
class Hail:
    """Hail.

    Attributes
    ----------
    poh_start, poh_per_km : float
        Probability of hail of any size = start + per_km (top of 45 dBZ - height of 0 degC, km).
    density_g_m3, density_width : float
        Centre and width of the logistic curve of VIL density for hail of 19 mm and more.
    posh_weight : float
        Weight of POSH beside that curve, 0 to 1.
    """

    poh_start: float
    poh_per_km: float
    density_g_m3: float
    density_width: float
    posh_weight: float


@dataclass(frozen=True)
class Table:
    """One dated table.

    Attributes
    ----------
    id : str
        Its name, kept with every product made by it.
    valid_from, valid_to : date or None
        Days of validity.
    source : str
        Where the numbers come from.
    approved_by : str or None
        Who put it in force.
    note_zh : str
        What a reader of the product must know of it.
    cells, heavy_rain, gale, hail
        The numbers.
    """

    id: str
    valid_from: dt.date
    valid_to: dt.date | None
    source: str
    approved_by: str | None
    note_zh: str
    cells: Cells
    heavy_rain: HeavyRain
    gale: Gale
    hail: Hail


def parse(text: str, name: str) -> Table:
    """Read and check one table.

    Parameters
    ----------
    text : str
        The YAML text.
    name : str
        The file's name, for messages.

    Returns
    -------
    Table
        The table.

    Raises
    ------
    RuleError
        If anything is missing, unknown or out of bounds.
    """
    top = tabled.fields(tabled.loaded(text, name), name, {each.name for each in fields(Table)})
    begins, ends = tabled.span(top, name)
    rain = tabled.fields(top["heavy_rain"], f"{name}: heavy_rain", {each.name for each in fields(HeavyRain)})
    rates = _rates(rain.pop("rates_mm_h"), f"{name}: heavy_rain: rates_mm_h")
    return Table(
        **{key: tabled.text(top, key, name) for key in ("id", "source", "note_zh")},
        valid_from=begins,
        valid_to=ends,
        approved_by=None if top["approved_by"] is None else tabled.text(top, "approved_by", name),
        cells=_part(Cells, top["cells"], f"{name}: cells"),
        heavy_rain=_part(HeavyRain, rain, f"{name}: heavy_rain", rates_mm_h=rates),
        gale=_part(Gale, top["gale"], f"{name}: gale"),
        hail=_part(Hail, top["hail"], f"{name}: hail"),
    )


def _part(kind: Callable[..., Part], read: object, where: str, **known: Any) -> Part:
    """Read the numbers of one part: above 0, and what is a share at most 1."""
    wanted = [each.name for each in fields(kind) if each.name not in known]  # type: ignore[arg-type]
    told = tabled.fields(read, where, wanted)
    numbers = {key: tabled.number(told, key, where, lambda value: value >= 0, "of 0 or more") for key in wanted}
    for key in {"posh_weight", "least", "poh_start"} & numbers.keys():
        if numbers[key] > 1:
            raise RuleError(f"{where}: {key}: found {numbers[key]}, needs a number from 0 to 1")
    for key in _DIVISORS & numbers.keys():
        if not numbers[key]:
            raise RuleError(f"{where}: {key}: found 0, needs a number above 0")
    return kind(**numbers, **known)


_DIVISORS = {"lifetime_min", "scatter", "gust_error_m_s", "radial_error_m_s", "density_width", "amount_min"}


def _rates(read: object, where: str) -> tuple[float, ...]:
    if not isinstance(read, list) or not read or not all(isinstance(rate, int | float) and rate > 0 for rate in read):
        raise RuleError(f"{where}: found {read!r}, needs a list of rates above 0 mm/h")
    return tuple(float(rate) for rate in read)
