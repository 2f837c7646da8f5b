"""Records of the room."""

from __future__ import annotations

from xiangtian.observe.models.account import Batch, Cursor, Quarantined
from xiangtian.observe.models.station import Station

__all__ = ["Batch", "Cursor", "Quarantined", "Station"]
