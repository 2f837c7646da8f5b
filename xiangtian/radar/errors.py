"""What this room says when it can't read a file."""

from __future__ import annotations


class RadarError(ValueError):
    """A radar file can't be read; the message says what was found, what is allowed and what to do next."""
