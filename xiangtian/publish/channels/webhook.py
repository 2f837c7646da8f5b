"""Webhook: the message as JSON (the CAP inside) to a partner's address, sealed with the secret both know."""

from __future__ import annotations

import json
from urllib.parse import urljoin, urlsplit

import httpx

from xiangtian.core import clock
from xiangtian.publish import seal
from xiangtian.publish.channels import _http
from xiangtian.publish.channels.contract import Endpoints, Outcome, Parcel, refuse_mixing
from xiangtian.publish.notice import Notice

REDIRECTS = 3
SAME_METHOD = (307, 308)
"""Redirects that repeat the request as it was (RFC 9110, 15.4.8 and 15.4.9); the others would drop the body."""
ANSWER_BYTES = 4096


def letter(notice: Notice) -> bytes:
    """Write a notice as JSON, always the same bytes."""
    fields = {
        "message": notice.message,
        "event": notice.event,
        "status": notice.status,
        "action": notice.action,
        "hazard": notice.hazard,
        "colour": notice.colour,
        "areas": list(notice.areas),
        "headline": notice.marked("headline"),
        "text": notice.marked("full"),
        "sent": notice.sent.isoformat(),
        "expires": notice.expires.isoformat(),
        "cap": notice.bodies["cap"],
    }
    return json.dumps(fields, ensure_ascii=False, sort_keys=True).encode()


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port


class Webhook:
    """POST to the target's address; an answer 2xx is its receipt."""

    name = "webhook"
    zh = "系统推送"
    receipts = False
    for_people = False
    threads = 32

    def check(self, address: str) -> None:
        """Allow http and https addresses with a host."""
        _http.check_url(address)

    def ready(self, endpoints: Endpoints) -> str:
        """Need nothing but the target's own address."""
        return ""

    def send(self, parcel: Parcel, endpoints: Endpoints) -> Outcome:
        """Post one message; a redirect is followed within the same origin only."""
        refuse_mixing(parcel, endpoints)
        body, url = letter(parcel.notice), parcel.target.address
        try:
            for _ in range(REDIRECTS + 1):
                status, location, words = self._post(url, body, parcel, endpoints)
                if status not in SAME_METHOD:
                    return self._verdict(status, location, words)
                onward = urljoin(url, location)
                if not location or _origin(onward) != _origin(parcel.target.address):
                    return Outcome(
                        "failed_for_good", f"对方要求转到另一主机 {onward}，未跟随：请核实并更改该目标的地址"
                    )
                url = onward
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return _http.unreachable(error)
        return Outcome("failed_for_good", f"对方连续转向超过 {REDIRECTS} 次：请核实该目标的地址")

    def _post(self, url: str, body: bytes, parcel: Parcel, endpoints: Endpoints) -> tuple[int, str, str]:
        stamp = str(int(clock.wall()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            seal.KEY_HEADER: parcel.key,
            seal.TIME_HEADER: stamp,
            seal.HEADER: seal.sign(parcel.target.secret, stamp, body),
        }
        request = _http.client().stream("POST", url, content=body, headers=headers, timeout=_http.patience(endpoints))
        with request as response:
            answer = next(response.iter_bytes(ANSWER_BYTES), b"")
            return response.status_code, response.headers.get("Location", ""), answer.decode("utf-8", "replace")

    def _verdict(self, status: int, location: str, words: str) -> Outcome:
        if 200 <= status < 300:
            return Outcome("delivered", f"对方系统已接收（应答 {status}）；此通道没有人工回执", f"http-{status}")
        if 300 <= status < 400:
            return Outcome(
                "failed_for_good", f"对方应答 {status}，地址已改为 {location or '未说明'}：请更改该目标的地址"
            )
        return _http.refusal(status, words)
