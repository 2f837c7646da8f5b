"""An HTTP server in a thread, for the simulators that speak HTTP."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LOOPBACK = "127.0.0.1"
Answer = tuple[int, bytes, dict[str, str]]
"""Status, body, headers."""


class Quiet(ThreadingHTTPServer):
    """Serves without a word."""

    daemon_threads = True
    request_queue_size = 128

    closing = False

    def __init__(self, port: int, answer: Callable[[Door], Answer]) -> None:
        self.answer = answer
        super().__init__((LOOPBACK, port), Door)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing when a client goes away in the middle."""


class Door(BaseHTTPRequestHandler):
    """One connection; hands each request to the server's `answer`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Quiet
    body: bytes = b""

    def _respond(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.server.closing:
            self.close_connection = True
            return
        status, body, headers = self.server.answer(self)
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = _respond  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""


class Server:
    """An HTTP server in a thread."""

    def __init__(self) -> None:
        self._http: Quiet | None = None

    @property
    def port(self) -> int:
        """The port it listens on."""
        if self._http is None:
            raise RuntimeError("the simulator is not started")
        return int(self._http.server_address[1])

    def start(self, port: int = 0) -> None:
        """Listen on a port of the loopback, 0 for any that is free."""
        self._http = Quiet(port, self.answer)
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        """Stop listening, and leave whoever is still connected without an answer."""
        if self._http:
            self._http.closing = True
            self._http.shutdown()
            self._http.server_close()

    def answer(self, door: Door) -> Answer:
        """Answer one request: status, body, headers."""
        raise NotImplementedError


def share(key: str, salt: str) -> float:
    """Draw a number in [0, 1) that is always the same for a key."""
    return int.from_bytes(hashlib.sha256(f"{salt}/{key}".encode()).digest()[:4]) / 2**32


def answer_json(status: int, said: object) -> Answer:
    """Answer in JSON."""
    return status, json.dumps(said, ensure_ascii=False).encode(), {"Content-Type": "application/json"}
