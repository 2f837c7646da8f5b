"""The pages of the warning desk: parse, call a verb or a question, show."""

from __future__ import annotations

from xiangtian.warn.views.desk import desk, desk_lists
from xiangtian.warn.views.drafts import draft, preview, save, send_back, sign, submit, withdraw
from xiangtian.warn.views.events import change, event
from xiangtian.warn.views.new import new
from xiangtian.warn.views.proposals import accept, dismiss, proposal
from xiangtian.warn.views.rules import decide, rules

__all__ = [
    "accept",
    "change",
    "decide",
    "desk",
    "desk_lists",
    "dismiss",
    "draft",
    "event",
    "new",
    "preview",
    "proposal",
    "rules",
    "save",
    "send_back",
    "sign",
    "submit",
    "withdraw",
]
