"""Roll-ups: what each station said of each element by the hour and by the climate day, kept beside the observations.

Hours that are over stand in the table `hourly`, climate days that are over in `daily`; what is still running is made
from the observations when it is asked for. A correction or a review makes the hours and days it touches anew: rows
are only added, the one made last counts. Days from elsewhere (archives) stand in the same table with their source;
where the house has observed itself, its own figures count.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl

from xiangtian.lake import durable, rolled, rolling, spans
from xiangtian.lake.rollup_questions import CLOSED, RollupQuestions, owned
from xiangtian.lake.torn import Damaged

GRACE = dt.timedelta(minutes=10)
"""An hour is rolled up so long after its end, when most of what is late has come."""

SEEN = "seen"
"""Mark in the hourly table: the version of the observations that is in it."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """How many rows of hours and of days a refresh wrote."""

    hours: int
    days: int


class Rollups(RollupQuestions):
    """The roll-ups of a home, to be read and kept up to date; threads may share one.

    Any number of processes may read and refresh; they take turns to write.
    """

    def refresh(self, until: dt.datetime) -> Refreshed:
        """Roll up what is over by a moment, and make anew what was corrected or reviewed since the last time.

        It may be called at any time and by anybody: what is written already is not written again, and what a kill
        interrupted is done by the next call.

        Parameters
        ----------
        until : datetime
            The present, UTC.

        Returns
        -------
        Refreshed
            What was written.

        Raises
        ------
        LakeError
            If the disk refuses; call again.
        """
        with self._one, durable.locked(self._lock):
            seen, done = self._hourly.table.mark(SEEN), self._closed()
            version = self._readings.version()
            closed = spans.floor(until - GRACE)
            due = self._due(seen if done > spans.EPOCH else None, done, closed)
            if due.is_empty() and closed <= done:
                return Refreshed(0, 0)
            hours = self._write_hours(due, until)
            days = self._write_days(self._days_due(due, done, closed), until)
            marks = {SEEN: max(version, 0), CLOSED: int((max(closed, done) - spans.EPOCH) / spans.HOUR)}
            self._hourly.table.commit_marked(pl.DataFrame(schema=rolled.HOURLY.schema), marks)
        return Refreshed(hours, days)

    def import_days(self, frame: pl.DataFrame, made: dt.datetime) -> int:
        """Take climate days from elsewhere.

        Parameters
        ----------
        frame : DataFrame
            The columns of `days`; `source` names the archive, one row for each station, element and day.
        made : datetime
            The present, UTC.

        Returns
        -------
        int
            Rows that are new or say something else than the days from elsewhere that are there.

        Raises
        ------
        ValueError
            If the frame doesn't fit, repeats a day, or claims to be the house's own.
        """
        rows = rolled.conform_days(frame)
        with self._one, durable.locked(self._lock):
            return self._daily.add(rows, made)

    def tidy(self) -> int:
        """Join the files of each folder into one without rows that were made anew; give how many were joined."""
        with self._one, durable.locked(self._lock):
            return self._hourly.tidy(1) + self._daily.tidy(1)

    def repair(self) -> list[Damaged]:
        """Set aside what a power cut left torn, and give it; the next refresh makes it again."""
        self._lock.parent.mkdir(parents=True, exist_ok=True)
        with self._one, durable.locked(self._lock):
            return [one for kept in (self._hourly, self._daily) for one in kept.table.repair(self._aside)]

    def _due(self, seen: int | None, done: dt.datetime, closed: dt.datetime) -> pl.DataFrame:
        """Give station and hour of all that must be made (anew): `station`, `time` (end of the hour)."""
        fresh = self._readings.spoken(done, closed)
        again = pl.DataFrame(schema=fresh.schema) if seen is None else self._readings.spoken(spans.EPOCH, done, seen)
        return pl.concat([fresh, again]).unique()

    def _days_due(self, due: pl.DataFrame, done: dt.datetime, closed: dt.datetime) -> pl.DataFrame:
        """Give station and climate day of all days that are over and have an hour that was made (anew), or just ended.

        The days that ended since the last time may have had their last reading long before their last hour.
        """
        before, last = spans.closed_day(done), spans.closed_day(closed)
        touched = due.select("station", day=rolling.day_of())
        if done > spans.EPOCH and last > before:
            ended = self._hourly.read(spans.begin(before + spans.DAY) + spans.TICK, done)
            touched = pl.concat([touched, ended.select("station", day=rolling.day_of())])
        return touched.unique().filter(pl.col("day") <= last)

    def _write_hours(self, due: pl.DataFrame, until: dt.datetime) -> int:
        written = 0
        for _, day in due.sort("time").group_by(pl.col("time").dt.date(), maintain_order=True):
            hours = [self._hour_made(part) for _, part in day.group_by("time", maintain_order=True)]
            rows = pl.concat(hours)
            written += self._hourly.add(owned(rows), until, day.rename({"time": "when"}))
        return written

    def _hour_made(self, due: pl.DataFrame) -> pl.DataFrame:
        end: dt.datetime = due["time"][0]
        return rolling.hours(self._readings.held(end - spans.HOUR + spans.TICK, end, due["station"].to_list()))

    def _write_days(self, due: pl.DataFrame, until: dt.datetime) -> int:
        written = 0
        for (day,), part in due.sort("day").group_by("day", maintain_order=True):
            stations = part["station"].to_list()
            hours = self._hourly.read(spans.begin(day) + spans.TICK, spans.begin(day + spans.DAY), stations)
            written += self._daily.add(owned(self._days_made(hours)), until, part.rename({"day": "when"}))
        return written
