"""Stored pieces of an HDF5 field, looked at before the library unpacks them.

The library trusts that a piece unpacks to its full length; where damage makes it shorter, it reads beyond the end of
its memory. So each piece is unpacked once here, within bounds, and its length compared.
"""

from __future__ import annotations

import zlib

import h5py
import numpy as np

from xiangtian.radar.errors import RadarError

_MOST = 100_000
_DEFLATE, _SHUFFLE, _FLETCHER32 = 1, 2, 3
"""Filters by their numbers in the HDF5 File Format Specification, IV.A.2.l."""
_CHECKSUM_BYTES = 4


def require_whole(field: h5py.Dataset) -> None:
    """Refuse a field whose stored pieces are not what its head says.

    Parameters
    ----------
    field : h5py.Dataset
        A field of numbers; one that is not stored in pieces is passed.

    Raises
    ------
    RadarError
        If there are too many pieces, they are packed by an unknown filter, or one does not unpack to its length.
    """
    if field.chunks is None:
        return
    plan = field.id.get_create_plist()
    filters = [plan.get_filter(place)[0] for place in range(plan.get_nfilters())]
    if not set(filters) <= {_DEFLATE, _SHUFFLE, _FLETCHER32}:
        raise RadarError(f"{field.name} is packed by the filters {filters}; deflate, shuffle and fletcher32 are read")
    if field.id.get_num_chunks() > _MOST:
        raise RadarError(f"{field.name} is stored in {field.id.get_num_chunks()} pieces; at most {_MOST} are read")
    needed = int(np.prod(field.chunks)) * field.dtype.itemsize
    for place in range(field.id.get_num_chunks()):
        found = field.id.get_chunk_info(place)
        mask, stored = field.id.read_direct_chunk(found.chunk_offset)
        if mask or _length(stored, filters, needed) != needed:
            raise RadarError(f"a piece of {field.name} at {found.chunk_offset} is damaged; ask for it to be sent again")


def _length(stored: bytes, filters: list[int], needed: int) -> int:
    """Give the length of what comes out of a piece; 0 where nothing does."""
    content = bytes(stored)
    for number in reversed(filters):
        if number == _FLETCHER32:
            content = content[:-_CHECKSUM_BYTES]
        elif number == _DEFLATE:
            engine = zlib.decompressobj()
            try:
                content = engine.decompress(content, needed + _CHECKSUM_BYTES + 1)
            except zlib.error:
                return 0
            if not engine.eof:
                return 0
    return len(content)
