"""The pages of the observing network, and the door through which machines push."""

from __future__ import annotations

from xiangtian.observe.views.board import board, board_lists
from xiangtian.observe.views.push import push
from xiangtian.observe.views.quarantine import close, quarantined, resend

__all__ = ["board", "board_lists", "close", "push", "quarantined", "resend"]
