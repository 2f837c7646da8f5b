"""The pages of the warning desk: parse, call a verb or a question, show."""

from __future__ import annotations

from xiangtian.warn.views.desk import desk, desk_lists
from xiangtian.warn.views.drafts import draft, preview, save, send_back, sign, submit, withdraw
from xiangtian.warn.views.events import change, event
from xiangtian.warn.views.proposals import accept, dismiss, proposal

__all__ = [
    "accept",
    "change",
    "desk",
    "desk_lists",
    "dismiss",
    "draft",
    "event",
    "preview",
    "proposal",
    "save",
    "send_back",
    "sign",
    "submit",
    "withdraw",
]
