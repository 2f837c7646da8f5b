"""The personal measures of a month: workload base number, charges that stand, errors per 10 000."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from django.db.models import Count

from xiangtian.core.models import Person
from xiangtian.observe.assess.charges import Work, error_rate, errors
from xiangtian.observe.assess.month import DayCounts, Personal, Row, idle, rows
from xiangtian.observe.assess.owners import NOBODY
from xiangtian.observe.assess.rules import Rules
from xiangtian.observe.models import Charge, Defect, Review
from xiangtian.observe.queries.assess_names import Names


def personal_rows(
    days: Sequence[DayCounts], names: Names, rules: Rules, start: dt.datetime, end: dt.datetime
) -> tuple[Row, ...]:
    """Give a row for everybody who owned minutes, handled a defect or was charged with one.

    Parameters
    ----------
    days : Sequence of DayCounts
        The judged days.
    names : Names
        How people are called.
    rules : Rules
        The table for base numbers and errors: the last one of the month.
    start, end : datetime
        The month, UTC.

    Returns
    -------
    tuple of Row
        By log-in name; the row of minutes that nobody owned has the key "" and stands last.
    """
    called = {str(key): name for key, name in Person.objects.values_list("pk", "username")} | {str(NOBODY): ""}
    told = [_by_name(day, called) for day in days]
    found = {row.key: row for row in rows(told, "person", names.person)}
    charged = _charged(start, end)
    handled, reviewed = _handled(start, end), _reviewed(start, end)
    for name in (charged.keys() | handled.keys() | reviewed.keys()) - found.keys():
        found[name] = idle("person", name, names.person(name), len(days))
    did = {
        key: Work(row.counts["reports"], row.counts["values"], handled[key], reviewed[key])
        for key, row in found.items()
    }
    whole = [
        replace(row, personal=_personal(rules, did[key], charged.get(key, Counter()))) for key, row in found.items()
    ]
    return tuple(sorted(whole, key=lambda row: (row.key == "", row.key)))


def _by_name(day: DayCounts, called: Mapping[str, str]) -> DayCounts:
    keys = np.array([called.get(str(key), str(key)) for key in day.keys["person"]], dtype=str)
    return replace(day, keys={"person": keys}, counts={"person": day.counts["person"]})


def _charged(start: dt.datetime, end: dt.datetime) -> dict[str, Counter[str]]:
    """Give, by log-in name, how many charges of each kind of defect stand."""
    standing = Charge.objects.filter(voided=None, defect__starts__gt=start, defect__starts__lte=end)
    counted = standing.exclude(defect__state="dismissed").values("person__username", "defect__kind")
    found: dict[str, Counter[str]] = {}
    for one in counted.annotate(n=Count("pk")):
        found.setdefault(one["person__username"] or "", Counter())[one["defect__kind"]] = one["n"]
    return found


def _handled(start: dt.datetime, end: dt.datetime) -> Counter[str]:
    done = Defect.objects.filter(parent=None, handled_at__gt=start, handled_at__lte=end, state="handled")
    counted = done.exclude(handled_by=None).values("handled_by__username").annotate(n=Count("pk"))
    return Counter({one["handled_by__username"]: one["n"] for one in counted})


def _reviewed(start: dt.datetime, end: dt.datetime) -> Counter[str]:
    done = Review.objects.filter(decided__gt=start, decided__lte=end)
    return Counter(
        {one["person__username"]: one["n"] for one in done.values("person__username").annotate(n=Count("pk"))}
    )


def _personal(rules: Rules, work: Work, kinds: Counter[str]) -> Personal:
    base, wrong = work.base(rules), errors(rules, kinds)
    return Personal(base, wrong, error_rate(wrong, base), sum(kinds.values()))
