"""The watch: from stored readings and nowcasts to a question before the duty officer.

Rain is laid out by hand at one station: 5 mm every 5 minutes is 60 mm in an hour, which meets the 50 mm of blue (12 h),
yellow (6 h) and orange (3 h) of Order 16 while rain goes on, and not the 100 mm of red.
"""

import datetime as dt

import polars as pl
import pytest

from xiangtian.observe import queries as observe
from xiangtian.warn import actions, release, watching
from xiangtian.warn.models import Draft, Proposal, Watch
from xiangtian.warn.tests.desk import CHANGSHU, WUZHONG, station
from xiangtian.warn.tests.makers import NOW

pytestmark = pytest.mark.django_db
STEP = dt.timedelta(minutes=5)


def row(code: str, time: dt.datetime, mm: float, flag: int = 0, period: float = 5) -> dict:
    told = {"precipitation_amount": mm, "precipitation_amount_qc": flag, "precipitation_amount_tests": 0}
    told |= {"precipitation_period": period, "precipitation_period_qc": 0, "precipitation_period_tests": 0}
    return {"station": code, "time": time, "received": time, "source": f"{code}{time:%H%M}".ljust(64, "0"), **told}


@pytest.fixture
def rain(home):
    """Let it rain at a station: mm in each of some steps of five minutes that end at a moment."""

    def fall(code: str, mm: float, steps: int, end: dt.datetime = NOW, flag: int = 0) -> None:
        rows = [row(code, end - STEP * back, mm, flag) for back in reversed(range(steps))]
        observe.readings(home).append(pl.DataFrame(rows))

    return fall


@pytest.fixture(autouse=True)
def stations(at) -> None:
    at(NOW)
    station("s0")
    station("s1", "常熟", CHANGSHU)


def test_dry_air_asks_nothing(home, rain) -> None:
    assert watching.watch(home) == []  # no readings at all
    rain("s0", 0.0, 144)
    assert watching.watch(home) == []
    assert not Watch.objects.exists()


def test_fifty_millimetres_while_rain_goes_on_are_proposed_once(home, rain) -> None:
    rain("s0", 5.0, 12)
    (proposal,) = watching.watch(home)
    assert (proposal.action, proposal.colour, proposal.districts) == ("NEW", "orange", [WUZHONG])
    assert (proposal.status, proposal.state) == ("Exercise", "waiting")
    hit = proposal.evidence["findings"][0]["met"][0]["stations"][0]
    assert (hit["station"], hit["observed_mm"]) == ("s0", pytest.approx(60.0))
    assert proposal.lake_version == observe.readings(home).version()
    assert "东山" in proposal.words
    assert watching.watch(home) == []  # it waits already


def test_forty_nine_and_a_half_are_not_enough(home, rain) -> None:
    rain("s0", 49.4 / 12, 12)
    assert watching.watch(home) == []


def test_wrong_values_prove_nothing(home, rain) -> None:
    rain("s0", 5.0, 12, flag=2)
    assert watching.watch(home) == []


def test_a_second_district_is_asked_about_anew_and_takes_the_first_s_place(home, rain, at) -> None:
    rain("s0", 5.0, 12)
    (first,) = watching.watch(home)
    at(NOW + STEP)
    rain("s0", 5.0, 1, NOW + STEP)
    rain("s1", 5.0, 13, NOW + STEP)
    (second,) = watching.watch(home)
    first.refresh_from_db()
    assert first.state == "superseded"
    assert second.districts == [WUZHONG, CHANGSHU]


def test_a_dismissed_question_is_not_asked_again_for_an_hour(home, rain, at, person) -> None:
    one = person("forecaster", "forecaster")
    rain("s0", 5.0, 12)
    (first,) = watching.watch(home)
    actions.dismiss(one, first.pk, "本站雨量筒故障")
    for minutes, asked in ((5, 0), (55, 0), (60, 1)):
        now = at(NOW + dt.timedelta(minutes=minutes))
        rain("s0", 2.0, 1, now)
        rain("s0", 2.0, 1, now - STEP)
        assert len(watching.watch(home)) == asked, minutes


def test_a_warning_that_waits_lapses_when_the_rain_is_over(home, rain, at) -> None:
    rain("s0", 5.0, 12)
    watching.watch(home)
    at(NOW + dt.timedelta(hours=5))
    rain("s0", 0.0, 60, NOW + dt.timedelta(hours=5))
    assert watching.watch(home) == []
    assert (Proposal.objects.get().state, Proposal.objects.get().reason) == ("lapsed", "已不再达到标准")


def test_lifting_is_proposed_an_hour_after_the_criterion_was_last_met(home, rain, at, person) -> None:
    forecaster, signer = person("forecaster", "forecaster"), person("signer", "signer")
    rain("s0", 5.0, 12)
    (first,) = watching.watch(home)
    draft = actions.accept(forecaster, first.pk)
    actions.submit(forecaster, draft.pk, 1)
    message = release.issue(home, signer, draft.pk, 1)
    for minutes, asked in ((30, 0), (95, 1)):
        now = at(NOW + dt.timedelta(minutes=minutes))
        rain("s0", 0.0, minutes // 5, now)
        made = watching.watch(home)
        assert len(made) == asked, minutes
    (lifting,) = made
    assert (lifting.action, lifting.event, lifting.districts) == ("CAN", message.event, message.districts)
    assert watching.watch(home) == []
    rewritten = actions.accept(forecaster, lifting.pk)
    assert "减弱" in rewritten.happened


def test_outside_an_exercise_a_rule_that_nobody_approved_asks_nothing(home, rain) -> None:
    home.clock.unlink()
    from xiangtian.core import clock

    rain("s0", 5.0, 12, clock.now().replace(second=0, microsecond=0))
    assert watching.watch(home) == []
    assert not Draft.objects.exists()


def test_rain_is_laid_onto_steps_and_strangers_are_left_out(home) -> None:
    rows = pl.DataFrame([row("s0", NOW, 3.0), row("s0", NOW - STEP, 6.0, period=10), row("zz", NOW, 9.0)])
    steps = watching.rain_of(rows, ["s0", "s1"], NOW, span_h=0.5)
    assert steps.good_mm.shape == (2, 6)
    assert steps.good_mm[0].tolist() == pytest.approx([0, 0, 0, 3.0, 3.0, 3.0])  # 6 mm in 10 min: 3 mm in each step
    assert steps.good_mm[1].sum() == 0
