"""Running an agent: its settings file, its source, its line, until told to stop."""

from __future__ import annotations

import logging
import threading
import tomllib
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from xiangtian.core import clock, settings
from xiangtian.observe.edge import protocol, sources
from xiangtian.observe.edge.agent import Agent
from xiangtian.observe.edge.buffer import MOST_ROWS, Buffer
from xiangtian.observe.edge.link import MqttLink
from xiangtian.observe.edge.protocol import Rejected
from xiangtian.observe.edge.sources import Column, Sample

log = logging.getLogger(__name__)
TICK_S = 0.1
KINDS = ("simulated", "file", "tcp", "stdin")


@dataclass(frozen=True, slots=True)
class Local:
    """What stands in the agent's own settings file (TOML).

    Attributes
    ----------
    station : str
        Who we are.
    broker : str
        mqtt://user@host:port; the password may stand in `XIANGTIAN_EDGE_PASSWORD`.
    key : Ed25519PublicKey
        The centre's.
    buffer : Path
        File of the buffer; relative to the settings file.
    most_rows : int
        Readings that are held at most.
    source : Mapping
        `kind` (simulated, file, tcp, stdin), `path`, `host`, `port`.
    columns : tuple of Column
        For rows of a table.
    """

    station: str
    broker: str
    key: Ed25519PublicKey
    buffer: Path
    most_rows: int
    source: Mapping[str, Any]
    columns: tuple[Column, ...]


def read_local(path: Path) -> Local:
    """Read the settings file of an agent.

    Raises
    ------
    Rejected
        If it can't be read or a part is missing; the message says which.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        key = Ed25519PublicKey.from_public_bytes(b64decode(told["centre_key"], validate=True))
        source = dict(told.get("source", {"kind": "simulated"}))
        table = sources.columns(source.pop("columns", {}))
        protocol.topic_of("readings", told["station"])
        if source.get("kind") not in KINDS:
            raise Rejected(f"source.kind is {source.get('kind')!r}; allowed: {', '.join(KINDS)}")
        rows = int(told.get("most_rows", MOST_ROWS))
        place = path.parent / str(told.get("buffer", "buffer.sqlite3"))
        return Local(str(told["station"]), str(told["broker"]), key, place, rows, source, table)
    except KeyError as error:
        raise Rejected(f"{path} lacks {error}; needed are station, broker and centre_key") from None
    except (OSError, ValueError) as error:
        raise Rejected(f"{path}: {error}") from error


class Runner:
    """An agent with its source and its line, in threads; `stop` ends them."""

    def __init__(self, local: Local) -> None:
        self._local, self._stop, self._again = local, threading.Event(), threading.Event()
        self.buffer = Buffer(local.buffer, local.most_rows)
        self.agent = Agent(local.station, self.buffer, local.key, clock.now, local.buffer.parent)
        self.agent.restart = self._again.set
        topics = tuple(protocol.topic_of(kind, local.station) for kind in ("config", "command"))
        password = settings.text("XIANGTIAN_EDGE_PASSWORD")
        self._link = MqttLink(local.broker, f"edge-{local.station}", topics, self.agent.hear, password)
        self.agent.link = self._link

    def run(self) -> None:
        """Work until `stop` is called."""
        self._link.start()
        source = threading.Thread(target=self._listen, name="source", daemon=True)
        source.start()
        while not self._stop.wait(TICK_S):
            if self._local.source["kind"] == "simulated":
                self.agent.take(Sample(clock.now().replace(microsecond=0), sources.simulated(clock.now())))
            self.agent.pump()
        self._link.stop()
        self.buffer.close()

    def stop(self) -> None:
        """Ask the agent to end; what is in the buffer stays there."""
        self._stop.set()

    def _listen(self) -> None:
        while not self._stop.is_set() and self._local.source["kind"] != "simulated":
            self._again.clear()
            for line in self._lines(lambda: self._stop.is_set() or self._again.is_set()):
                self._take(line)
            if not self._again.is_set():
                self._stop.wait(TICK_S)

    def _take(self, line: str) -> None:
        try:
            self.agent.take(sources.read_line(line, self._local.columns, clock.now()))
        except Rejected as error:
            self.agent.unread(str(error))

    def _lines(self, stop: Callable[[], bool]) -> Iterator[str]:
        told = self._local.source
        if told["kind"] == "file":
            return self._file_lines(Path(told["path"]), stop)
        if told["kind"] == "tcp":
            return sources.tcp_lines(str(told["host"]), int(told["port"]), stop)
        return sources.standard_input(stop)

    def _file_lines(self, path: Path, stop: Callable[[], bool]) -> Iterator[str]:
        """Give a file's lines from where the last run ended; the first run begins at the file's end."""
        if not self.buffer.note("file_at"):
            self.buffer.set_note("file_at", str(path.stat().st_size if path.exists() else 0))
        for place, line in sources.growing_file(path, int(self.buffer.note("file_at")), stop):
            if line:
                yield line
            self.buffer.set_note("file_at", str(place))
