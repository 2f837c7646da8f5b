"""The two who act by themselves: one drafts, another signs; what people hold or what does not fit is left alone."""

import datetime as dt

import pytest

from xiangtian.core import clock
from xiangtian.core.models import Person
from xiangtian.drill import acting, people
from xiangtian.publish import actions as publish
from xiangtian.warn import actions
from xiangtian.warn.models import Draft, Message, Proposal
from xiangtian.warn.tests.desk import KUNSHAN, WUZHONG, proposed
from xiangtian.warn.tests.makers import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def drill(home, at, settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    at(NOW)
    people.register(home, NOW)
    publish.open_house_channels("job:test")


def test_without_a_question_nobody_acts(home) -> None:
    assert acting.act(home) == []


def test_a_proposal_becomes_a_message_by_two_hands(home) -> None:
    proposed()
    (message,) = acting.act(home)
    assert (message.drafter.username, message.signer.username) == ("forecaster", "signer")
    assert message.status == "Exercise"
    assert acting.act(home) == []


def test_people_at_the_screens_come_first(home) -> None:
    proposed()
    assert acting.act(home, patience_s=60) == []
    assert Proposal.objects.get().state == "waiting"
    Proposal.objects.update(proposed_wall=0)
    assert len(acting.act(home, patience_s=60)) == 1


def test_what_does_not_fit_any_more_is_withdrawn_with_its_reason(home) -> None:
    proposed()
    acting.act(home)
    proposed((WUZHONG, KUNSHAN))  # a second event beside the one in force
    assert acting.act(home) == []
    draft = Draft.objects.order_by("-id").first()
    assert draft.state == "withdrawn"
    assert Message.objects.count() == 1


def test_who_is_not_on_shift_does_not_act(home, at) -> None:
    at(NOW + dt.timedelta(days=30))
    proposed()
    assert acting.act(home) == []
    assert Proposal.objects.get().state == "waiting"


def test_what_the_signer_drafted_waits_for_somebody_else(home) -> None:
    signer = Person.objects.get(username="signer")
    draft = actions.accept(signer, proposed().pk)
    actions.submit(signer, draft.pk, 1)
    assert acting.act(home) == []
    assert not Message.objects.exists()
    assert Draft.objects.get().state == "submitted"


def test_a_draft_of_people_is_left_to_them_for_real_seconds_also_when_the_clock_runs_faster(home, at, person) -> None:
    other = person("other", "forecaster")
    draft = actions.accept(other, proposed().pk)
    actions.submit(other, draft.pk, 1)
    clock.set_scenario(home.clock, NOW + dt.timedelta(seconds=300), 30)  # 300 s of the clock: 10 s of ours
    assert acting.act(home, patience_s=20) == []
    clock.set_scenario(home.clock, NOW + dt.timedelta(seconds=900), 30)
    assert len(acting.act(home, patience_s=20)) == 1
