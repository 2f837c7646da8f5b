"""What a score is made of: claims as the chain of messages says, and episodes from readings that passed the checks."""

import datetime as dt
from dataclasses import dataclass, field

import polars as pl
import pytest

from xiangtian.observe import queries as observe
from xiangtian.verify import gathering
from xiangtian.warn.colours import Colour
from xiangtian.warn.tests.desk import CHANGSHU, WUZHONG, station
from xiangtian.warn.tests.makers import NOW, national

HOUR = dt.timedelta(hours=1)


@dataclass
class Said:
    """A message as far as a claim needs it."""

    action: str
    colour: str
    districts: list[str]
    sent_h: float
    valid_h: float = 3
    identifier: str = field(default="")

    @property
    def sent(self) -> dt.datetime:
        return NOW + self.sent_h * HOUR

    @property
    def expires(self) -> dt.datetime:
        return self.sent + self.valid_h * HOUR


class Chain:
    """An event that answers for its messages."""

    code = "E1"

    def __init__(self, *said: Said) -> None:
        self.said = list(said)
        for place, one in enumerate(self.said):
            one.identifier = f"M{place}"

    @property
    def messages(self):
        return self

    def order_by(self, how: str):
        return self if how == "id" else Chain(*reversed(self.said))

    def first(self):
        return self.said[0] if self.said else None

    def __iter__(self):
        return iter(self.said)


def told(*said: Said) -> list[tuple[str, str, Colour, float, float]]:
    return [
        (one.message, one.district, one.colour, (one.issued - NOW) / HOUR, (one.ends - NOW) / HOUR)
        for one in gathering.claims(Chain(*said))
    ]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([], []),
        # left to its end
        ([Said("NEW", "yellow", [WUZHONG], 0)], [("M0", WUZHONG, Colour.YELLOW, 0, 3)]),
        # lifted after an hour
        ([Said("NEW", "yellow", [WUZHONG], 0), Said("CAN", "yellow", [WUZHONG], 1)],
         [("M0", WUZHONG, Colour.YELLOW, 0, 1)]),
        # extended at two hours: one claim, to the later end
        ([Said("NEW", "yellow", [WUZHONG], 0), Said("EXT", "yellow", [WUZHONG], 2)],
         [("M0", WUZHONG, Colour.YELLOW, 0, 5)]),
        # upgraded: the lower claim goes on, the higher one begins
        ([Said("NEW", "yellow", [WUZHONG], 0), Said("UPG", "red", [WUZHONG], 1)],
         [("M0", WUZHONG, Colour.YELLOW, 0, 4), ("M1", WUZHONG, Colour.RED, 1, 4)]),
        # a district that is taken in later is claimed from then on
        ([Said("NEW", "yellow", [WUZHONG], 0), Said("EXA", "yellow", [WUZHONG, CHANGSHU], 1)],
         [("M0", WUZHONG, Colour.YELLOW, 0, 4), ("M1", CHANGSHU, Colour.YELLOW, 1, 4)]),
        # a district that is left out is claimed until then
        ([Said("NEW", "yellow", [WUZHONG, CHANGSHU], 0), Said("CON", "yellow", [WUZHONG], 1)],
         [("M0", WUZHONG, Colour.YELLOW, 0, 4), ("M0", CHANGSHU, Colour.YELLOW, 0, 1)]),
        # what came after the end does not bring it back
        ([Said("NEW", "yellow", [WUZHONG], 0, valid_h=1), Said("CAN", "yellow", [WUZHONG], 2)],
         [("M0", WUZHONG, Colour.YELLOW, 0, 1)]),
    ],
)  # fmt: skip
def test_claims_follow_the_chain(said, expected) -> None:
    assert told(*said) == expected


@pytest.mark.parametrize(
    ("said", "hours", "over"),
    [
        ([], 9, False),
        ([Said("NEW", "yellow", [WUZHONG], 0)], 2.9, False),
        ([Said("NEW", "yellow", [WUZHONG], 0)], 3, True),
        ([Said("NEW", "yellow", [WUZHONG], 0), Said("CAN", "yellow", [WUZHONG], 1)], 1, True),
        ([Said("NEW", "yellow", [WUZHONG], 0), Said("EXT", "yellow", [WUZHONG], 2)], 4, False),
    ],
)
def test_an_event_is_over_when_it_is_lifted_or_expired(said, hours: float, over: bool) -> None:
    assert gathering.over(Chain(*said), NOW + hours * HOUR) is over


@pytest.mark.django_db
@pytest.mark.parametrize(("flag", "found"), [(0, True), (1, False), (2, False)])
def test_only_rain_that_passed_the_checks_makes_an_episode(home, at, flag: int, found: bool) -> None:
    at(NOW)
    station("s0")
    times = [NOW - dt.timedelta(minutes=5 * back) for back in reversed(range(12))]
    rows = {
        "station": ["s0"] * 12, "time": times, "received": times, "source": [f"{n:064}" for n in range(12)],
        "precipitation_amount": [5.0] * 12, "precipitation_amount_qc": [flag] * 12,
        "precipitation_period": [5.0] * 12, "precipitation_period_qc": [0] * 12,
    }  # fmt: skip
    observe.readings(home).append(pl.DataFrame(rows))
    episodes = gathering.met(home, NOW - 2 * HOUR, NOW + HOUR, national())
    if not found:
        assert episodes == []
        return
    by_colour = {one.colour: one for one in episodes}
    assert set(by_colour) == {Colour.BLUE, Colour.YELLOW, Colour.ORANGE}  # 60 mm: red asks for 100
    orange = by_colour[Colour.ORANGE]
    assert (orange.district, orange.station) == (WUZHONG, "s0")
    assert orange.most_mm == pytest.approx(60.0)
    assert orange.first == NOW - dt.timedelta(minutes=10)  # the tenth report brings it to 50 mm
