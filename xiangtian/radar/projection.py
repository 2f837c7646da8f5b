"""Projections as radar files write them, brought to metres or degrees, and back."""

from __future__ import annotations

import math
import warnings
from functools import lru_cache

import pyproj

from xiangtian.radar.errors import RadarError

_LENGTHS = ("+a", "+b", "+R", "+x_0", "+y_0")
_KILOMETRES_BELOW = 10_000.0
"""An earth radius below this number can only be meant in kilometres."""
_DECIMALS_METRES, _DECIMALS_DEGREES = 2, 7
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
    text, factor = _rewritten(definition)
    _require_plane(text, definition)
    return text, factor


@lru_cache(maxsize=32)
def in_metres_or_degrees(definition: str) -> tuple[str, float, int]:
    """Rewrite a PROJ string so that its coordinates are metres, or leave them in degrees of longitude and latitude.

    Parameters
    ----------
    definition : str
        PROJ string as found in the file.

    Returns
    -------
    tuple
        The PROJ string; metres (or degrees) in one unit of the file's coordinates; the decimals of a coordinate that
        still mean something (1 cm).

    Raises
    ------
    RadarError
        As `in_metres` does.
    """
    _refuse_foreign(definition)
    if geographic(definition):
        return definition, 1.0, _DECIMALS_DEGREES
    return *in_metres(definition), _DECIMALS_METRES


@lru_cache(maxsize=32)
def geographic(crs: str) -> bool:
    """Tell whether a projection is none but longitude and latitude in degrees; False also where it isn't understood.

    >>> geographic("+proj=longlat +datum=WGS84"), geographic("EPSG:3857")
    (True, False)
    """
    try:
        found = pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError:
        return False
    degrees = all(abs(axis.unit_conversion_factor - math.radians(1.0)) < 1e-12 for axis in found.axis_info[:2])
    return bool(found.is_geographic and degrees)


@lru_cache(maxsize=32)
def as_proj(crs: str) -> str:
    """Write a projection as a PROJ string, as ODIM's `projdef` wants it.

    Parameters
    ----------
    crs : str
        Anything pyproj reads; a PROJ string stays as it is.

    Returns
    -------
    str
        PROJ string.

    >>> as_proj("EPSG:4326")
    '+proj=longlat +datum=WGS84 +no_defs'
    """
    if "+proj=" in crs:
        return crs
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a PROJ string says less than EPSG does: it is all ODIM has
        return str(pyproj.CRS.from_user_input(crs).to_proj4()).replace(" +type=crs", "")


def _rewritten(definition: str) -> tuple[str, float]:
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
    return " ".join(tokens), factor


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
