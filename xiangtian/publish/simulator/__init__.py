"""Receivers for exercises and tests, on this machine only: a phone-message gateway, partners' webhooks, a mail server.

They behave as real ones do: they fail now and then, answer late or never, send receipts afterwards, and drop what they
have had already. They count what reached them, so that "each exactly once" can be checked at the far end.
"""

from __future__ import annotations

from dataclasses import dataclass

from xiangtian.publish.simulator.gateway import Faults, SmsGateway
from xiangtian.publish.simulator.mail import MailSink
from xiangtian.publish.simulator.partner import Partner

__all__ = ["Addresses", "Faults", "MailSink", "Partner", "Simulators", "SmsGateway"]


@dataclass(frozen=True)
class Addresses:
    """Where the simulators listen."""

    sms: str
    webhook: str
    smtp: str


class Simulators:
    """All three together, for an exercise."""

    def __init__(self, faults: Faults | None = None, key: str = "drill", receipt_after_s: float = 0.5) -> None:
        self.gateway = SmsGateway(key, faults, receipt_after_s, confirmed=0.5)
        self.partner = Partner(key)
        self.mail = MailSink()

    def start(self, sms_port: int = 0, webhook_port: int = 0, smtp_port: int = 0) -> Addresses:
        """Start all on the loopback; port 0 takes any that is free."""
        self.gateway.start(sms_port)
        self.partner.start(webhook_port)
        self.mail.start(smtp_port)
        return Addresses(self.gateway.url, self.partner.url, self.mail.url)

    def stop(self) -> None:
        """Stop all."""
        for simulator in (self.gateway, self.partner, self.mail):
            simulator.stop()

    def counts(self) -> dict[str, dict[str, int]]:
        """Give what reached each of them."""
        pairs = ("sms", self.gateway.counts), ("webhook", self.partner.counts), ("email", self.mail.counts)
        return {name: dict(counts) for name, counts in pairs}
