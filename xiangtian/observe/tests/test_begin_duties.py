"""The duties of an exercise begin with it, on a home of its own; a home with observations keeps its duties."""

import datetime as dt

import pytest

from xiangtian.core.clock import UTC
from xiangtian.observe.actions import register_national
from xiangtian.observe.actions.tasks import begin_duties
from xiangtian.observe.models import ObservingTask
from xiangtian.observe.queries import readings
from xiangtian.observe.tests.assess_house import moments, say

pytestmark = pytest.mark.django_db
BEGINS = dt.datetime(2026, 7, 1, 6, tzinfo=UTC)


@pytest.fixture(autouse=True)
def national(home) -> None:
    readings.cache_clear()
    register_national()


def test_duties_begin_with_the_exercise_at_its_pace(home) -> None:
    assert begin_duties(BEGINS, 5, "test") > 0
    assert set(ObservingTask.objects.values_list("valid_from", flat=True)) == {BEGINS}
    assert set(ObservingTask.objects.values_list("interval_min", flat=True)) == {5}
    assert begin_duties(BEGINS, 5, "test") == 0


def test_a_home_that_holds_observations_is_left_alone(home) -> None:
    say(home, ["58358"], moments("2026-07-01T00:00", "2026-07-01T00:05"))
    assert begin_duties(BEGINS, 5, "test") == 0
    assert 1 in set(ObservingTask.objects.values_list("interval_min", flat=True))
