"""The chain names people, versions and bytes; what is gone is said to be gone. All of it is in `tests/test_walk.py`."""

import json

import pytest
from click.testing import CliRunner

from xiangtian.cli.main import main
from xiangtian.publish import actions as publish
from xiangtian.verify.tracing import Unknown, chain
from xiangtian.warn import actions as desk
from xiangtian.warn import release
from xiangtian.warn.tests.desk import WUZHONG, proposed, station
from xiangtian.warn.tests.makers import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def message(home, at, person):
    at(NOW)
    station("s0")
    publish.open_house_channels("job:test")
    forecaster, signer = person("forecaster", "forecaster"), person("signer", "signer")
    draft = desk.accept(forecaster, proposed().pk)
    desk.submit(forecaster, draft.pk, 1)
    return release.issue(home, signer, draft.pk, 1)


def test_by_message_and_by_event_the_same_chain(home, message) -> None:
    told = chain(home, message.identifier)
    assert chain(home, message.event.code) == told
    (one,) = told["messages"]
    assert (one["identifier"], one["drafted_by"], one["signed_by"]) == (message.identifier, "forecaster", "signer")
    assert one["cap_sha256"] == message.cap_sha256
    assert one["districts"] == [WUZHONG]
    assert one["proposal"]["lake_version"] == 7
    assert {each["channel"] for each in one["deliveries"]} == {"cap_feed", "mqtt_terminal"}
    verbs = [line.split()[3] for line in told["ledger"]["lines"]]
    assert verbs == ["warn.propose", "warn.accept", "warn.submit", "publish.enqueue", "warn.issue"]
    assert told["ledger"]["sound"] is True
    json.dumps(told)  # JSON values all through


def test_a_nowcast_that_is_not_in_this_home_is_not_invented(home, message) -> None:
    assert chain(home, message.identifier)["messages"][0]["proposal"]["nowcast"] is None
    assert chain(home, message.identifier)["messages"][0]["proposal"]["criteria"][0]["readings"] == []


def test_who_asks_for_what_is_not_there_is_told_what_is(home, message) -> None:
    with pytest.raises(Unknown, match=message.identifier):
        chain(home, "32050041600000_20200101000000_0")
    told = CliRunner().invoke(main, ["trace", "nothing"])
    assert told.exit_code == 1
    assert f"the newest messages are {message.identifier}" in told.output


def test_an_empty_home_says_none(home, at) -> None:
    with pytest.raises(Unknown, match="the newest messages are none"):
        chain(home, "x")


def test_the_command_prints_lines_and_json(home, message) -> None:
    plain = CliRunner().invoke(main, ["trace", message.identifier], catch_exceptions=False)
    assert "signed_by: signer" in plain.output
    told = CliRunner().invoke(main, ["trace", message.identifier, "--json"], catch_exceptions=False)
    assert json.loads(told.output) == chain(home, message.identifier)
