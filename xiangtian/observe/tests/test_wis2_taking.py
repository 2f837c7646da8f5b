"""Notifications of the world: written down once, fetched, checked, handed to the intake; failures wait or stop."""

import base64
import hashlib
import json

import pytest

from xiangtian.core.models import Fact, LedgerEntry
from xiangtian.core.people import NotAllowed
from xiangtian.lake import raw
from xiangtian.lake.journal import SpoolError
from xiangtian.observe.actions import wis2 as taking
from xiangtian.observe.actions import wis2_retry
from xiangtian.observe.jobs.wis2 import Fetching
from xiangtian.observe.models import Quarantined, Wis2Message, Wis2Notice
from xiangtian.observe.tests import wis2_world as world
from xiangtian.observe.wis2 import messages

OWN = "cn-cma-suzhou-test"
BODY = b"BUFR of Japan 7777"


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XIANGTIAN_WIS2_PRIVATE", "yes")
    made = world.Files()
    yield made
    made.close()


def take(*documents: dict, topic: str = world.TOPIC) -> int:
    return taking.take_notices([(topic, messages.write(one)) for one in documents], OWN)


def fetch_all(home) -> list[str]:
    """Fetch what is due, as the job does, without its threads; give the states."""
    return [taking.settle(home, errand, taking.run_errand(errand)) for errand in taking.claim(20)]


def kept(home) -> list[tuple[str, str, bytes]]:
    return [(one.source, one.name, raw.body(home, one.sha256)) for one in raw.arrivals(home)]


@pytest.mark.django_db
def test_a_file_is_fetched_checked_and_handed_to_the_intake(home, files) -> None:
    files.files["/A.bufr4"] = BODY
    assert take(world.notification(f"{files.url}/A.bufr4", BODY)) == 1
    row = Wis2Notice.objects.get()
    assert (row.state, row.centre, row.tries, row.host) == ("waiting", "jp-jma", 0, "127.0.0.1")
    assert fetch_all(home) == ["done"]
    name = "wis2/jp-jma/data/core/weather/surface-based-observations/synop/A/A.bufr4"
    assert kept(home) == [("wis2", name, BODY)]
    row.refresh_from_db()
    assert (row.state, row.sha256, row.size) == ("done", hashlib.sha256(BODY).hexdigest(), len(BODY))
    assert fetch_all(home) == []


@pytest.mark.django_db
def test_what_travels_inside_needs_no_network(home, files) -> None:
    take(world.notification("https://example.org/a", BODY, inside=True))
    assert fetch_all(home) == ["done"]
    assert kept(home)[0][2] == BODY
    assert files.asked == []


@pytest.mark.django_db
def test_repetitions_are_counted_and_not_fetched_again(home, files) -> None:
    first = world.notification(f"{files.url}/A", BODY)
    other_cache = first | {"id": "11111111-1111-4111-8111-111111111111"}  # a global cache gives a new UUID
    assert take(first, first, other_cache) == 1
    assert take(other_cache) == 0
    assert Wis2Notice.objects.get().repeats == 3
    assert take(world.notification(f"{files.url}/A", BODY, seconds=1)) == 1  # a later publication is another one


@pytest.mark.django_db
def test_our_own_notifications_that_come_back_are_passed_over(home) -> None:
    topic = f"cache/a/wis2/{OWN}/data/core/weather/surface-based-observations/synop"
    assert take(world.notification("https://example.org/a", BODY), topic=topic) == 0
    assert not Wis2Notice.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("payload", [b"", b"no json", b"\x00\xff", b"{}", b"[]", b" " * 9000])
def test_what_is_no_notification_is_written_down_with_its_reason(home, payload: bytes) -> None:
    assert taking.take_notices([(world.TOPIC, payload)], OWN) == 1
    assert taking.take_notices([(world.TOPIC, payload)], OWN) == 0
    row = Wis2Notice.objects.get()
    assert (row.state, row.repeats) == ("refused", 1)
    assert "通知" in row.reason
    assert taking.claim(5) == []


@pytest.mark.django_db
def test_deletions_records_and_names_without_end_are_not_fetched(home) -> None:
    gone = world.notification("https://example.org/a", BODY)
    gone["links"][0]["rel"] = "deletion"
    long = world.notification("https://example.org/a", BODY, name="x" * 700)
    take(gone, long)
    take(world.notification("https://example.org/b", BODY, seconds=5), topic="cache/a/wis2/jp-jma/metadata")
    assert sorted(Wis2Notice.objects.values_list("state", flat=True)) == ["ignored", "ignored", "refused"]
    assert taking.claim(5) == []


@pytest.mark.django_db
def test_another_file_than_was_hashed_goes_to_quarantine_and_not_to_the_intake(home, files, person) -> None:
    files.files["/A"] = BODY + b"!"
    document = world.notification(f"{files.url}/A", BODY)
    del document["links"][0]["length"]
    take(document)
    assert fetch_all(home) == ["quarantined"]
    assert kept(home) == []
    put_aside = Quarantined.objects.get()
    assert "完整性校验失败" in put_aside.reason
    assert put_aside.name.startswith("wis2/jp-jma/")
    assert Fact.objects.get().kind == "message.quarantined"
    files.files["/A"] = BODY  # the other side mends it, and somebody asks again
    row = Wis2Notice.objects.get()
    with pytest.raises(NotAllowed):
        wis2_retry.retry_notice(person("wang", "observer"), row.pk)
    wis2_retry.retry_notice(person("li", "data_manager"), row.pk)
    assert LedgerEntry.objects.get().verb == "observe.wis2_retry"
    assert fetch_all(home) == ["done"]
    with pytest.raises(wis2_retry.CantRetry):
        wis2_retry.retry_notice(person("zhao", "data_manager"), row.pk)


@pytest.mark.django_db
def test_a_broken_inline_content_and_a_wrong_length_go_to_an_end(home, files) -> None:
    files.files["/A"] = BODY
    short = world.notification(f"{files.url}/A", BODY)
    short["links"][0]["length"] = 5
    inside = world.notification("https://example.org/a", BODY, seconds=1, inside=True)
    inside["properties"]["content"]["value"] = base64.b64encode(b"other").decode()
    take(short, inside)
    assert sorted(fetch_all(home)) == ["given_up", "quarantined"]
    assert kept(home) == []


@pytest.mark.django_db
def test_what_is_not_there_yet_waits_and_is_given_up_in_the_end(home, files, monkeypatch) -> None:
    take(world.notification(f"{files.url}/missing", BODY))
    for tries in range(1, taking.PATIENCE.tries + 1):
        states = fetch_all(home)
        row = Wis2Notice.objects.get()
        assert row.tries == tries
        if tries < taking.PATIENCE.tries:
            assert states == ["waiting"]
            assert "404" in row.reason
            assert fetch_all(home) == []  # its pause is not over
            Wis2Notice.objects.update(next_try=0)
    assert (row.state, len(files.asked)) == ("given_up", taking.PATIENCE.tries)


@pytest.mark.django_db
def test_an_address_inside_is_given_up_at_once(home, files, monkeypatch) -> None:
    monkeypatch.setenv("XIANGTIAN_WIS2_PRIVATE", "no")
    take(world.notification(f"{files.url}/A", BODY))
    assert fetch_all(home) == ["given_up"]
    assert files.asked == []


@pytest.mark.django_db
def test_the_same_version_is_not_taken_in_twice(home, files) -> None:
    files.files["/A"] = BODY
    take(world.notification(f"{files.url}/A", BODY))
    assert fetch_all(home) == ["done"]
    take(world.notification(f"{files.url}/A", BODY, seconds=60))
    assert fetch_all(home) == ["unchanged"]
    assert len(kept(home)) == 1
    files.files["/A"] = BODY + b"!"
    take(world.notification(f"{files.url}/A", BODY + b"!", seconds=120))  # another hash: asked without the old tag
    assert fetch_all(home) == ["done"]
    assert len(kept(home)) == 2


@pytest.mark.django_db
def test_a_claimed_row_is_not_taken_twice_and_comes_back_when_its_worker_died(home, files) -> None:
    files.files["/A"] = BODY
    take(world.notification(f"{files.url}/A", BODY))
    assert len(taking.claim(5)) == 1
    assert taking.claim(5) == []  # under lease
    Wis2Notice.objects.update(next_try=0)  # the lease of a killed worker is over
    assert fetch_all(home) == ["done"]


@pytest.mark.django_db
def test_a_full_disk_puts_it_off(home, files, monkeypatch) -> None:
    files.files["/A"] = BODY
    take(world.notification(f"{files.url}/A", BODY))

    def full(*_: object) -> None:
        raise SpoolError("the disk is full")

    monkeypatch.setattr(raw, "keep", full)
    assert fetch_all(home) == ["waiting"]
    assert "the disk is full" in Wis2Notice.objects.get().reason


def test_the_job_fetches_beside_a_host_that_hangs(home, committed, files, wait_for) -> None:
    slow, quick = world.Files(), files
    slow.hold.clear()
    quick.files = {f"/{n}": BODY + bytes([n]) for n in range(6)}
    hanging = [
        world.notification(f"{slow.url.replace('127.0.0.1', 'localhost')}/{n}", BODY, f"S{n}", n) for n in range(20)
    ]
    sound = [world.notification(f"{quick.url}/{n}", BODY + bytes([n]), f"Q{n}", n) for n in range(6)]
    take(*hanging, *sound)
    fetching = Fetching(home)
    try:
        wait_for(lambda: fetching.sweep() is None or Wis2Notice.objects.filter(state="done").count() == 6, every_s=0.02)
        assert len(slow.asked) <= 4  # no more than its share is under way
        assert Wis2Notice.objects.filter(host="localhost", state="waiting").count() == 20
    finally:
        slow.close()
        wait_for(lambda: fetching.sweep() is None or Wis2Notice.objects.filter(tries=0).count() == 0, every_s=0.02)
        fetching.close()


@pytest.mark.django_db
def test_nothing_is_fetched_in_an_exercise(home, at, files) -> None:
    at("2026-07-01T02:00")
    take(world.notification(f"{files.url}/A", BODY))
    fetching = Fetching(home)
    fetching.sweep()
    assert not fetching.busy
    fetching.close()


@pytest.mark.django_db
def test_only_what_was_given_up_is_sent_again(home, person) -> None:
    row = Wis2Message.objects.create(
        message_id="1", time=world.PUBTIME, known=world.PUBTIME, prepared=world.PUBTIME, state="given_up", tries=40
    )
    with pytest.raises(NotAllowed):
        wis2_retry.retry_message(person("wang", "viewer"), row.pk)
    manager = person("li", "data_manager")
    wis2_retry.retry_message(manager, row.pk)
    row.refresh_from_db()
    assert (row.state, row.tries) == ("waiting", 0)
    with pytest.raises(wis2_retry.CantRetry):
        wis2_retry.retry_message(manager, row.pk)


@pytest.mark.django_db
def test_a_document_is_kept_as_it_came(home) -> None:
    document = world.notification("https://example.org/a", BODY, name="气象")
    take(document)
    assert json.loads(Wis2Notice.objects.get().document) == document
