"""MICAPS diamond 3, as meteva's station tables: three lines of header, then `id lon lat alt value`.

The form holds numbers only: a regional station's letter stands there as its ASCII code, 773901 is M3901. (In the
public table all six-digit numbers of Jiangsu begin with 77, M, and those of Henan with 79, O, as its sample O3246.)
"""

from __future__ import annotations

import math

from xiangtian.observe.metadata.listed import Listed, ListError, metres, number
from xiangtian.observe.metadata.position import step

SIGN = "diamond 3 …"
HEADER = 3
LETTERS = range(65, 91)
"""ASCII codes of A to Z."""


def sniff(head: str) -> bool:
    """Tell whether a first line is that of a diamond 3 file."""
    return head.lower().startswith("diamond 3")


def read(text: str) -> tuple[Listed, ...]:
    """Read a table of points.

    Altitudes that are all zero are no altitudes: two of the public tables fill the column so.

    Raises
    ------
    ListError
        If the header is another, or a line has fewer than four numbers.
    """
    lines = text.splitlines()
    if not lines or not sniff(lines[0]):
        raise ListError(f"首行应为 {SIGN}，实为“{(lines or [''])[0][:40]}” (no diamond 3 file)")
    rows = [_row(place, line.split()) for place, line in enumerate(lines[HEADER:], HEADER + 1) if line.strip()]
    if any(altitude for _, altitude in rows):
        return tuple(Listed(row.line, row.code, row.lon, row.lat, row.step_deg, altitude) for row, altitude in rows)
    return tuple(row for row, _ in rows)


def _row(line: int, words: list[str]) -> tuple[Listed, float | None]:
    if len(words) < 4:
        raise ListError(f"第 {line} 行只有 {len(words)} 列，至少须有 站号 经度 纬度 海拔 (too few columns)")
    code, lon, lat, altitude = words[:4]
    east, north = number(lon), number(lat)
    known = math.isfinite(east) and math.isfinite(north)
    return Listed(line, letter(code), east, north, step(lon, lat) if known else 0.01), metres(altitude)


def letter(code: str) -> str:
    """Give a regional station's number the letter it stands for.

    >>> letter("773901"), letter("58358")
    ('M3901', '58358')
    """
    if len(code) == 6 and code.isdigit() and int(code[:2]) in LETTERS:
        return chr(int(code[:2])) + code[2:]
    return code
