"""Seals between the house and its receivers: HMAC over time stamp and body, and keys that let duplicates be dropped."""

from __future__ import annotations

import hashlib
import hmac

HEADER = "X-Xiangtian-Signature"
TIME_HEADER = "X-Xiangtian-Timestamp"
KEY_HEADER = "Idempotency-Key"
FRESH_S = 300
"""Largest difference between the clocks of sender and receiver, seconds."""


def key_of(message: str, channel: str, list_name: str, target: int) -> str:
    """Give the key of one delivery: the same for ever, after a crash or on another machine.

    >>> key_of("A1", "sms", "live", 7) == key_of("A1", "sms", "live", 7) != key_of("A1", "sms", "exercise", 7)
    True
    """
    return hashlib.sha256("\x1f".join((message, channel, list_name, str(target))).encode()).hexdigest()[:32]


def sign(secret: str, stamp: str, body: bytes) -> str:
    """Seal a body.

    Parameters
    ----------
    secret : str
        What both sides know.
    stamp : str
        Whole seconds since 1970 as text, as sent in `TIME_HEADER`.
    body : bytes
        The request's body.

    Returns
    -------
    str
        "sha256=" and 64 hexadecimal digits.

    References
    ----------
    HMAC: RFC 2104, with SHA-256 (FIPS 180-4).
    """
    return "sha256=" + hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def holds(secret: str, stamp: str, body: bytes, signature: str, wall_s: float) -> bool:
    """Tell whether a seal is right and fresh; an empty secret holds nothing."""
    if not secret or not stamp.isdecimal() or abs(wall_s - int(stamp)) > FRESH_S:
        return False
    return hmac.compare_digest(sign(secret, stamp, body).encode(), signature.encode())
