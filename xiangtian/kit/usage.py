"""How much is taken through the open doors: counted in memory, written down every few seconds.

An answer never waits for the writer of the records. A process that is killed loses the counts of at most
`EVERY_S` seconds; one that ends in order loses none.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q, Sum

from xiangtian.core import clock
from xiangtian.core.serial import take_turn
from xiangtian.kit.jobs import Job
from xiangtian.kit.models import Usage

EVERY_S = 5.0
FIGURES = ("calls", "refused", "rows", "bytes")
Key = tuple[dt.date, str, int | None]


class _Counts:
    """Figures by day, product and partner that are not yet written down."""

    lock = threading.Lock()
    held: defaultdict[Key, list[int]] = defaultdict(lambda: [0, 0, 0, 0])


def count(product: str, partner: int | None, *, refused: bool, rows: int, size: int) -> None:
    """Count one answer.

    Parameters
    ----------
    product : str
        The collection or document that was asked for.
    partner : int or None
        Number of the partner; None: a person of the house.
    refused : bool
        Whether the answer is a refusal.
    rows : int
        Stations or readings in the answer.
    size : int
        Bytes of the answer's body.
    """
    key = (clock.administrative_day(clock.now()), product, partner)
    with _Counts.lock:
        held = _Counts.held[key]
        for place, more in enumerate((1, int(refused), rows, size)):
            held[place] += more


def flush() -> str:
    """Write down what was counted; what could not be written stays counted. It leaves no run of a job."""
    with _Counts.lock:
        taken = dict(_Counts.held)
        _Counts.held.clear()
    try:
        _write(taken)
    except Exception:
        _give_back(taken)
        raise
    return ""


def _write(taken: dict[Key, list[int]]) -> None:
    if not taken:
        return
    with transaction.atomic():
        take_turn()
        for (day, product, partner), figures in taken.items():
            of = Q(partner=None) if partner is None else Q(partner=partner)
            rows = Usage.objects.filter(of, day=day, product=product)
            more = {name: F(name) + figure for name, figure in zip(FIGURES, figures, strict=True)}
            if not rows.update(**more):
                Usage.objects.create(
                    day=day, product=product, partner_id=partner, **dict(zip(FIGURES, figures, strict=True))
                )


def _give_back(taken: dict[Key, list[int]]) -> None:
    with _Counts.lock:
        for key, figures in taken.items():
            held = _Counts.held[key]
            for place, figure in enumerate(figures):
                held[place] += figure


JOB = Job("kit.usage", EVERY_S, flush)


@dataclass(frozen=True)
class Line:
    """What somebody took of a product over some days; `partner` "": the people of the house."""

    product: str
    partner: str
    calls: int
    refused: int
    rows: int
    bytes: int


def lines(first: dt.date, last: dt.date) -> list[Line]:
    """Give usage by product and partner over days (both included), the most asked first."""
    rows = Usage.objects.filter(day__range=(first, last)).values_list("product", "partner__name")
    told = rows.annotate(*(Sum(name) for name in FIGURES)).order_by("product", "partner__name")
    return sorted((Line(of, name or "", *figures) for of, name, *figures in told), key=lambda one: -one.calls)


def by_day(first: dt.date, last: dt.date) -> list[tuple[dt.date, int]]:
    """Give the calls of each day (both included), days without any too."""
    rows = Usage.objects.filter(day__range=(first, last)).values("day").annotate(n=Sum("calls"))
    held = {row["day"]: row["n"] for row in rows}
    days = (first + dt.timedelta(days=number) for number in range((last - first).days + 1))
    return [(day, held.get(day, 0)) for day in days]
