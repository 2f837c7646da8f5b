from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from xiangtian.core.elements import NAMES
from xiangtian.core.flags import Mark, Verdict, pack
from xiangtian.lake import columns
from xiangtian.lake.columns import SCHEMA, conform


def test_every_element_has_three_columns_and_times_come_first() -> None:
    assert list(SCHEMA)[:3] == ["station", "time", "received"]
    assert len(SCHEMA) == 5 + 3 * len(NAMES)


def test_absent_elements_become_null_and_the_day_is_the_utc_date(report, rows) -> None:
    beijing = dt.timezone(dt.timedelta(hours=8))
    said = report("58358", 0, air_temperature=21.3) | {"time": dt.datetime(2026, 6, 19, 7, 59, tzinfo=beijing)}
    row = conform(rows(said)).row(0, named=True)
    assert (row["day"], row["time"].hour) == (dt.date(2026, 6, 18), 23)
    assert row["air_temperature"] == 21.3
    assert row["relative_humidity"] is None
    assert row["air_temperature_qc"] is None


def test_values_come_back_as_they_were_said(report, rows) -> None:
    said = [101325.67, 0.7, 100000.0, -0.01, 1e-7]
    frame = rows(*(report("A", n, visibility_in_air=value) for n, value in enumerate(said)))
    assert conform(frame)["visibility_in_air"].to_list() == said


def test_nan_is_no_value(report, rows) -> None:
    assert conform(rows(report("A", 0, air_temperature=float("nan"))))["air_temperature"].null_count() == 1


def test_no_rows_are_fine() -> None:
    empty = pl.DataFrame(schema={name: SCHEMA[name] for name in ("station", "time", "received", "source")})
    assert conform(empty).shape == (0, len(SCHEMA))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"station": None}, "have no station"),
        ({"time": dt.datetime(2026, 6, 18)}, "time zone is needed"),
        ({"temperature": 3.0}, "doesn't know temperature"),
        ({"air_temperature_qc": 999}, "doesn't fit"),
        ({"air_temperature": "warm"}, "doesn't fit"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(report, rows, change, words) -> None:
    with pytest.raises(ValueError, match=words):
        conform(rows(report("A", 0) | change))


def test_a_lacking_column_is_named(report, rows) -> None:
    with pytest.raises(ValueError, match="lack source"):
        conform(rows(report("A", 0)).drop("source"))


def test_the_mark_is_read_out_of_the_packed_column() -> None:
    packed = [pack({"limits": Verdict.FAIL}, mark) for mark in Mark] + [None]
    frame = pl.DataFrame({"x_tests": packed}, schema={"x_tests": pl.Int32})
    assert frame.select(columns.mark("x_tests")).to_series().to_list() == [0, 1, 2, 3, 4, 5, None]


def test_an_unknown_element_is_refused_with_those_known() -> None:
    with pytest.raises(KeyError, match="air_temperature"):
        columns.answer(["temperature"])
