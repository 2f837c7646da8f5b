"""What the tests of WIS2 share: notifications of somebody else's, and a server of files on loopback."""

import datetime as dt
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from xiangtian.observe.wis2 import messages
from xiangtian.observe.wis2.messages import Granule

TOPIC = "cache/a/wis2/jp-jma/data/core/weather/surface-based-observations/synop"
PUBTIME = dt.datetime(2026, 7, 1, 0, 2, tzinfo=dt.UTC)


def notification(href: str, body: bytes, name: str = "A", seconds: float = 0, inside: bool = False) -> dict:
    """A notification of a file; it travels inside only if asked for."""
    granule = Granule(f"jp-jma/data/core/weather/surface-based-observations/synop/{name}", "urn:wmo:md:jp-jma:x", href)
    document = messages.compose(granule, body, PUBTIME + dt.timedelta(seconds=seconds))
    if not inside:
        document["properties"].pop("content", None)
    return document


class Files:
    """A server on loopback: what stands in `files` is served, everything else is 404; `asked` is what was asked."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.hold = threading.Event()
        self.hold.set()
        world = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                world.asked.append(self.path)
                world.hold.wait(10)
                body = world.files.get(self.path)
                tag = f'"{hash(body)}"'
                known = body is not None and self.headers.get("If-None-Match") == tag
                self.send_response(404 if body is None else 304 if known else 200)
                self.send_header("ETag", tag)
                self.send_header("Content-Length", str(0 if known or body is None else len(body)))
                self.end_headers()
                if body is not None and not known:
                    self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """End it."""
        self.hold.set()
        self._server.shutdown()
        self._server.server_close()
