"""Our tables of the CAP structure against the official schemas, on real alerts and on thousands of spoiled ones."""

from copy import deepcopy
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from xiangtian.warn.alert import own_text
from xiangtian.warn.capcheck import simple
from xiangtian.warn.capcheck.reading import Refused, alerts, open_xml
from xiangtian.warn.capcheck.schema import CAP11, CAP12
from xiangtian.warn.capcheck.structure import DSIG, defects

MINIMAL = """<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>1</identifier><sender>s</sender>
<sent>2026-07-01T10:15:00+08:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>{}</alert>"""
INFO = """<info><category>Met</category><event>e</event><urgency>Past</urgency><severity>Minor</severity>
<certainty>Likely</certainty>{}</info>"""


def codes(text: str) -> list[str]:
    return [defect.code for defect in defects(etree.fromstring(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (MINIMAL.format(""), []),
        (MINIMAL.format(INFO.format("")), []),
        (MINIMAL.format("<!-- said --><?do it?>"), []),
        (MINIMAL.format("").replace("Actual", "actual"), ["structure.value"]),
        (MINIMAL.format("").replace("Actual", " Actual"), ["structure.value"]),
        (MINIMAL.format("").replace("+08:00", "Z"), ["structure.value"]),
        (MINIMAL.format("").replace("<scope>Public</scope>", ""), ["structure.missing"]),
        (MINIMAL.format("<source>x</source>"), ["structure.order"]),
        (MINIMAL.format("<scope>Public</scope>"), ["structure.too-many"]),
        (MINIMAL.format("<colour/>"), ["structure.unknown-element"]),
        (MINIMAL.format("<note><b>x</b></note>"), ["structure.content"]),
        (MINIMAL.format("<note lang='zh'>x</note>"), ["structure.attribute"]),
        (MINIMAL.format("words"), ["structure.loose-text"]),
        (MINIMAL.format("<info/>"), ["structure.missing"] * 5),
        (MINIMAL.format(INFO.format("<area><polygon/></area>")), ["structure.missing"]),
        ("<alert/>", ["structure.version"]),
        ('<alert xmlns="http://www.incident.com/cap/1.0"/>', ["structure.version"]),
    ],
)
def test_what_is_found_and_how_it_is_called(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_words_name_element_line_and_what_is_allowed() -> None:
    (defect,) = defects(etree.fromstring(MINIMAL.format("").replace("Actual", "Real")))
    assert defect.words == "status (line 2): found 'Real', allowed: Actual, Exercise, System, Test, Draft"


def test_a_signature_id_that_is_no_name_is_a_notice_only() -> None:
    """Canada signs so; strict validators stumble over the Id, the structure of the alert is right."""
    sealed = MINIMAL.format(f'<Signature xmlns="{DSIG}" Id="Environment Canada"/>')
    assert codes(sealed) == ["notice.signature-id"]
    assert codes(MINIMAL.format(f'<Signature xmlns="{DSIG}" Id="ok-1"/>')) == []
    assert codes(sealed.replace(CAP12, CAP11)) == ["structure.unknown-element"]


@cache
def official(folder: Path) -> dict[str, etree.XMLSchema]:
    return {
        CAP12: etree.XMLSchema(etree.parse(folder / "xsd/CAP-v1.2_oasis.xsd")),
        CAP11: etree.XMLSchema(etree.parse(folder / "xsd/cap11.xsd")),
    }


@cache
def real(folder: Path) -> list[bytes]:
    """All alerts of versions 1.1 and 1.2 among the samples, signatures left out (judged apart)."""
    found = []
    for file in sorted(folder.glob("*/*")):
        try:
            for alert in alerts(open_xml(file.read_bytes())):
                if etree.QName(alert).namespace in (CAP11, CAP12):
                    found.append(etree.tostring(alert, with_tail=False))
        except Refused:
            continue
    return found


def agree(folder: Path, alert: etree._Element) -> None:
    alone = etree.fromstring(etree.tostring(alert))
    ours = [defect for defect in defects(alone) if not defect.harmless]
    schema = official(folder)[etree.QName(alone).namespace]
    assert schema.validate(alone) is not bool(ours), (schema.error_log, ours)


@pytest.mark.shared
def test_the_official_schema_says_the_same_of_every_real_alert(shared: Path) -> None:
    folder = shared / "cap-alerts"
    assert len(real(folder)) > 40
    for alert in real(folder):
        agree(folder, etree.fromstring(alert))


WORDS = [
    "",
    " ",
    "Met",
    "Public",
    "Actual",
    "2026-07-01T10:15:00+08:00",
    "2026-07-01T10:15:00Z",
    "2026-02-29T24:00:00",
    "2024-02-29T24:00:00-14:00",
    "12.5",
    "7",
    "zh-CN",
    "http://a/b",
    "http://[",
    "a b",
    "31,120",
    "雨",
    "AllClear",
]
NAMES = ["identifier", "info", "area", "polygon", "note", "Signature", "event", "mimeType", "valueName", "b"]


@pytest.mark.shared
@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_the_official_schema_says_the_same_of_spoiled_alerts(shared: Path, data: st.DataObject) -> None:
    folder = shared / "cap-alerts"
    alert = etree.fromstring(data.draw(st.sampled_from(real(folder))))
    for _ in range(data.draw(st.integers(1, 3))):
        elements = [each for each in alert.iter() if isinstance(each.tag, str) and etree.QName(each).namespace != DSIG]
        element = elements[data.draw(st.integers(0, len(elements) - 1))]
        SPOIL[data.draw(st.sampled_from(sorted(SPOIL)))](element, data)
    agree(folder, alert)


def _space(element: etree._Element) -> str:
    return etree.QName(element).namespace or ""


def _drop(element: etree._Element, _: st.DataObject) -> None:
    if element.getparent() is not None:
        element.getparent().remove(element)


def _double(element: etree._Element, _: st.DataObject) -> None:
    if element.getparent() is not None:
        element.addnext(deepcopy(element))


def _move(element: etree._Element, data: st.DataObject) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.insert(data.draw(st.integers(0, len(parent))), element)


def _say(element: etree._Element, data: st.DataObject) -> None:
    element.text = data.draw(st.sampled_from(WORDS))


def _rename(element: etree._Element, data: st.DataObject) -> None:
    if element.getparent() is not None:
        element.tag = f"{{{_space(element)}}}{data.draw(st.sampled_from(NAMES))}"


def _add(element: etree._Element, data: st.DataObject) -> None:
    space = data.draw(st.sampled_from([_space(element), "urn:other", DSIG]))
    etree.SubElement(element, f"{{{space}}}{data.draw(st.sampled_from(NAMES))}").text = data.draw(
        st.sampled_from(WORDS)
    )


def _attribute(element: etree._Element, _: st.DataObject) -> None:
    element.set("lang", "zh")


def _tail(element: etree._Element, _: st.DataObject) -> None:
    element.append(etree.Comment("said"))
    element[-1].tail = "loose"


SPOIL = {"drop": _drop, "double": _double, "move": _move, "say": _say, "rename": _rename, "add": _add,
         "attribute": _attribute, "tail": _tail}  # fmt: skip

# What differs by design: libxml2 refuses white space around a CAP 1.1 dateTime, W3C XML Schema collapses it.
VALUES = {
    "sent": ["2026-07-01T10:15:00Z", "2026-07-01T10:15:00.5+08:00", "2026-07-01T24:00:00+08:00", "0000-01-01T00:00:00Z",
             "2026-07-01T24:00:01+08:00", "2026-02-29T10:15:00+08:00", "2024-02-29T10:15:00+08:00", "2026-07-01T10:15",
             "2026-07-01T10:15:60+08:00", "-2026-07-01T10:15:00+08:00", "12026-07-01T10:15:00+08:00",
             "02026-07-01T10:15:00+08:00", "2026-07-01T10:15:00,08:00", "2026-07-01T10:15:00+14:00", "",
             "2026-07-01T10:15:00+14:01", "2026-07-01T10:15:00+13:60", "1900-02-29T00:00:00+00:00", "2026-7-1T1:1:1Z",
             "2000-02-29T00:00:00-00:00", "2026-13-01T00:00:00+00:00", "\uff12026-07-01T10:15:00+08:00"],
    "language": ["", "en", "zh-Hans-CN", "  en ", "en us", "toolonglang", "en_US", "中文", " ", "1en", "a-toolongsub"],
    "web": ["", "http://[", "a b", "http://a/%zz", "http://a/%20", "中文", "http://[::1]:80/", "a:b:c", "::", "%", ":",
            "http://a:b/", "#", "##", "?a#b", "http://u@h/", "http://a/<b>", "mailto:x@y", "a[b]", "a?[b]", "a#[b]",
            "1:2", "//", "///", "http:///x", "http://a/b\\c", "tel:+86 512", "a^b", "http://a@b@c/", "http://::1/"],
    "size": ["", "1", "-1", "+1", "1.0", " 1 ", "1 1", "٣", "1e3", "9" * 30, "0x1", "-"],
    "altitude": ["", "1", ".5", "5.", ".", "+.5", "-.", "1e3", " 1.5 ", "NaN", "1.5.5"],
}  # fmt: skip
FULL = MINIMAL.format(
    "<info><language>en</language><category>Met</category><event>e</event><urgency>Past</urgency>"
    "<severity>Minor</severity><certainty>Likely</certainty><web>http://a</web><resource><resourceDesc>r</resourceDesc>"
    "<mimeType>m</mimeType><size>1</size></resource><area><areaDesc>a</areaDesc><altitude>1</altitude></area></info>"
)


@pytest.mark.shared
@pytest.mark.parametrize("version", [CAP11, CAP12])
@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in VALUES.items() for text in texts])
def test_the_official_schema_says_the_same_of_values(shared: Path, version: str, name: str, text: str) -> None:
    alert = etree.fromstring(FULL.replace(CAP12, version))
    next(alert.iter(f"{{{version}}}{name}")).text = text
    agree(shared / "cap-alerts", alert)


def test_white_space_around_a_time_is_collapsed_as_w3c_says() -> None:
    assert simple.date_time(" 2026-07-01T10:15:00Z\n") is None


def test_the_text_of_an_element_leaves_comments_out() -> None:
    assert own_text(etree.fromstring("<a>x<!-- no -->y<?no no?>z</a>")) == "xyz"
