"""A home for each test, and rows to put into it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from xiangtian.core.home import Home

NOON = dt.datetime(2026, 6, 18, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").prepare()


def _report(station: str, minute: float, *, late_s: float = 20, body: str = "", **values: Any) -> dict[str, Any]:
    time = NOON + dt.timedelta(minutes=minute)
    said = f"{station} {minute} {sorted(values.items())} {body}"
    return {
        "station": station,
        "time": time,
        "received": time + dt.timedelta(seconds=late_s),
        "source": hashlib.sha256(said.encode()).hexdigest(),
        **values,
    }


@pytest.fixture(scope="session")
def report() -> Callable[..., dict[str, Any]]:
    """Make one report: station, minutes after noon, seconds until received, values by column."""
    return _report


@pytest.fixture(scope="session")
def rows() -> Callable[..., pl.DataFrame]:
    """Make a frame of reports."""
    return lambda *reports: pl.DataFrame(list(reports), infer_schema_length=None)


@pytest.fixture(scope="session")
def minute() -> Callable[..., pl.DataFrame]:
    """Make the reports of many stations for one minute: temperature and rain, all good."""

    def make(number: int, stations: int = 5, rain: float = 0.1) -> pl.DataFrame:
        good = {"air_temperature_qc": 0, "precipitation_amount_qc": 0, "precipitation_period": 1.0}
        said = [
            _report(f"S{k:03}", number, air_temperature=20.0 + k / 10, precipitation_amount=rain, **good)
            for k in range(stations)
        ]
        return pl.DataFrame(said)

    return make
