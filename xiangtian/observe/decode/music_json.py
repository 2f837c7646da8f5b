"""The JSON answer of MUSIC, the interface of CIMISS and CMADaaS: `returnCode`, words, and a list `DS` of rows.

What the rows say stands in `music_rows`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from xiangtian.observe.decode import music_rows
from xiangtian.observe.decode.refusals import Refusals, Unfit
from xiangtian.observe.reading import Decoded, Envelope

NAME = "music-json"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, opened: its own words and its rows."""

    code: str
    message: str
    told: str
    asked: str
    rows: tuple[Mapping[str, object], ...]


def sniff(head: bytes, name: str) -> bool:
    """Tell by an object with a return code."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{" and b'"returnCode"' in head


def opened(body: bytes) -> Answer:
    """Open an answer.

    Raises
    ------
    Unfit
        If it is no JSON (it may have been cut short), or not of this form.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unfit(f"the JSON can't be read: {error}; ask for the answer again") from None
    if not isinstance(found, dict):
        raise Unfit(f"an answer is a JSON object, found {type(found).__name__}")
    rows = found.get("DS") or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Unfit("DS is a list of rows, each an object with its columns; found something else")
    code, message, told, asked = (
        str(found.get(key, "")) for key in ("returnCode", "returnMessage", "rowCount", "requestParams")
    )
    return Answer(code, message, told, asked, tuple(rows))


def decode(body: bytes, envelope: Envelope) -> Decoded:
    """Decode the rows; an answer that tells of a failure, or holds fewer rows than it says, is refused in that part."""
    try:
        answer = opened(body)
    except Unfit as error:
        refusals = Refusals()
        refusals.add(str(error))
        return Decoded(NAME, (), refusals.told())
    refusals, rows = music_rows.outcome(answer.code, answer.message, answer.told, len(answer.rows)), answer.rows
    if table := music_rows.longer_table(answer.asked):
        refusals.add(f"{table} is a table of days or longer, not of moments; ask for one of hours or minutes")
        rows = ()
    readings = [music_rows.reading(_texts(row), number, refusals) for number, row in enumerate(rows, 1)]
    if not rows and not refusals:
        refusals.add("the answer holds no rows")
    return Decoded(NAME, tuple(reading for reading in readings if reading), refusals.told())


def _texts(row: Mapping[str, object]) -> dict[str, str]:
    return {key: "" if value is None else str(value) for key, value in row.items()}
