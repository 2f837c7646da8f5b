"""Flashes of the United States' ground network as binary records of 28 bytes.

Format: Unidata, National Lightning Detection Network data, as fed by the State University of New York at Albany:
big-endian; first "NLDN" and the number of 28-byte records of heading (these eight bytes among them), then one record
a flash: seconds since 1970 UTC and a part of a second (4 + 4 bytes), latitude and longitude in thousandths of a degree
(4 + 4), 2 bytes of filling, peak current in tenths of a kA (2), 2 of filling, multiplicity (1), 1 where the flash
stayed in the cloud (1), half major axis, eccentricity and angle of the error ellipse, chi-square (1 each). The part of
a second is called nanoseconds there and is microseconds, as Albany's own writer divides by 1000. Before November 2015
the strength was in "measures", of which 150 are about 30 kA; it is given as it stands.
"""

from __future__ import annotations

import struct

import numpy as np

from xiangtian.radar.errors import RadarError
from xiangtian.radar.hdf5 import MAX_BYTES
from xiangtian.radar.strokes import CLOUD, GROUND, Strokes, strokes

_MAGIC = b"NLDN"
_RECORD = np.dtype(
    [
        ("seconds", ">i4"), ("microseconds", ">i4"), ("lat", ">i4"), ("lon", ">i4"), ("filling", ">i2"),
        ("signal", ">i2"), ("filling_2", ">i2"), ("multiplicity", "i1"), ("cloud", "i1"), ("axis", "i1"),
        ("eccentricity", "i1"), ("angle", "i1"), ("chi_square", "i1"),
    ]
)  # fmt: skip
_BYTES = _RECORD.itemsize


def sniff(head: bytes) -> bool:
    """Tell whether bytes may be such records: they begin with "NLDN"."""
    return head.startswith(_MAGIC)


def read(body: bytes) -> Strokes:
    """Read the flashes.

    Parameters
    ----------
    body : bytes
        The whole file.

    Returns
    -------
    Strokes
        One a flash: time, position and peak current in kA, negative where negative charge came down.

    Raises
    ------
    RadarError
        If the heading or the last record is cut off, or a number can't be.
    """
    if not sniff(body) or not 8 <= len(body) <= MAX_BYTES:
        raise RadarError(f"no NLDN records: {len(body)} bytes that begin with {body[:8]!r}")
    (headings,) = struct.unpack(">i", body[4:8])
    begin = headings * _BYTES
    if headings < 1 or begin > len(body) or (len(body) - begin) % _BYTES:
        raise RadarError(
            f"{len(body)} bytes with {headings} records of heading: the rest is no whole number of {_BYTES}-byte "
            "records; the file is cut off, send it again"
        )
    records = np.frombuffer(body, _RECORD, offset=begin)
    part = records["microseconds"]
    if ((part < 0) | (part >= 1_000_000)).any():
        raise RadarError("a record has a part of a second below 0 or above 999999 microseconds; the file is damaged")
    time = records["seconds"].astype("datetime64[s]") + part.astype("timedelta64[us]")
    lon, lat, signal = records["lon"] / 1000.0, records["lat"] / 1000.0, records["signal"] / 10.0
    return strokes(time, lon, lat, signal, "kA", "nldn", np.where(records["cloud"] == 1, CLOUD, GROUND))
