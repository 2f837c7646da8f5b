"""Composites: one file a format, one model for all.

The family's contract: `sniff(head: bytes) -> bool` looks at the file's bytes without unpacking fields and may be
wrong only in saying yes; `read(body: bytes) -> RainFrame` gives the frame or raises
:class:`xiangtian.radar.errors.RadarError`, whatever it is fed, and unpacks no more than
:data:`xiangtian.radar.hdf5.MAX_CELLS` cells.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xiangtian.met.grid import RainFrame
from xiangtian.radar.composites import fmi_pgm, knmi_hdf5, odim_hdf5
from xiangtian.radar.errors import RadarError


@dataclass(frozen=True)
class Format:
    """One format: how to know it and how to read it."""

    sniff: Callable[[bytes], bool]
    read: Callable[[bytes], RainFrame]


FORMATS: dict[str, Format] = {
    "fmi_pgm": Format(fmi_pgm.sniff, fmi_pgm.read),
    "knmi_hdf5": Format(knmi_hdf5.sniff, knmi_hdf5.read),
    "odim_hdf5": Format(odim_hdf5.sniff, odim_hdf5.read),
}
"""The formats, in the order in which they are tried."""


def format_of(body: bytes) -> str | None:
    """Name the format of a file by its bytes, None where no reader knows it."""
    return next((name for name, member in FORMATS.items() if member.sniff(body)), None)


def read(body: bytes) -> RainFrame:
    """Read a composite of any known format.

    Parameters
    ----------
    body : bytes
        The whole file.

    Returns
    -------
    RainFrame
        Rain rate on its grid.

    Raises
    ------
    RadarError
        If no reader knows the file, or its reader can't read it.
    """
    name = format_of(body)
    if name is None:
        raise RadarError(f"no known radar composite: it begins with {body[:12]!r}; read are {', '.join(FORMATS)}")
    return FORMATS[name].read(body)
