"""Is the file what its sender hashed? And how a small file travels inside a notification."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import zlib
from collections.abc import Mapping
from typing import Any

METHODS = {
    "sha256": "sha256",
    "sha384": "sha384",
    "sha512": "sha512",
    "sha3-256": "sha3_256",
    "sha3-384": "sha3_384",
    "sha3-512": "sha3_512",
}
"""Method as WIS2 writes it, and as hashlib calls it."""
ENCODINGS = ("utf-8", "base64", "gzip")
MOST_INLINE = 4096
"""Most characters of a file inside a notification, as it is encoded there."""
MOST_UNPACKED = 1024 * 1024
"""Most bytes that may come out of gzipped content."""


class IntegrityError(ValueError):
    """The bytes are not those that the notification speaks of; the message says in what."""


def seal(body: bytes, method: str = "sha512") -> dict[str, str]:
    """Give the integrity object of a file: the method and the hash in base64.

    Raises
    ------
    KeyError
        If the method is not one of `METHODS`.

    References
    ----------
    WIS2 Notification Message, requirement /req/core/integrity.
    """
    digest = hashlib.new(METHODS[method], body).digest()
    return {"method": method, "value": base64.b64encode(digest).decode("ascii")}


def verify(body: bytes, told: Mapping[str, Any] | None, length: int | None = None) -> None:
    """Compare a file with what its notification says of it.

    Parameters
    ----------
    body : bytes
        The file.
    told : Mapping or None
        The integrity object; None: the notification gives none, and only the length is compared.
    length : int or None
        Bytes that the link promises; None: it promises nothing.

    Raises
    ------
    IntegrityError
        If the length or the hash differs, or the method is not known.
    """
    if length is not None and length != len(body):
        raise IntegrityError(f"完整性校验失败：应有 {length} 字节，实为 {len(body)} 字节 (length differs)")
    if told is None:
        return
    method = METHODS.get(str(told.get("method")))
    if method is None:
        raise IntegrityError(f"完整性方法 {told.get('method')!r} 未知；可用 {'、'.join(METHODS)} (unknown method)")
    found = base64.b64encode(hashlib.new(method, body).digest()).decode("ascii")
    if not hmac.compare_digest(found, str(told.get("value"))):
        raise IntegrityError(f"完整性校验失败：{told['method']} 应为 {told.get('value')}，实为 {found} (hash differs)")


def inline(body: bytes) -> dict[str, Any] | None:
    """Give the content object of a small file, in base64; None if it is too large to travel inside.

    References
    ----------
    WIS2 Notification Message, /req/core/content: at most 4096 bytes as encoded.
    """
    value = base64.b64encode(body).decode("ascii")
    return {"encoding": "base64", "value": value, "size": len(body)} if len(value) <= MOST_INLINE else None


def unpack(content: Mapping[str, Any]) -> bytes:
    """Give the file that travelled inside a notification.

    Parameters
    ----------
    content : Mapping
        `encoding`, `value` and `size`; gzip means gzip in base64.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    IntegrityError
        If it can't be read, or its size is neither that of the file nor that of its encoded form.
    """
    encoding, value = content["encoding"], str(content["value"])
    try:
        body = value.encode() if encoding == "utf-8" else base64.b64decode(value, validate=True)
        found = _gunzip(body) if encoding == "gzip" else body
    except (binascii.Error, zlib.error, UnicodeEncodeError) as error:
        raise IntegrityError(f"内嵌内容不是有效的 {encoding}：{error} (inline content can't be read)") from error
    if content["size"] not in (len(found), len(body), len(value)):
        raise IntegrityError(f"内嵌内容应有 {content['size']} 字节，实为 {len(found)} 字节 (size differs)")
    return found


def _gunzip(body: bytes) -> bytes:
    member = zlib.decompressobj(wbits=31)
    found = member.decompress(body, MOST_UNPACKED)
    if not member.eof:
        raise zlib.error(f"its end is missing, or more than {MOST_UNPACKED} bytes come out of it")
    return found
