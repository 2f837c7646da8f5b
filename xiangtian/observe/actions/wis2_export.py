"""Write what would go out over WIS2 into a folder: for a trial, for a validator, for a partner without MQTT."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from xiangtian.core import clock
from xiangtian.core.home import Home
from xiangtian.observe.actions.wis2_publish import record
from xiangtian.observe.encode.bufr_surface import StationFacts
from xiangtian.observe.queries import wis2 as queries
from xiangtian.observe.wis2 import ids, messages, outgoing, publishing
from xiangtian.observe.wis2.hours import Report
from xiangtian.observe.wis2.outgoing import Node, OutgoingError

AFTER_ALL = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
"""A folder is written now: the last reading of an hour that is not over yet is taken as it is."""


@dataclass(frozen=True)
class Exported:
    """What was written: who published, notifications, stations, and how often what reason kept a report back."""

    centre: str
    notifications: int
    stations: int
    refused: dict[str, int]


def export(home: Home, to: Path, hours: float, wanted: str, base_url: str = "") -> Exported:
    """Write the reports of the last hours before the newest reading, and the discovery record of the dataset.

    Parameters
    ----------
    home : Home
        Whose observations.
    to : Path
        A folder; its files `notification-*.json`, `discovery-*.json` and `data/<day>/<file>` are added.
    hours : float
        How far back from the newest reading.
    wanted : str
        "national" or "all".
    base_url : str
        Address under which the folder will be served; "": the house's own.

    Returns
    -------
    Exported
        What was written. In an exercise the centre ends with -test, and the record says that it is an exercise.

    Raises
    ------
    OutgoingError
        If the discovery record would have faults.
    OSError
        If the folder can't be written.
    """
    who, now = queries.node(base_url), clock.now()
    newest = queries.newest(home) or now
    stations = queries.station_facts(newest, wanted)
    start = newest - dt.timedelta(hours=hours)
    reports = queries.reports(home, start, newest, AFTER_ALL, sorted(stations))
    to.mkdir(parents=True, exist_ok=True)
    refused: Counter[str] = Counter()
    told = [one for one in reports if _write(to, who, one, stations[one.reading.station], now, refused)]
    begins = told[0].reading.time if told else start
    body = messages.write(record(who, begins, now, now))
    (to / f"discovery-{who.centre}.{ids.DATASET}.json").write_bytes(body)
    return Exported(who.centre, len(told), len({one.reading.station for one in told}), dict(refused))


def _write(to: Path, who: Node, one: Report, facts: StationFacts, now: dt.datetime, refused: Counter[str]) -> bool:
    name = publishing.granule_name(facts.wigos, one.reading.time)
    try:
        body = outgoing.encode(one.reading, facts).body
    except OutgoingError as error:
        refused[str(error)] += 1
        return False
    path = publishing.place(name, one.reading.time.date(), body)
    (to / "data" / path).parent.mkdir(parents=True, exist_ok=True)
    (to / "data" / path).write_bytes(body)
    document = outgoing.announce(who, one.reading, facts, name, path, body, update=False, now=now)
    (to / f"notification-{document['id']}.json").write_bytes(messages.write(document))
    return True
