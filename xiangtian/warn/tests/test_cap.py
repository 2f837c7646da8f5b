"""The CAP writer, against the structure of the OASIS standard and our profiles; bytes are frozen."""

import datetime as dt
from dataclasses import replace

import pytest
from lxml import etree

from xiangtian.warn import cap
from xiangtian.warn.alert import read
from xiangtian.warn.capcheck import check
from xiangtian.warn.chain import Action
from xiangtian.warn.colours import Colour
from xiangtian.warn.profiles import PROFILES
from xiangtian.warn.tests.makers import NOW, SQUARE, UNIT, message, signal

ACTIONS = [action for action in Action if action is not Action.EXP]


def written(of: cap.CapMessage):
    return read(etree.fromstring(cap.to_cap(of)))


def test_our_messages_claim_the_profiles_there_are() -> None:
    assert tuple(profile.label for profile in PROFILES) == cap.PROFILES


@pytest.mark.parametrize("status", ["Actual", "Exercise", "Test"])
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("colour", list(Colour))
def test_every_message_is_valid_and_keeps_both_profiles(status: str, action: Action, colour: Colour) -> None:
    (verdict,) = check(cap.to_cap(message(signal(status=status, action=action, colour=colour, reason="情况变化"))), "m")
    assert verdict.as_dict() == {
        "file": "m", "valid": True, "structure": "valid", "profile": "public-1.0, 12379-1.0", "signature": "none",
        "defects": [],
    }  # fmt: skip


@pytest.mark.shared
@pytest.mark.parametrize("action", ACTIONS)
def test_every_message_satisfies_the_official_schema(shared, action: Action) -> None:
    official = etree.XMLSchema(etree.parse(shared / "cap-alerts/xsd/CAP-v1.2_oasis.xsd"))
    official.assertValid(etree.fromstring(cap.to_cap(message(signal(action=action, rain_factor=8)))))


def test_equal_messages_have_equal_bytes_and_writing_again_changes_nothing() -> None:
    one = message()
    first = cap.to_cap(one)
    assert cap.to_cap(one) == cap.to_cap(message()) == first
    assert first != cap.to_cap(message(identifier=one.identifier[:-1] + "1"))


def test_sent_and_identifier_are_those_given() -> None:
    """A product stamped `sent` anew at each save, and so forked its own alerts."""
    later = written(message(signal(onset=NOW + dt.timedelta(hours=2))))
    assert later.sent == later.infos[0].effective == "2026-07-01T10:15:00+08:00"
    assert later.identifier == "32050041600000_20260701101500_0"
    assert later.infos[0].onset == "2026-07-01T12:15:00+08:00"
    assert later.infos[0].urgency == "Expected"


@pytest.mark.parametrize(
    ("status", "scope"), [("Actual", "Public"), ("Exercise", "Restricted"), ("Test", "Restricted")]
)
def test_exercises_and_tests_are_never_public(status: str, scope: str) -> None:
    alert = written(message(signal(status=status)))
    assert (alert.status, alert.scope) == (status, scope)
    assert bool(alert.restriction) is bool(alert.note) is (status != "Actual")


@pytest.mark.parametrize(
    ("action", "msg_type", "response"),
    [("NEW", "Alert", "Prepare"), ("UPG", "Update", "Prepare"), ("CAN", "Cancel", "AllClear")],
)
def test_type_and_response_follow_the_action(action: str, msg_type: str, response: str) -> None:
    alert = written(message(signal(action=Action(action))))
    assert (alert.msg_type, alert.infos[0].responses) == (msg_type, (response,))
    assert bool(alert.references) is (action != "NEW")


def test_colour_code_factor_and_rule_stand_as_parameters() -> None:
    one = message(signal(rain_factor=8, colour=Colour.RED), parameters=(("rain_threshold_mm", "100"),))
    info = written(one).infos[0]
    assert info.severity == "Extreme"
    assert info.event_codes == (("12379", "11B03"),)
    assert (info.parameter("signal_colour"), info.parameter("rain_factor")) == ("red", "8")
    assert info.parameter("rain_threshold_mm") == "100"
    assert info.parameter("never") is None
    assert written(message()).infos[0].parameter("rain_factor") is None


def test_both_languages_name_their_areas() -> None:
    islands = cap.WarnedArea("320506", "吴中区", "Wuzhong", (SQUARE, ((120.0, 31.0), (120.1, 31.0), (120.1, 31.1))))
    zh, en = written(message(areas=(islands, message().areas[0]))).infos
    assert [area.description for area in zh.areas] == ["吴中区", "吴江区"]
    assert [area.description for area in en.areas] == ["Wuzhong", "Wujiang"]
    assert [len(area.polygons) for area in zh.areas] == [2, 1]
    assert zh.areas[0].geocodes == (("ADCODE", "320506"),)


def test_signs_that_xml_knows_are_escaped() -> None:
    told = signal(happened_zh="雨量 <50 & 'x' ]]>")
    assert "雨量 <50 & 'x' ]]>" in written(message(told)).infos[0].description


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (message(areas=()), "at least one area"),
        (message(references=("a,b,c",)), "NEW with 1 references"),
        (message(signal(action=Action.UPG), references=()), "UPG with 0 references"),
        (message(event_id="two words"), "one word"),
        (message(event_id="a,b"), "one word"),
        (message(signal(status="Draft")), "allowed: Actual, Exercise, Test"),
        (replace(message(), signal=signal(issued=NOW.replace(microsecond=5))), "whole seconds"),
        (message(signal(expires=NOW.replace(tzinfo=None))), "expires .* needs a time zone"),
    ],
)
def test_what_can_not_be_said_rightly_is_not_said(broken: cap.CapMessage, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        cap.to_cap(broken)


def test_the_sender_is_the_unit_of_the_identifier() -> None:
    assert written(message()).sender == UNIT
