"""What is proposed follows from Order 16: a higher colour replaces a lower one, and lifting is a message."""

import datetime as dt

import pytest

from xiangtian.warn.colours import Colour
from xiangtian.warn.decide import Asked, Need, already_asked, decide

NOW = dt.datetime(2026, 7, 1, 3, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(hours=3)
WU, CHANG = "320506", "320581"


def live(colour: Colour, *districts: str, until: dt.datetime = LATER) -> Asked:
    return Asked(colour, frozenset(districts), until)


@pytest.mark.parametrize(
    ("met", "in_force", "expected"),
    [
        ({}, None, None),
        ({WU: Colour.YELLOW}, None, Need("NEW", Colour.YELLOW, frozenset({WU}))),
        # two districts, two colours: the higher one, both districts
        ({WU: Colour.YELLOW, CHANG: Colour.BLUE}, None, Need("NEW", Colour.YELLOW, frozenset({WU, CHANG}))),
        ({WU: Colour.ORANGE}, live(Colour.YELLOW, WU, CHANG), Need("UPG", Colour.ORANGE, frozenset({WU, CHANG}))),
        ({WU: Colour.YELLOW}, live(Colour.YELLOW, WU), None),
        # a lower colour does not take the higher one back while it is in force
        ({WU: Colour.BLUE}, live(Colour.ORANGE, WU), None),
        ({CHANG: Colour.BLUE}, live(Colour.YELLOW, WU), Need("EXA", Colour.YELLOW, frozenset({WU, CHANG}))),
        ({WU: Colour.YELLOW}, live(Colour.YELLOW, WU, until=NOW + dt.timedelta(minutes=30)),
         Need("EXT", Colour.YELLOW, frozenset({WU}))),
    ],
)  # fmt: skip
def test_need(met: dict[str, Colour], in_force: Asked | None, expected: Need | None) -> None:
    assert decide(met, in_force, NOW, NOW) == expected


@pytest.mark.parametrize(("minutes", "lifted"), [(59, False), (60, True), (61, True)])
def test_lifting_waits_an_hour_after_the_criterion_was_last_met(minutes: int, lifted: bool) -> None:
    need = decide({}, live(Colour.RED, WU), NOW - dt.timedelta(minutes=minutes), NOW)
    assert (need == Need("CAN", Colour.RED, frozenset({WU}))) is lifted


def test_a_dismissed_question_is_not_repeated_unless_it_grew() -> None:
    no = Asked(Colour.YELLOW, frozenset({WU}), NOW + dt.timedelta(minutes=60))
    same, higher, wider = (
        Need("NEW", Colour.YELLOW, frozenset({WU})),
        Need("NEW", Colour.ORANGE, frozenset({WU})),
        Need("NEW", Colour.YELLOW, frozenset({WU, CHANG})),
    )
    assert already_asked(same, None, no, NOW)
    assert not already_asked(higher, None, no, NOW)
    assert not already_asked(wider, None, no, NOW)
    assert not already_asked(same, None, no, NOW + dt.timedelta(minutes=60))


def test_a_waiting_question_is_not_asked_twice() -> None:
    waiting = Asked(Colour.YELLOW, frozenset({WU, CHANG}), LATER)
    assert already_asked(Need("NEW", Colour.YELLOW, frozenset({WU})), waiting, None, NOW)
    assert not already_asked(Need("NEW", Colour.RED, frozenset({WU})), waiting, None, NOW)
