"""What the readers of CSV lists share."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from xiangtian.observe.metadata.listed import ListError

Row = dict[str, str]


def heads(head: str, columns: Sequence[str]) -> bool:
    """Tell whether a first line names all of some columns."""
    found = {name.strip().strip('"') for name in head.lstrip("\ufeff").split(",")}
    return set(columns) <= found


def rows(text: str, columns: Sequence[str]) -> list[tuple[int, Row]]:
    """Read the rows of a CSV with their lines, blanks around values taken off.

    Parameters
    ----------
    text : str
        The file.
    columns : sequence of str
        Columns that must be there.

    Returns
    -------
    list of pairs
        Line from 2, and the row by column; a short row has "" in the columns it lacks.

    Raises
    ------
    ListError
        If a column is missing.
    """
    reader = csv.DictReader(io.StringIO(text), restval="")
    named = list(reader.fieldnames or ())
    missing = [name for name in columns if name not in named]
    if missing:
        words = f"缺少列 {'、'.join(missing)}；首行为“{', '.join(named)[:120]}”"
        raise ListError(f"{words} (columns are missing)")
    return [(reader.line_num, {name: (row[name] or "").strip() for name in named}) for row in reader]
