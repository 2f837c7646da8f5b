"""MeteoSwiss' rain composites as palette GIF: accumulated rain over Switzerland, metadata in the comment block.

The palette's colours are for the eye; the palette's *index* is the measured value. Scale, coordinates and corner are
not in the file: they are those of the product AQC on the grid CCS4 as pysteps' reader `import_mch_gif` (maintained
with MeteoSwiss, BSD licence) documents them.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import struct

import numpy as np
import numpy.typing as npt
from PIL import Image

from xiangtian.met.grid import Grid, RainFrame
from xiangtian.radar.errors import RadarError

_MAGIC = (b"GIF87a", b"GIF89a")
_MOST_BYTES = 16 * 2**20
_PRODUCT = re.compile(r"PRDT=([A-Z]{3})(\d{9})\b")
_PRODUCTS = ("AQC", "CPC")
"""Those whose index is a rain amount: ACQUIRE's radar estimate and its combination with gauges."""
_SCALE = "mmh2LASSEN8bitmm"
_MINUTES = re.compile(r"ACCUm=(\d{1,6})\b")
_CRS = (
    "+proj=somerc +lat_0=46.9524055555556 +lon_0=7.43958333333333 +k_0=1 +x_0=600000 +y_0=200000 +ellps=bessel "
    "+towgs84=674.374,15.056,405.346,0,0,0,0 +units=m +no_defs"
)
"""The Swiss grid CH1903 / LV03 (EPSG:21781)."""
_GRID = Grid(_CRS, 255_500.0, 479_500.0, 1000.0, 1000.0, 640, 710)
"""The grid CCS4: its upper left corner lies at 255 km east, 480 km north."""
_DAMAGE = (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, struct.error, OverflowError)


def sniff(head: bytes) -> bool:
    """Tell whether bytes may be a composite of MeteoSwiss: a GIF whose comment names a product."""
    return head.startswith(_MAGIC) and b"PRDT=" in head


def read(body: bytes) -> RainFrame:
    """Read a composite of accumulated rain.

    The amount of index i is (10^((i - 71.5) / 20) / 316)^(1 / 1.5) mm in the accumulation time: the logarithmic scale
    of an 8-bit reflectivity in steps of 0.5 dB through Z = 316 R^1.5 (Joss, Schaedler, Galli et al. 1998, Operational
    use of radar for precipitation measurements in Switzerland). Indices 0 and 1 are dry, 251 to 254 are not used and
    read as dry, 255 is "no data".

    Parameters
    ----------
    body : bytes
        The whole file.

    Returns
    -------
    RainFrame
        Rain rate in mm/h, the accumulation spread over its interval; NaN (quality 0) where there is no data. The time
        is the end of the interval.

    Raises
    ------
    RadarError
        If the file is damaged, cut off or of another product.
    """
    index, comment = _picture(body)
    product, minutes, time = _said(comment)
    rate = _AMOUNT_MM[index] * np.float32(60.0 / minutes)
    quality = np.isfinite(rate).astype(np.float32)
    return RainFrame(time, _GRID, rate, quality, minutes * 60, f"mch-gif {product}")


def _amounts() -> npt.NDArray[np.float32]:
    index = np.arange(256)
    amount = (10.0 ** ((index - 71.5) / 20.0) / 316.0) ** (1 / 1.5)
    amount[(index < 2) | (index > 250)] = 0.0
    amount[255] = np.nan
    return amount.astype(np.float32)


_AMOUNT_MM = _amounts()


def _picture(body: bytes) -> tuple[npt.NDArray[np.uint8], str]:
    if not body.startswith(_MAGIC) or not 20 < len(body) <= _MOST_BYTES:
        raise RadarError(f"no GIF of at most {_MOST_BYTES // 2**20} MiB: {len(body)} bytes, begins with {body[:6]!r}")
    if not body.rstrip(b"\x00\r\n").endswith(b";"):
        raise RadarError(f"the GIF ({len(body)} bytes) is cut off: its end mark is missing; send it again")
    try:
        image = Image.open(io.BytesIO(body), formats=("GIF",))
        _require_size(image)
        comment, mode, index = image.info.get("comment", b""), image.mode, np.asarray(image)
    except Image.DecompressionBombError as error:
        raise RadarError(f"the GIF says it is larger than any composite ({error})") from error
    except _DAMAGE as error:
        if isinstance(error, RadarError):
            raise
        raise RadarError(f"the GIF ({len(body)} bytes) is damaged or cut off ({error}); send it again") from error
    if mode not in ("P", "L") or index.shape != _GRID.shape:
        raise RadarError(f"a GIF of mode {mode} and shape {index.shape}; one palette picture is read")
    return index, comment.decode("ascii", "replace") if isinstance(comment, bytes) else str(comment)


def _require_size(image: Image.Image) -> None:
    if (image.height, image.width) != _GRID.shape:
        raise RadarError(
            f"a picture of {image.height}x{image.width}; composites on the Swiss grid have {_GRID.rows}x{_GRID.columns}"
        )


def _said(comment: str) -> tuple[str, int, dt.datetime]:
    product, accumulated = _PRODUCT.search(comment), _MINUTES.search(comment)
    if not product or not accumulated or f"SCALE={_SCALE}" not in comment:
        raise RadarError(
            f"the GIF's comment {comment[:120]!r} does not name a product, its scale {_SCALE} and its minutes "
            "(PRDT=AQC151351545 SCALE=... ACCUm=000005)"
        )
    minutes = int(accumulated[1])
    if product[1] not in _PRODUCTS or not 0 < minutes <= 1440:
        raise RadarError(
            f"product {product[1]} over {minutes} minutes; read are {', '.join(_PRODUCTS)} over 1 to 1440 minutes"
        )
    try:
        time = dt.datetime.strptime(product[2], "%y%j%H%M").replace(tzinfo=dt.UTC)
    except ValueError:
        raise RadarError(f"the time {product[2]!r} is not year, day of the year, hour and minute") from None
    return product[1], minutes, time
