"""Fetching from a server of our own on loopback: what is taken, what is refused, and who is not asked at all."""

import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from xiangtian.observe.wis2 import fetch as module
from xiangtian.observe.wis2.fetch import FetchError, Limits, fetch

BODY = b"BUFR" + bytes(range(256)) * 40
HERE = Limits(100_000, connect_s=0.5, total_s=1.0, private=True)


class Answers(BaseHTTPRequestHandler):
    asked: list[tuple[str, str, str]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["Host"], self.headers.get("If-None-Match", "")))
        getattr(self, self.path.split("/")[1].replace("-", "_"))()

    def say(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def file(self) -> None:
        known = self.headers.get("If-None-Match") == '"v1"'
        self.say(304 if known else 200, b"" if known else BODY, ETag='"v1"')

    def gone(self) -> None:
        self.say(410)

    def missing(self) -> None:
        self.say(404)

    def broken(self) -> None:
        self.say(503)

    def moved(self) -> None:
        self.say(302, Location="/file")

    def circle(self) -> None:
        self.say(302, Location="/circle")

    def nowhere(self) -> None:
        self.say(302)

    def elsewhere(self) -> None:
        self.say(302, Location="file:///etc/passwd")

    def large(self) -> None:
        self.say(200, bytes(200_000))

    def endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(bytes(30_000))

    def slow(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        for _ in range(20):
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.1)

    def short(self) -> None:
        self.say(200, b"x", Content_Length="100")

    def packed(self) -> None:
        self.say(200, b"x", Content_Encoding="gzip")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server():
    Answers.asked = []
    made = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    made.daemon_threads = True
    threading.Thread(target=made.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    made.server_close()


def test_a_file_comes_whole_with_its_tag_and_not_again_while_it_is_the_same(server: str) -> None:
    found = fetch(f"{server}/file", HERE)
    assert (found.body, found.etag) == (BODY, '"v1"')
    assert fetch(f"{server}/file", HERE, '"v1"').body is None
    assert fetch(f"{server}/file", HERE, '"v0"').body == BODY
    assert [tag for _, _, tag in Answers.asked] == ["", '"v1"', '"v0"']


def test_a_redirect_is_followed(server: str) -> None:
    assert fetch(f"{server}/moved", HERE).body == BODY


@pytest.mark.parametrize(("path", "again", "words"), [
    ("missing", True, "404"), ("broken", True, "503"), ("gone", False, "410"), ("circle", False, "too many redirects"),
    ("nowhere", False, "without Location"), ("elsewhere", False, "scheme not supported"), ("large", False, "too large"),
    ("endless", False, "too large"), ("slow", True, "took too long"), ("short", True, "RemoteProtocolError"),
    ("packed", False, "not asked for"),
])  # fmt: skip
def test_what_can_not_be_taken_is_refused_and_it_is_said_whether_to_try_again(server, path, again, words) -> None:
    with pytest.raises(FetchError, match=words) as refusal:
        fetch(f"{server}/{path}", HERE)
    assert refusal.value.again is again


@pytest.mark.parametrize("url", ["ftp://example.org/a", "file:///etc/passwd", "http://", "https://[::1", "no address"])
def test_other_addresses_are_not_asked(url: str) -> None:
    with pytest.raises(FetchError) as refusal:
        fetch(url, HERE)
    assert not refusal.value.again


def test_loopback_is_not_asked_unless_it_is_allowed(server: str) -> None:
    with pytest.raises(FetchError, match="XIANGTIAN_WIS2_PRIVATE") as refusal:
        fetch(f"{server}/file", Limits(100_000))
    assert not refusal.value.again
    assert Answers.asked == []


# IANA's registers of special-purpose addresses (RFC 6890): private use, link-local, shared, loopback, and so on
@pytest.mark.parametrize("number", [
    "10.1.2.3", "172.16.0.1", "192.168.1.1", "127.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "::1", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "2002:a00:1::", "ff02::1",
])  # fmt: skip
def test_a_name_that_leads_inside_is_not_asked(monkeypatch, number: str) -> None:
    family = socket.AF_INET6 if ":" in number else socket.AF_INET
    told = [
        (family, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 80)),
        (family, socket.SOCK_STREAM, 6, "", (number, 80)),
    ]
    monkeypatch.setattr(module.socket, "getaddrinfo", lambda *_, **__: told)
    with pytest.raises(FetchError, match="not a public address"):
        fetch("http://example.org/a", Limits(100))


def test_the_connection_goes_to_the_address_that_was_judged_and_the_name_is_still_told(server, monkeypatch) -> None:
    looked_up = []

    def once(host: str, port: int, *_: object, **__: object) -> list:
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    port = server.rsplit(":", 1)[1]
    monkeypatch.setattr(module.socket, "getaddrinfo", once)
    assert fetch(f"http://data.example.org:{port}/file", HERE).body == BODY
    assert looked_up[0] == "data.example.org"
    assert "data.example.org" not in looked_up[1:]  # a second answer could lead elsewhere
    assert Answers.asked[0][1] == f"data.example.org:{port}"


def test_nobody_at_home_is_tried_again() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(FetchError, match="ConnectError") as refusal:
        fetch(f"http://127.0.0.1:{port}/a", HERE)
    assert refusal.value.again
