"""Composites: one file a format, one model for all.

The family's contract: `sniff(head: bytes) -> bool` looks at the file's bytes without unpacking fields and may be
wrong only in saying yes; `read(body: bytes) -> RainFrame` gives the frame or raises
:class:`xiangtian.radar.errors.RadarError`, whatever it is fed, and unpacks no more than
:data:`xiangtian.radar.hdf5.MAX_CELLS` cells. A format that carries reflectivity also has
`reflectivity(body: bytes) -> ReflectivityFrame`, under the same conditions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xiangtian.met.grid import RainFrame
from xiangtian.radar.composites import cma_mosaic, fmi_pgm, knmi_hdf5, mch_gif, mrms_grib2, odim_hdf5
from xiangtian.radar.errors import RadarError
from xiangtian.radar.reflectivity import ReflectivityFrame, of_rain


@dataclass(frozen=True)
class Format:
    """One format: how to know it and how to read it."""

    sniff: Callable[[bytes], bool]
    read: Callable[[bytes], RainFrame]
    reflectivity: Callable[[bytes], ReflectivityFrame] | None = None


FORMATS: dict[str, Format] = {
    "fmi_pgm": Format(fmi_pgm.sniff, fmi_pgm.read, fmi_pgm.reflectivity),
    "knmi_hdf5": Format(knmi_hdf5.sniff, knmi_hdf5.read),
    "odim_hdf5": Format(odim_hdf5.sniff, odim_hdf5.read),
    "mch_gif": Format(mch_gif.sniff, mch_gif.read),
    "mrms_grib2": Format(mrms_grib2.sniff, mrms_grib2.read),
    "cma_mosaic": Format(cma_mosaic.sniff, cma_mosaic.read, cma_mosaic.reflectivity),
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
    return _member(body).read(body)


def reflectivity(body: bytes) -> ReflectivityFrame:
    """Read the reflectivity of a composite of any known format.

    Parameters
    ----------
    body : bytes
        The whole file.

    Returns
    -------
    ReflectivityFrame
        The file's own reflectivity; of a format of rain what its rain stands for by the relation the file states.

    Raises
    ------
    RadarError
        If no reader knows the file, its reader can't read it, or it holds rain and states no relation.
    """
    member = _member(body)
    return member.reflectivity(body) if member.reflectivity else of_rain(member.read(body))


def _member(body: bytes) -> Format:
    name = format_of(body)
    if name is None:
        raise RadarError(f"no known radar composite: it begins with {body[:12]!r}; read are {', '.join(FORMATS)}")
    return FORMATS[name]
