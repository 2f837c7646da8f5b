"""The life of a warning. Vocabulary: VTEC (NWS Instruction 10-1703); the sequence of 2023-07-10 is Suzhou's own."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangtian.warn.chain import (
    Action,
    ChainError,
    ChainMessage,
    admit,
    allowed,
    has_expired,
    may_follow,
    msg_type,
    references,
    state_at,
)
from xiangtian.warn.colours import Colour
from xiangtian.warn.identifier import build
from xiangtian.warn.tests.makers import UNIT

BEIJING = dt.timezone(dt.timedelta(hours=8))
WU = frozenset({"320506"})


def at(clock: str) -> dt.datetime:
    hour, minute = map(int, clock.split(":"))
    return dt.datetime(2023, 7, 10, hour, minute, tzinfo=BEIJING)


def sent(clock: str, action: Action, colour: Colour, hours: float = 6, areas: frozenset[str] = WU) -> ChainMessage:
    moment = at(clock)
    return ChainMessage(
        build(UNIT, moment, 0), UNIT, moment, action, colour, moment, moment + dt.timedelta(hours=hours), areas
    )


# 暴雨 黄11:13 -> 橙12:28; 下午陆续解除 (Suzhou daily, 2023-07-11)
YELLOW = sent("11:13", Action.NEW, Colour.YELLOW)
ORANGE = sent("12:28", Action.UPG, Colour.ORANGE, 3)
LIFTED = sent("15:00", Action.CAN, Colour.ORANGE, 1)
DAY = [YELLOW, ORANGE, LIFTED]


@pytest.mark.parametrize(
    ("clock", "phase", "colour"),
    [
        ("11:12", "none", None),
        ("11:13", "in force", Colour.YELLOW),
        ("12:27", "in force", Colour.YELLOW),
        ("12:28", "in force", Colour.ORANGE),
        ("14:59", "in force", Colour.ORANGE),
        ("15:00", "lifted", None),
        ("23:00", "lifted", None),
    ],
)
def test_the_rain_of_10_july_2023(clock: str, phase: str, colour: Colour | None) -> None:
    state = state_at(DAY, at(clock))
    assert (state.phase, state.colour) == (phase, colour)
    assert state.areas == (WU if colour else frozenset())


@given(st.permutations(DAY))
def test_the_order_of_arrival_does_not_matter(messages: list[ChainMessage]) -> None:
    assert state_at(messages, at("13:00")).colour == Colour.ORANGE
    assert state_at(messages, at("16:00")).phase == "lifted"


def test_an_update_that_arrives_after_its_cancel_does_not_revive_the_chain() -> None:
    assert state_at([YELLOW, LIFTED], at("16:00")).phase == "lifted"
    assert state_at([YELLOW, LIFTED, ORANGE], at("16:00")).phase == "lifted"


def test_expiry_is_a_matter_of_time() -> None:
    assert not has_expired(YELLOW, at("17:12"))
    assert has_expired(YELLOW, at("17:13"))
    assert state_at([YELLOW], at("17:13")).phase == "expired"
    assert state_at([YELLOW], at("12:00")).phase == "in force"
    with pytest.raises(ChainError, match="sends no message"):
        msg_type(Action.EXP)


def test_nothing_at_all() -> None:
    state = state_at([], at("12:00"))
    assert (state.phase, state.colour, state.areas) == ("none", None, frozenset())
    assert allowed([], at("12:00")) == {Action.NEW}


def test_references_name_the_whole_chain_as_cap_wants_it() -> None:
    assert references([ORANGE, YELLOW], at("15:00")) == (
        "32050041600000,32050041600000_20230710111300_0,2023-07-10T11:13:00+08:00",
        "32050041600000,32050041600000_20230710122800_0,2023-07-10T12:28:00+08:00",
    )
    assert references([], at("15:00")) == ()


def test_references_are_those_of_the_release_whatever_is_asked_later() -> None:
    frozen = references([YELLOW], ORANGE.sent)
    assert references(DAY, YELLOW.sent) == frozen


@pytest.mark.parametrize(
    ("action", "expected"),
    [("NEW", "Alert"), ("CON", "Update"), ("UPG", "Update"), ("DNG", "Update"), ("EXT", "Update"), ("EXA", "Update"),
     ("COR", "Update"), ("CAN", "Cancel")],
)  # fmt: skip
def test_msg_type(action: str, expected: str) -> None:
    assert msg_type(Action(action)) == expected


@pytest.mark.parametrize(
    "coming",
    [
        ORANGE,
        sent("12:00", Action.DNG, Colour.BLUE),
        sent("12:00", Action.CON, Colour.YELLOW, 3),
        sent("12:00", Action.EXT, Colour.YELLOW, 6),
        sent("12:00", Action.EXA, Colour.YELLOW, areas=WU | {"320585"}),
        sent("12:00", Action.COR, Colour.BLUE, 2, frozenset({"320585"})),
        sent("12:00", Action.CAN, Colour.YELLOW, 1),
    ],
)
def test_what_may_follow(coming: ChainMessage) -> None:
    admit([YELLOW], coming)


@pytest.mark.parametrize(
    ("chain", "coming", "words"),
    [
        ([], ORANGE, "the chain is none; allowed now: NEW"),
        ([YELLOW], sent("12:00", Action.NEW, Colour.RED), "can't follow: the chain is in force"),
        ([YELLOW], sent("12:00", Action.EXP, Colour.YELLOW), "can't follow"),
        (DAY, sent("16:00", Action.CON, Colour.ORANGE), "the chain is lifted; allowed now: nothing; begin a new chain"),
        ([YELLOW], sent("17:13", Action.EXT, Colour.YELLOW), "the chain is expired"),
        ([YELLOW], sent("12:00", Action.UPG, Colour.YELLOW), "yellow isn't above yellow; use CON"),
        ([YELLOW], sent("12:00", Action.DNG, Colour.RED), "red isn't below yellow"),
        ([YELLOW], sent("12:00", Action.CON, Colour.RED), "changes from yellow to red; use UPG or DNG"),
        ([YELLOW], sent("12:00", Action.EXT, Colour.YELLOW, 1), "isn't later than"),
        ([YELLOW], sent("12:00", Action.EXA, Colour.YELLOW), "don't extend"),
        ([YELLOW, ORANGE], sent("12:00", Action.CON, Colour.YELLOW), "before the chain's last message"),
        ([], sent("12:00", Action.NEW, Colour.BLUE, 0), "before it begins"),
    ],
)
def test_what_may_not_follow(chain: list[ChainMessage], coming: ChainMessage, words: str) -> None:
    with pytest.raises(ChainError, match=words):
        admit(chain, coming)


def test_a_signal_that_ends_before_it_begins_is_refused() -> None:
    late = replace(YELLOW, onset=YELLOW.expires + dt.timedelta(hours=1))
    with pytest.raises(ChainError, match="before it begins"):
        admit([], late)


@pytest.mark.parametrize(
    ("actions", "action", "words"),
    [([], "NEW", None), (["NEW"], "UPG", None), (["NEW", "EXT"], "CAN", None), ([], "UPG", "NEW"),
     (["NEW", "CAN"], "EXT", "已解除"), (["NEW", "EXP"], "EXT", "已失效"), (["NEW"], "NEW", "CAN"),
     (["NEW"], "XXX", "没有动作")],
)  # fmt: skip
def test_may_follow_says_why_not(actions: list[str], action: str, words: str | None) -> None:
    said = may_follow(actions, action)
    assert said is None if words is None else words in (said or "")
