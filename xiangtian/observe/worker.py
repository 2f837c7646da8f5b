"""The worker as the workshop holds it: a process, two pipes, and how it ended.

Its inside is `observe.workbench`. What the two say to each other is `observe.wire`.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import selectors
import signal
import subprocess
import time
import weakref
from collections.abc import Sequence
from dataclasses import dataclass

from xiangtian.observe.decode.mapping import Mapping
from xiangtian.observe.wire import LENGTH_BYTES, MAPPINGS, MEMORY, framed

START_S = 60.0
END_S = 2.0
AT_ONCE_BYTES = 1024 * 1024


class WorkerError(RuntimeError):
    """The worker can't be started: nothing is wrong with the messages, and they are not refused."""


class Ended(Exception):
    """The worker has ended; its words say why."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long one message may take (s), and how much memory decoding may take beyond the idle worker's (MiB)."""

    seconds: float
    memory_mib: int


class Worker:
    """The process and its two pipes."""

    def __init__(self, command: Sequence[str], environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603 our own program
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, bufsize=0
        )
        assert self._process.stdin
        assert self._process.stdout
        self._to, self._from = self._process.stdin, self._process.stdout
        self._watch = selectors.DefaultSelector()
        self._watch.register(self._from, selectors.EVENT_READ)
        self._taken = bytearray()
        self._known: tuple[Mapping, ...] = ()
        self.end = weakref.finalize(self, _end, self._process, self._watch)

    def begin(self) -> None:
        """Wait until it is ready.

        Raises
        ------
        WorkerError
            If it ends instead, or takes too long.
        """
        try:
            self._piece(START_S)
        except (Ended, TimeoutError) as error:
            self.end()
            raise WorkerError(f"解码进程无法启动 (the decoding process can't be started): {error}") from None

    def lives(self) -> bool:
        """Tell whether it still runs."""
        return self._process.poll() is None

    def learn(self, mappings: tuple[Mapping, ...]) -> None:
        """Tell it the operator's tables where they have changed."""
        if mappings != self._known:
            self.give(MAPPINGS + pickle.dumps(mappings))
            self._known = mappings

    def give(self, piece: bytes) -> None:
        """Hand it a piece; it takes in what it is given even while it works, so that nobody waits for the other."""
        with contextlib.suppress(BrokenPipeError):  # it has ended: its missing answer tells
            rest = memoryview(framed(piece))
            while rest:
                rest = rest[self._to.write(rest) or 0 :]

    def answer(self, limits: Limits) -> bytes:
        """Wait for one answer.

        Raises
        ------
        Ended
            If there was none within the limits.
        """
        try:
            piece = self._piece(limits.seconds)
        except TimeoutError:
            zh, en = f"解码超过 {limits.seconds:g} 秒", f"decoding took longer than {limits.seconds:g} s"
            raise Ended(_put_aside(zh, en)) from None
        if piece == MEMORY:
            zh, en = (
                f"解码用去内存超过 {limits.memory_mib} MiB",
                f"decoding took more than {limits.memory_mib} MiB of memory",
            )
            raise Ended(_put_aside(zh, en))
        return piece

    def _piece(self, seconds: float) -> bytes:
        until = time.monotonic() + seconds
        self._fill(LENGTH_BYTES, until)
        length = int.from_bytes(self._taken[:LENGTH_BYTES], "big")
        end = LENGTH_BYTES + length
        self._fill(end, until)
        piece = bytes(self._taken[LENGTH_BYTES:end])
        del self._taken[:end]
        return piece

    def _fill(self, count: int, until: float) -> None:
        while len(self._taken) < count:
            if not self._watch.select(max(until - time.monotonic(), 0)):
                raise TimeoutError
            more = os.read(self._from.fileno(), AT_ONCE_BYTES)
            if not more:
                raise Ended(_put_aside(*_how(self._process)))
            self._taken += more


def _how(process: subprocess.Popen[bytes]) -> tuple[str, str]:
    """Say in both languages how the process ended."""
    try:
        code = process.wait(END_S)
    except subprocess.TimeoutExpired:
        return "解码进程中断了应答", "the decoding process stopped answering"
    if code >= 0:
        return f"解码使进程退出（代码 {code}）", f"decoding it ended the process with code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = str(-code)
    return f"解码使进程崩溃（{name}）", f"decoding it crashed the process: {name}"


def _put_aside(zh: str, en: str) -> str:
    return f"{zh}，已隔离 ({en})"


def _end(process: subprocess.Popen[bytes], watch: selectors.BaseSelector) -> None:
    """Close the pipes and take the process away."""
    watch.close()
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()
    process.wait()
