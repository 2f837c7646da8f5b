"""Lightning: one file a format, one model for all.

The family's contract: `sniff(head: bytes) -> bool` looks at the file's bytes and may be wrong only in saying yes;
`read(body: bytes) -> Strokes` gives the flashes or strokes in the order of time, or raises
:class:`xiangtian.radar.errors.RadarError`, whatever it is fed. To add a format: one file here, one test, one
line below.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xiangtian.radar.errors import RadarError
from xiangtian.radar.lightning import glm_lcfa, lis_orbit, nldn
from xiangtian.radar.strokes import Strokes


@dataclass(frozen=True)
class Format:
    """One format: how to know it and how to read it."""

    sniff: Callable[[bytes], bool]
    read: Callable[[bytes], Strokes]


FORMATS: dict[str, Format] = {
    "glm_lcfa": Format(glm_lcfa.sniff, glm_lcfa.read),
    "lis_orbit": Format(lis_orbit.sniff, lis_orbit.read),
    "nldn": Format(nldn.sniff, nldn.read),
}
"""The formats, in the order in which they are tried."""


def format_of(body: bytes) -> str | None:
    """Name the format of a file by its bytes, None where no reader knows it."""
    return next((name for name, member in FORMATS.items() if member.sniff(body)), None)


def read(body: bytes) -> Strokes:
    """Read lightning of any known format.

    Parameters
    ----------
    body : bytes
        The whole file.

    Returns
    -------
    Strokes
        Flashes or strokes, the earliest first.

    Raises
    ------
    RadarError
        If no reader knows the file, or its reader can't read it.
    """
    name = format_of(body)
    if name is None:
        raise RadarError(f"no known lightning file: it begins with {body[:12]!r}; read are {', '.join(FORMATS)}")
    return FORMATS[name].read(body)
