"""Scores are written once, with the versions they rest on, when an event is over."""

import datetime as dt

import polars as pl
import pytest

from xiangtian.core import facts
from xiangtian.core.models import LedgerEntry
from xiangtian.observe import queries as observe
from xiangtian.publish import actions as publish
from xiangtian.verify import actions, jobs
from xiangtian.verify.models import Score
from xiangtian.warn import actions as desk
from xiangtian.warn import release
from xiangtian.warn.models import Event
from xiangtian.warn.tests.desk import WUZHONG, proposed, station
from xiangtian.warn.tests.makers import NOW, national

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def message(home, at, person):
    """An orange signal for one district, valid for three hours from the morning on."""
    at(NOW)
    station("s0")
    publish.open_house_channels("job:test")
    forecaster, signer = person("forecaster", "forecaster"), person("signer", "signer")
    draft = desk.accept(forecaster, proposed().pk)
    desk.submit(forecaster, draft.pk, 1)
    return release.issue(home, signer, draft.pk, 1)


def rain(home, begins_h: float, mm: float, hours: float = 1) -> None:
    times = [NOW + begins_h * HOUR + dt.timedelta(minutes=5 * step) for step in range(1, round(hours * 12) + 1)]
    count = len(times)
    rows = {
        "station": ["s0"] * count, "time": times, "received": times, "source": [f"{n:064}" for n in range(count)],
        "precipitation_amount": [mm / count] * count, "precipitation_amount_qc": [0] * count,
        "precipitation_period": [5.0] * count, "precipitation_period_qc": [0] * count,
    }  # fmt: skip
    observe.readings(home).append(pl.DataFrame(rows))


def test_nothing_is_scored_while_it_is_in_force(message, at) -> None:
    assert jobs.nightly() == ""
    at(NOW + 2.9 * HOUR)
    assert jobs.nightly() == ""
    assert not Score.objects.exists()


def test_rain_after_the_signal_is_a_hit_with_its_lead(home, message, at) -> None:
    rain(home, 1, 60)  # reaches 50 mm with the tenth of twelve reports: 50 minutes into the second hour
    at(NOW + 3 * HOUR)
    assert jobs.nightly().startswith("1 events scored")
    line = Score.objects.get(event=message.event.code, colour="orange")
    assert (line.outcome, line.district, line.message) == ("hit", WUZHONG, message.identifier)
    assert line.lead_min == pytest.approx(110.0)  # 60 + 50 minutes
    assert line.most_mm == pytest.approx(60.0)
    assert (line.rule_version, line.pairing) == (national().version, "claim-episode-1")
    assert line.lake_version == observe.readings(home).version()
    assert jobs.nightly() == ""  # once
    assert LedgerEntry.objects.filter(verb="verify.record").count() == 1
    assert [fact.subject for fact in facts.unheard("x", ["warning.scored"])] == [message.event.code]


def test_rain_before_the_signal_is_late_and_dry_air_a_false_alarm(home, message, at) -> None:
    rain(home, -1, 60)
    at(NOW + 3 * HOUR)
    jobs.nightly()
    line = Score.objects.get(event=message.event.code, colour="orange")
    assert line.outcome == "late"
    assert line.lead_min == pytest.approx(-10.0)  # 50 mm were reached ten minutes before the signal


def test_dry_air_is_a_false_alarm(home, message, at) -> None:
    at(NOW + 3 * HOUR)
    jobs.nightly()
    line = Score.objects.get()
    assert (line.outcome, line.lead_min, line.first_met) == ("false_alarm", None, None)


def test_scored_again_under_the_same_rules_and_readings_nothing_is_added(home, message, at) -> None:
    rain(home, 1, 60)
    at(NOW + 3 * HOUR)
    events = list(Event.objects.all())
    first = actions.score(home, events, *actions.span(events), "Exercise")
    again = actions.score(home, events, *actions.span(events), "Exercise")
    assert {line.pk for line in again} == {line.pk for line in first}
    assert Score.objects.count() == len(first)


def test_the_time_under_study_begins_before_the_first_message_and_ends_now_at_the_latest(message, at) -> None:
    at(NOW + HOUR)
    assert actions.span([message.event]) == (NOW - actions.LOOK_BACK, NOW + HOUR)
    at(NOW + 9 * HOUR)
    assert actions.span([message.event]) == (NOW - actions.LOOK_BACK, NOW + 3 * HOUR)
