"""Unpacking what base data come in: bzip2 and gzip, within bounds, as far as a damaged file allows.

A bzip2 file is a row of blocks of at most 900 kB, each packed for itself, that begin at any bit. They are found by
their mark and unpacked on two threads; the checksums of the blocks and of the whole are compared as always. Where
anything is not as expected the file is unpacked once more in the ordinary way.

References
----------
J. Tsai, "BZIP2: Format Specification" (2016), sections 2.2.2 to 2.2.4 (block header and stream footer).
"""

from __future__ import annotations

import bz2
import zlib
from bisect import bisect_right
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from xiangtian.radar.errors import RadarError

MAX_PACKED = 64 * 2**20
MAX_UNPACKED = 256 * 2**20
"""A volume of the largest radar takes some 60 MB unpacked; what gives more is refused."""
BZIP2, GZIP = b"BZh", b"\x1f\x8b"
_BLOCK, _END = 0x314159265359, 0x177245385090
"""The marks that begin a block and the foot of a stream (the digits of pi, and of its square root)."""
_MARK_BITS, _SUM_BITS = 48, 32
_LARGEST = b"BZh9"
_MOST_BLOCKS = 4096
_THREADS = 2


@dataclass(frozen=True)
class Unpacked:
    """What came out of a file.

    Attributes
    ----------
    body : bytes
        The content.
    lost : str
        What could not be unpacked; empty for a whole file.
    """

    body: bytes
    lost: str = ""


class _Engine(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


def unpack(body: bytes, most: int = MAX_UNPACKED) -> Unpacked:
    """Unpack a file that is packed with bzip2 or gzip; any other is given as it is.

    Parameters
    ----------
    body : bytes
        The whole file.
    most : int
        Largest content, bytes.

    Returns
    -------
    Unpacked
        The content, as far as it goes: a file that was cut off or damaged gives what comes before that.

    Raises
    ------
    RadarError
        If file or content is too large, or nothing comes out.
    """
    if len(body) > MAX_PACKED:
        raise RadarError(f"a radar file of {len(body) / 2**20:.1f} MiB; at most {MAX_PACKED // 2**20} MiB are read")
    if body.startswith(BZIP2):
        found = _bunzip2(body, most)
    elif body.startswith(GZIP):
        found = _plainly(body, most, lambda: zlib.decompressobj(wbits=31), GZIP)
    else:
        return Unpacked(body)
    if found.lost and not found.body:
        raise RadarError(f"{found.lost}, and nothing of it can be unpacked; ask for it to be sent again")
    return found


def start(body: bytes, most: int = 4 * 2**20) -> bytes:
    """Give the first bytes of the content, unpacked where packed with gzip; none where that is damaged at once."""
    if not body.startswith(GZIP):
        return body
    try:
        return zlib.decompressobj(wbits=31).decompress(body, most)
    except zlib.error:
        return b""


def _plainly(body: bytes, most: int, engine: Callable[[], _Engine], magic: bytes) -> Unpacked:
    """Unpack stream after stream."""
    parts: list[bytes] = []
    room, rest, lost = most, body, ""
    while rest.startswith(magic) and not lost:
        one = engine()
        try:
            parts.append(one.decompress(rest, room + 1))
        except (OSError, EOFError, zlib.error, ValueError) as error:
            return Unpacked(b"".join(parts), f"the packed file is damaged ({error})")
        room -= len(parts[-1])
        if room < 0:
            raise _too_large(most)
        if not one.eof:
            lost = f"the packed file is cut off after {len(body)} bytes"
        rest = one.unused_data
    return Unpacked(b"".join(parts), lost)


def _too_large(most: int) -> RadarError:
    return RadarError(f"the packed file unpacks to more than {most // 2**20} MiB, the most that is read")


def _bunzip2(body: bytes, most: int) -> Unpacked:
    """Unpack block beside block; where that does not go well in the ordinary way, and keep what gave more."""
    blocks, ends = _marks(body, _BLOCK), _marks(body, _END)
    if not 2 <= len(blocks) <= _MOST_BLOCKS:
        return _plainly(body, most, bz2.BZ2Decompressor, BZIP2)
    parts = _by_blocks(body, [*zip(blocks, _feet(blocks, ends, len(body)), strict=True)], most)
    if None not in parts and _sums_agree(body, blocks, ends):
        return Unpacked(b"".join(part for part in parts if part is not None))
    plain = _plainly(body, most, bz2.BZ2Decompressor, BZIP2)
    good = parts.index(None) if None in parts else len(parts)
    front = b"".join(part for part in parts[:good] if part is not None)
    if not plain.lost or len(front) <= len(plain.body):
        return plain
    return Unpacked(front, f"the packed file is damaged: {good} of {len(blocks)} blocks could be unpacked")


def _feet(blocks: list[int], ends: list[int], size: int) -> list[int]:
    """Give the bit behind each block: that of the next mark, or of the end of the file."""
    every = sorted([*blocks, *ends, size * 8])
    return [every[bisect_right(every, at)] for at in blocks]


def _by_blocks(body: bytes, spans: list[tuple[int, int]], most: int) -> list[bytes | None]:
    """Unpack blocks on threads; None for one that is damaged."""
    left = [most]

    def one(span: tuple[int, int]) -> bytes | None:
        content = _block(body, *span, left[0] + 1)
        left[0] -= len(content or b"")
        return content

    with ThreadPoolExecutor(_THREADS) as pool:
        parts = list(pool.map(one, spans))
    if left[0] < 0:
        raise _too_large(most)
    return parts


def _sums_agree(body: bytes, blocks: list[int], ends: list[int]) -> bool:
    """Tell whether each stream's checksum is that of its blocks' checksums, and nothing follows the last."""
    if not ends or (ends[-1] + _MARK_BITS + _SUM_BITS + 7) // 8 != len(body):
        return False
    first = 0
    for end in ends:
        whole = 0
        last = bisect_right(blocks, end)
        for at in blocks[first:last]:
            whole = ((whole << 1 | whole >> 31) & 0xFFFFFFFF) ^ _sum(body, at)
        if whole != _sum(body, end):
            return False
        first = last
    return first == len(blocks)


def _sum(body: bytes, at: int) -> int:
    """Give the checksum that follows a mark."""
    return _bits(body, at + _MARK_BITS, at + _MARK_BITS + _SUM_BITS)


def _block(body: bytes, begin: int, end: int, room: int) -> bytes | None:
    """Unpack one block: it becomes a stream of its own, whose checksum is the block's; None where it is damaged."""
    count = end - begin
    if room <= 0 or count < _MARK_BITS + _SUM_BITS:
        return None
    length = count + _MARK_BITS + _SUM_BITS
    padding = -length % 8
    whole = (_bits(body, begin, end) << _MARK_BITS | _END) << _SUM_BITS | _sum(body, begin)
    engine = bz2.BZ2Decompressor()
    try:
        content = engine.decompress(_LARGEST + (whole << padding).to_bytes((length + padding) // 8, "big"), room)
    except (OSError, ValueError):
        return None
    return content if engine.eof or len(content) >= room else None


def _marks(body: bytes, mark: int) -> list[int]:
    """Find a mark of 48 bits at any bit: 40 of its bits fill whole bytes, the rest is looked at where those stand."""
    found = []
    for ahead in range(8):
        pattern = (mark >> 8 - ahead & (1 << 40) - 1).to_bytes(5, "big")
        at = body.find(pattern)
        while at >= 0:
            place = at * 8 - ahead
            if place >= 0 and _bits(body, place, place + _MARK_BITS) == mark:
                found.append(place)
            at = body.find(pattern, at + 1)
    return sorted(found)


def _bits(body: bytes, begin: int, end: int) -> int:
    """Give the bits from `begin` up to `end` as a number, the first the highest."""
    last = (end + 7) // 8
    return int.from_bytes(body[begin // 8 : last], "big") >> last * 8 - end & (1 << end - begin) - 1
