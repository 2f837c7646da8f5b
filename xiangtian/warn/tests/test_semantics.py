"""Use beyond structure: the conditional elements and times of CAP 1.2, section 3.2."""

import pytest
from lxml import etree

from xiangtian.warn import cap
from xiangtian.warn.alert import moment
from xiangtian.warn.capcheck import check
from xiangtian.warn.chain import Action
from xiangtian.warn.tests.makers import message, signal

BODY = cap.to_cap(message(signal(status="Actual"))).decode()
CANCEL = cap.to_cap(message(signal(status="Actual", action=Action.CAN))).decode()
REFERENCE = "32050041600000,32050041600000_20260701091500_0,2026-07-01T09:15:00+08:00"
POLYGON = "31.0000,120.5000 31.0000,120.8000 31.2000,120.8000 31.2000,120.5000 31.0000,120.5000"


def found(text: str) -> tuple[bool, set[str]]:
    (verdict,) = check(text.encode(), "x")
    assert verdict.structure == "valid", verdict.defects
    return verdict.valid, {defect.code for defect in verdict.defects if not defect.code.startswith("profile.")}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (BODY.replace("2026-07-01T16:15:00", "2026-07-01T10:14:59"), "semantic.expired-when-sent"),
        (BODY.replace("2026-07-01T16:15:00", "2026-07-01T10:15:00"), "semantic.expired-when-sent"),
        # the same moment written in another zone: 02:15 UTC is 10:15 in Beijing
        (BODY.replace("2026-07-01T16:15:00+08:00", "2026-07-01T02:15:00-00:00"), "semantic.expired-when-sent"),
        (BODY.replace("<effective>2026-07-01T10", "<effective>2026-07-01T17"), "semantic.never-effective"),
        (BODY.replace("<scope>Public</scope>", "<scope>Restricted</scope>"), "semantic.restriction"),
        (BODY.replace("<scope>Public</scope>", "<scope>Private</scope>"), "semantic.addresses"),
        (BODY.replace("32050041600000_20260701101500_0", ""), "semantic.identity"),
        (CANCEL.replace(REFERENCE, ""), "semantic.references"),
        (CANCEL.replace(REFERENCE, "something"), "semantic.references"),
        (CANCEL.replace(REFERENCE, "a,b,yesterday"), "semantic.references"),
        (BODY.replace(POLYGON, POLYGON.replace("31.0000,120.5000 31.0000", "31.0000", 1)), "semantic.polygon"),
        (BODY.replace(POLYGON, "120.5,31.0 120.8,31.0 120.8,31.2 120.5,31.0"), "semantic.polygon"),
        (BODY.replace(f"<polygon>{POLYGON}</polygon>", "<circle>31,120</circle>"), "semantic.circle"),
    ],
)
def test_what_makes_an_alert_unusable(text: str, code: str) -> None:
    valid, codes = found(text)
    assert not valid
    assert code in codes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (BODY.replace("<onset>2026-07-01T10", "<onset>2026-07-01T17"), "notice.onset-after-expires"),
        (BODY.replace("<sender>32050041600000", "<sender>Suzhou Weather"), "notice.identity"),
        (BODY.replace("<msgType>Alert", "<msgType>Update"), "notice.references"),
        (BODY.replace(POLYGON, " "), "notice.empty-polygon"),
        (BODY.replace(POLYGON, "0,0 1,1 0,1 1,0 0,0"), "notice.polygon-crosses"),
        (BODY.replace(POLYGON, " ".join(f"{10 + 0.01 * n},{20 + 0.0001 * n * n}" for n in range(150)) + " 10.0,20.0"),
         "notice.polygon-vertices"),
    ],
)  # fmt: skip
def test_what_is_only_untidy(text: str, code: str) -> None:
    valid, codes = found(text)
    assert valid
    assert code in codes


@pytest.mark.parametrize(
    ("drop", "code"), [("info", "notice.no-info"), ("area", "notice.no-area"), ("expires", "notice.no-expires")]
)
def test_what_is_left_out(drop: str, code: str) -> None:
    root = etree.fromstring(BODY.encode())
    for element in list(root.iter(f"{{*}}{drop}")):
        element.getparent().remove(element)
    assert found(etree.tostring(root).decode()) == (True, {code})


def test_an_area_without_any_geography() -> None:
    root = etree.fromstring(BODY.encode())
    for element in [*root.iter("{*}polygon"), *root.iter("{*}geocode")]:
        element.getparent().remove(element)
    assert found(etree.tostring(root).decode()) == (True, {"notice.no-geography"})


def test_a_right_alert_has_nothing() -> None:
    assert found(BODY) == found(CANCEL) == (True, set())


@pytest.mark.parametrize(
    ("text", "readable"), [("2026-07-01T10:15:00+08:00", True), ("2026-07-01T10:15:00", False), ("", False)]
)
def test_a_moment_needs_a_zone(text: str, readable: bool) -> None:
    assert (moment(text) is not None) is readable
