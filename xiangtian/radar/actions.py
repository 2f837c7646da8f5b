"""Verbs of the room: take radar frames from the arrival journal into the store."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import asdict

import numpy as np
from django.db import transaction

from xiangtian.core import clock, facts
from xiangtian.core.home import Home
from xiangtian.core.models import Fact
from xiangtian.lake import grids, raw
from xiangtian.lake.journal import Kept
from xiangtian.lake.packing import RAIN, Packing
from xiangtian.met.grid import RainFrame
from xiangtian.observe.actions import quarantine
from xiangtian.observe.models import Cursor
from xiangtian.radar import composites, rain
from xiangtian.radar.errors import RadarError

log = logging.getLogger(__name__)
READER = "radar"
NAMES = "radar/"
BASE = "radar/base/"
"""Names of arrivals that are this room's; base data among them are taken in by `radar.base`."""
AHEAD = dt.timedelta(minutes=10)
QUALITY = Packing(0.01, -1)


def ingest(home: Home) -> int:
    """Store every radar frame that has arrived since the last time; give how many were stored.

    A frame that can't be read is quarantined with its reason. Doing it again after a kill stores nothing twice: the
    place in the journal is kept with the row of the frame.
    """
    begun = offset = Cursor.objects.filter(reader=READER).values_list("offset", flat=True).first() or 0
    stored = 0
    for kept in raw.arrivals(home, offset):
        offset = kept.offset
        if kept.name.startswith(NAMES) and not kept.name.startswith(BASE):
            stored += _take(home, kept)
            move(READER, offset)
    if offset > begun:
        move(READER, offset)
    return stored


def _read(home: Home, kept: Kept) -> RainFrame:
    frame = rain.rate(composites.read(raw.body(home, kept.sha256)))
    if frame.time - kept.received > AHEAD:
        raise RadarError(f"frame of {frame.time.isoformat()} came before its time: look at the clock of the sender")
    return frame


def _take(home: Home, kept: Kept) -> int:
    try:
        frame = _read(home, kept)
    except (RadarError, raw.BodyLost) as error:
        quarantine(kept, [("", f"雷达文件不可用 (radar file refused): {error}")])
        log.warning("radar file %s refused: %s", kept.name, error)
        return 0
    already = grids.listing("radar", frame.time, frame.time, every=True)
    same = next((run for run in already if run.attrs.get("sha256") == kept.sha256), None)
    if same:
        tell(same)
        return 0
    attrs = {
        "sha256": kept.sha256,
        "source": frame.source,
        "interval_s": frame.interval_s,
        "notes": dict(frame.notes),
        "received_wall": clock.wall(),
    }
    arrays = {"rate": frame.rate, "quality": frame.quality.astype(np.float32)}
    run = grids.write(
        home, "radar", frame.time, arrays, asdict(frame.grid), attrs, kept.received, {"rate": RAIN, "quality": QUALITY}
    )
    tell(run)
    return 1


def tell(run: grids.GridRef) -> None:
    """Tell of a frame once, also when a kill came between its writing and the telling."""
    if not Fact.objects.filter(kind="radar.written", subject=run.path).exists():
        facts.tell("radar.written", run.path, {"time": run.time.isoformat(), "wall": clock.wall()})


@transaction.atomic
def move(reader: str, offset: int) -> None:
    """Remember how far a reader has come in the journal; it never goes back."""
    row, _ = Cursor.objects.select_for_update().get_or_create(reader=reader)
    if offset > row.offset:
        row.offset = offset
        row.save(update_fields=["offset"])
