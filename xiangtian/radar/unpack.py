"""Unpacking what came packed, within bounds."""

from __future__ import annotations

import bz2
import zlib

from xiangtian.radar.errors import RadarError
from xiangtian.radar.hdf5 import MAX_CELLS

GZIP = b"\x1f\x8b"
MOST_BYTES = 4 * MAX_CELLS
"""Nothing larger comes out of a packed file: four bytes a cell of the largest grid."""


def start(body: bytes, length: int = 4096) -> bytes:
    """Give the first bytes of what a file holds, gzipped or not; nothing where the gzip is damaged at once."""
    if not body.startswith(GZIP):
        return body[:length]
    try:
        return zlib.decompressobj(31).decompress(body, length)
    except zlib.error:
        return b""


def gunzip(body: bytes, most: int = MOST_BYTES) -> bytes:
    """Unpack a gzip file; bytes that are none are given back as they are.

    Parameters
    ----------
    body : bytes
        The whole file.
    most : int
        How many bytes may come out.

    Returns
    -------
    bytes
        What it holds.

    Raises
    ------
    RadarError
        If it is damaged, cut off or larger than allowed.
    """
    if not body.startswith(GZIP):
        return body
    engine = zlib.decompressobj(31)
    try:
        content = engine.decompress(body, most)
    except zlib.error as error:
        raise RadarError(
            f"the gzip file ({len(body)} bytes) is damaged ({error}); ask for it to be sent again"
        ) from error
    if not engine.eof:
        why = f"unpacks to more than {most // 2**20} MiB" if engine.unconsumed_tail else "is cut off"
        raise RadarError(f"the gzip file ({len(body)} bytes) {why}; send it again")
    return content


def bunzip2(body: bytes, most: int = MOST_BYTES) -> bytes:
    """Unpack bzip2; the bounds and errors of `gunzip`."""
    engine = bz2.BZ2Decompressor()
    try:
        content = engine.decompress(body, most)
    except (OSError, ValueError) as error:
        raise RadarError(
            f"the bzip2 part ({len(body)} bytes) is damaged ({error}); ask for the file to be sent again"
        ) from error
    if not engine.eof:
        why = "is cut off" if engine.needs_input else f"unpacks to more than {most // 2**20} MiB"
        raise RadarError(f"the bzip2 part ({len(body)} bytes) {why}; send the file again")
    return content
