"""What the channels that speak HTTP share: one client, and what an answer means."""

from __future__ import annotations

import functools
from urllib.parse import urlsplit

import httpx

from xiangtian.publish.channels.contract import BadAddress, Endpoints, Outcome

LATER = (408, 423, 425, 429)
"""Refusals that may pass (RFC 9110, RFC 6585); all of 5xx too."""
CONNECTIONS = 128


@functools.cache
def client() -> httpx.Client:
    """Give the client all threads share; it follows no redirect and reads no proxy from the environment."""
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    return httpx.Client(follow_redirects=False, trust_env=False, limits=limits)


def patience(endpoints: Endpoints) -> httpx.Timeout:
    """Give the time-outs of one request."""
    return httpx.Timeout(endpoints.answer_s, connect=endpoints.connect_s)


def refusal(status: int, words: str) -> Outcome:
    """Say whether an answer outside 2xx may pass."""
    for_now = status in LATER or status >= 500
    return Outcome("failed_for_now" if for_now else "failed_for_good", f"对方应答 {status}：{words[:200]}")


def unreachable(error: httpx.HTTPError | httpx.InvalidURL) -> Outcome:
    """Say that no answer came."""
    reason = "超时未应答" if isinstance(error, httpx.TimeoutException) else "无法连接"
    return Outcome("failed_for_now", f"{reason}（{type(error).__name__}: {error}）")


def check_url(address: str) -> None:
    """Refuse what is no HTTP address.

    Raises
    ------
    BadAddress
        With what is allowed.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadAddress(f"{address!r} is no web address; allowed: http://… or https://… with a host")
