"""A small network with people, tasks and readings, for tests of the assessment."""

import datetime as dt

import polars as pl

from xiangtian.core.clock import UTC
from xiangtian.lake.observations import Observations
from xiangtian.observe.models import ObservingTask, Site, Station
from xiangtian.observe.tests.assessing import T

WUZHONG, CHANGSHU = "320506", "320581"
SINCE = dt.datetime(2026, 6, 1, tzinfo=UTC)


def station(code: str, district: str = WUZHONG, network: str = "regional", interval: int = 5, elements=(T,)) -> Station:
    row = Station.objects.create(code=code, zh=f"站{code}", kind="自动站", network=network)
    where = {"lon": 120.43, "lat": 31.07, "alt_m": 18.0, "valid_from": dt.date(2020, 1, 1)}
    Site.objects.create(station=row, district=district, **where)
    for element in elements:
        told = {"interval_min": interval, "offset_min": 0, "network": network, "valid_from": SINCE}
        ObservingTask.objects.create(station=row, element=element, **told)
    return row


def moments(first: str, last: str, interval: int = 5) -> list[dt.datetime]:
    begin, end = (dt.datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (first, last))
    return [begin + dt.timedelta(minutes=at) for at in range(0, int((end - begin).total_seconds() // 60) + 1, interval)]


def say(
    home, codes, times, *, delay_min: float = 1, flag: int = 0, value: float | None = 20.0, source="0" * 64
) -> None:
    """Let stations report at some times."""
    rows = [
        {"station": code, "time": time, "received": time + dt.timedelta(minutes=delay_min), "source": source,
         T: value, f"{T}_qc": flag, f"{T}_tests": 1}
        for code in codes for time in times
    ]  # fmt: skip
    kinds = {"time": pl.Datetime("us", "UTC"), "received": pl.Datetime("us", "UTC"), T: pl.Float64}
    Observations(home).append(pl.DataFrame(rows, schema_overrides=kinds))


def review(home, times, *, flag: int = 0, value: float = 20.0) -> None:
    """Let somebody decide, a day later, about what station A said."""
    rows = [
        {"station": "A", "time": time, "received": time + dt.timedelta(days=1), "source": f"review:{number}",
         T: value, f"{T}_qc": flag, f"{T}_tests": 1}
        for number, time in enumerate(times)
    ]  # fmt: skip
    kinds = {"time": pl.Datetime("us", "UTC"), "received": pl.Datetime("us", "UTC")}
    Observations(home).amend(pl.DataFrame(rows, schema_overrides=kinds))
