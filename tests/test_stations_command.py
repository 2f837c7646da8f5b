"""`xiangtian stations`: lists, comparisons, conflicts and who measured, from outside."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from xiangtian.cli.main import main
from xiangtian.cli.stations import FORMS
from xiangtian.core import clock
from xiangtian.observe.actions import register_national
from xiangtian.observe.actions.devices import add_device, add_position
from xiangtian.observe.actions.installing import install
from xiangtian.observe.metadata.lists import FORMATS

pytestmark = pytest.mark.django_db
MOVED = "id,zh,en,kind,lon,lat,alt_m\n58349,苏州,Suzhou,国家气象观测站,120.6012,31.3011,12.0\n"


def say(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["stations", *(str(word) for word in words)], catch_exceptions=False)


def test_the_command_knows_all_forms() -> None:
    assert set(FORMS) == set(FORMATS)


def test_stations_as_they_stood_at_a_moment(home) -> None:
    register_national()
    assert len(say("list").output.splitlines()) == 7
    before, after = (
        json.loads(say("list", "--at", day, "--json").output.splitlines()[0]) for day in ("2013-12-31", "2014-01-01")
    )
    assert (before["code"], before["lat"], after["lat"], after["wigos"]) == (
        "58349",
        31.2667,
        31.4167,
        "0-20000-0-58349",
    )
    assert say("list", "--at", "yesterday").exit_code == 2


def test_a_list_is_compared_and_its_conflicts_wait(home, person, tmp_path: Path) -> None:
    register_national()
    person("engineer", "engineer")
    person("looker", "viewer")
    file = tmp_path / "list.csv"
    file.write_text(MOVED, encoding="utf-8")
    told = say("import", "--as", "engineer", file)
    assert told.exit_code == 0
    assert "1 differs" in told.output
    lines = [json.loads(line) for line in say("conflicts", "--json").output.splitlines()]
    assert next((one["code"], one["field"], one["theirs"]) for one in lines) == ("58349", "altitude", 12.0)
    assert "58349" in say("conflicts").output
    for words in (("--as", "nobody"), ("--as", "looker"), ("--as", "engineer", "--format", "micaps3")):
        assert say("import", *words, file).exit_code == 1


def test_who_measured(home, person) -> None:
    register_national()
    engineer = person("engineer", "engineer")
    since = dt.datetime(2026, 6, 1, tzinfo=clock.UTC)
    position = add_position(engineer, "58349", "air_temperature", 1.5, since, "x")
    install(engineer, position.pk, add_device(engineer, "华云", "PT100", "A").pk, since, None, "x")
    told = json.loads(say("who", "58349", "air_temperature", "--at", "2026-06-01T08:00", "--json").output)
    assert (told["device"], told["height_m"], told["calibration"]) == ("华云 PT100 A", 1.5, "none")
    assert "device: None" in say("who", "58349", "air_temperature", "--at", "2026-06-01T07:59").output
