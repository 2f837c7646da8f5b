"""A mail server that keeps what it gets."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from email import message_from_bytes

from aiosmtpd.smtp import SMTP, Envelope, Session

from xiangtian.publish.simulator.server import LOOPBACK


class MailSink:
    """A mail server that keeps what it gets, once per Message-ID."""

    def __init__(self, refused: tuple[str, ...] = ()) -> None:
        self.refused = refused
        self.mails: dict[str, bytes] = {}
        self.counts: Counter[str] = Counter()
        self._loop = asyncio.new_event_loop()
        self._port = 0

    @property
    def url(self) -> str:
        """Its address."""
        return f"smtp://{LOOPBACK}:{self._port}"

    def start(self, port: int = 0) -> None:
        """Listen on a port of the loopback, 0 for any that is free."""
        serving = self._loop.create_server(lambda: SMTP(self, loop=self._loop, hostname="sink"), LOOPBACK, port)
        self._port = self._loop.run_until_complete(serving).sockets[0].getsockname()[1]
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def stop(self) -> None:
        """Stop listening."""
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse the recipients that are to be refused."""
        if address in self.refused:
            self.counts["refused"] += 1
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a mail."""
        body = envelope.original_content or b""
        name = str(message_from_bytes(body)["Message-ID"])
        self.counts["duplicates" if name in self.mails else "taken"] += 1
        self.mails[name] = body
        return "250 OK"
