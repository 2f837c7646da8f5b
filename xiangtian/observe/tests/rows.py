"""Readings put straight into the lake, for tests of what is asked of it."""

import datetime as dt

import polars as pl

from xiangtian.core.elements import NAMES
from xiangtian.observe.queries import readings

UTC_TIME = pl.Datetime("us", "UTC")


def put(home, *told: dict) -> None:
    """Store readings: `station`, `time` (ISO, UTC), perhaps `late_s`, elements, `_qc` (else good), `_tests`."""
    rows = []
    for one in told:
        time = dt.datetime.fromisoformat(one["time"]).replace(tzinfo=dt.UTC)
        rest = {key: value for key, value in one.items() if key not in ("time", "late_s")}
        late = dt.timedelta(seconds=one.get("late_s", 10))
        rows.append({"source": "0" * 64, **rest, "time": time, "received": time + late})
    frame = pl.DataFrame(rows, infer_schema_length=None).with_columns(pl.col("time", "received").cast(UTC_TIME))
    names = [name for name in frame.columns if name in NAMES]
    there = frame.with_columns(
        pl.lit(None, pl.Int64).alias(f"{name}_qc") for name in names if f"{name}_qc" not in frame.columns
    )
    unsaid = [pl.col(f"{name}_qc").is_null() & pl.col(name).is_not_null() for name in names]
    readings(home).append(
        there.with_columns(
            pl.when(unflagged).then(0).otherwise(f"{name}_qc").alias(f"{name}_qc")
            for name, unflagged in zip(names, unsaid, strict=True)
        )
    )
