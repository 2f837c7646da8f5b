"""Lists of stations, one file a form: each reader takes the text and gives what it says, line by line.

A reader has `SIGN` (what its first lines look like, in words), `sniff(head) -> bool` for the first line and
`read(text) -> tuple[Listed, ...]`, which raises `ListError` where the text is no such list.
"""

from __future__ import annotations

import gzip
import io
from typing import Protocol

from xiangtian.observe.metadata.listed import Listed, ListError
from xiangtian.observe.metadata.lists import isd_history, meteostat, micaps3, operator, tidymet, tidymet_moves

MOST_BYTES = 32 * 2**20
"""Largest list that is read, unpacked."""


class Reader(Protocol):
    """What a reader of a form offers."""

    SIGN: str

    def sniff(self, head: str) -> bool:
        """Tell whether a list with this first line is of the form."""

    def read(self, text: str) -> tuple[Listed, ...]:
        """Read the list."""


FORMATS: dict[str, Reader] = {
    "micaps3": micaps3,
    "tidymet": tidymet,
    "tidymet-moves": tidymet_moves,
    "isd-history": isd_history,
    "meteostat": meteostat,
    "csv": operator,
}
"""All forms of lists, by key."""


def read(body: bytes, form: str = "") -> tuple[str, tuple[Listed, ...]]:
    """Read a list.

    Parameters
    ----------
    body : bytes
        The file as it came, perhaps packed by gzip; UTF-8 or GB 18030.
    form : str
        Key of `FORMATS`; "" lets the first line decide.

    Returns
    -------
    tuple
        The form's key, and what the list says, in its order.

    Raises
    ------
    ListError
        If the form is unknown, the file too large, or no list of the form.
    """
    text = unpack(body)
    found = form or sniff(text)
    if found not in FORMATS:
        raise ListError(f"没有格式“{found}”，已知 {'、'.join(FORMATS)} (unknown form)")
    rows = FORMATS[found].read(text)
    if not rows:
        raise ListError("列表中没有站点 (the list is empty)")
    return found, rows


def unpack(body: bytes) -> str:
    """Give the text of a file.

    Raises
    ------
    ListError
        If it is too large, broken, or in no known encoding.
    """
    plain = body
    if body[:2] == b"\x1f\x8b":
        try:
            with gzip.open(io.BytesIO(body)) as packed:
                plain = packed.read(MOST_BYTES + 1)
        except (OSError, EOFError) as error:
            raise ListError(f"压缩文件损坏：{error} (the gzip file is broken)") from error
    if len(plain) > MOST_BYTES:
        raise ListError(f"文件超过 {MOST_BYTES // 2**20} MiB (the list is too large)")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return plain.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ListError("文件编码不是 UTF-8 也不是 GB 18030 (unknown encoding)")


def sniff(text: str) -> str:
    """Tell the form of a list by its first line.

    Raises
    ------
    ListError
        If it is of none.
    """
    head = text.partition("\n")[0].strip()
    for form, reader in FORMATS.items():
        if reader.sniff(head):
            return form
    signs = "；".join(f"{form}: {reader.SIGN}" for form, reader in FORMATS.items())
    raise ListError(f"首行“{head[:80]}”不是已知的站点列表，已知 {signs} (unknown kind of list)")
