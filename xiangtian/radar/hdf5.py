"""Reading HDF5 that came from outside, in memory and within bounds."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import h5py
import numpy as np
import numpy.typing as npt

from xiangtian.radar.errors import RadarError

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
    try:
        with h5py.File(io.BytesIO(body), "r") as file:
            yield file
    except RadarError:
        raise
    except (OSError, RuntimeError, KeyError, ValueError, TypeError, MemoryError, OverflowError) as error:
        raise RadarError(
            f"the HDF5 file ({len(body)} bytes) is damaged or cut off ({error}); ask for it to be sent again"
        ) from error


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
    return np.asarray(found[...])


def _attribute(group: h5py.Group, name: str) -> object:
    return group.attrs.get(name)


def _missing(group: h5py.Group, name: str) -> str:
    raise RadarError(f"{group.name} has no attribute {name!r}; it has {', '.join(sorted(group.attrs)) or 'none'}")
