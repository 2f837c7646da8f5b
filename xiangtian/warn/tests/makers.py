"""Values the tests of this room begin from."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np

from xiangtian.warn.cap import CapMessage, WarnedArea
from xiangtian.warn.chain import Action
from xiangtian.warn.colours import Colour
from xiangtian.warn.evidence import Evidence, RainSteps
from xiangtian.warn.identifier import build
from xiangtian.warn.rulebook import parse
from xiangtian.warn.rules import RuleTable
from xiangtian.warn.texts import Signal

NOW = dt.datetime(2026, 7, 1, 2, 15, tzinfo=dt.UTC)  # 10:15 in Beijing
UNIT = "32050041600000"
STEP = 5
LEADS = tuple(float(lead) for lead in range(5, 125, 5))
TABLE_FILE = Path(__file__).parent.parent / "tables" / "rainstorm-national-2007.yaml"


def national() -> RuleTable:
    return parse(TABLE_FILE.read_text(encoding="utf-8"), TABLE_FILE.name)


def rain(*spells: tuple[float, float, float], hours: float = 12) -> np.ndarray:
    """One station's steps: spells of (hours ago it began, hours ago it ended, mm in all), spread evenly."""
    steps = np.zeros(round(hours * 60 / STEP))
    for began, ended, amount in spells:
        first, last = len(steps) - round(began * 60 / STEP), len(steps) - round(ended * 60 / STEP)
        steps[first:last] += amount / (last - first)
    return steps


def evidence(
    good: list[np.ndarray],
    ahead: list[float] | None = None,
    districts: tuple[str, ...] | None = None,
    doubtful: list[np.ndarray] | None = None,
    radar: list[np.ndarray] | None = None,
    coverage: float = 1.0,
    **more: object,
) -> Evidence:
    """Evidence of stations s0, s1, ...; `ahead` is the rain of the next two hours per station, falling evenly."""
    steps = np.array(good, float)
    nowcast = None if ahead is None else np.array(ahead, float)[:, None] * np.array(LEADS)[None, :] / LEADS[-1]
    return Evidence(
        moment=NOW,
        stations=tuple(f"s{place}" for place in range(len(good))),
        districts=districts or ("320506",) * len(good),
        step_min=STEP,
        past=RainSteps(
            steps,
            np.zeros_like(steps) if doubtful is None else np.array(doubtful, float),
            np.full_like(steps, coverage),
        ),
        lead_min=() if ahead is None else LEADS,
        nowcast_mm=nowcast,
        radar_mm=None if radar is None else np.array(radar, float),
        **more,
    )


def signal(**changes: object) -> Signal:
    """A yellow rainstorm signal of an exercise."""
    first = Signal(
        office_zh="苏州市气象台",
        office_en="Suzhou Meteorological Observatory",
        issued=NOW,
        onset=NOW,
        expires=NOW + dt.timedelta(hours=6),
        action=Action.NEW,
        kind_zh="暴雨",
        kind_en="Rainstorm",
        colour=Colour.YELLOW,
        areas_zh=("吴江区", "姑苏区"),
        areas_en=("Wujiang", "Gusu"),
        happened_zh="过去6小时局地已降雨52.3毫米",
        happened_en="52.3 mm of rain fell in the past 6 h",
        expected_zh="预计降雨仍将持续",
        expected_en="Rain is expected to continue",
        guidance_zh=("检查排水系统。", "停止户外作业。"),
        guidance_en=("Check drains.", "Stop outdoor work."),
        phone="0512-00000000",
        status="Exercise",
    )
    return replace(first, **changes)


SQUARE = ((120.5, 31.0), (120.8, 31.0), (120.8, 31.2), (120.5, 31.2))


def message(of: Signal | None = None, **changes: object) -> CapMessage:
    """The CAP message of a signal, in one area."""
    told = of or signal()
    first = CapMessage(
        identifier=build(UNIT, told.issued, 0),
        sender=UNIT,
        signal=told,
        event_id="320500.rainstorm.2026.0001",
        event_code="11B03",
        kind="rainstorm",
        certainty="Observed",
        references=() if told.action is Action.NEW else (f"{UNIT},{UNIT}_20260701091500_0,2026-07-01T09:15:00+08:00",),
        areas=(WarnedArea("320509", "吴江区", "Wujiang", (SQUARE,)),),
        web="https://warn.invalid/1",
    )
    return replace(first, **changes)
