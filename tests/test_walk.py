"""A raindrop's walk through the house: one storm, from the message of a station to the score of the warning.

Every step goes through the door that live traffic uses. The storm is the built-in generator's, made small: a hundred
minutes of cloudburst over the city, then the stations report dry air until the warning can be lifted.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from xiangtian.cli.main import main
from xiangtian.core import ledger
from xiangtian.core.models import Person
from xiangtian.core.places import city
from xiangtian.core.stations import national
from xiangtian.drill import instruments, sending, setting, stations, storm
from xiangtian.drill.faults import Delivery
from xiangtian.drill.house import House
from xiangtian.drill.sources import Scenario
from xiangtian.lake import grids, raw
from xiangtian.observe import queries as observe
from xiangtian.publish import jobs as publish
from xiangtian.publish.models import Delivery as Row
from xiangtian.publish.models import Receipt
from xiangtian.verify import jobs as verify
from xiangtian.verify.models import Score
from xiangtian.warn import actions, queries, release
from xiangtian.warn.capcheck import check
from xiangtian.warn.models import Message

BEGINS = dt.datetime(2026, 7, 1, 2, 0, tzinfo=dt.UTC)  # ten in the morning in Suzhou
WET, DRY = 20, 15
TRAVEL = dt.timedelta(seconds=5)
LOOK = dt.timedelta(seconds=45)


@pytest.fixture(scope="module")
def cloudburst() -> Scenario:
    """Twenty frames of 128 x 128 km with a mean of about 70 mm/h over the city, and dry frames for 75 minutes."""
    lon, lat = city().centroid
    recipe = storm.Recipe(seed=7, hours=(WET + DRY - 1) / 12, cells=128, lon=lon, lat=lat, spread=0.4, median_mm_h=70)
    frames = [
        frame if place < WET else replace(frame, rate=np.zeros_like(frame.rate))
        for place, frame in enumerate(storm.frames(recipe, BEGINS))
    ]
    network = (*national(BEGINS), *stations.regional(3, 13, city().districts))
    rounds = instruments.rounds(frames, network, seed=3)
    told = [
        Delivery(one.time + TRAVEL, str(message["station"]), message, json.dumps(message).encode())
        for one in rounds
        for message in one.messages
    ]
    return Scenario(tuple(frames), network, tuple(told), (), {"storm": "cloudburst", "rain_factor": "1"})


@pytest.fixture
def house(home, at, committed, settings, cloudburst: Scenario) -> Iterator[House]:
    """The house with its doors open, the drill's people and targets in it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    at(cloudburst.begins, **cloudburst.notes)
    built = House(home)
    built.start()
    simulators = setting.prepare(home, cloudburst, built.broker_url)
    yield built
    built.stop()
    simulators.stop()


def test_a_raindrop_walks_through_the_house(house: House, home, at, cloudburst: Scenario) -> None:
    forecaster, signer = (Person.objects.get(username=name) for name in ("forecaster", "signer"))
    network = sending.Network("127.0.0.1", house.port)
    network.start()

    # -- It rains: each station tells over MQTT, the radar drops a file, and the house looks.
    proposal = None
    for frame in cloudburst.frames:
        now = at(frame.time + LOOK, **cloudburst.notes)
        sending.drop(home.inbox, frame)
        told = [one for one in cloudburst.deliveries if one.message and one.send_time == frame.time + TRAVEL]
        assert network.send(told) == len(cloudburst.stations)  # every message was acknowledged
        house.wait_for_folder()

        # The bytes are kept as they came: under their own SHA-256, before anything is made of them.
        drop = told[0]
        kept = raw.place(home, hashlib.sha256(drop.body).hexdigest())
        assert kept.read_bytes() == drop.body

        # -- The drop becomes a value with a flag, and is in the lake from the moment it was received, not before.
        house.settle()
        row = observe.readings(home).read(frame.time, frame.time, [drop.station]).to_dicts()
        assert [one["precipitation_amount"] for one in row] == [drop.message["elements"].get("precipitation_amount")]
        assert [one["source"] for one in row] == [kept.name]
        before = observe.readings(home).read(
            frame.time, frame.time, [drop.station], as_of=now - dt.timedelta(seconds=1)
        )
        assert before.is_empty()

        # -- It meets the radar and moves on.
        seen = grids.newest("radar")
        assert seen is not None
        assert seen.time == frame.time
        if frame is not cloudburst.frames[0]:
            ahead = grids.newest("nowcast")
            assert ahead is not None
            assert ahead.attrs["frames"][-1] == seen.path
        proposal = next(iter(queries.waiting()), None)
        if proposal:
            break

    # -- It is recognised as danger: a proposal says why, and names everything it rests on.
    assert proposal is not None
    assert proposal.action == "NEW"
    assert proposal.status == "Exercise"
    finding = proposal.evidence["findings"][0]
    wettest = finding["met"][0]["stations"][0]
    assert (
        wettest["observed_mm"] + wettest["nowcast_mm"] >= 50 - 0.05
    )  # every rainstorm signal of 2007 asks for 50 mm or more in its window
    assert wettest["station"] in {one.id for one in cloudburst.stations}
    assert proposal.nowcast_run
    assert proposal.lake_version == observe.readings(home).version()

    # -- One forecaster takes it up; the drafter can't sign, a second person does.
    draft = actions.accept(forecaster, proposal.pk)
    draft = actions.submit(forecaster, draft.pk, draft.revision)
    with pytest.raises(actions.NotPossible, match="signer must not be the drafter"):
        release.issue(home, forecaster, draft.pk, draft.revision)
    message = release.issue(home, signer, draft.pk, draft.revision)

    # -- It becomes a CAP message that a stranger's reader accepts.
    (verdict,) = check((home.messages / f"{message.identifier}.xml").read_bytes(), message.identifier,
                       [release.key(home).certificate])  # fmt: skip
    assert (verdict.valid, verdict.structure, verdict.signature) == (True, "valid", "valid"), verdict.defects
    assert verdict.profile == "public-1.0, 12379-1.0"
    assert "<status>Exercise</status>" in message.cap

    # -- It rings a phone, and we know that it did.
    drained = publish.drain(timeout_s=30)
    assert drained.complete
    rows = Row.objects.filter(message=message.identifier)
    assert {row.state for row in rows} <= {"delivered", "confirmed"}, drained.states
    assert {row.channel for row in rows} == {"cap_feed", "webhook", "mqtt_terminal", "email", "sms"}
    assert Receipt.objects.filter(delivery__in=rows).exists()

    # -- The rain goes on to its end, then the air stays dry, and the warning is lifted by the same two people.
    lifted = None
    for frame in cloudburst.frames[len(grids.listing("radar", cloudburst.begins, cloudburst.ends)) :]:
        at(frame.time + LOOK, **cloudburst.notes)
        network.send([one for one in cloudburst.deliveries if one.send_time == frame.time + TRAVEL])
        sending.drop(home.inbox, frame)
        house.wait_for_folder()
        house.settle()
        for asked in queries.waiting():
            draft = actions.accept(forecaster, asked.pk)
            actions.submit(forecaster, draft.pk, draft.revision)
            released = release.issue(home, signer, draft.pk, draft.revision)
            lifted = released if released.action == "CAN" else lifted
    assert lifted is not None
    assert lifted.references[0].split(",")[1] == message.identifier
    assert publish.drain(timeout_s=30).complete

    # -- It is compared with what fell: the claim came before the criterion, or it did not; each line says which.
    assert verify.nightly()
    lines = Score.objects.filter(event=message.event.code)
    assert {line.outcome for line in lines} & {"hit", "late"}
    assert {line.rule_version for line in lines} == {message.rule_version}

    # -- The chain can be read back to the bytes, and forward to the score; the ledger is sound.
    told = CliRunner().invoke(main, ["trace", message.identifier, "--json"], catch_exceptions=False)
    chain = json.loads(told.output)
    (one,) = chain["messages"]
    assert (one["drafted_by"], one["signed_by"]) == ("forecaster", "signer")
    read = [reading for each in one["proposal"]["criteria"] for reading in each["readings"]]
    frames = one["proposal"]["nowcast"]["frames"]
    assert read
    assert frames
    for each in (*read, *frames):
        assert hashlib.sha256(Path(each["raw_file"]).read_bytes()).hexdigest() == each["raw"]
    assert chain["scores"]
    assert chain["ledger"]["sound"]
    assert ledger.verify().sound
    assert Message.objects.filter(event=message.event).count() == len(chain["chain"])
    network.stop()
