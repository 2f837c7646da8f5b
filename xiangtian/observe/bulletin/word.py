"""The bulletin as a Word document in the layout of official papers (GB/T 9704-2012).

Paper A4; top 37 mm, left 28 mm, text 156 mm x 225 mm; title 22 pt 小标宋, text 16 pt 仿宋 with 28 pt from line to line,
headings 黑体; the issuing office in red above a red line. The fonts are named, not embedded: where one is not
installed, Word takes another.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from docx import Document
from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from xiangtian.observe.bulletin.content import Table, tables
from xiangtian.observe.bulletin.settled import settled

TITLE, BODY, HEADING = "方正小标宋简体", "仿宋_GB2312", "黑体"
RED = RGBColor(0xE6, 0x00, 0x12)
LINE_PT, BODY_PT, TABLE_PT = 28, 16, 9
NUMERALS = "一二三四五六七八九十"
NARROW = ("编号", "名称", "质量指数", "到报率", "及时率", "可用率", "正确率", "稳定运行率")
"""On paper the tables of figures keep these columns; numerators and denominators stand in the workbook."""


def document(content: Mapping[str, Any]) -> bytes:
    """Write the document.

    Parameters
    ----------
    content : Mapping
        Of a bulletin.

    Returns
    -------
    bytes
        A docx file, the same for the same content.
    """
    paper = Document()
    _page(paper)
    _head(paper, content)
    for words in content["summary"]:
        _body(paper, words)
    for number, table in enumerate(on_paper(content)):
        _heading(paper, f"{NUMERALS[number]}、{table.title}")
        _table(paper, table)
    _foot(paper, content)
    out = io.BytesIO()
    paper.save(out)
    return settled(out.getvalue())


def on_paper(content: Mapping[str, Any]) -> list[Table]:
    """Give the tables that have rows, with the columns that fit the paper."""
    return [_narrowed(table) for table in tables(content) if table.rows]


def _narrowed(table: Table) -> Table:
    if table.columns[:2] != NARROW[:2]:
        return table
    places = [table.columns.index(name) for name in NARROW]
    rows = tuple(tuple(row[place] for place in places) for row in table.rows)
    return Table(table.key, table.title, NARROW, rows)


def _page(paper: Paper) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)


def _head(paper: Paper, content: Mapping[str, Any]) -> None:
    office = _paragraph(paper, content["issuer"], TITLE, 30, WD_ALIGN_PARAGRAPH.CENTER)
    office.runs[0].font.color.rgb = RED
    office.paragraph_format.line_spacing = Pt(44)
    number = _paragraph(paper, content["number"], BODY, BODY_PT, WD_ALIGN_PARAGRAPH.CENTER)
    _red_line(number)
    title = _paragraph(paper, f"{content['title']}（{content['month_zh']}）", TITLE, 22, WD_ALIGN_PARAGRAPH.CENTER)
    title.paragraph_format.space_before = title.paragraph_format.space_after = Pt(LINE_PT)
    title.paragraph_format.line_spacing = Pt(34)


def _red_line(paragraph: Paragraph) -> None:
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "6"), ("color", "E60012")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().append(borders)


def _paragraph(paper: Paper, words: str, font: str, size: float, align: WD_ALIGN_PARAGRAPH | None = None) -> Paragraph:
    paragraph = paper.add_paragraph()
    run = paragraph.add_run(words)
    run.font.size, run.font.name = Pt(size), font
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if align is not None:
        paragraph.alignment = align
    paragraph.paragraph_format.line_spacing = Pt(LINE_PT)
    paragraph.paragraph_format.space_after = Pt(0)
    return paragraph


def _body(paper: Paper, words: str) -> None:
    _paragraph(paper, words, BODY, BODY_PT).paragraph_format.first_line_indent = Pt(2 * BODY_PT)


def _heading(paper: Paper, words: str) -> None:
    paragraph = _paragraph(paper, words, HEADING, BODY_PT)
    paragraph.paragraph_format.first_line_indent = Pt(2 * BODY_PT)
    paragraph.paragraph_format.space_before = Pt(10)
    paragraph.paragraph_format.keep_with_next = True


def _table(paper: Paper, table: Table) -> None:
    grid = paper.add_table(rows=1, cols=len(table.columns), style="Table Grid")
    for cell, words in zip(grid.rows[0].cells, table.columns, strict=True):
        _cell(cell.paragraphs[0], words, HEADING)
    head, repeat = grid.rows[0]._tr.get_or_add_trPr(), OxmlElement("w:tblHeader")
    head.append(repeat)
    for row in table.rows:
        for cell, value in zip(grid.add_row().cells, row, strict=True):
            _cell(cell.paragraphs[0], written(value), BODY)


def _cell(paragraph: Paragraph, words: str, font: str) -> None:
    run = paragraph.add_run(words)
    run.font.size, run.font.name = Pt(TABLE_PT), font
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def written(value: str | float | int | None) -> str:
    """Write a cell: two decimals for what is no whole number, a dash where there is nothing.

    >>> [written(value) for value in (99.1666, 3, None, "东山")]
    ['99.17', '3', '–', '东山']
    """
    if value is None or value == "":
        return "–"
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _foot(paper: Paper, content: Mapping[str, Any]) -> None:
    rules = "；".join(f"{rule['zh']}（{rule['version']}，{rule['approved']}）" for rule in content["rules"])
    _body(paper, f"考核规则：{rules}。资料版本 {content['lake_version']}。")
    for words in (content["issuer"], content["dated"]):
        _paragraph(paper, words, BODY, BODY_PT, WD_ALIGN_PARAGRAPH.RIGHT)
