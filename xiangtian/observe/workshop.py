"""The workshop: decoding in a process of its own, so that no message can take the house down.

A decoder, or the C library it calls, may hang, eat all memory or crash on a message that was damaged or made for it.
Here that ends only the worker. What it had not answered is then decoded message by message. One on which a worker ends
is tried again in a fresh one (the end may have come from outside); if that ends too, the message is refused with what
happened, and all others are decoded.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from xiangtian.core import settings
from xiangtian.observe.decode.mapping import Mapping
from xiangtian.observe.reading import Decoded, Refusal
from xiangtian.observe.wire import WORK, Job, pack_jobs, unpack_decoded
from xiangtian.observe.worker import Ended, Limits, Worker

MOST_JOBS = 512
MOST_JOB_BYTES = 8 * 1024 * 1024
"""A piece of work holds so many messages, or bytes; a larger message goes by itself."""
ATTEMPTS = 2
READER = "xiangtian.observe.decode:decode"
OWN_SETTINGS = "XIANGTIAN_"
"""What is set for the house (its keys among it) is not handed to a process that reads foreign bytes."""


class Workshop:
    """One worker, started with the first message and again whenever it ended. Not for several threads at once.

    Parameters
    ----------
    limits : Limits
        What a message may take.
    tables : Path or None
        Folder of national BUFR tables, laid out as ecCodes wants it; None where there are none.
    reader : str
        `module:function` that decodes; it takes a message, its envelope and the mappings.
    """

    def __init__(self, limits: Limits, tables: Path | None = None, reader: str = READER) -> None:
        self._limits = limits
        self._tables = tables
        self._reader = reader
        self._worker: Worker | None = None

    def decode(self, jobs: Iterable[Job], mappings: Sequence[Mapping] = ()) -> Iterator[Decoded]:
        """Decode messages; each gives at least one reading or one refusal.

        Parameters
        ----------
        jobs : Iterable
            Messages with their envelopes; they are taken piece by piece.
        mappings : Sequence
            Tables of the operator.

        Yields
        ------
        Decoded
            One for each message, in their order.

        Raises
        ------
        WorkerError
            If the worker can't be started.
        """
        pieces = _pieces(jobs)
        piece, given = next(pieces, None), False
        try:
            while piece:
                if not given:
                    self._give(piece, mappings)
                ahead = next(pieces, None)
                follows = ahead is not None and self._give_on(ahead)
                done = yield from self._done(piece, mappings)
                given = done and follows
                piece = ahead
        finally:
            if piece:  # left amid the work: what is still to come must not be taken for answers of the next
                self.close()

    def close(self) -> None:
        """End the worker."""
        if self._worker:
            self._worker.end()
            self._worker = None

    def _give(self, piece: Sequence[Job], mappings: Sequence[Mapping]) -> None:
        self._ready(mappings).give(WORK + pack_jobs(piece))

    def _give_on(self, piece: Sequence[Job]) -> bool:
        """Give the worker at work the piece after its own, if it still lives: a fresh one would not know the first."""
        if not self._worker or not self._worker.lives():
            return False
        self._worker.give(WORK + pack_jobs(piece))
        return True

    def _done(self, piece: Sequence[Job], mappings: Sequence[Mapping]) -> Generator[Decoded, None, bool]:
        """Give what the messages of a piece held; tell whether the worker lived through it."""
        answered = 0
        try:
            for found in self._answers(len(piece)):
                answered += 1
                yield found
        except Ended:
            self.close()
            yield from (self._alone(job, mappings) for job in piece[answered:])
            return False
        return True

    def _alone(self, job: Job, mappings: Sequence[Mapping]) -> Decoded:
        """Decode one message by itself, with a second worker where the first ended."""
        why = ""
        for _ in range(ATTEMPTS):
            self._give([job], mappings)
            try:
                (found,) = self._answers(1)
            except Ended as error:
                self.close()
                why = str(error)
            else:
                return found
        return Decoded("", (), (Refusal(why),))

    def _answers(self, count: int) -> Iterator[Decoded]:
        for _ in range(count):
            if not self._worker:
                raise Ended
            yield unpack_decoded(self._worker.answer(self._limits))

    def _ready(self, mappings: Sequence[Mapping]) -> Worker:
        if self._worker and not self._worker.lives():
            self.close()
        if not self._worker:
            self._worker = Worker(self._command(), self._environment())
            self._worker.begin()
        self._worker.learn(tuple(mappings))
        return self._worker

    def _command(self) -> list[str]:
        module = "xiangtian.observe.workbench"
        asked = ["--reader", self._reader, "--memory-mib", str(self._limits.memory_mib)]
        return [sys.executable, "-m", module, *asked]

    def _environment(self) -> dict[str, str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(OWN_SETTINGS)}
        if self._tables:
            environment["ECCODES_EXTRA_DEFINITION_PATH"] = str(self._tables)
        return environment


def _pieces(jobs: Iterable[Job]) -> Iterator[list[Job]]:
    piece: list[Job] = []
    size = 0
    for job in jobs:
        if piece and (len(piece) >= MOST_JOBS or size + len(job[0]) > MOST_JOB_BYTES):
            yield piece
            piece, size = [], 0
        piece.append(job)
        size += len(job[0])
    if piece:
        yield piece


def limits() -> Limits:
    """Give the limits as they are set."""
    return Limits(settings.number("XIANGTIAN_DECODE_SECONDS"), settings.number("XIANGTIAN_DECODE_MIB"))


@cache
def _kept(bound: Limits, tables: Path | None) -> Workshop:
    return Workshop(bound, tables)


def workshop(tables: Path) -> Workshop:
    """Give the workshop of this process: one worker for all who decode with the same tables.

    Parameters
    ----------
    tables : Path
        Folder of national BUFR tables; it need not be there.
    """
    return _kept(limits(), tables if tables.is_dir() else None)
