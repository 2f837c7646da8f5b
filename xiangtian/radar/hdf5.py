"""Reading HDF5 that came from outside, in memory and within bounds."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager

import h5py
import numpy as np
import numpy.typing as npt

from xiangtian.radar.chunks import require_whole
from xiangtian.radar.errors import RadarError

_PLAIN = (h5py.h5t.STRING, h5py.h5t.INTEGER, h5py.h5t.FLOAT)
_MOST_NUMBERS = 100_000
_MOST_TEXTS = 1_000_000
"""A file with more texts of variable length is none of a radar or a satellite."""
_HEAP = b"GCOL\x01\0\0\0"
MAGIC = b"\x89HDF\r\n\x1a\n"
MAX_BYTES = 64 * 2**20
"""A composite larger than this is not one: national mosaics of 1 km take a few MB."""
MAX_CELLS = 36_000_000
"""Largest grid that is unpacked (6000 x 6000)."""


def looks_like_hdf5(head: bytes) -> bool:
    """Tell whether bytes begin as an HDF5 file does."""
    return head.startswith(MAGIC)


@contextmanager
def opened(body: bytes) -> Iterator[h5py.File]:
    """Open an HDF5 file held in memory; whatever the library finds wrong becomes a RadarError.

    Parameters
    ----------
    body : bytes
        The whole file.

    Yields
    ------
    h5py.File
        Open for reading until the block ends.

    Raises
    ------
    RadarError
        If it is too large, no HDF5, truncated, or lacks what the block asks for.
    """
    if len(body) > MAX_BYTES:
        raise RadarError(f"a radar file of {len(body) / 2**20:.1f} MiB; at most {MAX_BYTES // 2**20} MiB are read")
    if not looks_like_hdf5(body):
        raise RadarError(f"no HDF5 file: it begins with {body[:8]!r}, an HDF5 file with {MAGIC!r}")
    _require_sound_heaps(body)
    try:
        with h5py.File(io.BytesIO(body), "r") as file:
            yield file
    except RadarError:
        raise
    except (OSError, RuntimeError, KeyError, ValueError, TypeError, MemoryError, OverflowError) as error:
        raise RadarError(
            f"the HDF5 file ({len(body)} bytes) is damaged or cut off ({error}); ask for it to be sent again"
        ) from error


def _require_sound_heaps(body: bytes) -> None:
    """Refuse a global heap (where texts of variable length lie) whose objects don't lead to its end.

    On an empty space of no length the HDF5 library would turn for ever. Layout: HDF5 File Format Specification 3.0,
    III.E: a head of 16 bytes, then objects of 16 bytes and a content rounded up to 8; an object 0 is empty space, its
    length with its head.
    """
    lengths = body[14 if body[8] < 2 else 10] if len(body) > 14 else 8
    at, left = body.find(_HEAP), _MOST_TEXTS
    while at >= 0:
        left -= _texts(body, at, left)
        if lengths != 8 or left <= 0:
            raise RadarError(f"the heap of texts at byte {at} of the HDF5 file is damaged; ask for it to be sent again")
        at = body.find(_HEAP, at + len(_HEAP))


def _texts(body: bytes, at: int, most: int) -> int:
    """Count the objects of a heap; `most` where they don't lead to its end."""
    size = int.from_bytes(body[at + 8 : at + 16], "little")
    place, end = at + 16, at + size
    if not place <= end <= len(body):
        return most
    for count in range(1, most):
        if end - place < 16:
            return count
        number, length = struct.unpack_from("<H6xQ", body, place)
        step = 16 + (length + 7) // 8 * 8 if number else length
        if not 0 < step <= end - place:
            return most
        place += step
    return most


def child(group: h5py.Group, name: str) -> h5py.Group | h5py.Dataset:
    """Give a member of a group, never one that leads to another file.

    Parameters
    ----------
    group : h5py.Group
        Where to look.
    name : str
        Name of the member, without slashes.

    Returns
    -------
    h5py.Group or h5py.Dataset
        The member.

    Raises
    ------
    RadarError
        If it is missing, or is a link to elsewhere.
    """
    link = group.get(name, getlink=True)
    if link is None:
        raise RadarError(f"{group.name} holds no {name!r}; it holds {', '.join(sorted(group)) or 'nothing'}")
    if not isinstance(link, h5py.HardLink):
        raise RadarError(f"{group.name}/{name} is a link to another place; only plain members are read")
    return group[name]


def text(group: h5py.Group, name: str, default: str | None = None) -> str:
    """Give an attribute as text.

    Parameters
    ----------
    group : h5py.Group
        Group whose attribute is asked for.
    name : str
        Name of the attribute.
    default : str or None
        What a missing attribute means; None makes it an error.

    Returns
    -------
    str
        The text, without padding.

    Raises
    ------
    RadarError
        If it is missing and has no default.
    """
    value = _attribute(group, name)
    if value is None:
        return _missing(group, name) if default is None else default
    parts = np.asarray(value).reshape(-1)
    raw = parts[0] if parts.size else b""
    said = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
    return said.rstrip("\x00").strip()


def number(group: h5py.Group, name: str, default: float | None = None) -> float:
    """Give an attribute as a number.

    Parameters
    ----------
    group : h5py.Group
        Group whose attribute is asked for.
    name : str
        Name of the attribute.
    default : float or None
        What a missing attribute means; None makes it an error.

    Returns
    -------
    float
        The number; finite.

    Raises
    ------
    RadarError
        If it is missing without a default, or is not a finite number.
    """
    value = _attribute(group, name)
    if value is None:
        return float(_missing(group, name)) if default is None else default
    try:
        found = float(np.asarray(value).reshape(-1)[0])
    except (ValueError, IndexError):
        raise RadarError(f"{group.name} has {name}={value!r} where a number is needed") from None
    if not np.isfinite(found):
        raise RadarError(f"{group.name} has {name}={found} where a finite number is needed")
    return found


def field(group: h5py.Group, name: str) -> npt.NDArray[np.generic]:
    """Give a two-dimensional field of numbers, after looking at its size.

    Parameters
    ----------
    group : h5py.Group
        Where the field lies.
    name : str
        Its name.

    Returns
    -------
    ndarray
        (rows, columns) as stored.

    Raises
    ------
    RadarError
        If it isn't a plain two-dimensional field of numbers, or larger than `MAX_CELLS`.
    """
    found = child(group, name)
    plain = isinstance(found, h5py.Dataset) and not found.is_virtual and not found.external
    if not plain or found.ndim != 2 or found.dtype.kind not in "iuf":
        raise RadarError(f"{group.name}/{name} is not a plain field of numbers with rows and columns")
    largest = max(found.size, int(np.prod(found.chunks or (1,), dtype=float)))
    if not 0 < found.size <= largest <= MAX_CELLS:
        raise RadarError(f"{group.name}/{name} has the shape {found.shape}; 1 to {MAX_CELLS} cells are read")
    require_whole(found)
    return np.asarray(found[...])


def _attribute(group: h5py.Group, name: str) -> object:
    """Read an attribute of texts or numbers; on other kinds, which damage may feign, the HDF5 library can crash."""
    if name not in group.attrs:
        return None
    found = group.attrs.get_id(name)
    if found.get_type().get_class() not in _PLAIN or found.get_space().get_simple_extent_npoints() > _MOST_NUMBERS:
        raise RadarError(f"{group.name} has an attribute {name!r} that is no text and no short row of numbers")
    return group.attrs[name]


def _missing(group: h5py.Group, name: str) -> str:
    raise RadarError(f"{group.name} has no attribute {name!r}; it has {', '.join(sorted(group.attrs)) or 'none'}")
