"""How the keys of an assessment are called, and where a station stood."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from xiangtian.core.elements import CATALOGUE
from xiangtian.core.models import Person
from xiangtian.core.places import city
from xiangtian.observe.metadata.tasks import NETWORKS
from xiangtian.observe.models import Station
from xiangtian.observe.queries.stations import Site, sites

ALL_WORDS = "全部站点"
NO_OWNER = "无人在岗"
NO_DISTRICT = "区域未登记"


class Names:
    """Names of stations, districts, networks, elements and people, as they were in a stretch of time."""

    def __init__(self, first: dt.datetime, last: dt.datetime) -> None:
        self._sites: dict[str, Site] = {site.code: site for moment in (first, last) for site in sites(moment)}
        self._districts = {one.code: one.zh for one in city().districts}
        self._people: dict[str, str] | None = None

    def of(self, group: str) -> Callable[[str], str]:
        """Give the function that names the keys of a group."""
        called: dict[str, Callable[[str], str]] = {
            "all": lambda _: ALL_WORDS,
            "network": lambda key: str(NETWORKS.get(key, key)),
            "district": self.district,
            "station": self.station,
            "element": lambda key: str(CATALOGUE[key].zh) if key in CATALOGUE else key,
            "person": self.person,
        }
        return called[group]

    def station(self, code: str) -> str:
        """Give a station's name, or its code where it is not registered."""
        return self._sites[code].zh if code in self._sites else code

    def district(self, code: str) -> str:
        """Give a district's name."""
        return self._districts.get(code, code) or NO_DISTRICT

    def district_of(self, station: str) -> str:
        """Give the code of the district a station stood in at the end of the stretch; "" if unknown."""
        return self._sites[station].district if station in self._sites else ""

    def person(self, username: str) -> str:
        """Give a person's name; "" is nobody."""
        if self._people is None:
            self._people = dict(Person.objects.values_list("username", "zh"))
        return (self._people.get(username) or username) if username else NO_OWNER


def districts_on(moment: dt.datetime) -> Mapping[str, str]:
    """Give the district each station stands in at a moment."""
    return {site.code: site.district for site in sites(moment)}


def networks_of(stations: Sequence[str]) -> dict[str, str]:
    """Give the network of each station that is registered."""
    return dict(Station.objects.filter(code__in=stations).values_list("code", "network"))
