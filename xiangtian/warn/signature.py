"""Sign alerts and verify signatures (XML-DSig, enveloped), behind a port for other algorithms.

The default signer writes RSA or ECDSA with SHA-256 and exclusive canonical XML. A signer of the national SM2/SM3
algorithms is another class with the same two members. A signature is good only if one of the certificates the caller
trusts verifies it over the whole alert; certificates inside the message are never trusted for being there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.algorithms import (
    CanonicalizationMethod,
    DigestAlgorithm,
    SignatureConstructionMethod,
    SignatureMethod,
)
from signxml.exceptions import SignXMLException
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, XMLVerifier

from xiangtian.warn.defect import Defect

DSIG = "http://www.w3.org/2000/09/xmldsig#"
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
_C14N = CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0
_METHODS = frozenset({
    SignatureMethod.RSA_SHA256, SignatureMethod.RSA_SHA384, SignatureMethod.RSA_SHA512,
    SignatureMethod.ECDSA_SHA256, SignatureMethod.ECDSA_SHA384, SignatureMethod.ECDSA_SHA512,
})  # fmt: skip
_EXPECTED = SignatureConfiguration(location="./", expect_references=1, signature_methods=_METHODS)


class Signer(Protocol):
    """Whatever can put a signature into an alert."""

    @property
    def algorithm(self) -> str:
        """Name of the algorithm, for the ledger."""
        ...

    def sign(self, body: bytes) -> bytes:
        """Give the alert with a signature as its last element."""
        ...


@dataclass(frozen=True)
class KeyPair:
    """A private key and its certificate, both PEM."""

    private_key: bytes
    certificate: bytes


@dataclass(frozen=True)
class XmlSigner:
    """Signs with RSA or ECDSA and SHA-256, as the key is."""

    pair: KeyPair

    @property
    def algorithm(self) -> str:
        """Name of the algorithm: rsa-sha256 or ecdsa-sha256."""
        return "ecdsa-sha256" if isinstance(_key(self.pair.private_key), ec.EllipticCurvePrivateKey) else "rsa-sha256"

    def sign(self, body: bytes) -> bytes:
        """Sign an alert.

        Parameters
        ----------
        body : bytes
            An unsigned alert.

        Returns
        -------
        bytes
            UTF-8 XML with the signature as last child of the alert.

        Raises
        ------
        ValueError
            If the alert is signed already: what is released is frozen.
        """
        root = etree.fromstring(body, _parser())
        if _seals(root):
            raise ValueError("the alert is signed already; a released alert is never changed, send an Update")
        signer = XMLSigner(
            method=SignatureConstructionMethod.enveloped,
            signature_algorithm=self.algorithm,
            digest_algorithm=DigestAlgorithm.SHA256,
            c14n_algorithm=_C14N,
        )
        signed = signer.sign(root, key=_key(self.pair.private_key), cert=self.pair.certificate.decode())
        return etree.tostring(signed, xml_declaration=True, encoding="UTF-8")


@dataclass(frozen=True)
class Seal:
    """What is known of an alert's signature: state, and the trusted certificate that verified it, or the reason."""

    state: str
    subject: str = ""
    reason: str = ""


def verify(body: bytes, certificates: Sequence[bytes], moment: dt.datetime | None = None) -> Seal:
    """Verify the signature of an alert.

    Parameters
    ----------
    body : bytes
        The alert.
    certificates : Sequence[bytes]
        Trusted certificates, PEM.
    moment : dt.datetime | None
        If given, a certificate counts only if it is valid at this moment (say, when the alert was sent).

    Returns
    -------
    Seal
        "none" without signature; "valid"; "invalid" if it is false; "present-unverified" if no certificate is given,
        the alert was signed under a certificate that isn't among them, or bears several signatures.
    """
    try:
        root = etree.fromstring(body, _parser())
    except etree.XMLSyntaxError as error:
        return Seal("invalid", reason=f"not well-formed XML: {error.msg}")
    if not _seals(root):
        return Seal("none")
    if len(_seals(root)) > 1:
        return Seal("present-unverified", reason=f"{len(_seals(root))} signatures; this house verifies one")
    trusted = [x509.load_pem_x509_certificate(certificate) for certificate in certificates]
    if not trusted or _stranger(root, trusted):
        return Seal("present-unverified", reason="no trusted certificate for this signer")
    reasons = [_why_not(body, certificate, moment) for certificate in trusted]
    if None in reasons:
        return Seal("valid", trusted[reasons.index(None)].subject.rfc4514_string())
    return Seal("invalid", reason="; ".join(dict.fromkeys(reason for reason in reasons if reason)))


def judge(element: etree._Element, certificates: Sequence[bytes]) -> tuple[str, list[Defect]]:
    """Give the state of an alert element's signature, and the defect if it is false; it may stand inside a feed."""
    if not _seals(element):
        return "none", []
    seal = verify(etree.tostring(element, with_tail=False), certificates)
    return seal.state, [Defect("signature.invalid", seal.reason)] if seal.state == "invalid" else []


def new_key(owner: str, begins: dt.datetime, days: int = 730, kind: str = "rsa") -> KeyPair:
    """Make a private key and a self-signed certificate for it.

    Parameters
    ----------
    owner : str
        Common name in the certificate, at most 64 characters.
    begins : dt.datetime
        Start of validity, aware.
    days : int
        Length of validity.
    kind : str
        "rsa" (3072 bit) or "ec" (P-256).

    Returns
    -------
    KeyPair
        PEM of both; the key isn't encrypted, its keeper must guard it.

    Raises
    ------
    ValueError
        If `kind` is neither, or `begins` has no time zone.
    """
    if kind not in ("rsa", "ec"):
        raise ValueError(f"key kind {kind!r}; allowed: rsa, ec")
    if begins.tzinfo is None:
        raise ValueError(f"start of validity {begins.isoformat()} has no time zone")
    key: PrivateKey = (
        rsa.generate_private_key(65537, 3072) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    )
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, owner)])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + dt.timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    plain = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return KeyPair(plain, certificate.public_bytes(serialization.Encoding.PEM))


@lru_cache(maxsize=4)
def _key(pem: bytes) -> PrivateKey:
    """Load a private key once: its check takes a third of a second, a signature some milliseconds."""
    key = serialization.load_pem_private_key(pem, None)
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise TypeError(f"private key of type {type(key).__name__}; allowed: RSA, elliptic curve")
    return key


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)


def _seals(root: etree._Element) -> list[etree._Element]:
    return root.findall(f"{{{DSIG}}}Signature")


def _stranger(root: etree._Element, trusted: Sequence[x509.Certificate]) -> bool:
    """Whether the message carries certificates, none of which is trusted: then its truth can't be judged here."""
    carried = root.findall(f".//{{{DSIG}}}X509Certificate")
    own = {certificate.public_bytes(serialization.Encoding.DER) for certificate in trusted}
    return bool(carried) and not any(_der(each.text or "") in own for each in carried)


def _der(text: str) -> bytes | None:
    pem = f"-----BEGIN CERTIFICATE-----\n{text.strip()}\n-----END CERTIFICATE-----\n"
    try:
        return x509.load_pem_x509_certificate(pem.encode()).public_bytes(serialization.Encoding.DER)
    except ValueError:
        return None


def _why_not(body: bytes, certificate: x509.Certificate, moment: dt.datetime | None) -> str | None:
    """Why a certificate doesn't verify the whole alert; None if it does."""
    if moment and not certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc:
        return f"certificate {certificate.subject.rfc4514_string()} isn't valid at {moment.isoformat()}"
    try:
        result = XMLVerifier().verify(body, x509_cert=certificate, expect_config=_EXPECTED, parser=_parser())
    except (SignXMLException, UnsupportedAlgorithm, etree.LxmlError, ValueError) as error:
        return str(error)
    covered = None if isinstance(result, list) else result.signed_xml
    if covered is None or etree.QName(covered).localname != "alert":
        return "the signature doesn't cover the whole alert"
    return None
