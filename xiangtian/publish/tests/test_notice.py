"""Notices: what may be handed over for publishing."""

import dataclasses
import datetime as dt

import pytest

from xiangtian.publish.notice import NoticeError, severe_enough


def test_an_ordinary_notice_goes_to_the_list_of_its_status(notice) -> None:
    assert notice(status="Actual").list_name == "live"
    assert notice(status="Exercise").list_name == "exercise"
    assert notice(status="Test").list_name == "exercise"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": "Draft"}, "status 'Draft'; allowed: Actual, Exercise, Test"),
        ({"action": "EXP"}, "action 'EXP'"),
        ({"colour": "purple"}, "colour 'purple'"),
        ({"areas": ()}, "none may be empty"),
        ({"event": ""}, "none may be empty"),
        ({"sent": dt.datetime(2026, 7, 1)}, "need zones"),
        ({"expires": dt.datetime(2000, 1, 1, tzinfo=dt.UTC)}, "this order"),
        ({"bodies": {}}, "no text for cap, short, text, full, en"),
    ],
)
def test_what_is_wrong_is_named(notice, fields, words) -> None:
    with pytest.raises(NoticeError, match=words):
        notice(**fields)


def test_a_phone_text_of_70_characters_passes_and_of_71_not(notice) -> None:
    # 70 UCS-2 characters are one phone message: 3GPP TS 23.038 (140 octets)
    bodies = dict(notice().bodies)
    assert notice(bodies={**bodies, "short": "雨" * 70})
    with pytest.raises(NoticeError, match="short text has 71 characters, allowed 70"):
        notice(bodies={**bodies, "short": "雨" * 71})


def test_exercises_say_so_once_and_real_warnings_never(notice) -> None:
    assert notice().marked("short").startswith("【演练】苏州")
    already = notice(headline="【演练】发布")
    assert already.marked("headline") == "【演练】发布"
    assert notice(status="Test").marked("text").startswith("【测试】")
    assert notice().marked("en") == "EXERCISE - Yellow rainstorm warning."
    assert notice(status="Actual").marked("short") == notice().bodies["short"]


def test_a_notice_can_not_be_changed(notice) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        notice().colour = "red"


def test_colours_are_ordered_as_the_measure_orders_them() -> None:
    # 气象灾害预警信号发布与传播办法 (CMA Order 16, 2007), art. 4: blue, yellow, orange, red rise
    assert [severe_enough(colour, "orange") for colour in ("blue", "yellow", "orange", "red")] == [
        False,
        False,
        True,
        True,
    ]
