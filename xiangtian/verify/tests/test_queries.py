"""What the lines add up to, worked by hand."""

import datetime as dt

import pytest

from xiangtian.verify import queries
from xiangtian.verify.models import Score

pytestmark = pytest.mark.django_db
T = dt.datetime(2026, 7, 1, 2, tzinfo=dt.UTC)


def line(outcome: str, colour: str = "orange", lead_min: float | None = None, **more: object) -> Score:
    number = Score.objects.count()
    whole = {
        "hazard": "rainstorm",
        "district": "320506",
        "event": f"320500.rainstorm.2026.{number:04d}",
        "first_met": T + dt.timedelta(minutes=number),
        "status": "Exercise",
        "rule_version": "r1",
        "pairing": "claim-episode-1",
        "lake_version": 3,
        "scored": T,
    }
    return Score.objects.create(outcome=outcome, colour=colour, lead_min=lead_min, **whole | more)


def test_nothing_scored() -> None:
    assert queries.tallies("Actual") == []
    assert queries.lines("Actual") == []


def test_counts_and_their_denominators() -> None:
    for outcome, colour, lead in [
        ("hit", "orange", 30.0),
        ("hit", "orange", 50.0),
        ("late", "orange", -5.0),
        ("false_alarm", "orange", None),
        ("hit", "red", 10.0),
        ("under_warned", "red", None),
        ("miss", "red", None),
        ("false_alarm", "red", None),
    ]:
        line(outcome, colour, lead)
    whole, red, orange = queries.tallies("Exercise")
    # all: 3 hits, 3 misses (late, under-warned, miss), 2 false alarms: POD 3/6, FAR 2/5, mean lead (30+50+10)/3
    assert (whole.colour, whole.episodes, whole.claims) == ("", 6, 5)
    assert (whole.counts.pod, whole.counts.far) == (0.5, 0.4)
    assert (whole.late, whole.under_warned, whole.lead_min) == (1, 1, 30.0)
    # red: 1 hit of 3 episodes; 1 false alarm of 2 claims
    assert (red.colour, red.counts.hits, red.episodes, red.claims, red.lead_min) == ("red", 1, 3, 2, 10.0)
    # orange: 2 hits of 3 episodes (the late one is a miss, and its lead is no lead of a hit)
    assert (orange.counts.hits, orange.episodes, orange.counts.false_alarms, orange.lead_min) == (2, 3, 1, 40.0)


def test_no_denominator_no_score() -> None:
    line("false_alarm")
    (whole, _) = queries.tallies("Exercise")
    assert (whole.counts.pod, whole.counts.far, whole.lead_min) == (None, 1.0, None)


def test_statuses_and_rules_are_never_added_up() -> None:
    line("hit")
    line("miss", status="Actual")
    line("miss", rule_version="r2")
    line("miss", pairing="another")
    assert [(one.rule_version, one.pairing, one.episodes) for one in queries.tallies("Exercise") if not one.colour] == [
        ("r1", "claim-episode-1", 1),
        ("r2", "claim-episode-1", 1),
        ("r1", "another", 1),
    ]
    assert len(queries.lines("Exercise")) == 3
    assert [row.outcome for row in queries.lines("Actual")] == ["miss"]


def test_lines_are_newest_first_filtered_and_bounded() -> None:
    made = [line(outcome) for outcome in ("hit", "miss", "hit", "late")]
    assert [row.pk for row in queries.lines("Exercise", limit=3)] == [one.pk for one in reversed(made[1:])]
    assert [row.pk for row in queries.lines("Exercise", "hit")] == [made[2].pk, made[0].pk]
    assert queries.of_event(made[1].event) == [made[1]]
    assert queries.of_event("none") == []
