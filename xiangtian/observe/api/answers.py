"""How tables are given to programs and spreadsheets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

from xiangtian.observe.queries.field_table import table


def csv_answer(head: Sequence[str], rows: Iterable[Sequence[object]], name: str) -> HttpResponse:
    """Give a table as a file that opens rightly in the spreadsheets of the office."""
    disposition = f'attachment; filename="{name}"'
    body = table(head, rows)
    return HttpResponse(body, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": disposition})


def file_name(code: str, what: str, moment: dt.datetime) -> str:
    """Name a file after what is in it and the moment it ends at; signs that a file name may not hold become `_`."""
    safe = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_") else "_" for sign in code)
    return f"{safe}_{what}_{moment:%Y%m%dT%H%MZ}.csv"
