"""Small words for the board's template."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

from xiangtian.publish.channels import channel

register = template.Library()


@register.filter
def count_of(counts: Mapping[str, int], state: str) -> str:
    """Give how many rows stand in a state, nothing for none."""
    return str(counts[state]) if counts.get(state) else ""


@register.filter
def channel_zh(name: str) -> str:
    """Give a channel's Chinese name."""
    return channel(name).zh
