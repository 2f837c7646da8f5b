"""Targets and exercise gateways: nothing stands on both sides."""

import pytest

from xiangtian.core.models import LedgerEntry, Person
from xiangtian.core.people import NotAllowed
from xiangtian.publish.actions import (
    TargetRefused,
    TargetSpec,
    add_exercise_targets,
    add_live_target,
    open_house_channels,
    use_exercise_endpoints,
)
from xiangtian.publish.models import ExerciseEndpoint, ExerciseTarget, LiveTarget
from xiangtian.publish.queries import endpoints

pytestmark = pytest.mark.django_db


def test_targets_are_entered_once_with_secrets_of_their_own() -> None:
    specs = [
        TargetSpec("a", "webhook", "http://a/"),
        TargetSpec("b", "webhook", "https://b/x"),
        TargetSpec("c", "sms", "123"),
    ]
    assert add_exercise_targets("job:drill", specs) == 3
    assert add_exercise_targets("job:drill", specs) == 0
    assert len(set(ExerciseTarget.objects.values_list("secret", flat=True))) == 3
    assert LedgerEntry.objects.filter(verb="publish.exercise_targets").count() == 1


def test_no_address_stands_in_both_lists() -> None:
    LiveTarget.objects.create(name="real", channel="webhook", address="http://real/")
    with pytest.raises(TargetRefused, match="不得共用地址"):
        add_exercise_targets("job:drill", [TargetSpec("ok", "sms", "123"), TargetSpec("x", "webhook", "http://real/")])
    assert not ExerciseTarget.objects.exists(), "all or none"


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        ("sms", "abc"),
        ("sms", "1" * 16),
        ("email", "a b@c"),
        ("email", "a@b, c@d"),
        ("webhook", "ftp://x/"),
        ("webhook", "http://"),
        ("mqtt_terminal", "a/#"),
        ("mqtt_terminal", "/a"),
        ("cap_feed", "/other.xml"),
        ("pigeon", "roof"),
    ],
)
def test_an_address_its_channel_can_not_use_is_refused(channel, address) -> None:
    with pytest.raises(TargetRefused, match=r"allowed|there are"):
        add_exercise_targets("job:drill", [TargetSpec("x", channel, address)])


def test_a_colour_that_is_none_is_refused() -> None:
    with pytest.raises(TargetRefused, match="allowed: blue"):
        add_exercise_targets("job:drill", [TargetSpec("x", "sms", "123", least_colour="black")])


def test_live_targets_need_a_right() -> None:
    person = Person.objects.create(username="v", roles=["viewer"])
    with pytest.raises(NotAllowed, match=r"publish\.targets"):
        add_live_target(person, TargetSpec("x", "sms", "123"))
    assert not LiveTarget.objects.exists()


def test_the_house_opens_feed_and_terminals_in_both_lists_apart() -> None:
    assert open_house_channels("job:start") == 4
    assert open_house_channels("job:start") == 0
    live = set(LiveTarget.objects.values_list("address", flat=True))
    drill = set(ExerciseTarget.objects.values_list("address", flat=True))
    assert not live & drill


def test_exercises_have_gateways_of_their_own(monkeypatch) -> None:
    monkeypatch.setenv("XIANGTIAN_SMS_URL", "http://u:secret@gate:9000/api/")
    assert endpoints("exercise").sms_url == ""
    use_exercise_endpoints("job:drill", {"sms": "http://u:k@127.0.0.1:9001"})
    assert endpoints("exercise").sms_url == "http://u:k@127.0.0.1:9001"
    assert endpoints("live").sms_url == "http://u:secret@gate:9000/api/"
    detail = LedgerEntry.objects.get(verb="publish.exercise_endpoints").detail
    assert detail == {"sms": "127.0.0.1:9001"}, "no key in the ledger"
    with pytest.raises(TargetRefused, match="真实网关"):
        use_exercise_endpoints("job:drill", {"sms": "http://other:key@gate:9000/api"})
    with pytest.raises(TargetRefused, match="those that have are"):
        use_exercise_endpoints("job:drill", {"webhook": "http://x"})
    assert ExerciseEndpoint.objects.count() == 1
