"""The station list of 2016 as tidymet carries it: CSV with latitude and longitude as degrees and minutes, DDMM."""

from __future__ import annotations

from xiangtian.observe.metadata.listed import Listed, metres, number
from xiangtian.observe.metadata.position import MINUTE, from_ddmm
from xiangtian.observe.metadata.tabled import heads, rows

COLUMNS = ("site", "name", "type", "lat", "lon", "alt", "alt_pres")
SIGN = "ID,prov,site,name,type,lat,lon,alt,alt_pres"
KINDS = {"基准站": "国家基准气候站", "基本站": "国家基本气象站", "一般站": "国家气象观测站"}
"""The list's short kinds as the bureau writes them today."""


def sniff(head: str) -> bool:
    """Tell whether a first line names the columns of this list."""
    return heads(head, COLUMNS)


def read(text: str) -> tuple[Listed, ...]:
    """Read the list; minutes of 60 and more make no position.

    Raises
    ------
    ListError
        If a column is missing.
    """
    return tuple(
        Listed(
            line,
            row["site"],
            from_ddmm(number(row["lon"])),
            from_ddmm(number(row["lat"])),
            MINUTE,
            metres(row["alt"]),
            metres(row["alt_pres"]),
            zh=row["name"],
            kind=KINDS.get(row["type"], row["type"]),
        )
        for line, row in rows(text, COLUMNS)
    )
