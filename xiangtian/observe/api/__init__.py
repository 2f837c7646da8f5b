"""What programs may ask about places, stations and readings."""

from __future__ import annotations

from ninja import Router

from xiangtian.observe.api import map as _map

router = Router(tags=["observe"])
for _part in (_map.router,):
    router.add_router("", _part)
