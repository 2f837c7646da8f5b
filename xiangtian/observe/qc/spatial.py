"""Spatial consistency: titanlib's test gives a second opinion on temperatures that the neighbours doubt.

It fits a vertical profile and an optimal interpolation to the stations around, so it knows inversions that a fixed
lapse rate does not; it costs too much to ask it about every value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import titanlib

from xiangtian.core.flags import Verdict
from xiangtian.observe.qc.around import IndexArray, on_sphere, pool, within
from xiangtian.observe.qc.evidence import Finding, stations
from xiangtian.observe.qc.model import BoolArray, Case, FloatArray, Sheet, Verdicts
from xiangtian.observe.qc.neighbours import TEMPERATURE
from xiangtian.observe.qc.tolerances import Consistency


@dataclass(frozen=True)
class Opinion:
    """What the test says of the stations that take part; every field is (n,).

    Attributes
    ----------
    rows : IndexArray
        Their rows among all stations.
    asked : BoolArray
        Whether they were judged.
    score : FloatArray
        Squared departure over its expected variance, NaN where it was not asked or could not be told.
    """

    rows: IndexArray
    asked: BoolArray
    score: FloatArray


def check(case: Case) -> Verdicts:
    """Judge the temperatures that the neighbours made suspect.

    Parameters
    ----------
    case : Case
        The sheet, the neighbours of the context, the rules, and the verdicts so far.

    Returns
    -------
    Verdicts
        FAIL where the test doubts the value too, PASS where it does not; NOT_RUN where it was not asked: where the
        neighbours have no doubt, too few stations stand around, or too many values are doubted at once.
    """
    if TEMPERATURE not in case.sheet.values:
        return {}
    verdict = np.zeros(len(case.sheet), np.int8)
    opinion = ask(case)
    if opinion is not None:
        told = opinion.asked & np.isfinite(opinion.score)
        wrong = opinion.score > case.rules.consistency.threshold
        verdict[opinion.rows[told]] = np.where(wrong[told], Verdict.FAIL, Verdict.PASS)
    return {TEMPERATURE: verdict}


def ask(case: Case) -> Opinion | None:
    """Ask about the case's doubted temperatures; None where nobody is asked, too many are, or too few take part."""
    said = case.found.get("neighbours", {}).get(TEMPERATURE, np.zeros(len(case.sheet), np.int8))
    asked = np.flatnonzero((said == Verdict.SUSPECT) & np.isfinite(case.sheet.alt))
    rule = case.rules.consistency
    if not 0 < len(asked) <= rule.most:
        return None
    everyone, own = pool(case.sheet, case.context.neighbours)
    others = np.isfinite(everyone.of(TEMPERATURE)) & np.isfinite(everyone.alt)
    others[:own] &= case.worst(TEMPERATURE) < Verdict.SUSPECT
    others[asked] = True
    rows = within(on_sphere(everyone.lon, everyone.lat), others, asked, rule.outer_km * 1000.0)
    if len(rows) < rule.least:
        return None
    asking = np.isin(rows, asked)
    return Opinion(rows, asking, scores(everyone.of(TEMPERATURE)[rows], everyone.take(rows), asking, rule))


def scores(values: FloatArray, places: Sheet, asked: BoolArray, rule: Consistency) -> FloatArray:
    """Run titanlib's spatial consistency test on temperatures.

    Parameters
    ----------
    values : FloatArray
        (n,) degC, none missing.
    places : Sheet
        Where they stand; positions and altitudes known.
    asked : BoolArray
        (n,) which of them to judge.
    rule : Consistency
        Its parameters.

    Returns
    -------
    FloatArray
        (n,) the score of those asked, NaN elsewhere and where too few stations stand around.

    References
    ----------
    Lussana, Uboldi, Salvati 2010, doi:10.1002/qj.622; titanlib `sct`.
    """
    count = len(values)
    points = titanlib.Points(places.lat, places.lon, places.alt, np.zeros(count))
    flags, score, *_ = titanlib.sct(
        points, values, 5, 100, rule.inner_km * 1000.0, rule.outer_km * 1000.0, 2, 20, 100.0, 10000.0, 200.0,
        np.full(count, rule.threshold), np.full(count, rule.threshold), np.full(count, rule.error_ratio),
        asked.astype(int),
    )  # fmt: skip
    told = np.asarray(score, float)
    wrong = np.asarray(flags) == 1
    told[wrong] = np.maximum(told[wrong], np.nextafter(rule.threshold, np.inf))
    return np.where(asked & np.isin(flags, (0, 1)), told, np.nan)


def explain(case: Case, row: int, element: str, said: Verdict) -> list[Finding]:
    """Give the score of the test, and the stations that took part."""
    opinion = ask(case)
    if opinion is None or row not in opinion.rows[opinion.asked]:
        return []
    everyone, _ = pool(case.sheet, case.context.neighbours)
    place = on_sphere(everyone.lon, everyone.lat)
    distance = np.linalg.norm(place[opinion.rows] - place[row], axis=1)
    nearest = opinion.rows[np.argsort(distance)][1:21]
    near = np.linalg.norm(place[nearest] - place[row], axis=1)
    witnesses = stations(everyone, nearest, everyone.of(element)[nearest], near)
    score = float(opinion.score[opinion.rows == row][0])
    return [Finding("spatial", "consistency", said, score, 0.0, case.rules.consistency.threshold, "1", witnesses)]
