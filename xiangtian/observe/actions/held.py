"""What every verb about a station begins and ends with: its row, its district, a reason, its line in the ledger."""

from __future__ import annotations

from typing import Any

from xiangtian.core import ledger
from xiangtian.core.models import Person
from xiangtian.observe.models import Station

RIGHT = "observe.stations"


class StationRefused(ValueError):
    """What was asked of a station can't be; the message says why and what is allowed."""


def locked(code: str) -> Station:
    """Give a station and hold its row until the transaction ends, so that nobody else changes its periods.

    Raises
    ------
    StationRefused
        If no station has this code.
    """
    found = Station.objects.select_for_update().filter(code=code).first()
    if found is None:
        raise StationRefused(f"没有站号为 {code} 的站 (no such station)")
    return found


def scope(station: Station) -> set[str]:
    """Give the district for which somebody must act to change a station: where it stands, or stood last."""
    last = station.sites.order_by("-valid_from").first()
    return {last.district} - {""} if last else set()


def reasoned(reason: str) -> str:
    """Give a reason without blanks around it.

    Raises
    ------
    StationRefused
        If there is none.
    """
    if not reason.strip():
        raise StationRefused("必须写明原因或依据 (a reason is needed)")
    return reason.strip()[:200]


def write(person: Person, verb: str, code: str, reason: str, **detail: Any) -> None:
    """Write the line of the ledger that tells of a station."""
    ledger.write(person.username, verb, code, detail | {"reason": reason})
