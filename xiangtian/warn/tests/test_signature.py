"""Signing and verifying. That another program agrees is shown by signxml's own check of the algorithms."""

import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from xiangtian.warn import cap
from xiangtian.warn.capcheck import check
from xiangtian.warn.signature import KeyPair, XmlSigner, judge, new_key, verify
from xiangtian.warn.tests.makers import NOW, message

BEGINS = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
BODY = cap.to_cap(message())
RSA, EC = new_key("签发证书", BEGINS), new_key("ec", BEGINS, kind="ec")
SIGNED = XmlSigner(RSA).sign(BODY)


@pytest.mark.parametrize(("pair", "algorithm"), [(RSA, "rsa-sha256"), (EC, "ecdsa-sha256")])
def test_a_signed_alert_verifies_and_stays_valid(pair: KeyPair, algorithm: str) -> None:
    signer = XmlSigner(pair)
    signed = signer.sign(BODY)
    assert signer.algorithm == algorithm
    assert verify(signed, [pair.certificate]).state == "valid"
    (verdict,) = check(signed, "s", [pair.certificate])
    assert (verdict.valid, verdict.structure, verdict.signature) == (True, "valid", "valid")
    assert verdict.profile == "public-1.0, 12379-1.0"
    assert verdict.defects == ()


def test_the_algorithms_are_those_of_the_recommendation() -> None:
    names = {each.get("Algorithm") for each in etree.fromstring(SIGNED).iter() if each.get("Algorithm")}
    assert names == {
        "http://www.w3.org/2001/10/xml-exc-c14n#",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
        "http://www.w3.org/2001/04/xmlenc#sha256",
    }


def test_rsa_signatures_are_the_same_each_time() -> None:
    assert XmlSigner(RSA).sign(BODY) == SIGNED


TEXTS = [place for place in range(SIGNED.index(b"<identifier>") + 12, SIGNED.index(b"<ds:Signature"))
         if SIGNED[place : place + 1].isalnum()]  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(TEXTS))
def test_one_changed_byte_breaks_it(place: int) -> None:
    byte = SIGNED[place : place + 1]
    changed = SIGNED[:place] + (b"7" if byte != b"7" else b"8") + SIGNED[place + 1 :]
    assert verify(changed, [RSA.certificate]).state == "invalid"


def test_a_changed_signature_value_breaks_it() -> None:
    at = SIGNED.index(b"<ds:SignatureValue>") + 30
    changed = SIGNED[:at] + (b"A" if SIGNED[at : at + 1] != b"A" else b"B") + SIGNED[at + 1 :]
    assert verify(changed, [RSA.certificate]).state == "invalid"


def test_a_broken_seal_makes_an_alert_invalid_though_its_structure_is_right() -> None:
    (verdict,) = check(SIGNED.replace(b">yellow<", b">orange<"), "s", [RSA.certificate])
    assert (verdict.valid, verdict.structure, verdict.signature) == (False, "valid", "invalid")
    assert "signature.invalid" in [defect.code for defect in verdict.defects]


def test_without_certificate_or_under_a_strangers_it_stays_unverified() -> None:
    assert verify(SIGNED, []).state == "present-unverified"
    assert verify(SIGNED, [EC.certificate]).state == "present-unverified"
    assert verify(BODY, [RSA.certificate]).state == "none"


def test_one_of_several_certificates_is_enough() -> None:
    seal = verify(SIGNED, [EC.certificate, RSA.certificate])
    assert (seal.state, seal.subject) == ("valid", "CN=签发证书")


def test_a_certificate_carried_by_the_message_is_not_trusted_for_being_there() -> None:
    forged = XmlSigner(new_key("签发证书", BEGINS, kind="ec")).sign(BODY.replace(b"yellow", b"red"))
    assert verify(forged, [RSA.certificate]).state == "present-unverified"


def test_wrapping_a_signed_alert_does_not_pass_for_the_outer_one() -> None:
    """A signed alert moved below another root: the signature is no child of the root any more."""
    outer = etree.fromstring(BODY)
    outer.append(etree.fromstring(SIGNED))
    assert verify(etree.tostring(outer), [RSA.certificate]).state == "none"


def test_two_signatures_are_not_taken_for_one() -> None:
    root = etree.fromstring(SIGNED)
    root.append(etree.fromstring(etree.tostring(root[-1])))
    assert verify(etree.tostring(root), [RSA.certificate]).state == "present-unverified"


@pytest.mark.parametrize(("days", "state"), [(-1, "invalid"), (0, "valid"), (730, "valid"), (731, "invalid")])
def test_a_certificate_counts_only_while_it_is_valid(days: int, state: str) -> None:
    assert verify(SIGNED, [RSA.certificate], BEGINS + dt.timedelta(days=days)).state == state


def test_a_signed_alert_is_never_signed_again() -> None:
    with pytest.raises(ValueError, match="signed already"):
        XmlSigner(RSA).sign(SIGNED)


def test_a_signed_alert_inside_a_feed_is_verified_there() -> None:
    feed = etree.fromstring(
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:x="urn:x"><entry><content/></entry></feed>'
    )
    feed[0][0].append(etree.fromstring(SIGNED))
    again = etree.fromstring(etree.tostring(feed))
    assert judge(again[0][0][0], [RSA.certificate]) == ("valid", [])


def test_a_key_of_another_kind_is_refused() -> None:
    other = ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(TypeError, match="allowed: RSA, elliptic curve"):
        XmlSigner(KeyPair(other, RSA.certificate)).sign(BODY)


def test_broken_xml_is_no_alert() -> None:
    assert verify(SIGNED[:-20], [RSA.certificate]).state == "invalid"


def test_a_new_key_has_its_name_and_time() -> None:
    made = x509.load_pem_x509_certificate(new_key("x", NOW, days=10, kind="ec").certificate)
    assert made.subject.rfc4514_string() == "CN=x"
    assert made.not_valid_after_utc - made.not_valid_before_utc == dt.timedelta(days=10)


@pytest.mark.parametrize(
    ("begins", "kind", "words"), [(NOW, "dsa", "allowed: rsa, ec"), (NOW.replace(tzinfo=None), "ec", "time zone")]
)
def test_a_key_that_can_not_be_made(begins: dt.datetime, kind: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        new_key("x", begins, kind=kind)
