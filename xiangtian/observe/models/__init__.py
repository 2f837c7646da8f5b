"""Records of the room."""

from __future__ import annotations

from xiangtian.observe.models.account import Batch, Cursor, Quarantined
from xiangtian.observe.models.appeal import Appeal
from xiangtian.observe.models.assess import ClosedMonth, KeptRule
from xiangtian.observe.models.bulletin import Addendum, Bulletin
from xiangtian.observe.models.conflict import Conflict, StationList
from xiangtian.observe.models.defect import Charge, Defect
from xiangtian.observe.models.device import Certificate, Device, Installation, SensorPosition
from xiangtian.observe.models.edge import EdgeCommand, EdgeGap, EdgeStation
from xiangtian.observe.models.exemption import Exemption
from xiangtian.observe.models.review import Review
from xiangtian.observe.models.roster import RosterShift
from xiangtian.observe.models.station import ObservingTask, Site, Station
from xiangtian.observe.models.wis2 import Wis2Message, Wis2Notice

__all__ = [
    "Addendum",
    "Appeal",
    "Batch",
    "Bulletin",
    "Certificate",
    "Charge",
    "ClosedMonth",
    "Conflict",
    "Cursor",
    "Defect",
    "Device",
    "EdgeCommand",
    "EdgeGap",
    "EdgeStation",
    "Exemption",
    "Installation",
    "KeptRule",
    "ObservingTask",
    "Quarantined",
    "Review",
    "RosterShift",
    "SensorPosition",
    "Site",
    "Station",
    "StationList",
    "Wis2Message",
    "Wis2Notice",
]
