"""What programs may ask about warnings."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from ninja import Router

from xiangtian.core import moments
from xiangtian.core.places import city
from xiangtian.warn import queries
from xiangtian.warn.tabled import rule_tables

router = Router(tags=["warn"])


@router.get("/warn/state", summary="Warnings in force and proposals waiting, as known at a moment")
def state(request: HttpRequest, at: str | None = None) -> dict[str, Any]:
    """Give what was in force, and what waited for a forecaster."""
    moment = moments.asked(at)
    kinds = {table.kind: table.zh for table in rule_tables()}
    names = {one.code: one.zh for one in city().districts}
    return {
        "in_force": [
            {
                "identifier": one.identifier,
                "event": one.event,
                "event_id": one.event_id,
                "kind_zh": kinds.get(one.hazard, one.hazard),
                "colour": one.colour,
                "action": one.action,
                "headline": one.headline,
                "areas": list(one.districts),
                "sent": one.sent.isoformat(),
                "expires": one.expires.isoformat(),
                "status": one.status,
                "url": reverse("warn:event", args=[one.event_id]),
            }
            for one in queries.in_force(moment)
        ],
        "proposals": [
            {
                "id": one.pk,
                "kind_zh": kinds.get(one.hazard, one.hazard),
                "colour": one.colour,
                "action": one.action,
                "districts": [{"code": code, "zh": names.get(code, code)} for code in one.districts],
                "since": one.proposed.isoformat(),
                "words": one.words.splitlines()[0],
                "state": one.state,
                "url": reverse("warn:proposal", args=[one.pk]),
            }
            for one in queries.waiting(moment)
        ],
    }
