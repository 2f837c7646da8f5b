"""Fetch a file from somebody's address that came in a notification: anybody may have written it, so it is not trusted.

Only http and https; every name is looked up once, each of its addresses must be public (unless the operator allows
others), and the connection goes to that very address. Redirects are followed by hand and judged the same way.
Size and time are bounded.
"""

from __future__ import annotations

import functools
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import httpx

from xiangtian.core import clock

LATER = (404, 408, 423, 425, 429)
"""Answers that may pass: a cache tells of a file before all of its servers have it."""
REDIRECTS = (301, 302, 303, 307, 308)
PORTS = {"http": 80, "https": 443}
NOT_MODIFIED = 304
OK = 200


class FetchError(Exception):
    """The file could not be fetched; `again` says whether it may work later."""

    def __init__(self, words: str, *, again: bool) -> None:
        super().__init__(words)
        self.again = again


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is allowed.

    Attributes
    ----------
    most_bytes : int
        Largest file.
    connect_s, total_s : float
        Longest wait for a connection or for more bytes, and for everything.
    redirects : int
        Most redirects.
    private : bool
        Whether addresses that are not public (10.0.0.0/8, 127.0.0.1 and so on) may be asked.
    """

    most_bytes: int
    connect_s: float = 5.0
    total_s: float = 60.0
    redirects: int = 3
    private: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: the file, or None where it is still the one that bears the `etag` we know; and its tag."""

    body: bytes | None
    etag: str = ""


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Give the authorities we trust, read once."""
    return httpx.create_ssl_context()


def fetch(url: str, limits: Limits, etag: str = "") -> Fetched:
    """Fetch a file.

    Parameters
    ----------
    url : str
        Its address.
    limits : Limits
        What is allowed.
    etag : str
        Tag of the version we have; "" for none.

    Returns
    -------
    Fetched
        The whole file, or that nothing changed.

    Raises
    ------
    FetchError
        If the address is not allowed, nobody answers in time, the answer is a refusal, or it is too large.
    """
    address, until = _parsed(url), clock.wall() + limits.total_s
    try:
        with httpx.Client(follow_redirects=False, trust_env=False, verify=_certificates()) as client:
            for _ in range(limits.redirects + 1):
                with closing(_ask(client, address, limits, etag)) as answer:
                    if answer.status_code not in REDIRECTS:
                        return _read(answer, limits, until)
                    address = _onward(address, answer)
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise FetchError(f"无法获取 {url}（{type(error).__name__}: {error}）", again=True) from error
    raise FetchError(f"{url} 连续转向超过 {limits.redirects} 次 (too many redirects)", again=False)


def _parsed(url: str) -> httpx.URL:
    try:
        address = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError(f"链接 {url!r} 无法解析：{error} (no address)", again=False) from error
    if address.scheme not in PORTS or not address.host:
        allowed = "、".join(PORTS)
        raise FetchError(f"链接 {url!r} 的方式不支持；可用 {allowed} (scheme not supported)", again=False)
    return address


def _onward(address: httpx.URL, answer: httpx.Response) -> httpx.URL:
    location = answer.headers.get("Location", "")
    if not location:
        raise FetchError(f"{address} 应答 {answer.status_code} 而未说明新地址 (redirect without Location)", again=False)
    return _parsed(str(address.join(location)))


def _ask(client: httpx.Client, address: httpx.URL, limits: Limits, etag: str) -> httpx.Response:
    """Send one request to the one address that was judged; the name stays in header and certificate check."""
    number = _judged(address, limits)
    headers = {"Host": address.netloc.decode("ascii"), "Accept-Encoding": "identity"}
    request = client.build_request(
        "GET",
        address.copy_with(host=number),
        headers=headers | ({"If-None-Match": etag} if etag else {}),
        timeout=httpx.Timeout(limits.connect_s),
        extensions={"sni_hostname": address.host},
    )
    return client.send(request, stream=True)


def _judged(address: httpx.URL, limits: Limits) -> str:
    """Give the number of a host, all of whose addresses are allowed."""
    try:
        found = socket.getaddrinfo(
            address.host, address.port or PORTS[address.scheme], type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
        )
    except (OSError, UnicodeError) as error:
        raise FetchError(f"主机名 {address.host} 无法解析：{error} (name not found)", again=True) from error
    numbers = [str(place[0]) for *_, place in found]
    for number in numbers:
        if not limits.private and not _public(number):
            words = f"链接指向非公网地址 {number}（{address.host}），未获取"
            raise FetchError(f"{words}；如确需，请设置 XIANGTIAN_WIS2_PRIVATE=yes (not a public address)", again=False)
    return numbers[0]


def _public(number: str) -> bool:
    address = ipaddress.ip_address(number.split("%")[0])
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    return all(one.is_global and not one.is_multicast for one in (address, inner) if one is not None)


def _read(answer: httpx.Response, limits: Limits, until: float) -> Fetched:
    if answer.status_code == NOT_MODIFIED:
        return Fetched(None, answer.headers.get("ETag", ""))
    if answer.status_code != OK:
        again = answer.status_code in LATER or answer.status_code >= 500
        raise FetchError(f"{answer.request.headers['Host']} 应答 {answer.status_code}", again=again)
    if (coding := answer.headers.get("Content-Encoding", "identity")) != "identity":
        raise FetchError(f"对方以 {coding} 编码传送，未要求 (content coding not asked for)", again=False)
    if (told := answer.headers.get("Content-Length", "")).isdigit() and int(told) > limits.most_bytes:
        raise FetchError(_too_large(int(told), limits), again=False)
    body = b"".join(_pieces(answer, limits, until))
    return Fetched(body, answer.headers.get("ETag", ""))


def _pieces(answer: httpx.Response, limits: Limits, until: float) -> Iterator[bytes]:
    size = 0
    for piece in answer.iter_raw():
        size += len(piece)
        if size > limits.most_bytes:
            raise FetchError(_too_large(size, limits), again=False)
        if clock.wall() > until:
            raise FetchError(f"{limits.total_s:g} 秒内未传完（已收 {size} 字节）(took too long)", again=True)
        yield piece


def _too_large(size: int, limits: Limits) -> str:
    return f"文件至少 {size} 字节，超过上限 {limits.most_bytes} (too large)"
