"""What people read. The forms 发布 / 升级发布 / 继续发布 / 解除 are those of Suzhou's own bulletins."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangtian.warn import texts
from xiangtian.warn.chain import Action
from xiangtian.warn.colours import Colour
from xiangtian.warn.status import urgency
from xiangtian.warn.tests.makers import NOW, signal

EVERY_TEXT = (
    texts.headline_zh, texts.headline_en, texts.description_zh, texts.description_en, texts.instruction_zh,
    texts.instruction_en, texts.short_zh, texts.long_zh, texts.note,
)  # fmt: skip


@pytest.mark.parametrize(
    ("action", "colour", "words"),
    [
        (Action.NEW, Colour.YELLOW, "苏州市气象台2026年7月1日10时15分发布暴雨黄色预警信号"),
        (Action.UPG, Colour.ORANGE, "苏州市气象台2026年7月1日10时15分升级发布暴雨橙色预警信号"),
        (Action.CON, Colour.YELLOW, "苏州市气象台2026年7月1日10时15分继续发布暴雨黄色预警信号"),
        (Action.CAN, Colour.RED, "苏州市气象台2026年7月1日10时15分解除暴雨红色预警信号"),
    ],
)
def test_headlines_are_worded_as_in_suzhou(action: Action, colour: Colour, words: str) -> None:
    assert texts.headline_zh(signal(action=action, colour=colour, status="Actual")) == words
    assert texts.headline_zh(signal(action=action, colour=colour)) == f"【演练】{words}"


def test_every_action_has_its_words_but_expiry() -> None:
    assert set(texts.VERBS) == set(Action) - {Action.EXP}


@pytest.mark.parametrize("write", EVERY_TEXT)
def test_every_text_of_an_exercise_or_test_begins_with_its_mark(write) -> None:
    assert write(signal()).startswith(("【演练】", "EXERCISE: "))
    assert write(signal(status="Test")).startswith(("【测试】", "TEST: "))
    actual = write(signal(status="Actual"))
    assert "演练" not in actual
    assert "EXERCISE" not in actual


def test_the_description_holds_the_ten_things() -> None:
    told = texts.description_zh(signal(status="Actual"))
    assert told == (
        "苏州市气象台于2026年7月1日10时15分发布暴雨黄色预警信号，Ⅲ级（较重）。影响区域：吴江区、姑苏区。"
        "有效时段：2026年7月1日10时15分至2026年7月1日16时15分。过去6小时局地已降雨52.3毫米。预计降雨仍将持续。"
        "咨询电话：0512-00000000。"
    )


def test_an_english_description_says_the_same() -> None:
    told = texts.description_en(signal(status="Actual"))
    for words in ("yellow rainstorm", "level III", "Wujiang, Gusu", "16:15 on 2026-07-01", "52.3 mm", "0512-00000000"):
        assert words in told


def test_a_lifting_names_area_and_reason_and_has_no_measures() -> None:
    lifted = signal(action=Action.CAN, reason="降雨已结束。", status="Actual")
    assert "解除区域：吴江区、姑苏区。" in texts.description_zh(lifted)
    assert "变更原因：降雨已结束。" in texts.description_zh(lifted)
    assert "有效时段" not in texts.description_zh(lifted)
    assert texts.instruction_zh(lifted) == texts.instruction_en(lifted) == ""
    assert "防范" not in texts.short_zh(lifted)


def test_the_rain_factor_is_told_wherever_it_counts() -> None:
    eightfold = signal(rain_factor=8.0)
    assert "演练雨量为原始风暴的8倍" in texts.description_zh(eightfold)
    assert "演练雨量为原始风暴的8倍" in texts.note(eightfold)
    assert "multiplied by 8" in texts.note(eightfold)
    assert "倍" not in texts.note(signal())
    assert texts.note(signal(status="Actual")) == ""


def test_measures_are_numbered() -> None:
    assert texts.instruction_zh(signal(status="Actual")) == "1. 检查排水系统。\n2. 停止户外作业。"
    assert texts.instruction_zh(signal(guidance_zh=())) == ""


def test_a_short_text_gives_up_detail_before_the_warning() -> None:
    told = texts.short_zh(signal())
    assert (
        told == "【演练】苏州市气象台7月1日10时15分发布暴雨黄色预警信号：吴江区、姑苏区。预计降雨仍将持续。请注意防范。"
    )
    many = texts.short_zh(signal(areas_zh=tuple(f"第{place}街道" for place in range(40))))
    assert "第0街道、第1街道等40个区域" in many
    assert len(many) <= 70


@given(
    st.text("苏州市吴江区气象台", min_size=1, max_size=60),
    st.lists(st.text("区街道湖", min_size=1, max_size=40), min_size=1, max_size=60),
    st.text("雨。", max_size=300),
    st.sampled_from([action for action in Action if action is not Action.EXP]),
    st.sampled_from([30, 70, 360]),
)
def test_no_text_passes_its_limit(office: str, areas: list[str], happened: str, action: Action, limit: int) -> None:
    told = texts.short_zh(signal(office_zh=office, areas_zh=tuple(areas), happened_zh=happened, action=action), limit)
    assert 0 < len(told) <= limit
    assert told.startswith("【演练】")


def test_too_small_a_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 30"):
        texts.short_zh(signal(), 10)


def test_a_status_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="Actual, Exercise or Test"):
        texts.headline_zh(signal(status="Draft"))


@pytest.mark.parametrize(
    ("minutes", "expected"), [(-30, "Immediate"), (0, "Immediate"), (59, "Immediate"), (60, "Expected"),
                              (359, "Expected"), (360, "Future")],
)  # fmt: skip
def test_urgency_by_the_rule_of_the_fmi_profile(minutes: int, expected: str) -> None:
    assert urgency("Alert", NOW, NOW + dt.timedelta(minutes=minutes)) == expected
    assert urgency("Cancel", NOW, NOW + dt.timedelta(minutes=minutes)) == "Past"
