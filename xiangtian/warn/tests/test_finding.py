"""What the desk reads: the Chinese explanation, written out by hand."""

import pytest

from xiangtian.warn.finding import cut, explain
from xiangtian.warn.hazards.rainstorm import detect
from xiangtian.warn.tests.makers import NOW, evidence, national, rain


def test_an_observed_finding_in_words() -> None:
    seen = evidence([rain((3, 0, 60.0))], [2.0], coverage=0.5, nowcast_run="20260701T021500")
    finding = detect(seen, national(), NOW)[0]
    assert explain(finding, {"320506": "吴中区", "s0": "东山"}).splitlines() == [
        "吴中区：达到暴雨橙色预警信号标准（2026-07-01 10:15 研判）。",
        "实况：3小时雨量已达50毫米以上且降雨将持续；有效站1个，达标1个（rainstorm-national-2007/orange/observed-3h-50mm）。",
        "　东山：2026-07-01 07:15 至 2026-07-01 10:15 已降至少60.0毫米，实况到报率50%，后续预计1.0毫米。",
        "预报：未来3小时内3小时雨量将达50毫米以上；有效站1个，达标1个（rainstorm-national-2007/orange/forecast-3h-50mm）。",
        "　东山：2026-07-01 07:45 至 2026-07-01 10:45 至少50.5毫米（已降至少50.0毫米，预计0.5毫米），实况到报率50%。",
        "空间规则：至少1站。规则表 rainstorm-national-2007（版本 " + national().version + "）。",
        "临近预报批次：20260701T021500。",
        "该规则表尚未经批准，只能用于演练或测试。",
    ]


def test_names_that_are_unknown_stay_codes_and_doubt_is_told() -> None:
    seen = evidence([rain()], [2.0], doubtful=[rain((3, 0, 60.0))], radar=[rain((3, 0, 40.0))])
    words = explain(detect(seen, national(), NOW)[0])
    assert words.startswith("320506：")
    assert "含可疑数据（雷达支持），雷达估测40.0毫米" in words


@pytest.mark.parametrize(("amount", "words"), [(49.96, "49.9"), (50.0, "50.0"), (0.3, "0.3"), (49.9999999, "50.0")])
def test_amounts_are_cut_not_rounded(amount: float, words: str) -> None:
    assert cut(amount) == words
