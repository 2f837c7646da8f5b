"""Questions about messages, deliveries and feeds; frozen dataclasses for other rooms."""

from xiangtian.publish.queries.board import (
    Board,
    ChannelLine,
    Delivered,
    Handed,
    Troubled,
    board,
    boards,
    of_message,
    troubled,
)
from xiangtian.publish.queries.feeds import cap_file, listed, served
from xiangtian.publish.queries.sending import endpoints, event_areas, notice_of, terminal_states

__all__ = [
    "Board",
    "ChannelLine",
    "Delivered",
    "Handed",
    "Troubled",
    "board",
    "boards",
    "cap_file",
    "endpoints",
    "event_areas",
    "listed",
    "notice_of",
    "of_message",
    "served",
    "terminal_states",
    "troubled",
]
