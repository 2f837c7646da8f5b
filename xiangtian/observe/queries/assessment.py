"""The assessment of a month: all figures of stations and people, with the defects, exemptions and appeals behind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from xiangtian.core import clock
from xiangtian.core.clock import UTC
from xiangtian.core.home import home
from xiangtian.observe.assess.month import ALL, DayCounts, Row, bounds_of, days_of, rows
from xiangtian.observe.assess.owners import Gap, gaps
from xiangtian.observe.assess.rules import Rules
from xiangtian.observe.assess.spans import Span, spans
from xiangtian.observe.metadata.tasks import Task
from xiangtian.observe.models import Appeal, ClosedMonth, Defect, Exemption
from xiangtian.observe.queries.account import readings
from xiangtian.observe.queries.assess_days import Basis, day_counts, stretch
from xiangtian.observe.queries.assess_names import Names, districts_on
from xiangtian.observe.queries.assess_persons import personal_rows
from xiangtian.observe.queries.assess_rules import assess_rules, exempt, places_of, roster
from xiangtian.observe.queries.tasks import tasks

STEP_S = 300
"""The running day is judged anew at most so often."""
GRACE_S = 60
"""So long after it came in a message is in the table at the latest."""


@dataclass(frozen=True)
class Assessment:
    """A month as it stands: rows with their figures, and the records behind them.

    Attributes
    ----------
    year, month : int
        The month, made of climate days.
    start, end : datetime
        Its bounds, UTC; `start` itself belongs to the month before.
    until : datetime
        What was due with a deadline after this moment is not judged; UTC.
    lake_version : int
        Version of the observation table that was read.
    days : tuple of date
        The climate days judged so far.
    rules : tuple of Rules
        The tables, in the order in which they held.
    closed : ClosedMonth or None
        Whether the month is closed.
    total : Row or None
        All stations; None where nothing was due.
    networks, districts, stations, elements, persons : tuple of Row
        By key. A person's minutes are those the roster gives; minutes nobody owned are the row with the key "".
    defects : tuple of Defect
        That began in the month, by time; children stand with their parent, what was dismissed is left out.
    exemptions : tuple of Exemption
        That touch the month, in any state.
    appeals : tuple of Appeal
        About the month.
    """

    year: int
    month: int
    start: dt.datetime
    end: dt.datetime
    until: dt.datetime
    lake_version: int
    days: tuple[dt.date, ...]
    rules: tuple[Rules, ...]
    closed: ClosedMonth | None
    total: Row | None
    networks: tuple[Row, ...]
    districts: tuple[Row, ...]
    stations: tuple[Row, ...]
    elements: tuple[Row, ...]
    persons: tuple[Row, ...]
    defects: tuple[Defect, ...]
    exemptions: tuple[Exemption, ...]
    appeals: tuple[Appeal, ...]

    @property
    def approved(self) -> bool:
        """Whether every table it was judged under is approved."""
        return all(one.approved_by is not None for one in self.rules)


def assessment(year: int, month: int) -> Assessment:
    """Assess a month, as far as it has come.

    Parameters
    ----------
    year : int
        The year.
    month : int
        1 to 12; its climate days run from 20:00 of the day before (Beijing time).

    Returns
    -------
    Assessment
        The first call judges each day; later ones only days of which something changed.

    Raises
    ------
    ValueError
        If there is no such month.
    LookupError
        If no rule table holds on one of its days.
    """
    days, until = days_of(year, month), judged_until()
    start, end = bounds_of(days[0])[0], bounds_of(days[-1])[1]
    begun = tuple(day for day in days if bounds_of(day)[0] < until)
    version = readings(home()).version()
    counts = _counts(begun, until)
    names = Names(start, min(end, max(until, start)))
    told = {group: tuple(rows(counts, group, names.of(group))) for group in (ALL, "network", "district", "element")}
    of_stations = rows(counts, "station", names.of("station"))
    tables = tuple({one.rules.version: one.rules for one in counts}.values()) or (assess_rules(days[0]),)
    return Assessment(
        year=year,
        month=month,
        start=start,
        end=end,
        until=min(until, end),
        lake_version=version,
        days=begun,
        rules=tables,
        closed=ClosedMonth.objects.filter(month=days[0]).select_related("closed_by").first(),
        total=told[ALL][0] if told[ALL] else None,
        networks=told["network"],
        districts=told["district"],
        stations=tuple(replace(row, district=names.district_of(row.key)) for row in of_stations),
        elements=told["element"],
        persons=personal_rows(counts, names, tables[-1], start, end),
        defects=_defects(start, end),
        exemptions=_exemptions(start, end),
        appeals=tuple(Appeal.objects.filter(month=days[0]).select_related("made_by", "judged_by", "charge__defect")),
    )


def judged_until() -> dt.datetime:
    """Give the moment up to which deadlines are judged now: the last full five minutes that are surely in the table."""
    seconds = clock.now().timestamp() - GRACE_S
    return dt.datetime.fromtimestamp(seconds - seconds % STEP_S, UTC)


def _counts(days: Sequence[dt.date], until: dt.datetime) -> list[DayCounts]:
    if not days:
        return []
    of_month = tasks(bounds_of(days[0])[0], bounds_of(days[-1])[1])
    return [day_counts(home(), day, basis(day, of_month), until) for day in days]


def basis(day: dt.date, of_days: Sequence[Task]) -> Basis:
    """Give what a climate day is judged on, out of the tasks of a longer time."""
    start, end = bounds_of(day)
    holding = tuple(one for one in of_days if one.valid_from <= end and (one.valid_to is None or one.valid_to > start))
    exempted = tuple(exempt(start, end))
    return Basis(assess_rules(day), holding, exempted, roster(start, end), districts_on(end))


def _defects(start: dt.datetime, end: dt.datetime) -> tuple[Defect, ...]:
    found = Defect.objects.filter(parent=None, starts__gt=start, starts__lte=end).exclude(state="dismissed")
    whole = found.select_related("owner", "handled_by").prefetch_related("children", "charges__person")
    return tuple(whole.order_by("starts", "pk"))


def _exemptions(start: dt.datetime, end: dt.datetime) -> tuple[Exemption, ...]:
    touching = Exemption.objects.filter(starts__lte=end, ends__gt=start)
    return tuple(touching.select_related("applied_by", "decided_by").order_by("starts", "pk"))


def station_spans(station: str, day: dt.date) -> list[Span]:
    """Give the exact due times of a station's climate day that are not in order.

    Parameters
    ----------
    station : str
        Its code.
    day : date
        The climate day.

    Returns
    -------
    list of Span
        Of reports and values: exempt, lost, late, missing, wrong, suspect.
    """
    start, end = bounds_of(day)
    judged = stretch(home(), basis(day, tasks(start, end, station)), start, end, judged_until())
    return spans(judged.plan, judged.states, station)


def roster_gaps(start: dt.datetime, end: dt.datetime) -> list[Gap]:
    """Give the stretches between two moments in which nobody owned a station's minutes, by station and time."""
    rules = assess_rules(clock.climate_day(end))
    found = places_of(tasks(start, end), districts_on(end))
    minutes = int((end - start).total_seconds() // 60)
    duties = [rules.owner_duty(place.network) for place in found]
    owned = roster(start, end).owned(found, duties, start, minutes)
    return gaps(found, owned, start, minutes)
