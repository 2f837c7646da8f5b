"""Flashes of the Lightning Imaging Sensor: one orbit of the space station or of TRMM, NetCDF-4.

Format: NASA GHRC, ISS LIS science data (doi:10.5067/LIS/ISSLIS/DATA111). Times are TAI: seconds since 1993-01-01
00:00 UTC counted with leap seconds, so those inserted since then are taken off.
"""

from __future__ import annotations

import numpy as np

from xiangtian.radar import hdf5
from xiangtian.radar.errors import RadarError
from xiangtian.radar.lightning.glm_lcfa import packed
from xiangtian.radar.strokes import FloatArray, Strokes, Times, moments, strokes

_EPOCH = np.datetime64("1993-01-01T00:00:00", "ns")
_LEAPS = np.array(
    [
        "1993-07-01", "1994-07-01", "1996-01-01", "1997-07-01", "1999-01-01", "2006-01-01", "2009-01-01", "2012-07-01",
        "2015-07-01", "2017-01-01",
    ],
    "datetime64[ns]",
)  # fmt: skip
"""Days that begin after an inserted second (IERS Bulletin C 5 to 52); none was inserted from 2017 to 2026."""


def sniff(head: bytes) -> bool:
    """Tell whether bytes may be an orbit: HDF5 that names the product's variables."""
    return hdf5.looks_like_hdf5(head) and b"lightning_flash_TAI93_time" in head


def read(body: bytes) -> Strokes:
    """Read the flashes of an orbit.

    Parameters
    ----------
    body : bytes
        The whole file.

    Returns
    -------
    Strokes
        One a flash: time, position and radiance (uJ sr-1 m-2 um-1); quality is the product's alert flag (0: no alert).

    Raises
    ------
    RadarError
        If the file is damaged or of another kind.
    """
    with hdf5.opened(body) as file:
        names = ("TAI93_time", "lon", "lat", "radiance", "alert_flag")
        rows = [packed(hdf5.child(file, f"lightning_flash_{name}")) for name in names]
    if len({row.size for row in rows}) != 1:
        raise RadarError(f"the flashes' rows have the lengths {[row.size for row in rows]}; they must be equal")
    seconds, lon, lat, radiance, alert = rows
    flags = np.clip(np.nan_to_num(alert, nan=255.0), 0, 255).astype(np.uint8)
    return strokes(utc(seconds), lon, lat, radiance, "uJ sr-1 m-2 um-1", "lis-orbit", quality=flags)


def utc(tai93_s: FloatArray) -> Times:
    """Turn seconds of TAI since 1993-01-01 00:00 UTC into UTC.

    Parameters
    ----------
    tai93_s : FloatArray
        (n,) s; NaN gives no time.

    Returns
    -------
    Times
        (n,) datetime64[ns].

    >>> utc(np.array([0.0, 878947210.0])).astype("datetime64[s]").tolist()[1].isoformat()
    '2020-11-08T00:00:00'
    """
    counted = moments(_EPOCH, tai93_s)
    ends = _LEAPS + np.arange(1, _LEAPS.size + 1).astype("timedelta64[s]")
    leaps = np.searchsorted(ends, counted, side="right")
    return np.asarray(counted - leaps.astype("timedelta64[s]"))
