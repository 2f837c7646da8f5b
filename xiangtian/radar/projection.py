"""Projections as radar files write them, brought to metres."""

from __future__ import annotations

from functools import lru_cache

import pyproj

from xiangtian.radar.errors import RadarError

_LENGTHS = ("+a", "+b", "+R", "+x_0", "+y_0")
_KILOMETRES_BELOW = 10_000.0
"""An earth radius below this number can only be meant in kilometres."""
_REFUSED = ("+init", "+geoidgrids", "+proj=pipeline", "urn:", "http")


@lru_cache(maxsize=32)
def in_metres(definition: str) -> tuple[str, float]:
    """Rewrite a PROJ string so that its coordinates are metres.

    Some centres write the earth's radii in kilometres (6378.137), some ask for `+units=km`; then every
    coordinate and cell size in that file is in kilometres as well.

    Parameters
    ----------
    definition : str
        PROJ string ("+proj=stere ...") as found in the file.

    Returns
    -------
    tuple
        The PROJ string in metres, and the metres in one unit of the file's coordinates (1 or 1000).

    Raises
    ------
    RadarError
        If it is not a PROJ string, refers to outside files, or isn't a projection to a plane.
    """
    _refuse_foreign(definition)
    fields = [token.partition("=") for token in definition.split()]
    radii = [_number(value) for key, _, value in fields if key in ("+a", "+R")]
    factor = 1000.0 if any(0 < radius < _KILOMETRES_BELOW for radius in radii) else 1.0
    tokens = []
    for key, equals, value in fields:
        if key in _LENGTHS and factor != 1.0:
            value = repr(_number(value) * factor)
        if (key, value) == ("+units", "km"):
            factor, value = 1000.0, "m"
        tokens.append(f"{key}{equals}{value}")
    text = " ".join(tokens)
    _require_plane(text, definition)
    return text, factor


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise RadarError(f"the projection holds {text!r} where a number is needed") from None


def _refuse_foreign(definition: str) -> None:
    outside = any(word in definition for word in _REFUSED) or (
        "nadgrids" in definition and "+nadgrids=@null" not in definition
    )
    if outside or "+proj=" not in definition or len(definition) > 1000:
        raise RadarError(
            f"the projection {definition[:80]!r} is not a plain PROJ string; allowed is one like "
            '"+proj=stere +lat_0=90 +lon_0=0 +lat_ts=60 +ellps=WGS84"'
        )


def _require_plane(text: str, found: str) -> None:
    try:
        crs = pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError as error:
        raise RadarError(f"the projection {found!r} is not understood: {error}") from error
    if not crs.is_projected or any(abs(axis.unit_conversion_factor - 1.0) > 1e-9 for axis in crs.axis_info):
        raise RadarError(
            f"the projection {found!r} does not give metres on a plane; grids of longitude and latitude are not "
            "read here: project the field first"
        )
