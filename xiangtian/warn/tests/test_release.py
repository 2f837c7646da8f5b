"""Release: signed by a second person, frozen, chained, sealed, handed over; all of it or nothing."""

import datetime as dt
import hashlib

import pytest
from cryptography import x509
from django.db import DatabaseError, transaction
from lxml import etree

from xiangtian.core import clock, facts, ledger
from xiangtian.core.people import NotAllowed
from xiangtian.publish import actions as publish
from xiangtian.publish.models import Delivery
from xiangtian.warn import actions, release
from xiangtian.warn.actions import NotPossible
from xiangtian.warn.capcheck import check
from xiangtian.warn.models import Draft, Event, Message, Proposal
from xiangtian.warn.tests.desk import CHANGSHU, WUZHONG, edit, proposed
from xiangtian.warn.tests.makers import NOW

pytestmark = pytest.mark.django_db
CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"


@pytest.fixture(autouse=True)
def morning(at) -> None:
    at(NOW, rain_factor="8")
    publish.open_house_channels("job:test")


@pytest.fixture
def forecaster(person):
    return person("forecaster", "forecaster")


@pytest.fixture
def signer(person):
    return person("signer", "signer")


@pytest.fixture
def submitted(forecaster):
    """Bring a proposal to the point where it waits for a signature."""

    def bring(proposal: Proposal | None = None) -> Draft:
        draft = actions.accept(forecaster, (proposal or proposed()).pk)
        return actions.submit(forecaster, draft.pk, draft.revision)

    return bring


@pytest.fixture
def change(forecaster):
    """Bring a change of an event to the point where it waits for a signature."""

    def bring(event: Event, action: str, **changes: object) -> Draft:
        draft = actions.change(forecaster, event.pk, action, "雨情有变")
        told = {"happened": "过去3小时已降雨60毫米", "expected": "预计仍将持续", "happened_en": "60 mm of rain fell",
                "expected_en": "Rain is expected to go on"} | changes  # fmt: skip
        draft = actions.edit(forecaster, draft.pk, draft.revision, edit(draft, **told), {WUZHONG, CHANGSHU})
        return actions.submit(forecaster, draft.pk, draft.revision)

    return bring


def test_a_released_message_is_frozen_sealed_and_queued(home, submitted, signer, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        message = release.issue(home, signer, submitted().pk, 1)
    assert message.identifier == "32050041600000_20260701101500_0"  # Beijing time, and the first of that second
    assert (message.sent, message.expires) == (NOW, NOW + dt.timedelta(hours=3))
    assert (message.drafter.username, message.signer.username) == ("forecaster", "signer")
    frozen = (home.messages / f"{message.identifier}.xml").read_bytes()
    assert hashlib.sha256(frozen).hexdigest() == message.cap_sha256
    (verdict,) = check(frozen, "x", [release.key(home).certificate])
    assert (verdict.valid, verdict.signature, verdict.profile) == (True, "valid", "public-1.0, 12379-1.0")
    root = etree.fromstring(frozen)
    assert root.findtext(f"{CAP}status") == "Exercise"
    assert root.findtext(f"{CAP}msgType") == "Alert"
    assert "8" in (root.findtext(f"{CAP}note") or "")  # the rain was multiplied, and the note says so
    assert Delivery.objects.filter(message=message.identifier).count() == 2  # the feed, and the terminals' topics
    assert [fact.subject for fact in facts.unheard("x", ["warning.released"])] == [message.identifier]
    assert ledger.verify().sound


def test_the_drafter_can_not_sign_not_even_as_a_signer(home, person) -> None:
    both = person("both", "forecaster", "signer")
    draft = actions.accept(both, proposed().pk)
    actions.submit(both, draft.pk, 1)
    with pytest.raises(NotPossible, match="signer must not be the drafter"):
        release.issue(home, both, draft.pk, 1)


def test_the_database_refuses_a_drafter_as_signer_too(home, submitted, signer) -> None:
    message = release.issue(home, signer, submitted().pk, 1)
    message.pk, message.identifier, message.signer = None, "other", message.drafter
    message.draft = Draft.objects.create(drafter=message.drafter, drafted=NOW, hazard="rainstorm", colour="red",
                                         action="NEW", districts=[], status="Exercise", valid_hours=1,
                                         rule_version="x")  # fmt: skip
    with pytest.raises(DatabaseError, match="signer_is_never_drafter"), transaction.atomic():
        message.save(force_insert=True)


def test_the_database_refuses_to_change_a_released_message(home, submitted, signer) -> None:
    message = release.issue(home, signer, submitted().pk, 1)
    with pytest.raises(DatabaseError), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(headline="别的")
    with pytest.raises(DatabaseError), transaction.atomic():
        Message.objects.filter(pk=message.pk).delete()


def test_who_may_not_sign_is_refused_and_nothing_is_left_behind(home, submitted, person) -> None:
    draft = submitted(proposed((WUZHONG, CHANGSHU)))
    refused = {
        "no right warn.sign": person("another", "forecaster"),
        "outside the unit": person("county", "signer", districts=(CHANGSHU,)),
        "not on shift": person("asleep", "signer", duty=False),
    }
    for words, one in refused.items():
        with pytest.raises(NotAllowed, match=words):
            release.issue(home, one, draft.pk, 1)
    assert (Message.objects.count(), Event.objects.count(), Delivery.objects.count()) == (0, 0, 0)
    assert facts.unheard("x", ["warning.released"]) == []


def test_a_signer_signs_only_what_they_read_and_only_once(home, submitted, signer) -> None:
    draft = submitted()
    with pytest.raises(NotPossible, match="第 1 版，您看到的是第 2 版"):
        release.issue(home, signer, draft.pk, 2)
    release.issue(home, signer, draft.pk, 1)
    with pytest.raises(NotPossible, match="draft is signed"):
        release.issue(home, signer, draft.pk, 1)


def test_a_draft_that_is_still_written_can_not_be_signed(home, forecaster, signer) -> None:
    draft = actions.accept(forecaster, proposed().pk)
    with pytest.raises(NotPossible, match="draft is editing"):
        release.issue(home, signer, draft.pk, 1)


def test_an_exercise_can_not_be_released_as_the_real_thing(home, submitted, signer) -> None:
    draft = submitted()
    home.clock.unlink()  # the drill is over: the clock is real again
    signer.shifts.update(starts=clock.now() - dt.timedelta(hours=1), ends=clock.now() + dt.timedelta(hours=1))
    with pytest.raises(NotPossible, match="演练与实发不得混用"):
        release.issue(home, signer, draft.pk, 1)


def test_a_rule_that_nobody_approved_drives_exercises_only(home, forecaster, signer, at) -> None:
    home.clock.unlink()
    for one in (forecaster, signer):
        one.shifts.update(starts=clock.now() - dt.timedelta(hours=1), ends=clock.now() + dt.timedelta(hours=1))
    draft = actions.accept(forecaster, proposed(status="Actual").pk)
    actions.submit(forecaster, draft.pk, 1)
    with pytest.raises(NotPossible, match="rule table not approved"):
        release.issue(home, signer, draft.pk, 1)


def test_a_second_event_beside_one_in_force_is_refused(home, submitted, signer) -> None:
    release.issue(home, signer, submitted().pk, 1)
    with pytest.raises(NotPossible, match="an event is in force"):
        release.issue(home, signer, submitted().pk, 1)


def test_upgrade_and_lifting_are_messages_of_one_chain(home, submitted, change, signer, at) -> None:
    first = release.issue(home, signer, submitted().pk, 1)
    at(NOW + dt.timedelta(minutes=30))
    upgrade = change(first.event, "UPG", colour="red")
    second = release.issue(home, signer, upgrade.pk, upgrade.revision)
    at(NOW + dt.timedelta(minutes=90))
    lifting = change(first.event, "CAN")
    third = release.issue(home, signer, lifting.pk, lifting.revision)
    assert [one.event for one in (first, second, third)] == [first.event] * 3
    assert [etree.fromstring(one.cap.encode()).findtext(f"{CAP}msgType") for one in (first, second, third)] == [
        "Alert",
        "Update",
        "Cancel",
    ]
    assert second.references[-1].split(",")[1] == first.identifier
    assert {one.split(",")[1] for one in third.references} >= {second.identifier}
    with pytest.raises(NotPossible, match="已解除或已失效"):
        change(first.event, "EXT")


def test_two_releases_in_one_second_have_two_identifiers(home, submitted, change, signer) -> None:
    first = release.issue(home, signer, submitted().pk, 1)
    later = change(first.event, "UPG", colour="red")
    second = release.issue(home, signer, later.pk, later.revision)
    assert second.sent >= first.sent
    assert {first.identifier, second.identifier} == {f"32050041600000_20260701101500_{n}" for n in (0, 1)}


def test_a_clock_set_back_does_not_put_a_message_before_its_chain(home, submitted, change, signer, at) -> None:
    first = release.issue(home, signer, submitted().pk, 1)
    later = change(first.event, "UPG", colour="red")
    at(NOW - dt.timedelta(minutes=20))
    assert release.issue(home, signer, later.pk, later.revision).sent >= first.sent


def test_the_key_is_made_once_for_its_owner_alone_and_holds_in_both_times(home, at) -> None:
    at("2010-08-26T00:00")
    pair = release.key(home)
    assert release.key(home) == pair
    assert (home.secrets / "cap-key.pem").stat().st_mode & 0o777 == 0o600
    certificate = x509.load_pem_x509_certificate(pair.certificate)
    for moment in (clock.now(), dt.datetime.fromtimestamp(clock.wall(), dt.UTC) + dt.timedelta(days=700)):
        assert certificate.not_valid_before_utc < moment < certificate.not_valid_after_utc


def test_the_file_can_be_written_again_and_is_the_same(home, submitted, signer) -> None:
    message = release.issue(home, signer, submitted().pk, 1)
    once = release.write_file(home, message).read_bytes()
    assert release.write_file(home, message).read_bytes() == once
    assert [path.name for path in home.messages.iterdir()] == [f"{message.identifier}.xml"]
