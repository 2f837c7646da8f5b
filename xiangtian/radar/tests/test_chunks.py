"""Pieces written by h5py, then cut by hand where a damaged file has them cut."""

import io
import zlib

import h5py
import numpy as np
import pytest

from xiangtian.radar.chunks import require_whole
from xiangtian.radar.errors import RadarError

FIELD = np.arange(64, dtype=np.uint16).reshape(8, 8)


def _stored(chunk=None, mask=0, **how):
    file = h5py.File(io.BytesIO(), "w")
    field = file.create_dataset("data", data=FIELD, chunks=(4, 8), **how)
    if chunk is not None:
        field.id.write_direct_chunk((4, 0), chunk, filter_mask=mask)
    return field


@pytest.mark.parametrize(
    "how", [{}, {"compression": "gzip"}, {"compression": "gzip", "shuffle": True, "fletcher32": True}]
)
def test_whole_pieces_pass(how):
    require_whole(_stored(**how))


def test_a_field_in_one_block_passes():
    require_whole(h5py.File(io.BytesIO(), "w").create_dataset("data", data=FIELD))


@pytest.mark.parametrize(
    ("chunk", "mask"),
    [
        (zlib.compress(bytes(10)), 0),  # unpacks to 10 bytes where 4 x 8 x 2 are needed
        (zlib.compress(bytes(1_000_000)), 0),  # and to more
        (zlib.compress(bytes(64))[:-6], 0),  # is cut off
        (b"nonsense", 0),
        (bytes(10), 1),  # says that it was not packed
    ],
)
def test_a_piece_of_another_length_is_refused(chunk, mask):
    with pytest.raises(RadarError, match=r"\(4, 0\) is damaged"):
        require_whole(_stored(chunk, mask, compression="gzip"))


def test_other_filters_are_refused():
    with pytest.raises(RadarError, match="deflate"):
        require_whole(_stored(compression="lzf"))
