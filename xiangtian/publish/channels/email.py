"""E-mail over SMTP: one message a target, whose Message-ID is the delivery's key, so that duplicates collapse."""

from __future__ import annotations

import re
import smtplib
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from xiangtian.publish.channels.contract import BadAddress, Endpoints, Outcome, Parcel, refuse_mixing

ADDRESS = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+")
PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
"""Registered ports: RFC 5321, RFC 8314, RFC 6409."""


def compose(parcel: Parcel, sender: str) -> EmailMessage:
    """Write the mail of one parcel: Chinese and English text, the CAP file beside it."""
    notice, mail = parcel.notice, EmailMessage()
    mail["Subject"] = " ".join(notice.marked("headline").split())
    mail["From"], mail["To"] = sender, parcel.target.address
    mail["Date"] = format_datetime(notice.sent)
    mail["Message-ID"] = f"<{parcel.key}@xiangtian>"
    mail["X-Xiangtian-Status"] = notice.status
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(f"{notice.marked('full')}\n\n{notice.marked('en')}\n")
    cap = notice.bodies["cap"].encode()
    mail.add_attachment(cap, maintype="application", subtype="cap+xml", filename=f"{notice.message}.xml")
    return mail


def _connect(endpoints: Endpoints) -> smtplib.SMTP:
    parts = urlsplit(endpoints.smtp_url)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    server = kind(host, port, timeout=endpoints.answer_s)
    if parts.scheme == "smtp+starttls":
        server.starttls()
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


class Email:
    """One mail a target by the configured server."""

    name = "email"
    zh = "电子邮件"
    receipts = False
    for_people = True
    threads = 8

    def check(self, address: str) -> None:
        """Allow one bare mail address."""
        if not ADDRESS.fullmatch(address):
            raise BadAddress(f"{address!r} is no mail address; allowed: one name@host, nothing around it")

    def ready(self, endpoints: Endpoints) -> str:
        """Need a mail server whose scheme is known."""
        if not endpoints.smtp_url:
            return "邮件服务器未配置（XIANGTIAN_SMTP_URL；演练用演练服务器）"
        scheme = urlsplit(endpoints.smtp_url).scheme
        return "" if scheme in PORTS else f"XIANGTIAN_SMTP_URL 以 {scheme!r} 开头；可用：{'、'.join(PORTS)}"

    def send(self, parcel: Parcel, endpoints: Endpoints) -> Outcome:
        """Hand one mail to the server; a refusal 5yz of the recipient is final, all else may pass."""
        refuse_mixing(parcel, endpoints)
        if missing := self.ready(endpoints):
            return Outcome("failed_for_now", missing)
        try:
            with _connect(endpoints) as server:
                server.send_message(compose(parcel, endpoints.mail_from))
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            kind = "failed_for_good" if code >= 500 else "failed_for_now"
            return Outcome(kind, f"邮件服务器拒收该收件人（{code} {words.decode('utf-8', 'replace')}）")
        except (OSError, smtplib.SMTPException) as error:
            return Outcome("failed_for_now", f"邮件未交出（{type(error).__name__}: {error}）")
        return Outcome("delivered", "邮件服务器已接收（250）；此通道没有阅读回执", parcel.key)
