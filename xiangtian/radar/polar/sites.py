"""Where the radars around Suzhou stand: base data of the older format do not say.

The positions are the public ones (tables of the open readers PyCINRAD and RustCINRAD, which agree but for Huzhou).
Huzhou and Lishui were looked at more closely by how well neighbouring radars' echo of August 2019 fits: the position
of Huzhou here fits, the other table's lies 13 km off; Lishui fits best 9 km north of where every table has it.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping
from dataclasses import replace

from xiangtian.radar.errors import RadarError
from xiangtian.radar.polar.model import Site

AGREEMENT_M = 2000.0
"""What a file and the table say may differ so much before somebody is told."""
RADARS = {
    site.code: site
    for site in (
        Site("Z9002", 120.9589, 31.0750, 42.1, "S"),  # 上海青浦
        Site("Z9210", 121.8850, 31.0008, 44.2, "S"),  # 上海南汇
        Site("Z9250", 118.6978, 32.1908, 138.2, "S"),  # 南京
        Site("Z9513", 120.9758, 32.0758, 33.9, "S"),  # 南通
        Site("Z9515", 120.2008, 33.4308, 28.3, "S"),  # 盐城
        Site("Z9516", 117.1519, 34.2928, 189.7, "S"),  # 徐州
        Site("Z9517", 119.0150, 33.6103, 38.0, "S"),  # 淮安
        Site("Z9518", 119.2939, 34.6508, 613.1, "S"),  # 连云港
        Site("Z9519", 119.7797, 31.9008, 180.0, "S"),  # 常州
        Site("Z9523", 119.9939, 32.5569, 57.3, "S"),  # 泰州
        Site("Z9563", 118.7589, 30.9406, 47.0, "S"),  # 宣城
        Site("Z9570", 118.7019, 29.0858, 1226.8, "S"),  # 衢州
        Site("Z9571", 120.3378, 30.2739, 96.1, "S"),  # 杭州
        Site("Z9572", 120.2050, 30.8380, 125.1, "S"),  # 湖州
        Site("Z9574", 121.5089, 30.0758, 458.1, "S"),  # 宁波
        Site("Z9576", 121.5239, 28.6181, 79.9, "S"),  # 台州
        Site("Z9577", 120.7428, 27.8950, 734.7, "S"),  # 温州
        Site("Z9578", 119.9228, 28.4636, 201.6, "S"),  # 丽水
        Site("Z9579", 119.6439, 29.2069, 1210.7, "S"),  # 金华
        Site("Z9580", 122.1089, 30.0689, 438.3, "S"),  # 舟山
    )
}
"""The radars by code: degrees WGS-84, metres of the antenna above the sea."""
UNCERTAIN_M = {"Z9578": 9000.0}
"""How far from its place in the table a radar may stand, metres, where that is known to be much."""
_CODE = re.compile(r"Z[0-9A-Z]\d{3}")
_BANDS = {"S": (2.0, 4.0), "C": (4.0, 8.0), "X": (8.0, 12.0), "Ka": (26.5, 40.0), "W": (75.0, 110.0)}
"""Letters of IEEE 521, GHz."""
_EARTH_M = 6_371_000.0


COLUMNS = ("code", "longitude", "latitude", "height_m", "band")


def parse(text: str) -> dict[str, Site]:
    r"""Read an operator's own table of radars: CSV with a head line that has `COLUMNS`.

    Parameters
    ----------
    text : str
        A radar a line: code, degrees WGS-84, metres of the antenna above the sea, letter of IEEE 521.

    Returns
    -------
    dict
        Sites by code.

    Raises
    ------
    RadarError
        If a column is missing or a line can't be used; the message names the line.

    >>> parse("code,longitude,latitude,height_m,band\nZ9512,120.5,31.4,85,X")["Z9512"].altitude
    85.0
    """
    rows = csv.DictReader(text.lstrip("\ufeff").splitlines())
    absent = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if absent:
        raise RadarError(f"a table of radars without {', '.join(absent)}; its head line must have {','.join(COLUMNS)}")
    out: dict[str, Site] = {}
    for row in rows:
        code, band_letter = ((row[name] or "").strip() for name in ("code", "band"))
        try:
            lon, lat, height = (float(row[name]) for name in COLUMNS[1:4])
        except (TypeError, ValueError):
            where = f"table of radars, line {rows.line_num}"
            raise RadarError(f"{where}: {row}; degrees and metres must be numbers") from None
        good = -180 <= lon <= 180 and -90 <= lat <= 90 and -500 < height < 9000 and band_letter in _BANDS
        if not good or not code or code in out:
            raise RadarError(
                f"table of radars, line {rows.line_num}: {row}; needed are a code not there yet, degrees WGS-84,"
                f" metres above the sea, and a band of {', '.join(_BANDS)}"
            )
        out[code] = Site(code, lon, lat, height, band_letter)
    return out


def code_in(name: str) -> str:
    """Find the code of a radar in a file name, e.g. "Z9572" in "Z_RADR_I_Z9572_20190809155900_O_DOR_SA_CAP.bin".

    Parameters
    ----------
    name : str
        Name of the file.

    Returns
    -------
    str
        The first that looks like a code; empty where nothing does.
    """
    for part in re.split(r"[_.\-/ ]", name):
        if _CODE.fullmatch(part):
            return part
    return ""


def site_of(code: str, table: Mapping[str, Site] = RADARS) -> Site | None:
    """Look a radar up.

    Parameters
    ----------
    code : str
        Its code.
    table : Mapping
        Sites by code; an operator's own may stand instead of ours.

    Returns
    -------
    Site or None
        None where the table does not have it.
    """
    return table.get(code)


def band(frequency_hz: float) -> str:
    """Name the band of a frequency, hertz; empty where no weather radar works there (IEEE 521)."""
    return next((name for name, (low, high) in _BANDS.items() if low <= frequency_hz / 1e9 < high), "")


def placed(site: Site) -> bool:
    """Tell whether a site says where it stands: on the globe, and not at its zero."""
    longitude, latitude = site.longitude, site.latitude
    return abs(longitude) <= 180.0 and abs(latitude) <= 90.0 and (longitude, latitude) != (0.0, 0.0)


def distance_m(one: Site, other: Site) -> float:
    """Give the distance of two sites on a sphere of 6371 km, metres (haversine formula)."""
    south, north = math.radians(one.latitude), math.radians(other.latitude)
    east = math.radians(other.longitude - one.longitude)
    chord = math.sin((north - south) / 2) ** 2 + math.cos(south) * math.cos(north) * math.sin(east / 2) ** 2
    return 2.0 * _EARTH_M * math.asin(math.sqrt(min(1.0, chord)))


def agreed(own: Site, table: Site | None) -> tuple[Site, list[str]]:
    """Choose between what a file says of its radar and what the table says.

    Parameters
    ----------
    own : Site
        As the file has it.
    table : Site or None
        As the table has it.

    Returns
    -------
    tuple
        The site: the file's where it has a position, else the table's; and notes on what does not fit.
    """
    if table is None:
        return own if placed(own) else replace(own, longitude=math.nan, latitude=math.nan), []
    if not placed(own):
        return table, [f"the file gives no position of {own.code or table.code}: that of the station table is used"]
    apart = distance_m(own, table)
    if apart <= AGREEMENT_M:
        return own, []
    return own, [
        f"the file has {own.code} at {own.longitude:.4f}, {own.latitude:.4f}, the station table {apart / 1000:.1f} km "
        "away; the file's position is used: check which is right"
    ]


def known(code: str, table: Mapping[str, Site] = RADARS) -> list[str]:
    """Give notes on a radar's place in the table: none, or that it is missing or uncertain."""
    if code not in table:
        return [f"the station table does not have {code or 'a radar without a code'}: its position is unknown"]
    if table is RADARS and code in UNCERTAIN_M:
        return [f"the position of {code} is uncertain by some {UNCERTAIN_M[code] / 1000:.0f} km"]
    return []
