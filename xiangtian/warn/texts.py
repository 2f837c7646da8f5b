"""What people read: headline, description, measures and short texts of a signal, Chinese first, then English.

Every text of an exercise or test begins with its mark, so that no shortened copy loses it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from xiangtian.core.clock import BEIJING
from xiangtian.warn.chain import Action
from xiangtian.warn.colours import Colour
from xiangtian.warn.status import marks

SHORT = 70
"""Signs of one Chinese phone message."""
LONG = 360
"""Signs of a long broadcast message."""

VERBS = {
    Action.NEW: ("发布", "issues"),
    Action.CON: ("继续发布", "continues"),
    Action.UPG: ("升级发布", "upgrades to"),
    Action.DNG: ("降级发布", "downgrades to"),
    Action.EXT: ("继续发布", "extends the time of"),
    Action.EXA: ("继续发布", "extends the area of"),
    Action.COR: ("更正发布", "corrects"),
    Action.CAN: ("解除", "lifts"),
}
"""What the office does, Chinese and English."""


@dataclass(frozen=True)
class Signal:
    """All that the texts of one message say.

    Attributes
    ----------
    office_zh, office_en : str
        The issuing office.
    issued, onset, expires : datetime.datetime
        Release, begin and end, aware.
    action : Action
        What the message does.
    kind_zh, kind_en : str
        Kind of hazard.
    colour : Colour
        Its colour.
    areas_zh, areas_en : tuple
        Names of the areas warned.
    happened_zh, happened_en, expected_zh, expected_en : str
        What fell and what is expected, as sentences without full stop; empty where there is nothing to say.
    guidance_zh, guidance_en : tuple
        Measures, one sentence each.
    phone : str
        Number for questions.
    status : str
        CAP status: Actual, Exercise, Test.
    rain_factor : float
        What the rain of an exercise was multiplied by; 1 otherwise.
    reason : str
        Why a message changes or lifts a signal, in the forecaster's words; empty for a first issue.
    """

    office_zh: str
    office_en: str
    issued: dt.datetime
    onset: dt.datetime
    expires: dt.datetime
    action: Action
    kind_zh: str
    kind_en: str
    colour: Colour
    areas_zh: tuple[str, ...]
    areas_en: tuple[str, ...]
    happened_zh: str
    happened_en: str
    expected_zh: str
    expected_en: str
    guidance_zh: tuple[str, ...]
    guidance_en: tuple[str, ...]
    phone: str
    status: str = "Actual"
    rain_factor: float = 1.0
    reason: str = ""


def headline_zh(signal: Signal) -> str:
    """Give the Chinese headline: 苏州市气象台2026年7月1日10时15分发布暴雨黄色预警信号."""
    return f"{marks(signal.status)[0]}{signal.office_zh}{_time_zh(signal.issued)}{_deed_zh(signal)}"


def headline_en(signal: Signal) -> str:
    """Give the English headline."""
    verb = VERBS[signal.action][1]
    return (
        f"{_mark_en(signal)}{signal.office_en} {verb} the {signal.colour.key} {signal.kind_en.lower()} warning signal, "
        f"{_time_en(signal.issued)}"
    )


def description_zh(signal: Signal) -> str:
    """Give the Chinese description: issuer, time, kind, level, area, period, what fell, what is expected, phone."""
    areas = "、".join(signal.areas_zh)
    deed = f"{signal.office_zh}于{_time_zh(signal.issued)}{_deed_zh(signal)}，{signal.colour.level_zh}"
    if signal.action is Action.CAN:
        parts = [deed, f"解除区域：{areas}", signal.happened_zh, signal.expected_zh]
    else:
        period = f"有效时段：{_time_zh(signal.onset)}至{_time_zh(signal.expires)}"
        parts = [deed, f"影响区域：{areas}", period, signal.happened_zh, signal.expected_zh]
    parts += [_reason(signal, "变更原因："), _factor_zh(signal), f"咨询电话：{signal.phone}"]
    return marks(signal.status)[0] + "".join(f"{part.rstrip('。')}。" for part in parts if part)


def description_en(signal: Signal) -> str:
    """Give the English description, with the same contents as the Chinese one."""
    areas = ", ".join(signal.areas_en)
    deed = (
        f"{signal.office_en} {VERBS[signal.action][1]} the {signal.colour.key} {signal.kind_en.lower()} warning signal "
        f"(level {signal.colour.level}) at {_time_en(signal.issued)}"
    )
    parts = [deed, f"{'Areas released' if signal.action is Action.CAN else 'Areas'}: {areas}"]
    if signal.action is not Action.CAN:
        parts.append(f"In force: {_time_en(signal.onset)} to {_time_en(signal.expires)}")
    parts += [signal.happened_en, signal.expected_en, _reason(signal, "Reason (as written): ")]
    parts += [_factor_en(signal), f"Phone: {signal.phone}"]
    return _mark_en(signal) + " ".join(f"{part.rstrip('.')}." for part in parts if part)


def instruction_zh(signal: Signal) -> str:
    """Give the measures in Chinese, numbered; empty for a lifting."""
    return _instruction(signal.guidance_zh, marks(signal.status)[0], signal.action)


def instruction_en(signal: Signal) -> str:
    """Give the measures in English, numbered; empty for a lifting."""
    return _instruction(signal.guidance_en, _mark_en(signal), signal.action)


def short_zh(signal: Signal, limit: int = SHORT) -> str:
    """Give a Chinese text of at most `limit` signs: as much as fits, area names given up before what is coming.

    Parameters
    ----------
    signal : Signal
        The signal.
    limit : int
        Largest number of signs, at least 30.

    Returns
    -------
    str
        The text, mark first.

    Raises
    ------
    ValueError
        If `limit` is below 30: no signal can be told in so few signs.
    """
    if limit < 30:
        raise ValueError(f"a limit of {limit} signs; needs at least 30")
    for write in _SHORTER:
        text = write(signal)
        if len(text) <= limit:
            return text
    return text[: limit - 1] + "…"


def long_zh(signal: Signal) -> str:
    """Give a Chinese text of at most 360 signs: headline, areas, what fell, what is expected, first measures."""
    return short_zh(signal, LONG)


def note(signal: Signal) -> str:
    """Give the note of the message: what kind of exercise or test it is, and the rain factor; empty if Actual."""
    zh, en = marks(signal.status)
    if not zh:
        return ""
    word = "演练" if signal.status == "Exercise" else "测试"
    parts = [f"{zh}本消息为{word}，不是真实预警。{_full_stop(_factor_zh(signal))}"]
    parts.append(f"{en}: this is not a real warning. {_factor_en(signal) + '.' if _factor_en(signal) else ''}".strip())
    return " ".join(parts)


def _reason(signal: Signal, before: str) -> str:
    return f"{before}{signal.reason}" if signal.reason else ""


def _full_stop(text: str) -> str:
    return f"{text}。" if text else ""


def _deed_zh(signal: Signal) -> str:
    return f"{VERBS[signal.action][0]}{signal.kind_zh}{signal.colour.zh}预警信号"


def _mark_en(signal: Signal) -> str:
    mark = marks(signal.status)[1]
    return f"{mark}: " if mark else ""


def _time_zh(moment: dt.datetime) -> str:
    local = moment.astimezone(BEIJING)
    return f"{local.year}年{local.month}月{local.day}日{local.hour}时{local.minute:02d}分"


def _time_en(moment: dt.datetime) -> str:
    local = moment.astimezone(BEIJING)
    return f"{local:%H:%M} on {local.year}-{local.month:02d}-{local.day:02d} (UTC+8)"


def _factor_zh(signal: Signal) -> str:
    return "" if signal.rain_factor == 1 else f"演练雨量为原始风暴的{signal.rain_factor:g}倍"


def _factor_en(signal: Signal) -> str:
    return "" if signal.rain_factor == 1 else f"Rain multiplied by {signal.rain_factor:g} for the exercise"


def _instruction(guidance: tuple[str, ...], mark: str, action: Action) -> str:
    if action is Action.CAN or not guidance:
        return ""
    return mark + "\n".join(f"{place}. {line}" for place, line in enumerate(guidance, 1))


def _short_head(signal: Signal) -> str:
    local = signal.issued.astimezone(BEIJING)
    time = f"{local.month}月{local.day}日{local.hour}时{local.minute:02d}分"
    return f"{marks(signal.status)[0]}{signal.office_zh}{time}{_deed_zh(signal)}"


def _areas_short(signal: Signal, named: int) -> str:
    if len(signal.areas_zh) <= named:
        return "、".join(signal.areas_zh)
    return f"{'、'.join(signal.areas_zh[:named])}等{len(signal.areas_zh)}个区域"


def _told(signal: Signal, named: int, *sentences: str) -> str:
    said = "".join(f"{sentence.rstrip('。')}。" for sentence in sentences if sentence)
    return f"{_short_head(signal)}：{_areas_short(signal, named)}。{said}"


def _measures(signal: Signal) -> str:
    return "" if signal.action is Action.CAN else "".join(signal.guidance_zh).rstrip("。")


def _watch(signal: Signal) -> str:
    return "" if signal.action is Action.CAN else "请注意防范"


_SHORTER: tuple[Callable[[Signal], str], ...] = (
    lambda signal: _told(signal, 99, signal.happened_zh, signal.expected_zh, _measures(signal)),
    lambda signal: _told(signal, 99, signal.happened_zh, signal.expected_zh, _watch(signal)),
    lambda signal: _told(signal, 99, signal.expected_zh, _watch(signal)),
    lambda signal: _told(signal, 2, signal.expected_zh, _watch(signal)),
    lambda signal: _told(signal, 1, signal.expected_zh),
    lambda signal: _told(signal, 3, _watch(signal)),
    lambda signal: _told(signal, 1),
    lambda signal: f"{_short_head(signal)}。",
)
"""Ways to tell a signal, from long to short."""
