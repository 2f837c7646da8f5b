"""The desk's verbs: who may, in which state, and what is refused in words. Behind them: Order 16."""

import datetime as dt

import pytest

from xiangtian.core.models import LedgerEntry
from xiangtian.core.people import NotAllowed
from xiangtian.core.places import suzhou
from xiangtian.warn import actions
from xiangtian.warn.actions import NotPossible
from xiangtian.warn.models import Draft, Event, Proposal
from xiangtian.warn.tests.desk import CHANGSHU, KUNSHAN, WUZHONG, edit, proposed
from xiangtian.warn.tests.makers import NOW

pytestmark = pytest.mark.django_db
KNOWN = frozenset(suzhou().by_code)


@pytest.fixture(autouse=True)
def morning(at) -> None:
    at(NOW)


@pytest.fixture
def forecaster(person):
    return person("forecaster", "forecaster")


@pytest.fixture
def signer(person):
    return person("signer", "signer")


@pytest.fixture
def draft(forecaster) -> Draft:
    return actions.accept(forecaster, proposed().pk)


def verbs() -> list[str]:
    return [line.verb for line in LedgerEntry.objects.order_by("id")]


def test_a_proposal_stands_with_its_basis_and_a_newer_one_takes_its_place() -> None:
    first, second = proposed(), proposed((WUZHONG, KUNSHAN))
    first.refresh_from_db()
    assert (first.state, first.settled) == ("superseded", NOW)
    assert (second.state, second.colour, second.districts) == ("waiting", "orange", [WUZHONG, KUNSHAN])
    assert second.lake_version == 7
    assert second.evidence["findings"][0]["met"][0]["stations"][0]["observed_mm"] == pytest.approx(60.0)
    assert verbs() == ["warn.propose", "warn.propose"]


def test_an_exercise_and_the_real_thing_do_not_replace_each_other() -> None:
    real, exercise = proposed(status="Actual"), proposed()
    real.refresh_from_db()
    assert (real.state, exercise.state) == ("waiting", "waiting")


def test_accepting_makes_a_draft_with_the_proposal_s_sentences(forecaster) -> None:
    proposal = proposed()
    draft = actions.accept(forecaster, proposal.pk)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.settled_by) == ("accepted", forecaster)
    assert (draft.state, draft.action, draft.drafter) == ("editing", "NEW", forecaster)
    assert "60" in draft.happened  # mm
    assert draft.valid_hours == 3  # the window of the orange criterion, hours
    with pytest.raises(NotPossible, match="already accepted"):
        actions.accept(forecaster, proposal.pk)


def test_dismissing_needs_a_reason(forecaster) -> None:
    proposal = proposed()
    with pytest.raises(NotPossible, match="a reason is needed"):
        actions.dismiss(forecaster, proposal.pk, "  ")
    actions.dismiss(forecaster, proposal.pk, "雨带已移出")
    assert Proposal.objects.get().reason == "雨带已移出"
    assert verbs() == ["warn.propose", "warn.dismiss"]


def test_right_district_and_shift_are_asked(person) -> None:
    proposal = proposed((WUZHONG, CHANGSHU))
    refused = {
        "viewer": person("viewer", "viewer"),
        "outside the unit": person("county", "forecaster", districts=(CHANGSHU,)),
        "not on shift": person("asleep", "forecaster", duty=False),
    }
    for words, one in refused.items():
        with pytest.raises(NotAllowed, match=words if words != "viewer" else "no right warn.draft"):
            actions.accept(one, proposal.pk)
    assert Proposal.objects.get().state == "waiting"


def test_an_edit_counts_and_its_writer_becomes_the_drafter(draft, signer) -> None:
    changed = actions.edit(signer, draft.pk, 1, edit(draft, colour="red", districts=[KUNSHAN, WUZHONG, KUNSHAN],
                                                     happened=" 雨很大。 "), KNOWN)  # fmt: skip
    assert (changed.colour, changed.districts, changed.happened) == ("red", [WUZHONG, KUNSHAN], "雨很大")
    assert (changed.revision, changed.drafter) == (2, signer)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"districts": []}, "区域 为空 不可用"),
        ({"districts": ["110101"]}, "110101"),
        ({"valid_hours": 0}, "应大于 0，不超过 24 小时"),
        ({"valid_hours": 24.5}, "应大于 0，不超过 24 小时"),
        ({"colour": "purple"}, "purple"),
    ],
)
def test_an_edit_that_can_not_be_is_refused(draft, forecaster, change: dict, words: str) -> None:
    with pytest.raises((NotPossible, ValueError, NotAllowed), match=words):
        actions.edit(forecaster, draft.pk, 1, edit(draft, **change), KNOWN)
    draft.refresh_from_db()
    assert draft.revision == 1


def test_who_read_an_older_revision_is_asked_to_read_again(draft, forecaster, signer) -> None:
    actions.edit(signer, draft.pk, 1, edit(draft), KNOWN)
    for verb in (lambda: actions.edit(forecaster, draft.pk, 1, edit(draft), KNOWN),
                 lambda: actions.submit(forecaster, draft.pk, 1)):  # fmt: skip
        with pytest.raises(NotPossible, match="第 2 版，您看到的是第 1 版"):
            verb()


def test_submitted_sent_back_submitted_again_withdrawn(draft, forecaster, signer) -> None:
    actions.submit(forecaster, draft.pk, 1)
    with pytest.raises(NotPossible, match="draft is submitted"):
        actions.edit(forecaster, draft.pk, 1, edit(draft), KNOWN)
    with pytest.raises(NotAllowed, match=r"no right warn\.sign"):
        actions.send_back(forecaster, draft.pk, "不妥")
    actions.send_back(signer, draft.pk, "区域偏大")
    assert Draft.objects.get().returned_because == "区域偏大"
    actions.submit(forecaster, draft.pk, 1)
    assert Draft.objects.get().returned_because == ""
    with pytest.raises(NotPossible, match="a reason is needed"):
        actions.withdraw(forecaster, draft.pk, "")
    actions.withdraw(forecaster, draft.pk, "雨停")
    with pytest.raises(NotPossible, match="draft is withdrawn"):
        actions.submit(forecaster, draft.pk, 1)
    assert verbs()[-5:] == ["warn.accept", "warn.submit", "warn.send_back", "warn.submit", "warn.withdraw"]


def test_a_draft_that_changes_something_needs_its_reason_before_it_is_submitted(draft, forecaster) -> None:
    Draft.objects.update(action="UPG", reason="")
    with pytest.raises(NotPossible, match="a reason is needed"):
        actions.submit(forecaster, draft.pk, 1)


def test_an_event_without_a_message_can_not_be_changed(forecaster) -> None:
    told = {"office": "32050041600000", "hazard": "rainstorm", "year": 2026, "number": 1, "status": "Exercise"}
    event = Event.objects.create(**told, opened=NOW)
    with pytest.raises(NotPossible, match="nothing was released yet"):
        actions.change(forecaster, event.pk, "CAN", "雨停")


def test_only_a_waiting_proposal_lapses() -> None:
    proposal = proposed()
    actions.lapse(proposal, "已不再达到标准")
    actions.lapse(proposal, "再次")
    assert (Proposal.objects.get().state, Proposal.objects.get().reason) == ("lapsed", "已不再达到标准")
    assert verbs() == ["warn.propose", "warn.lapse"]


def test_the_end_of_a_draft_counts_from_its_release(draft) -> None:
    assert actions.until(draft, NOW) == NOW + dt.timedelta(hours=3)
