"""Stations the tests of this room, and of the rooms above, begin from."""

import datetime as dt

from xiangtian.observe.models import Site, Station


def station(
    code: str,
    zh: str = "东山",
    district: str = "320506",
    lon: float = 120.43,
    lat: float = 31.07,
    alt_m: float = 18.0,
    valid_from: dt.date = dt.date(2020, 1, 1),
    **told: object,
) -> Station:
    """A station that stands at one place since 2020, without tasks."""
    one = Station.objects.create(code=code, zh=zh, **{"kind": "regional"} | told)
    place = {"lon": lon, "lat": lat, "alt_m": alt_m, "district": district, "valid_from": valid_from}
    Site.objects.create(station=one, **place)
    return one
