"""Phone messages through a gateway: it takes messages, gives each a number, and sends receipts later.

One request carries up to `Sms.bundle` messages, `{"messages": [{"key", "to", "text", "status"}, ...]}`; the answer says
of each `{"key", "id"}`, or `{"key", "error", "again"}` where `again` tells whether trying again may help.

The gateway's address may carry a name and a key (`https://name:key@host/path`); the key seals requests and receipts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit, urlunsplit

import httpx

from xiangtian.core import clock
from xiangtian.publish import seal
from xiangtian.publish.channels import _http
from xiangtian.publish.channels.contract import BadAddress, Endpoints, News, Outcome, Parcel, refuse_mixing

ABOUT_US = (401, 403, 404, 405)
"""Refusals that mean the office or the address, not a message: fewer messages would not help."""
NUMBER = re.compile(r"\+?\d{3,15}")
"""A subscriber number has at most 15 digits (ITU-T E.164, 6.1)."""


def secret_of(url: str) -> str:
    """Give the key in a gateway's address, "" if there is none."""
    return unquote(urlsplit(url).password or "")


def _plain(url: str, path: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path.rstrip("/") + path, "", ""))


def _seal(url: str, body: bytes) -> dict[str, str]:
    stamp, secret = str(int(clock.wall())), secret_of(url)
    return {seal.TIME_HEADER: stamp, seal.HEADER: seal.sign(secret, stamp, body)} if secret else {}


class Sms:
    """The adapter of a phone-message gateway."""

    name = "sms"
    zh = "短信"
    receipts = True
    for_people = True
    threads = 8
    bundle = 100

    def check(self, address: str) -> None:
        """Allow phone numbers."""
        if not NUMBER.fullmatch(address):
            raise BadAddress(f"{address!r} is no phone number; allowed: 3 to 15 digits, + before them")

    def ready(self, endpoints: Endpoints) -> str:
        """Need the gateway's address."""
        return "" if endpoints.sms_url else "短信网关未配置（XIANGTIAN_SMS_URL；演练用演练网关）"

    def send(self, parcel: Parcel, endpoints: Endpoints) -> Outcome:
        """Hand one short text to the gateway; its number comes back, its receipts come later."""
        return self.send_all([parcel], endpoints)[0]

    def send_all(self, parcels: Sequence[Parcel], endpoints: Endpoints) -> list[Outcome]:
        """Hand short texts to the gateway; if it refuses them together, in halves, until the bad one stands alone."""
        for parcel in parcels:
            refuse_mixing(parcel, endpoints)
        if missing := self.ready(endpoints):
            return [Outcome("failed_for_now", missing)] * len(parcels)
        try:
            answer = self._post(parcels, endpoints)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return [_http.unreachable(error)] * len(parcels)
        if answer.is_success:
            return _verdicts(parcels, answer)
        refused = _http.refusal(answer.status_code, answer.text)
        if refused.kind == "failed_for_good" and len(parcels) > 1 and answer.status_code not in ABOUT_US:
            middle = len(parcels) // 2
            return self.send_all(parcels[:middle], endpoints) + self.send_all(parcels[middle:], endpoints)
        return [refused] * len(parcels)

    def _post(self, parcels: Sequence[Parcel], endpoints: Endpoints) -> httpx.Response:
        orders = [
            {"key": one.key, "to": one.target.address, "text": one.notice.marked("short"), "status": one.notice.status}
            for one in parcels
        ]
        body = json.dumps({"messages": orders}, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", **_seal(endpoints.sms_url, body)}
        url = _plain(endpoints.sms_url, "/messages")
        return _http.client().post(url, content=body, headers=headers, timeout=_http.patience(endpoints))

    def place(self, url: str) -> str:
        """Give the gateway's address without name and key, as it may be shown and stored."""
        return _plain(url, "")

    def poll(self, endpoints: Endpoints, cursor: str) -> tuple[list[News], str]:
        """Ask the gateway for receipts after a cursor ("" at first).

        Returns
        -------
        tuple
            The news, and the cursor to go on from.

        Raises
        ------
        httpx.HTTPError
            If the gateway can't be reached or refuses.
        ValueError
            If its answer can't be read.
        """
        url = _plain(endpoints.sms_url, "/receipts")
        headers = _seal(endpoints.sms_url, cursor.encode())
        answer = _http.client().get(url, params={"after": cursor}, headers=headers, timeout=_http.patience(endpoints))
        answer.raise_for_status()
        said = answer.json()
        return read_news(said), str(said.get("next", cursor))


def _verdicts(parcels: Sequence[Parcel], answer: httpx.Response) -> list[Outcome]:
    try:
        said = {str(one["key"]): one for one in answer.json()["results"]}
    except (ValueError, KeyError, TypeError):
        said = {}
    return [_verdict(said.get(parcel.key), answer) for parcel in parcels]


def _verdict(said: object, answer: httpx.Response) -> Outcome:
    if isinstance(said, dict) and said.get("id"):
        return Outcome("handed_over", "短信网关已接收，等待回执", str(said["id"])[:120])
    if isinstance(said, dict) and said.get("error"):
        kind = "failed_for_now" if said.get("again") else "failed_for_good"
        return Outcome(kind, f"短信网关拒收：{str(said['error'])[:200]}")
    return Outcome("failed_for_now", f"短信网关应答 {answer.status_code} 但未给编号：{answer.text[:200]}")


def read_news(said: object) -> list[News]:
    """Read what a gateway says: `{"receipts": [{"id", "key", "kind", "words"}, ...]}`.

    Raises
    ------
    ValueError
        If it is something else, or a kind is not delivered, confirmed or failed.
    """
    entries = said.get("receipts") if isinstance(said, dict) else None
    if entries is None or not isinstance(entries, list):
        raise ValueError('receipts have the form {"receipts": [{"id", "key", "kind", "words"}, ...]}')
    return [_one(entry) for entry in entries]


def _one(entry: object) -> News:
    if not isinstance(entry, dict) or entry.get("kind") not in ("delivered", "confirmed", "failed"):
        raise ValueError(f"a receipt's kind is delivered, confirmed or failed; found {str(entry)[:120]}")
    words, key, number = (str(entry.get(field, ""))[:500] for field in ("words", "key", "id"))
    return News(entry["kind"], words, key, number[:120])
