"""The columns of the observation table, and the door at which a frame is brought to them.

Values are 64-bit floats: what a station said comes back as it was said (0.7 mm is 0.7, not 0.69999999), and
a compressed column of decimals is no larger for it (measured: 7.3 MB against 7.3 MB for 420 000 rows).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from xiangtian.core.elements import NAMES, element
from xiangtian.core.flags import MARK_SHIFT

Kind = pl.DataType | type[pl.DataType]
"""A column's type, as Polars has it."""

MOMENT = pl.Datetime("us", "UTC")

KEYS: dict[str, Kind] = {"station": pl.String, "time": MOMENT, "received": MOMENT}
"""Who, when it was measured, when it was received; first in the table, so that files carry their bounds."""


def triple(name: str) -> dict[str, Kind]:
    """Give the columns of one element: its value, its final flag (`core.flags.Flag`), what the tests said (packed)."""
    return {name: pl.Float64, f"{name}_qc": pl.Int8, f"{name}_tests": pl.Int32}


def of_elements(names: Iterable[str]) -> dict[str, Kind]:
    """Give the columns of some elements, in their order.

    Parameters
    ----------
    names : Iterable of str
        CF names.

    Returns
    -------
    dict
        Column to type.

    Raises
    ------
    KeyError
        If a name is not in the catalogue.
    """
    return {column: kind for name in names for column, kind in triple(element(name).name).items()}


SCHEMA: dict[str, Kind] = {**KEYS, "day": pl.Date, **of_elements(NAMES), "source": pl.String}
"""All columns in the order of the table; `day` is the UTC date of `time` and the folder a row lies in."""


REVIEW = "review:"
"""The source of a row that amends others begins so; its number follows."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a table lies on the disk.

    Attributes
    ----------
    schema : dict
        Column to type; `order` is among the first three, of which files carry their bounds.
    part : str
        Column that names the folder a row lies in.
    order : str
        Moment or day by which files are chosen.
    """

    schema: dict[str, Kind]
    part: str
    order: str


OBSERVED = Shape(SCHEMA, "day", "time")
"""The table of observations."""


_ALWAYS = frozenset({"station", "time", "received", "source"})


def answer(names: Sequence[str] | None) -> dict[str, Kind]:
    """Give the columns of an answer about some elements (None: all): keys, elements, source."""
    return {**KEYS, **of_elements(NAMES if names is None else names), "source": pl.String}


def conform(frame: pl.DataFrame) -> pl.DataFrame:
    """Bring rows to the columns of the table.

    Parameters
    ----------
    frame : DataFrame
        `station`, `time`, `received`, `source`, and any `<element>`, `<element>_qc`, `<element>_tests`; elements
        that are absent become null, and so does NaN.

    Returns
    -------
    DataFrame
        With the columns of `SCHEMA`, in that order.

    Raises
    ------
    ValueError
        If a needed column is absent or holds nulls, a column is unknown, a time has no zone, or a value doesn't fit.
    """
    _check_columns(frame)
    try:
        known = frame.with_columns(pl.col(name).cast(SCHEMA[name]) for name in frame.columns if name != "day")
    except pl.exceptions.PolarsError as error:
        raise ValueError(f"a column doesn't fit the table: {error}") from error
    known = known.with_columns(pl.col(pl.Float64).fill_nan(None), pl.col("time").dt.date().alias("day"))
    return complete(known, SCHEMA)


def complete(frame: pl.DataFrame, columns: dict[str, Kind]) -> pl.DataFrame:
    """Select columns in order, with nulls for those that the frame lacks."""
    held = set(frame.columns)
    return frame.select(
        pl.col(name) if name in held else pl.lit(None, kind).alias(name) for name, kind in columns.items()
    )


def lean(frame: pl.DataFrame) -> pl.DataFrame:
    """Leave out columns of elements that hold nothing; `complete` brings them back."""
    return frame.select(column for column in frame if column.name in _ALWAYS or column.null_count() < frame.height)


def mark(tests: str) -> pl.Expr:
    """Give the decoder's mark (trace, calm, why there is no value) that a packed column carries; null without one."""
    return pl.col(tests) // (1 << MARK_SHIFT)


def _check_columns(frame: pl.DataFrame) -> None:
    needed = [name for name in (*KEYS, "source") if name not in frame.columns]
    if needed:
        raise ValueError(f"the rows lack {', '.join(needed)}; needed are station, time, received and source")
    if strange := [name for name in frame.columns if name not in SCHEMA]:
        raise ValueError(
            f"the table doesn't know {', '.join(strange)}: "
            "allowed are the elements of the catalogue with _qc and _tests"
        )
    for name in (*KEYS, "source"):
        if missing := frame[name].null_count():
            raise ValueError(f"{missing} of {frame.height} rows have no {name}: every row needs one")
    for name in ("time", "received"):
        kind = frame.schema[name]
        if not isinstance(kind, pl.Datetime) or kind.time_zone is None:
            raise ValueError(f"{name} is {kind}: a moment with a time zone is needed (UTC)")
