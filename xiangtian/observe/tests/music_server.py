"""A data centre on loopback: it checks parameters and signature, plays answers, and fails as it is told."""

from __future__ import annotations

import hashlib
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

from xiangtian.core import clock

PASSWORD = "secret"
REQUIRED = {"userId", "interfaceId", "dataCode", "elements", "timeRange", "dataFormat"}


def sign(said: dict[str, str]) -> str:
    """Sign as the public sample does: sort the words `name=value`, join by &, MD5 in capitals."""
    words = sorted(f"{name}={value}" for name, value in said.items() if name != "sign")
    return hashlib.md5("&".join(sorted([*words, f"pwd={PASSWORD}"])).encode()).hexdigest().upper()


class Centre:
    """What the centre holds (station reports by moment) and how it fails next."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, str]] = {}
        self.faults: list[str] = []
        self.asked: list[dict[str, str]] = []
        self.most_rows = 1000
        centre = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                centre.answer(self)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/music-ws/api"

    def report(self, moment: str, **columns: str) -> None:
        """Let a report of 58358 come in: moment as yyyyMMddHHmm."""
        when = f"{moment[:4]}-{moment[4:6]}-{moment[6:8]} {moment[8:10]}:{moment[10:12]}:00"
        self.rows[f"{moment}00"] = {"Station_Id_C": "58358", "Datetime": when, "TEM": "20.1", **columns}

    def answer(self, http: BaseHTTPRequestHandler) -> None:
        said = dict(parse_qsl(urlsplit(http.path).query, keep_blank_values=True))
        self.asked.append(said)
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "timeout":
            time.sleep(1.0)
        status, body = (500, b"broken") if fault == "500" else (404, b"") if fault == "404" else (200, self._body(said))
        if fault == "truncated":
            body = body[:-15]
        if fault == "refused":
            body = b'{"returnCode":"-1","returnMessage":"no authority"}'
        http.send_response(status)
        http.send_header("Content-Length", str(len(body) + (50 if fault == "hangs up" else 0)))
        http.end_headers()
        http.wfile.write(body)

    def _body(self, said: dict[str, str]) -> bytes:
        if why := self._refusal(said):
            return json.dumps({"returnCode": "-1", "returnMessage": why}).encode()
        start, end = said["timeRange"][1:-1].split(",")
        rows = [row for moment, row in sorted(self.rows.items()) if start <= moment < end]
        if not rows:
            return json.dumps({"returnCode": "-1", "returnMessage": "没有查询到数据"}).encode()
        head = {"returnCode": "0", "returnMessage": "Query Succeed", "rowCount": str(len(rows))}
        return json.dumps({**head, "DS": rows[: self.most_rows]}).encode()

    def _refusal(self, said: dict[str, str]) -> str:
        if missing := REQUIRED - set(said):
            return f"parameters are missing: {sorted(missing)}"
        if "serviceNodeId" not in said:
            return "" if said.get("pwd") == PASSWORD else "wrong password"
        if abs(int(said["timestamp"]) / 1000 - clock.wall()) > 600 or "pwd" in said:
            return "timestamp"
        return "" if said["sign"] == sign(said) else "wrong sign"
