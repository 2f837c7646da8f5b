"""A small network for the tests of the map: twelve stations on a slope, at noon of a July day in Beijing."""

from __future__ import annotations

import datetime as dt

import polars as pl

from xiangtian.core.stations import Station
from xiangtian.observe import actions
from xiangtian.observe.queries import account, analysed, field, station_page

NOW = dt.datetime(2026, 7, 1, 4, 0, tzinfo=dt.UTC)
WUZHONG, CHANGSHU = "320506", "320581"
CODES = tuple(f"T{number:02d}" for number in range(12))


def fresh() -> None:
    """Forget what other homes said."""
    for kept in (account.readings, field._shown, analysed._analysed, station_page.rollups):
        kept.cache_clear()


def network() -> None:
    """Register the stations: the first two are national, every other one stands in Changshu."""
    actions.register_stations(
        Station(code, f"站{code}", code, "区域站", 120.3 + 0.05 * place, 31.1 + 0.04 * (place % 5), 4.0,
                CHANGSHU if place % 2 else WUZHONG, place < 2, "test")
        for place, code in enumerate(CODES)
    )  # fmt: skip


def tell(home, minutes: float, late_s: float = 20, **columns) -> None:
    """Append one report of every station."""
    account.readings(home).append(report(minutes, late_s, **columns))


def report(minutes: float, late_s: float = 20, **columns) -> pl.DataFrame:
    """Make one report of every station; a column is one value for all or a list by station."""
    time = NOW + dt.timedelta(minutes=minutes)
    rows = pl.DataFrame({"station": CODES})
    told = {name: value if isinstance(value, list) else [value] * len(CODES) for name, value in columns.items()}
    rows = rows.with_columns(pl.Series(name, value, strict=False) for name, value in told.items())
    received = time + dt.timedelta(seconds=late_s)
    return rows.with_columns(time=pl.lit(time), received=pl.lit(received), source=pl.lit(f"{minutes} {late_s}"))


def warm(minutes: float = -5) -> dict[str, list[float]]:
    """Give temperatures that rise from station to station by half a degree."""
    return {"air_temperature": [20.0 + place / 2 + minutes / 100 for place in range(len(CODES))]}
