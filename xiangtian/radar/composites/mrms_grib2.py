"""MRMS rain rate of the United States in GRIB2: 3500 x 7000 cells of 0.01 degree, packed as a PNG picture.

Format: WMO-No. 306, volume I.2, FM 92 GRIB edition 2: sections 0, 1, 3 (template 3.0), 4 (template 4.0), 5 (template
5.41), 6 and 7. The few sections of this product are read here directly: no general GRIB library sees foreign bytes, the
picture's checksums are compared, and 16-bit numbers take a quarter of the memory of that library's values.
"""

from __future__ import annotations

import datetime as dt
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from xiangtian.met.grid import Grid, RainFrame
from xiangtian.radar import unpack
from xiangtian.radar.errors import RadarError
from xiangtian.radar.hdf5 import MAX_BYTES, MAX_CELLS

_MRMS = 209
"""The discipline by which MRMS marks its own parameters; they are listed in NSSL's MRMS GRIB2 tables."""
_RATE = (6, 1)
"""Category and number of PrecipRate, mm/h."""
_NO_BITMAP = 255
_PNG = b"\x89PNG\r\n\x1a\n"
_INTERVAL_S = 120
_MICRO = 1e-6
"""Degrees in the unit of template 3.0: where the basic angle is 0, or is written out as `_MILLIONTHS`."""
_MILLIONTHS = (1, 1_000_000)


@dataclass(frozen=True)
class _Packing:
    """Value = (reference + X 2^binary) / 10^decimal, X an integer of `bits` bits."""

    reference: float
    binary: int
    decimal: int
    bits: int

    def table(self) -> npt.NDArray[np.float64]:
        """Give the value of each X."""
        if not (0 < self.bits <= 16 and abs(self.binary) <= 64 and abs(self.decimal) <= 20):
            raise RadarError(f"a packing of {self}; rain rates have at most 16 bits and ordinary scales")
        numbers = np.arange(2**16, dtype=np.float64)
        return (self.reference + numbers * 2.0**self.binary) / 10.0**self.decimal


def sniff(head: bytes) -> bool:
    """Tell whether bytes may be an MRMS product: GRIB of edition 2 and MRMS' discipline, gzipped or not."""
    start = unpack.start(head, 16)
    return len(start) >= 8 and start[:4] == b"GRIB" and start[6:8] == bytes([_MRMS, 2])


def read(body: bytes) -> RainFrame:
    """Read a composite of rain rate.

    Parameters
    ----------
    body : bytes
        The whole file, gzipped or not; its first message is read.

    Returns
    -------
    RainFrame
        Rain rate, mm/h, on a grid of longitude and latitude; negative numbers (-3: no coverage, -1: missing) are NaN
        and have quality 0.

    Raises
    ------
    RadarError
        If the file is damaged, cut off, of another product or packed in another way.
    """
    if len(body) > MAX_BYTES:
        raise RadarError(f"a radar file of {len(body) / 2**20:.1f} MiB; at most {MAX_BYTES // 2**20} MiB are read")
    message = unpack.gunzip(body, MAX_BYTES)
    try:
        sections = dict(_sections(message))
        _require_rate(sections)
        grid = _grid(sections[3])
        table = _packing(sections, grid).table()
        picture = _picture(sections[7][5:], grid)
        time = _time(sections[1])
    except (struct.error, IndexError, KeyError, OverflowError, ValueError) as error:
        if isinstance(error, RadarError):
            raise
        raise RadarError(
            f"the GRIB file ({len(body)} bytes) is damaged or cut off ({error!r}); send it again"
        ) from error
    rate = np.where(table >= 0.0, table, np.nan).astype(np.float32)[picture]
    quality = np.isfinite(rate).astype(np.float32)
    return RainFrame(time, grid, rate, quality, _INTERVAL_S, "mrms-grib2 PrecipRate")


def _sections(message: bytes) -> Iterator[tuple[int, bytes]]:
    if not sniff(message[:16]):
        raise RadarError(
            f"no MRMS GRIB: it begins with {message[:8]!r}; a GRIB of edition 2, discipline {_MRMS} is read"
        )
    (total,) = struct.unpack(">Q", message[8:16])
    if not 16 < total <= len(message) or message[total - 4 : total] != b"7777":
        raise RadarError(f"the GRIB message should have {total} bytes and end in 7777; {len(message)} are there")
    place, seen = 16, set()
    while place < total - 4:
        length, number = struct.unpack(">IB", message[place : place + 5])
        if length < 5 or place + length > total - 4 or number in seen:
            raise RadarError(f"section {number} of {length} bytes at byte {place} does not fit the message")
        seen.add(number)
        yield number, message[place : place + length]
        place += length
    if not {1, 3, 4, 5, 6, 7} <= seen:
        raise RadarError(f"the GRIB message has the sections {sorted(seen)}; 1, 3, 4, 5, 6 and 7 are needed")


def _require_rate(sections: dict[int, bytes]) -> None:
    (template,) = struct.unpack(">H", sections[4][7:9])
    parameter = (sections[4][9], sections[4][10])
    if template != 0 or parameter != _RATE:
        raise RadarError(
            f"the GRIB message holds template 4.{template}, category and number {parameter}; "
            f"PrecipRate (template 4.0, {_RATE}) is read"
        )
    if sections[6][5] != _NO_BITMAP:
        raise RadarError("the GRIB message has a bitmap; rain rates of MRMS have none")


def _time(section: bytes) -> dt.datetime:
    year, month, day, hour, minute, second = struct.unpack(">HBBBBB", section[12:19])
    return dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.UTC)


def _signed(numbers: tuple[int, ...], bits: int = 32) -> tuple[int, ...]:
    """Read integers whose first bit is the sign, as GRIB writes them."""
    top = 1 << (bits - 1)
    return tuple(-(number - top) if number & top else number for number in numbers)


def _grid(section: bytes) -> Grid:
    (template,) = struct.unpack(">H", section[12:14])
    columns, rows = struct.unpack(">II", section[30:38])
    basic = struct.unpack(">II", section[38:46])
    north, west = _signed(struct.unpack(">II", section[46:54]))
    south, east = _signed(struct.unpack(">II", section[55:63]))
    dx, dy = struct.unpack(">II", section[63:71])
    if template != 0 or (basic[0] != 0 and basic != _MILLIONTHS) or section[71] != 0:
        raise RadarError(
            f"grid template 3.{template}, angles in {basic[0]}/{basic[1]} degree, scanning mode {section[71]}; read "
            "are longitude and latitude (3.0) in millionths of a degree, rows from the north-west (0)"
        )
    if not (0 < rows * columns <= MAX_CELLS and dx > 0 and dy > 0):
        raise RadarError(f"a grid of {rows}x{columns} cells of {dx}x{dy} millionths of a degree")
    if abs(north - (rows - 1) * dy - south) > dy // 2 or abs(west + (columns - 1) * dx - east) > dx // 2:
        raise RadarError(
            f"the corners ({north}, {west}) and ({south}, {east}) lie elsewhere than {rows}x{columns} cells of "
            f"{dx}x{dy} millionths of a degree put them: the geography contradicts itself"
        )
    left = west - 360_000_000 if west > 180_000_000 else west
    return Grid("EPSG:4326", left * _MICRO, north * _MICRO, dx * _MICRO, dy * _MICRO, rows, columns)


def _packing(sections: dict[int, bytes], grid: Grid) -> _Packing:
    count, template = struct.unpack(">IH", sections[5][5:11])
    if template != 41 or count != grid.rows * grid.columns:
        raise RadarError(
            f"packing template 5.{template} with {count} values; PNG (5.41) with {grid.rows * grid.columns} is read"
        )
    reference, binary, decimal, bits = struct.unpack(">fHHB", sections[5][11:20])
    binary, decimal = _signed((binary, decimal), 16)
    return _Packing(reference, binary, decimal, bits)


def _picture(png: bytes, grid: Grid) -> npt.NDArray[np.uint16]:
    """Unpack a grey PNG after looking at its size and its checksums (ISO/IEC 15948)."""
    size = struct.pack(">II", grid.columns, grid.rows)
    if png[:8] != _PNG or png[12:16] != b"IHDR" or png[16:24] != size or png[24:26] not in (b"\x08\x00", b"\x10\x00"):
        raise RadarError(f"the packed picture is not a grey PNG of {grid.rows}x{grid.columns}: {png[:33]!r}")
    _require_whole(png)
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    if picture is None or picture.shape != grid.shape or picture.dtype not in (np.uint8, np.uint16):
        raise RadarError(f"the packed picture ({len(png)} bytes) can't be unpacked; send the file again")
    return np.asarray(picture, np.uint16)


def _require_whole(png: bytes) -> None:
    place, kind = 8, b""
    while kind != b"IEND":
        length, kind = struct.unpack(">I4s", png[place : place + 8])
        end = place + 12 + length
        if end > len(png) or zlib.crc32(png[place + 4 : end - 4]) != struct.unpack(">I", png[end - 4 : end])[0]:
            raise RadarError(f"the part {kind!r} of the packed picture is damaged (byte {place}); send the file again")
        place = end
