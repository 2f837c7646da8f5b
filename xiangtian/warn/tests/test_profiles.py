"""Each demand of a profile is met by our messages and missed when one thing is spoiled."""

import pytest
from lxml import etree

from xiangtian.warn import cap
from xiangtian.warn.alert import read
from xiangtian.warn.capcheck import check
from xiangtian.warn.profiles import PROFILES, p12379, public
from xiangtian.warn.tests.makers import message

BODY = cap.to_cap(message()).decode()


def missed(profile, text: str) -> set[str]:
    return {defect.code.rsplit(".", 1)[1] for defect in profile.PROFILE.judge(read(etree.fromstring(text.encode())))}


SPOILED_PUBLIC = {
    "status": BODY.replace("<status>Exercise", "<status>System"),
    "scope": BODY.replace("<scope>Restricted", "<scope>Public"),
    "marked": BODY.replace("<headline>【演练】", "<headline>"),
    "references": BODY.replace("<incidents>", "<references>a,b,2026-07-01T09:15:00+08:00</references><incidents>"),
    "incident": BODY.replace("<incidents>", "<incidents>two words "),
    "languages": BODY.replace("<language>en<", "<language>fr<"),
    "same": BODY.replace("<certainty>Observed", "<certainty>Likely", 1),
    "category": BODY.replace("<category>Met", "<category>Safety"),
    "event-code": BODY.replace(">11B03<", ">Rainstorm<"),
    "colour": BODY.replace(">Moderate<", ">Severe<"),
    "urgency": BODY.replace(">Immediate<", ">Future<"),
    "texts": BODY.replace("<contact>0512-00000000</contact>", ""),
    "adcode": BODY.replace(">320509<", ">3205<"),
    "polygon": BODY.replace("31.0000,120.8000 31.2000,120.8000", "31.2000,120.8000 31.0000,120.8000"),
}
SPOILED_12379 = {
    "identifier": BODY.replace("32050041600000_20260701101500_0", "2.49.0.0.156.0"),
    "agrees": BODY.replace("<sender>32050041600000", "<sender>32058541600000"),
    "beijing": BODY.replace("2026-07-01T16:15:00+08:00", "2026-07-01T08:15:00-00:00"),
    "status": BODY.replace("<status>Exercise", "<status>Draft"),
    "references": BODY.replace("<msgType>Alert", "<msgType>Update"),
    "chinese": BODY.replace("zh-CN", "zh-TW"),
    "event-code": BODY.replace(">11B03<", ">11C03<"),
    "colour": BODY.replace(">yellow<", ">purple<"),
    "ten": BODY.replace("<onset>2026-07-01T10:15:00+08:00</onset>", ""),
    "headline": BODY.replace("发布暴雨黄色预警信号</headline>", "发布暴雨预警信号</headline>"),
    "adcode": BODY.replace(">320509<", ">Wujiang<"),
}


@pytest.mark.parametrize("profile", PROFILES)
def test_our_messages_keep_it_and_its_codes_are_unique(profile) -> None:
    assert profile.judge(read(etree.fromstring(BODY.encode()))) == []
    codes = [each.code for each in profile.checks]
    assert len(codes) == len(set(codes))


def test_every_check_has_its_spoiled_message() -> None:
    assert set(SPOILED_PUBLIC) | {"polygon"} == {each.code for each in public.PROFILE.checks}
    assert set(SPOILED_12379) == {each.code for each in p12379.PROFILE.checks}


@pytest.mark.parametrize("code", SPOILED_PUBLIC)
def test_a_spoiled_message_misses_the_public_profile(code: str) -> None:
    assert code in missed(public, SPOILED_PUBLIC[code])


@pytest.mark.parametrize("code", SPOILED_12379)
def test_a_spoiled_message_misses_the_12379_profile(code: str) -> None:
    assert code in missed(p12379, SPOILED_12379[code])


def test_a_test_with_public_scope_is_caught() -> None:
    """A product let Test + Public pass to its subscribers."""
    text = BODY.replace("<status>Exercise", "<status>Test").replace("<scope>Restricted", "<scope>Public")
    assert "scope" in missed(public, text)


def test_a_moved_sent_is_caught() -> None:
    """A product stamped sent anew, so that identifier and sent no longer agreed."""
    assert "agrees" in missed(p12379, BODY.replace("<sent>2026-07-01T10:15:00", "<sent>2026-07-01T10:16:00"))


def test_a_claimed_profile_that_is_not_kept_is_told_and_harmless() -> None:
    (verdict,) = check(SPOILED_PUBLIC["event-code"].encode(), "x")
    assert (verdict.valid, verdict.profile) == (True, "none")
    assert {defect.code for defect in verdict.defects} == {"profile.public.event-code", "profile.12379.event-code"}
    (other,) = check(SPOILED_PUBLIC["category"].encode(), "x")
    assert other.profile == "12379-1.0"


def test_a_profile_not_claimed_is_not_complained_of() -> None:
    text = SPOILED_PUBLIC["category"].replace("<code>public-1.0</code>", "")
    assert check(text.encode(), "x")[0].defects == ()
