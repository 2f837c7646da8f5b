"""What is asked of MUSIC, and how a request is signed.

A request is a GET with `userId`, `interfaceId`, `dataCode`, `elements`, `timeRange` and so on. CMADaaS wants its
service node, a time in ms, a nonce and a signature, so that the password never travels; CIMISS, its predecessor, knows
no service node and wants the password itself.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from xiangtian.observe.decode import music_rows

BY_TIME, BY_TIME_IN_RECTANGLE = "getSurfEleByTimeRange", "getSurfEleInRectByTimeRange"
_WHERE = ("Station_Id_C", "Lat", "Lon", "Alti")
_HOURLY = tuple(
    dict.fromkeys(
        column
        for columns in (music_rows.ELEMENTS | music_rows.AT_HOUR).values()
        for column in columns
        if not column.endswith("_1mi")
    )
)
_MAIN = ("PRS", "TEM", "RHU", "WIN_D_Avg_1mi", "WIN_S_Avg_1mi", "LGST", "GST", "GST_5cm", "GST_10cm", "GST_15cm",
         "GST_20cm", "GST_40Cm")  # fmt: skip
DATA_SETS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "SURF_CHN_MUL_HOR": (("Datetime",), _HOURLY),
    "SURF_CHN_MUL_MIN": (("Datetime",), _HOURLY),
    "SURF_CHN_MAIN_MIN": (("Year", "Mon", "Day", "Hour", "Min"), _MAIN),
}
"""Tables that can be asked for: columns of the time, and of the elements (each is asked for with its Q_ twin)."""
Span = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True, slots=True)
class Account:
    """Where and as whom we ask; `node` is "" for CIMISS. The password is not shown."""

    url: str
    user: str
    password: str = field(repr=False)
    node: str = ""


@dataclass(frozen=True, slots=True)
class Rectangle:
    """An area, degrees WGS-84."""

    south: float
    west: float
    north: float
    east: float


def rectangle(text: str) -> Rectangle | None:
    """Read `south,west,north,east`; None for "".

    Raises
    ------
    ValueError
        If it is not four numbers, or the borders are in the wrong order.
    """
    if not text.strip():
        return None
    parts = [float(part) for part in text.split(",")]
    if len(parts) != 4 or not (-90 <= parts[0] < parts[2] <= 90 and -180 <= parts[1] < parts[3] <= 180):
        raise ValueError(f"an area is south,west,north,east in degrees, found {text!r}")
    return Rectangle(*parts)


def columns(data_set: str) -> tuple[str, ...]:
    """Give the columns that are asked for.

    Raises
    ------
    ValueError
        If the table is not known; the message lists those that are.
    """
    if data_set not in DATA_SETS:
        raise ValueError(f"no table {data_set!r}; known are {', '.join(DATA_SETS)}")
    when, elements = DATA_SETS[data_set]
    return (*_WHERE, *when, *elements, *(f"Q_{column}" for column in elements))


def query(data_set: str, span: Span, area: Rectangle | None = None) -> dict[str, str]:
    """Give the parameters of a request, without who asks.

    Parameters
    ----------
    data_set : str
        Code of the table.
    span : tuple
        From (included) and to (not included), UTC.
    area : Rectangle or None
        None for all stations that the account may read.

    Raises
    ------
    ValueError
        If the table is not known.
    """
    start, end = (moment.astimezone(dt.UTC).strftime("%Y%m%d%H%M%S") for moment in span)
    asked = {
        "interfaceId": BY_TIME_IN_RECTANGLE if area else BY_TIME,
        "dataCode": data_set,
        "elements": ",".join(columns(data_set)),
        "timeRange": f"[{start},{end})",
        "dataFormat": "json",
    }
    if area:
        asked |= {"minLat": f"{area.south:g}", "maxLat": f"{area.north:g}"}
        asked |= {"minLon": f"{area.west:g}", "maxLon": f"{area.east:g}"}
    return asked


def signed(account: Account, asked: Mapping[str, str], timestamp_ms: int, nonce: str) -> dict[str, str]:
    """Add who asks: for CMADaaS with a signature, for CIMISS with the password.

    Parameters
    ----------
    account : Account
        Who asks.
    asked : Mapping
        Parameters of `query`.
    timestamp_ms : int
        Now, ms since 1970.
    nonce : str
        A word that is used once.

    Returns
    -------
    dict
        All parameters of the request.
    """
    if not account.node:
        return {"userId": account.user, "pwd": account.password, **asked}
    sent = {"serviceNodeId": account.node, "userId": account.user, **asked}
    sent |= {"timestamp": str(timestamp_ms), "nonce": nonce}
    return sent | {"sign": signature(sent, account.password)}


def signature(sent: Mapping[str, str], password: str) -> str:
    """Sign parameters: MD5, in capitals, of all `name=value` and the password's, sorted and joined by `&`.

    References
    ----------
    CMADaaS, signature of MUSIC requests over HTTP, as its public sample clients compute it.
    """
    said = sorted(f"{name}={value}" for name, value in {**sent, "pwd": password}.items() if name != "sign")
    return hashlib.md5("&".join(said).encode(), usedforsecurity=False).hexdigest().upper()


def pieces(start: dt.datetime, end: dt.datetime, step: dt.timedelta, most: int) -> list[Span]:
    """Cut a span into pieces that end at multiples of a step (of the UTC day), oldest first; at most so many."""
    return list(islice(_cut(start, end, step), most))


def _cut(start: dt.datetime, end: dt.datetime, step: dt.timedelta) -> Iterator[Span]:
    while start < end:
        midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
        border = min(end, midnight + ((start - midnight) // step + 1) * step)
        yield start, border
        start = border
