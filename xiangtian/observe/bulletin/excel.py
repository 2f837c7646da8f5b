"""The bulletin as a workbook: a sheet a table, rates as formulas of their own numerator and denominator."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from xiangtian.observe.bulletin.content import GROUPS, Table, tables
from xiangtian.observe.bulletin.settled import settled

HEAD = PatternFill("solid", fgColor="DCE6F2")
RATE_COLUMNS = (4, 7, 10, 13, 16)
"""Columns of the rates in a table of figures; numerator and denominator stand right of each."""
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def workbook(content: Mapping[str, Any]) -> bytes:
    """Write the workbook.

    Parameters
    ----------
    content : Mapping
        Of a bulletin.

    Returns
    -------
    bytes
        An xlsx file, the same for the same content.
    """
    book = Workbook()
    cover = book.active
    if not isinstance(cover, Worksheet):
        raise TypeError("a new workbook has a first sheet")
    _cover(cover, content)
    for table in tables(content):
        _sheet(book.create_sheet(table.title), table)
    out = io.BytesIO()
    book.save(out)
    return settled(out.getvalue())


def _cover(sheet: Worksheet, content: Mapping[str, Any]) -> None:
    sheet.title = "通报"
    sheet.append([content["title"]])
    sheet["A1"].font = Font(size=16, bold=True)
    for name, value in (("文号", content["number"]), ("单位", content["issuer"]), ("月份", content["month"])):
        sheet.append([name, _text(value)])
    for number, words in enumerate(content["summary"], 1):
        sheet.append([f"{number}", _text(words)])
    for rule in content["rules"]:
        sheet.append(["规则", _text(f"{rule['zh']} {rule['version']} {rule['approved']}；{rule['source']}")])
    sheet.append(["资料版本", content["lake_version"]])
    sheet.column_dimensions["A"].width = 12
    sheet.column_dimensions["B"].width = 110
    for row in sheet.iter_rows(min_row=2, min_col=2, max_col=2):
        row[0].alignment = Alignment(wrap_text=True, vertical="top")


def _sheet(sheet: Worksheet, table: Table) -> None:
    sheet.append(list(table.columns))
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), HEAD
    for number, row in enumerate(table.rows, 2):
        sheet.append([_text(value) for value in row])
        if table.key in GROUPS:
            _formulas(sheet, number)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    for column in range(1, len(table.columns) + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 14


def _formulas(sheet: Worksheet, row: int) -> None:
    for column in RATE_COLUMNS:
        above, below = (f"{get_column_letter(column + step)}{row}" for step in (1, 2))
        cell = sheet.cell(row, column, f'=IF({below}=0,"",ROUND(100*{above}/{below},2))')
        cell.number_format = "0.00"


def _text(value: object) -> str | float | int | None:
    """Keep words from being read as formulas."""
    if isinstance(value, str) and value.startswith(DANGEROUS):
        return f"'{value}"
    return value if isinstance(value, str | int | float) or value is None else str(value)
