"""The bulletin as a PDF, set by Typst; Chinese faces of the machine where there are any, else the one that comes along.

The layout is that of `word` (GB/T 9704-2012).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import cvttf_NotoSansCJK_Regular
import typst

from xiangtian.observe.bulletin.word import on_paper, written

FIXED = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Load the machine's faces and the one that comes along (Noto Sans CJK, SIL Open Font License)."""
    along = Path(cvttf_NotoSansCJK_Regular.get_TTF_path()).parent
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True, font_paths=[str(along)])


def printed(content: Mapping[str, Any]) -> bytes:
    """Set the PDF.

    Parameters
    ----------
    content : Mapping
        Of a bulletin.

    Returns
    -------
    bytes
        A PDF; on one machine the same for the same content.
    """
    shown = {
        "title": content["title"],
        "month_zh": content["month_zh"],
        "issuer": content["issuer"],
        "number": content["number"],
        "dated": content["dated"],
        "summary": content["summary"],
        "rules-words": _rules(content),
        "tables": [_table(one) for one in on_paper(content)],
    }
    source = files("xiangtian.observe.bulletin").joinpath("bulletin.typ").read_bytes()
    told = json.dumps(shown, ensure_ascii=False)
    made = typst.compile(source, format="pdf", font_paths=_fonts(), sys_inputs={"content": told}, timestamp=FIXED)
    if not isinstance(made, bytes):
        raise TypeError("Typst gave no PDF")
    return made


def _rules(content: Mapping[str, Any]) -> str:
    rules = "；".join(f"{rule['zh']}（{rule['version']}，{rule['approved']}）" for rule in content["rules"])
    return f"考核规则：{rules}。资料版本 {content['lake_version']}。"


def _table(table: Any) -> dict[str, Any]:
    numeric = [all(isinstance(row[place], int | float) or row[place] is None for row in table.rows)
               for place in range(len(table.columns))]  # fmt: skip
    rows = [[written(value) for value in row] for row in table.rows]
    return {"title": table.title, "columns": list(table.columns), "numeric": numeric, "rows": rows}
