"""KNMI's HDF5 radar composites: five-minute rain accumulation over the Netherlands.

Format: H. Roozekrans and I. Holleman, KNMI HDF5 Data Format Specification, v3.5 (KNMI Internal Report IR 2003-05).
"""

from __future__ import annotations

import datetime as dt
import re

import h5py
import numpy as np
import numpy.typing as npt

from xiangtian.met.grid import Grid, RainFrame
from xiangtian.radar import hdf5
from xiangtian.radar.errors import RadarError
from xiangtian.radar.projection import in_metres

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_TIME = re.compile(r"(\d{2})-([A-Z]{3})-(\d{4});(\d{2}):(\d{2}):(\d{2})")
_FORMULA = re.compile(r"GEO\s*=\s*([-+.\deE]+)\s*\*\s*PV\s*([-+]\s*[.\deE+-]+)?")


def sniff(head: bytes) -> bool:
    """Tell whether bytes may be a KNMI composite: HDF5 with the groups this format prescribes."""
    return hdf5.looks_like_hdf5(head) and b"geographic" in head and b"image1" in head


def read(body: bytes) -> RainFrame:
    """Read a composite of accumulated rain.

    Parameters
    ----------
    body : bytes
        The whole file.

    Returns
    -------
    RainFrame
        Rain rate in mm/h, the accumulation spread over its interval; NaN (quality 0) outside the radars' reach.
        The time is the end of the interval. Projection and offsets are in km in the file, in m here.

    Raises
    ------
    RadarError
        If the file is damaged, of another kind, or not an accumulation in mm.
    """
    with hdf5.opened(body) as file:
        image = hdf5.child(file, "image1")
        _require_amount(hdf5.text(image, "image_geo_parameter"))
        overview = hdf5.child(file, "overview")
        start, end = (_moment(hdf5.text(overview, f"product_datetime_{part}")) for part in ("start", "end"))
        interval_s = round((end - start).total_seconds())
        if not 0 < interval_s <= 86400:
            raise RadarError(f"an accumulation from {start} to {end}; its interval must be above 0 and at most a day")
        amount_mm = _amount(image)
        grid = _grid(hdf5.child(file, "geographic"), amount_mm.shape)
        product = hdf5.text(image, "image_product_name", "unnamed")
    rate = (amount_mm * (3600.0 / interval_s)).astype(np.float32)
    quality = np.isfinite(rate).astype(np.float32)
    return RainFrame(end, grid, rate, quality, interval_s, f"knmi-hdf5 {product}")


def _require_amount(parameter: str) -> None:
    if "ACCUMULATED_PRECIPITATION" not in parameter or "MM" not in parameter:
        raise RadarError(f"the image holds {parameter!r}; only ACCUMULATED_PRECIPITATION_[MM] is read")


def _moment(text: str) -> dt.datetime:
    found = _TIME.match(text.upper())
    if not found or found[2] not in _MONTHS:
        raise RadarError(f"the time {text!r} is not written like 26-AUG-2010;05:00:00.000")
    day, year, hour, minute, second = (int(found[part]) for part in (1, 3, 4, 5, 6))
    return dt.datetime(year, _MONTHS.index(found[2]) + 1, day, hour, minute, second, tzinfo=dt.UTC)


def _amount(image: h5py.Group) -> npt.NDArray[np.float64]:
    calibration = hdf5.child(image, "calibration")
    formula = hdf5.text(calibration, "calibration_formulas")
    found = _FORMULA.match(formula)
    if not found:
        raise RadarError(f"the calibration {formula!r} is not of the form GEO=0.01*PV+0.0")
    raw = hdf5.field(image, "image_data").astype(np.float64)
    amount: npt.NDArray[np.float64] = raw * float(found[1]) + float((found[2] or "0").replace(" ", ""))
    for name in ("calibration_missing_data", "calibration_out_of_image"):
        amount[raw == hdf5.number(calibration, name)] = np.nan
    return amount


def _grid(geographic: h5py.Group, shape: tuple[int, ...]) -> Grid:
    rows, columns = (int(hdf5.number(geographic, f"geo_number_{side}")) for side in ("rows", "columns"))
    if (rows, columns) != shape:
        raise RadarError(f"the image has {shape[0]}x{shape[1]} cells, its geography says {rows}x{columns}")
    crs, metres = in_metres(hdf5.text(hdf5.child(geographic, "map_projection"), "projection_proj4_params"))
    dx = hdf5.number(geographic, "geo_pixel_size_x") * metres
    dy = -hdf5.number(geographic, "geo_pixel_size_y") * metres
    if dx <= 0 or dy <= 0:
        raise RadarError(f"cells of {dx} x {dy} m; rows must run from north to south, columns from west to east")
    left = hdf5.number(geographic, "geo_column_offset") * dx
    top = -hdf5.number(geographic, "geo_row_offset") * dy
    return Grid(crs, left + dx / 2, top - dy / 2, dx, dy, rows, columns)
