"""Questions of the room."""

from __future__ import annotations

from xiangtian.observe.queries.account import batches, quarantined, readings
from xiangtian.observe.queries.stations import Site, sites
from xiangtian.observe.queries.tasks import tasks

__all__ = ["Site", "batches", "quarantined", "readings", "sites", "tasks"]
