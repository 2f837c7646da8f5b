"""What programs may ask about places, stations and readings."""

from __future__ import annotations

from ninja import Router

from xiangtian.observe.api import export as _export
from xiangtian.observe.api import field as _field
from xiangtian.observe.api import map as _map
from xiangtian.observe.api import network as _network
from xiangtian.observe.api import station as _station

router = Router(tags=["observe"])
for _part in (_map.router, _field.router, _export.router, _station.router, _network.router):
    router.add_router("", _part)
