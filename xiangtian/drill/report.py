"""The report of a drill: what was played, what the house made of it, how fast, and how good."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from xiangtian.core.elements import NAMES
from xiangtian.core.home import Home
from xiangtian.core.models import Fact
from xiangtian.drill import score_faults
from xiangtian.drill.player import Played
from xiangtian.drill.sources import Scenario
from xiangtian.lake import grids, raw
from xiangtian.met.scores import contingency
from xiangtian.observe import queries as observe
from xiangtian.observe.models import Batch, Quarantined
from xiangtian.publish.models import Delivery, Receipt
from xiangtian.verify import actions as verify
from xiangtian.verify.models import Score
from xiangtian.warn.models import Event, Message, Proposal

LATE = dt.timedelta(minutes=10)
"""A reading that came later than this after its time was late."""


def write(home: Home, scenario: Scenario, played: Played) -> dict[str, Any]:
    """Score the drill and give its report as JSON values."""
    rows = observe.readings(home).read(scenario.begins, scenario.ends, resolve=True)
    faults = score_faults.score(scenario.planted, _judged(rows, scenario))
    scored = verify.score(home, list(Event.objects.filter(status="Exercise", opened__gte=scenario.begins)),
                          scenario.begins, scenario.ends, "Exercise")  # fmt: skip
    batches = list(Batch.objects.filter(time__gte=scenario.begins))
    found = _found(home, scenario, faults, rows)
    return {
        "storm": scenario.notes["storm"],
        "rain_factor": float(scenario.notes["rain_factor"]),
        "begins": scenario.begins.isoformat(),
        "ends": scenario.ends.isoformat(),
        "frames": len(grids.listing("radar", scenario.begins, scenario.ends)),
        "reports": played.sent,
        "readings": sum(batch.readings for batch in batches),
        "quarantined": Quarantined.objects.count(),
        "duplicates": sum(batch.duplicates for batch in batches),
        "corrections": sum(batch.corrections for batch in batches),
        "planted_faults": len(scenario.planted),
        "faults_flagged": sum(noticed for _, noticed in found.values()),
        "faults_by_kind": {
            kind: {"planted": planted, "noticed": noticed} for kind, (planted, noticed) in found.items()
        },
        "judged_values": faults.values,
        "doubted_values": faults.doubted,
        "false_flags": faults.false_flags,
        "nowcasts": len(grids.listing("nowcast", scenario.begins, scenario.ends)),
        "proposals": Proposal.objects.filter(proposed__gte=scenario.begins).count(),
        "warnings": [_warning(home, message) for message in Message.objects.select_related("event").order_by("id")],
        "deliveries": Delivery.objects.count(),
        "delivery_states": _tally(Delivery.objects.values_list("state", flat=True)),
        "receipts": Receipt.objects.count(),
        "scores": _scores(scored),
        **_stages(played),
    }


def _judged(rows: pl.DataFrame, scenario: Scenario) -> list[score_faults.Row]:
    known = {station.id for station in scenario.stations}
    judged: list[score_faults.Row] = []
    for name in NAMES:
        told = rows.filter(pl.col(name).is_not_null() & pl.col("station").is_in(list(known)))
        judged += [
            (station, time, name, int(flag))
            for station, time, flag in told.select("station", "time", pl.col(f"{name}_qc").fill_null(9)).iter_rows()
        ]
    return judged


def _found(
    home: Home, scenario: Scenario, faults: score_faults.FaultScore, rows: pl.DataFrame
) -> dict[str, tuple[int, int]]:
    """For each kind, how many were planted and how many of just these the house noticed by itself."""
    late = rows.filter(pl.col("received") - pl.col("time") > LATE)
    seen = (
        ("late", set(zip(late["station"], late["time"], strict=True))),
        ("duplicate", _left_out(home, scenario)),
        ("broken", _refused(scenario)),
    )
    noticed = dict(faults.by_kind)
    for kind, messages in seen:
        hits = sum((one.station, one.start) in messages for one in scenario.planted if one.kind == kind)
        noticed[kind] = (faults.planted_by_kind.get(kind, 0), hits)
    return noticed


def _left_out(home: Home, scenario: Scenario) -> set[tuple[str, dt.datetime]]:
    """Messages (station, time) whose bytes arrived more than once and of which the lake holds one row."""
    arrived = Counter(kept.sha256 for kept in raw.arrivals(home))
    every = observe.readings(home).read(scenario.begins, scenario.ends, elements=["air_temperature"], resolve=False)
    held = Counter(zip(every["station"], every["time"], strict=True))
    told = zip(every["station"], every["time"], every["source"], strict=True)
    return {(station, time) for station, time, source in told if arrived[source] > 1 and held[station, time] == 1}


def _refused(scenario: Scenario) -> set[tuple[str, dt.datetime]]:
    """Messages (station, time) of which broken bytes were quarantined soon after they were due."""
    rows = Quarantined.objects.values_list("name", "received")
    return {
        (one.station, one.start)
        for one in scenario.planted
        for name, received in rows
        if name.endswith(f"/{one.station}") and one.start <= received <= one.start + LATE
    }


def _warning(home: Home, message: Message) -> dict[str, Any]:
    return {
        "id": message.identifier,
        "event": message.event.code,
        "action": message.action,
        "kind": message.event.hazard,
        "colour": message.colour,
        "status": message.status,
        "districts": message.districts,
        "sent": message.sent.isoformat(),
        "expires": message.expires.isoformat(),
        "cap": str(home.messages / f"{message.identifier}.xml"),
    }


def _scores(lines: Sequence[Score]) -> dict[str, Any]:
    told = _tally(line.outcome for line in lines)
    leads = [line.lead_min for line in lines if line.outcome == "hit" and line.lead_min is not None]
    misses = told.get("miss", 0) + told.get("late", 0) + told.get("under_warned", 0)
    table = contingency(told.get("hit", 0), told.get("false_alarm", 0), misses)
    return {
        "outcomes": told,
        "pod": table.pod,
        "far": table.far,
        "csi": table.csi,
        "lead_min": {"median": float(np.median(leads)), "least": min(leads)} if leads else None,
        "pairing": lines[0].pairing if lines else None,
        "rule_version": lines[0].rule_version if lines else None,
    }


def _stages(played: Played) -> dict[str, Any]:
    nowcast = [
        float(fact.detail["wall"]) - played.dropped[dt.datetime.fromisoformat(fact.detail["time"])]
        for fact in Fact.objects.filter(kind="nowcast.written")
        if dt.datetime.fromisoformat(fact.detail["time"]) in played.dropped
    ]
    proposal = [one.proposed_wall - one.criterion_met_wall for one in Proposal.objects.all()]
    first, every = [], []
    for message in Message.objects.all():
        walls = Delivery.objects.filter(message=message.identifier, handed_over_wall__isnull=False)
        handed = [wall for wall in walls.values_list("handed_over_wall", flat=True) if wall is not None]
        took = sorted(wall - message.signed_wall for wall in handed)
        first += took[:1]
        every += took[-1:]
    named = {
        "frame_to_nowcast": nowcast,
        "criterion_to_proposal": proposal,
        "signed_to_first_channel": first,
        "signed_to_all": every,
    }
    return {name: _percentiles(values) for name, values in named.items()}


def _percentiles(values: Sequence[float]) -> dict[str, float | int | None]:
    if not values:
        return {"n": 0, "p50": None, "p95": None}
    return {"n": len(values), "p50": float(np.percentile(values, 50)), "p95": float(np.percentile(values, 95))}


def _tally(values: Any) -> dict[str, int]:
    told: dict[str, int] = {}
    for value in values:
        told[value] = told.get(value, 0) + 1
    return told
