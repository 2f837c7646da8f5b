"""The verdicts on real alerts. What is expected of each sample is told by the README beside the samples."""

import gzip
import json
from pathlib import Path

import pytest

from xiangtian.warn.capcheck import MAX_BYTES, check, too_large

ALERT = b"""<?xml version="1.0"?><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>1</identifier>
<sender>s</sender><sent>2026-07-01T10:15:00+08:00</sent><status>Actual</status><msgType>Alert</msgType>
<scope>Public</scope></alert>"""

VALID = [
    "cap-php-library/DWD.PVW.1487857490473.4.conv.cap.xml", "cap-php-library/us.cap.xml",
    "demo-screenly/demo-1-tornado.cap", "demo-screenly/demo-3-flood.cap", "demo-screenly/demo-4-earthquake.cap",
    "demo-screenly/demo-5-hazmat.cap", "demo-screenly/demo-6-shooter.cap", "dwd/Z_CAP_C_EDZW_20170223134450_PVW_4.xml",
    "eccc/thunderstorm_warning_20230805_1.cap.xml", "eccc/thunderstorm_warning_20230805_2.cap.xml",
    "eccc/thunderstorm_warning_20230805_3.cap.xml", "google-cap-library/KAR0-0306112239-SW.cap",
    "google-cap-library/australia.cap", "google-cap-library/bushfire.edxlde",
    "google-cap-library/bushfire_valid.edxlde", "google-cap-library/canada.cap",
    "google-cap-library/canada_signed.cap", "google-cap-library/earthquake-iso8859-1.cap",
    "google-cap-library/earthquake.cap", "google-cap-library/no_optional_fields.cap",
    "google-cap-library/thunderstorm.cap", "google-cap-library/wcatwc-warning.cap", "google-cap-library/weather.cap",
    "google-cap-library/weather.atom", "google-cap-library/amber.atom", "google-cap-library/earthquake.atom",
    "wis2box/cap_example.xml", "wis2box/sc_example.xml",
]  # fmt: skip
INVALID = {
    "demo-screenly/test.cap": ("structure.order", "expires (line 19): stands after instruction"),
    "google-cap-library/invalid.cap": ("structure.missing", "required element scope is missing"),
    "google-cap-library/noaa_errors.cap": ("structure.value", "urgency (line 17): found ''"),
    "google-cap-library/earthquake_signed.cap": ("structure.unknown-element", "Signature"),
    "google-cap-library/no_entries.atom": ("structure.order", "status (line 14): stands after incidents"),
    "google-cap-library/no_id.atom": ("notice.feed", "required element id is missing"),
    "google-cap-library/no_link.atom": ("notice.feed", "neither content nor link"),
    "google-cap-library/no_title.atom": ("notice.feed", "required element title is missing"),
    "google-cap-library/invalid_element.atom": ("notice.feed", "element foo is not allowed"),
    "google-cap-library/invalid.rss": ("notice.feed", "required element title is missing"),
    "google-cap-library/ny_index.rss": ("content.no-alert", "no alert inside"),
    "google-cap-library/empty_weather_index.atom": ("content.no-alert", "no alert found"),
    "google-cap-library/xee.cap": ("refused.dtd", "document type"),
    "google-cap-library/naads_x509_cert.pem": ("refused.not-xml", "not well-formed"),
    "nws-atom/noaaExample1.xml.gz": ("content.no-alert", "215 entries"),
    "nws-api-json/e2e_alerts_active.json.gz": ("refused.not-xml", "not well-formed"),
}
SIGNED = {"canada_signed.cap", "earthquake-iso8859-1.cap", "earthquake_signed.cap", "cap_example.xml", "sc_example.xml",
          *(f"thunderstorm_warning_20230805_{part}.cap.xml" for part in (1, 2, 3))}  # fmt: skip


@pytest.mark.shared
@pytest.mark.parametrize("name", VALID)
def test_valid_samples(shared: Path, name: str) -> None:
    verdicts = check((shared / "cap-alerts" / name).read_bytes(), name)
    assert len(verdicts) == (7 if "bushfire" in name else 1)
    for verdict in verdicts:
        assert (verdict.file, verdict.valid, verdict.structure, verdict.profile) == (name, True, "valid", "none")
        assert verdict.signature == ("present-unverified" if Path(name).name in SIGNED else "none")
        assert all(defect.harmless for defect in verdict.defects)


@pytest.mark.shared
@pytest.mark.parametrize("name", INVALID)
def test_invalid_samples_and_why(shared: Path, name: str) -> None:
    (verdict,) = check((shared / "cap-alerts" / name).read_bytes(), name)
    code, words = INVALID[name]
    assert (verdict.valid, verdict.structure) == (False, "invalid")
    assert any(defect.code == code and words in defect.words for defect in verdict.defects), verdict.defects
    assert verdict.signature == ("present-unverified" if Path(name).name in SIGNED else "none")


@pytest.mark.shared
def test_the_signature_id_of_canada_is_named_as_harmless(shared: Path) -> None:
    (verdict,) = check((shared / "cap-alerts/eccc/thunderstorm_warning_20230805_1.cap.xml").read_bytes(), "c")
    assert [defect.code for defect in verdict.defects] == ["notice.signature-id"]


def test_a_verdict_is_json_with_exactly_these_keys() -> None:
    (verdict,) = check(ALERT, "a.xml")
    line = json.loads(json.dumps(verdict.as_dict()))
    assert list(line) == ["file", "valid", "structure", "profile", "signature", "defects"]
    assert [sorted(defect) for defect in line["defects"]] == [["code", "words"]]


def test_an_envelope_gives_one_verdict_per_alert_in_order() -> None:
    body = b"<all>" + ALERT[21:] + ALERT[21:].replace(b"Actual", b"Real") + b"</all>"
    assert [verdict.valid for verdict in check(body, "all")] == [True, False]


def test_gzipped_alerts_are_read() -> None:
    assert check(gzip.compress(ALERT), "a.gz")[0].valid


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "refused.empty"),
        (b" \n", "refused.empty"),
        (b"\x1f\x8bnonsense", "refused.gzip"),
        (ALERT[:-30], "refused.not-xml"),
        (b"{}", "refused.not-xml"),
        (b"<!DOCTYPE alert SYSTEM 'http://h/x.dtd'>" + ALERT[21:], "refused.dtd"),
        (b"<!DOCTYPE alert [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]><alert>&b;</alert>", "refused.dtd"),
        (b"<!DOCTYPE alert>" + ALERT[21:], "refused.dtd"),
        (b"<a>" * 65 + b"</a>" * 65, "refused.depth"),
        (b"<a>" * 5000, "refused.not-xml"),  # the parser's own limit, 256, comes first
        (b"<html/>", "content.no-alert"),
        (ALERT.replace(b"cap:1.2", b"cap:9.9"), "structure.version"),
    ],
)
def test_what_is_not_read_and_why(body: bytes, code: str) -> None:
    (verdict,) = check(body, "x")
    assert (verdict.valid, verdict.structure, verdict.profile, verdict.signature) == (False, "invalid", "none", "none")
    assert [defect.code for defect in verdict.defects] == [code]


def test_fifty_megabytes_are_refused_at_once() -> None:
    (verdict,) = check(ALERT + b" " * 50_000_000, "big")
    assert [defect.code for defect in verdict.defects] == ["refused.size"]
    assert too_large(50_000_000, "big").as_dict()["valid"] is False
    assert check(ALERT + b" " * (MAX_BYTES - len(ALERT)), "just")[0].valid


def test_a_gzip_bomb_is_refused_without_unpacking_it() -> None:
    (verdict,) = check(gzip.compress(b" " * 200_000_000, 1), "bomb")
    assert [defect.code for defect in verdict.defects] == ["refused.size"]


def test_other_encodings_are_read() -> None:
    text = ALERT.decode().replace('<?xml version="1.0"?>', '<?xml version="1.0" encoding="GBK"?>')
    assert check(text.replace(">s<", ">苏州<").encode("gbk"), "g")[0].valid
