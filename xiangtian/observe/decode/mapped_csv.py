"""Tables with a heading, read by a small mapping: CSV of loggers and of partners without a line of code."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import zoneinfo
from collections.abc import Iterable
from collections.abc import Mapping as Table
from functools import partial
from importlib import resources

import yaml

from xiangtian.core.flags import Mark
from xiangtian.observe.decode.mapping import COMPASS, Column, Mapping, parse
from xiangtian.observe.decode.refusals import Refusals, Unfit
from xiangtian.observe.decode.units import Convert, converter
from xiangtian.observe.reading import Decoded, Envelope, Reading

POINTS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
CALM_WORDS = ("CALM", "C")
HEAD_ENCODING = "utf-8-sig"


def shipped() -> list[Mapping]:
    """Give the mappings that come with the house."""
    folder = resources.files("xiangtian.observe.decode") / "mappings"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    return [parse(yaml.safe_load(file.read_text(encoding="utf-8")), file.name) for file in files]


def compass(text: str) -> float | None:
    """Turn a point of the compass into degrees; None where it is none.

    >>> compass("SSE"), compass("N"), compass("up")
    (157.5, 360.0, None)
    """
    if text.upper() not in POINTS:
        return None
    return POINTS.index(text.upper()) * 22.5 or 360.0


class MappedTable:
    """A decoder made of a mapping; it keeps the family's contract."""

    def __init__(self, mapping: Mapping) -> None:
        self.NAME = mapping.name
        self._mapping = mapping
        self._zone = zoneinfo.ZoneInfo(mapping.zone)
        self._convert: dict[str, Convert] = {
            name: converter(name, column.unit) for name, column in mapping.elements.items() if column.unit != COMPASS
        }

    def sniff(self, head: bytes, name: str) -> bool:
        """Tell by the heading: one of the first lines holds all the columns that the mapping names."""
        text = head.decode(HEAD_ENCODING, "replace")
        return _heading(text.splitlines(), self._mapping) is not None

    def decode(self, body: bytes, envelope: Envelope) -> Decoded:
        """Decode every row below the heading; a row without station or time is refused alone."""
        refusals = Refusals()
        lines = body.decode(HEAD_ENCODING, "replace").splitlines()
        place = _heading(lines, self._mapping) or 0
        names = [cell.strip() for cell in next(csv.reader([lines[place]], delimiter=self._mapping.delimiter))]
        readings = list(self._rows(names, lines[place + 1 :], place + 2, refusals))
        if not readings and not refusals:
            refusals.add("the table has a heading and no rows")
        return Decoded(self.NAME, tuple(readings), refusals.told())

    def _rows(self, names: list[str], lines: list[str], first: int, refusals: Refusals) -> Iterable[Reading]:
        reader = csv.reader(io.StringIO("\n".join(lines)), delimiter=self._mapping.delimiter)
        for number, cells in enumerate(reader, first):
            row = dict(zip(names, (cell.strip() for cell in cells), strict=False))
            if not any(row.values()) or self._explains(row):
                continue
            try:
                yield self._reading(row, len(names) - len(cells), partial(self._refuse, refusals, number))
            except ValueError as error:
                refusals.add(str(error), f"line {number}")

    @staticmethod
    def _refuse(refusals: Refusals, number: int, reason: str) -> None:
        refusals.add(reason, f"line {number}")

    def _explains(self, row: Table[str, str]) -> bool:
        """Tell the lines of units and kinds that loggers write below their heading: no digit where the time stands."""
        stamp = "".join(row.get(column, "") for column in self._mapping.time_columns)
        return not any(sign.isdigit() for sign in stamp)

    def _reading(self, row: Table[str, str], lacking: int, refuse: partial[None]) -> Reading:
        if lacking > 0:
            raise Unfit(f"the row ends early: {lacking} cells fewer than the heading")
        mapping = self._mapping
        station = mapping.station_value or row[mapping.station_column]
        if not station or len(station) > 64:
            raise Unfit(f"the row names no station in column {mapping.station_column}")
        time = self._time(row)
        values: dict[str, float] = {}
        marks: dict[str, Mark] = {}
        for name, column in mapping.elements.items():
            try:
                self._take(name, column, row.get(column.column, ""), values, marks)
            except ValueError as error:
                refuse(str(error))
        values.update({name: value for name, value in mapping.constants.items() if values})
        lon, lat, alt = (_float(row.get(column, "")) for column in (mapping.lon, mapping.lat, mapping.alt_m))
        return Reading(station, time, values, marks, lon, lat, alt)

    def _time(self, row: Table[str, str]) -> dt.datetime:
        mapping = self._mapping
        parts = [row[column] for column in mapping.time_columns]
        try:
            if mapping.time_format:
                time = dt.datetime.strptime(" ".join(parts), mapping.time_format)  # noqa: DTZ007 its zone comes below
                return time.replace(tzinfo=time.tzinfo or self._zone).astimezone(dt.UTC)
            numbers = [int(float(part)) for part in parts]
            return dt.datetime(*numbers, tzinfo=self._zone).astimezone(dt.UTC)  # type: ignore[misc,arg-type]
        except (ValueError, TypeError, OverflowError):
            form = mapping.time_format or "year, month, day, hour, minute"
            raise Unfit(f"no time: found {' '.join(parts)[:40]!r}, expected {form}") from None

    def _take(self, name: str, column: Column, text: str, values: dict[str, float], marks: dict[str, Mark]) -> None:
        if text in self._mapping.missing:
            marks[name] = Mark.MISSING
        elif column.unit == COMPASS and text.upper() in CALM_WORDS:
            values[name], marks[name] = 0.0, Mark.CALM
        elif column.unit == COMPASS and (degrees := compass(text)) is not None:
            values[name] = degrees
        elif column.unit != COMPASS and (number := _float(text)) is not None:
            values[name] = self._convert[name](number)
        else:
            raise Unfit(f"{column.column} ({name}) is not a value: {text[:20]!r}")


def _heading(lines: list[str], mapping: Mapping) -> int | None:
    wanted = set(mapping.header)
    for place, line in enumerate(lines[: mapping.heading_within]):
        if wanted <= {cell.strip().strip('"') for cell in line.split(mapping.delimiter)}:
            return place
    return None


def _float(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
