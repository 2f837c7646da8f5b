"""The chain of evidence of a warning: score, receipts, CAP, signature, draft, proposal, criteria, readings, bytes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl

from xiangtian.core import ledger
from xiangtian.core.home import Home
from xiangtian.core.models import LedgerEntry
from xiangtian.lake import raw
from xiangtian.lake.models import GridRun
from xiangtian.observe import queries as observe
from xiangtian.publish import queries as publish
from xiangtian.verify.models import Score
from xiangtian.warn.models import Event, Message, Proposal
from xiangtian.warn.queries import chain as messages_of
from xiangtian.warn.watching import RAIN

SHOWN = 60


class Unknown(LookupError):
    """Nothing has this identifier; the message says what was looked for."""


def chain(home: Home, identifier: str) -> dict[str, Any]:
    """Give the whole chain of a message or of an event, as JSON values.

    Raises
    ------
    Unknown
        If neither a message nor an event has the identifier.
    """
    event = _event(identifier)
    messages = messages_of(event)
    wanted = [one for one in messages if one.identifier == identifier] or messages
    return {
        "event": event.code,
        "status": event.status,
        "hazard": event.hazard,
        "messages": [_message(home, one) for one in wanted],
        "chain": [f"{one.identifier} {one.action} {one.colour}" for one in messages],
        "scores": [_score(row) for row in Score.objects.filter(event=event.code).order_by("id")],
        "ledger": _ledger(wanted, event),
    }


def _event(identifier: str) -> Event:
    message = Message.objects.select_related("event").filter(identifier=identifier).first()
    if message:
        return message.event
    for event in Event.objects.order_by("id"):
        if event.code == identifier:
            return event
    known = list(Message.objects.order_by("-id").values_list("identifier", flat=True)[:5])
    newest = ", ".join(known) or "none"
    raise Unknown(f"no message or event {identifier!r} in this home; the newest messages are {newest}")


def _message(home: Home, message: Message) -> dict[str, Any]:
    draft, proposal = message.draft, message.draft.proposal
    return {
        "identifier": message.identifier,
        "action": message.action,
        "colour": message.colour,
        "headline": message.headline,
        "sent": message.sent.isoformat(),
        "expires": message.expires.isoformat(),
        "districts": message.districts,
        "cap_sha256": message.cap_sha256,
        "cap": str(home.messages / f"{message.identifier}.xml"),
        "signed_by": message.signer.username,
        "drafted_by": message.drafter.username,
        "draft": {"id": draft.pk, "revision": draft.revision, "reason": draft.reason},
        "rule_version": message.rule_version,
        "proposal": _proposal(home, proposal) if proposal else None,
        "deliveries": _deliveries(message.identifier),
    }


def _proposal(home: Home, proposal: Proposal) -> dict[str, Any]:
    return {
        "id": proposal.pk,
        "proposed": proposal.proposed.isoformat(),
        "rule_version": proposal.rule_version,
        "lake_version": proposal.lake_version,
        "nowcast": _nowcast(home, proposal.nowcast_run),
        "words": proposal.words,
        "criteria": [_criterion(home, finding, proposal.proposed) for finding in proposal.evidence["findings"]],
    }


def _criterion(home: Home, finding: dict[str, Any], known_at: dt.datetime) -> dict[str, Any]:
    met = finding["met"][0]
    top = met["stations"][0]
    return {
        "district": finding["district"],
        "colour": finding["colour"],
        "rule": met["rule_id"],
        "stations": [hit["station"] for hit in met["stations"]],
        "wettest": top,
        "readings": _readings(home, top, known_at),
    }


def _readings(home: Home, hit: dict[str, Any], known_at: dt.datetime) -> list[dict[str, Any]]:
    """The readings of the wettest station's window as they were known, each with the hash of the bytes it came in."""
    begins, ends = (dt.datetime.fromisoformat(hit[key]) for key in ("window_from", "window_to"))
    rows = observe.readings(home).read(begins, min(ends, known_at), [hit["station"]], list(RAIN), as_of=known_at)
    rows = rows.filter(pl.col(RAIN[0]).is_not_null() & (pl.col("time") > begins)).tail(SHOWN)
    return [
        {
            "time": row["time"].isoformat(),
            "received": row["received"].isoformat(),
            "mm": row[RAIN[0]],
            "flag": row[f"{RAIN[0]}_qc"],
            "raw": row["source"],
            "raw_file": _file(home, row["source"]),
        }
        for row in rows.iter_rows(named=True)
    ]


def _file(home: Home, sha256: str) -> str:
    path: Path = raw.place(home, sha256)
    return str(path) if path.exists() else f"{path} IS MISSING"


def _nowcast(home: Home, path: str) -> dict[str, Any] | None:
    run = GridRun.objects.filter(path=path).first()
    if run is None:
        return None
    frames = GridRun.objects.filter(path__in=run.attrs["frames"]).order_by("time")
    return {
        "run": run.path,
        "time": run.time.isoformat(),
        "method": run.attrs["method"],
        "frames": [_frame(home, one) for one in frames],
    }


def _frame(home: Home, run: GridRun) -> dict[str, Any]:
    sha256 = run.attrs["sha256"]
    return {"run": run.path, "time": run.time.isoformat(), "raw": sha256, "raw_file": _file(home, sha256)}


def _deliveries(identifier: str) -> list[dict[str, Any]]:
    return [
        {"channel": one.channel, "target": one.target, "state": one.state, "receipts": list(one.receipts)}
        for one in publish.of_message(identifier)
    ]


def _score(row: Score) -> dict[str, Any]:
    return {
        "district": row.district,
        "colour": row.colour,
        "outcome": row.outcome,
        "message": row.message,
        "first_met": row.first_met.isoformat() if row.first_met else None,
        "lead_min": row.lead_min,
        "station": row.station,
        "most_mm": row.most_mm,
        "rule_version": row.rule_version,
        "pairing": row.pairing,
        "lake_version": row.lake_version,
    }


def _ledger(messages: list[Message], event: Event) -> dict[str, Any]:
    subjects = {event.code, *(one.identifier for one in messages)}
    subjects |= {f"draft:{one.draft_id}" for one in messages}
    subjects |= {f"proposal:{one.draft.proposal_id}" for one in messages if one.draft.proposal_id}
    rows = LedgerEntry.objects.filter(subject__in=subjects).order_by("id")
    verdict = ledger.verify()
    told = [f"{row.pk} {row.time.isoformat()} {row.actor} {row.verb} {row.subject} {row.hash[:16]}" for row in rows]
    return {"sound": verdict.sound, "lines": told}
