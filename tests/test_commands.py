"""The commands that strangers check from outside: `ledger verify`, `decode`, `cap check`; their keys and exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.db import connection

from xiangtian.cli.main import main
from xiangtian.core import ledger

ATTACK = b"""<?xml version="1.0"?>
<!DOCTYPE alert [<!ENTITY secret SYSTEM "file:///etc/passwd"> <!ENTITY a "%s"> <!ENTITY b "%s">]>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>&secret;&b;</identifier></alert>
""" % (b"ha" * 1000, b"&a;" * 1000)


def say(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)


def lines(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def tamper(sql: str, *parameters: Any) -> None:
    """Change the ledger past its guard, as somebody with the database file in hand could."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER ledger_no_update")
            cursor.execute("DROP TRIGGER ledger_no_delete")
        else:
            cursor.execute("ALTER TABLE core_ledgerentry DISABLE TRIGGER ledger_no_change")
        cursor.execute(sql, parameters)


@pytest.mark.django_db
def test_ledger_verify_says_sound_and_exits_with_0(home) -> None:
    ledger.write("alice", "test.did", "x", {"much": 1})
    told = say("ledger", "verify")
    assert (told.exit_code, "sound: 1 lines" in told.output) == (0, True)
    assert json.loads(say("ledger", "verify", "--json").output)["sound"] is True


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE core_ledgerentry SET actor = 'mallory' WHERE id = %s", "was changed after it was written"),
        ("UPDATE core_ledgerentry SET detail = '{}' WHERE id = %s", "was changed after it was written"),
        ("DELETE FROM core_ledgerentry WHERE id = %s", "is gone"),
    ],
)
def test_ledger_verify_finds_planted_tampering_and_exits_with_1(home, sql: str, words: str) -> None:
    entries = [ledger.write("alice", "test.did", str(number), {"number": number}) for number in range(5)]
    tamper(sql, entries[2].pk)
    told = say("ledger", "verify")
    assert told.exit_code == 1
    assert words in told.output
    verdict = json.loads(say("ledger", "verify", "--json").output)
    assert verdict["sound"] is False
    assert verdict["broken_at"] in {entries[2].pk, entries[3].pk}


def test_ledger_verify_without_a_home_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIANGTIAN_HOME", str(tmp_path / "nowhere"))
    told = say("ledger", "verify")
    assert told.exit_code == 1
    assert "there is no home at" in told.output


def test_decode_gives_a_line_for_each_reading_and_refusal(tmp_path: Path, report) -> None:
    good, bad, empty = tmp_path / "good.json", tmp_path / "bad.bufr", tmp_path / "empty"
    good.write_bytes(report("58358", "2026-07-01T02:00:00Z", air_temperature=25.5, precipitation_amount=1.2))
    bad.write_bytes(b"BUFR\x00\x00\x20\x04 and then the line went dead")
    empty.write_bytes(b"")
    first, second, third = lines(say("decode", good, bad, empty, "--json"))
    assert first == {
        "file": str(good),
        "station": "58358",
        "time": "2026-07-01T02:00:00Z",
        "air_temperature": 25.5,
        "precipitation_amount": 1.2,
    }
    assert second.keys() == third.keys() == {"file", "reason"}
    assert (second["file"], third["file"]) == (str(bad), str(empty))


def test_decode_closes_with_a_summary_on_the_error_output(tmp_path: Path, report) -> None:
    for number, body in enumerate((report("58358", "2026-07-01T02:00:00Z", air_temperature=25.5), b"", b"")):
        (tmp_path / str(number)).write_bytes(body)
    told = say("decode", tmp_path).stderr.splitlines()
    assert told[0] == "3 个文件，1 条观测，2 处未解码 (3 files, 1 readings, 2 refusals)"
    assert told[1].split(maxsplit=1) == ["2", "the message is empty (0 bytes); nothing to decode"]


def test_decode_reads_the_kept_bytes_of_a_home(home, report) -> None:
    from xiangtian.core import clock
    from xiangtian.lake import raw

    body = report("58358", "2026-07-01T02:00:00Z", air_temperature=25.5)
    raw.keep(home, [raw.Incoming(body, "mqtt", "observe/stations/58358", clock.now())])
    (line,) = lines(say("decode", home.raw, "--json"))  # the journal is no message
    assert (line["station"], line["air_temperature"]) == ("58358", 25.5)


@pytest.mark.shared
def test_decode_gives_every_stored_bufr_file_at_least_one_line(shared: Path) -> None:
    folder = shared / "bufr-messages"
    files = {str(path) for path in folder.rglob("*") if path.is_file()}
    told = lines(say("decode", folder, "--json"))
    assert {line["file"] for line in told} == files
    assert all(("reason" in line) != ("station" in line) for line in told)
    synops = {line["station"] for line in told if "perf_synop_80pct" in line["file"] and "station" in line}
    assert len(synops) == 6319  # as the folder's README counts


def test_cap_check_refuses_an_entity_attack_and_reads_no_file(tmp_path: Path) -> None:
    path = tmp_path / "attack.xml"
    path.write_bytes(ATTACK)
    (verdict,) = lines(say("cap", "check", path, "--json"))
    assert list(verdict) == ["file", "valid", "structure", "profile", "signature", "defects"]
    assert (verdict["file"], verdict["valid"], verdict["structure"]) == (str(path), False, "invalid")
    assert "root:" not in json.dumps(verdict)
    assert len(json.dumps(verdict)) < 5000


def test_cap_check_goes_on_after_a_file_that_is_none(tmp_path: Path) -> None:
    for name, body in (("a.xml", b""), ("b.xml", b"<alert"), ("c.xml", b"\x00" * 100), ("d.xml", b"{}")):
        (tmp_path / name).write_bytes(body)
    told = lines(say("cap", "check", tmp_path, "--json"))
    assert [Path(line["file"]).name for line in told] == ["a.xml", "b.xml", "c.xml", "d.xml"]
    assert not any(line["valid"] for line in told)
    assert all(line["defects"] for line in told)


@pytest.mark.shared
def test_cap_check_judges_every_stored_alert(shared: Path) -> None:
    told = lines(say("cap", "check", shared / "cap-alerts", "--json"))
    (attack,) = (line for line in told if line["file"].endswith("xee.cap"))
    assert attack["valid"] is False
    valid = {Path(line["file"]).name for line in told if line["valid"]}
    assert {"australia.cap", "earthquake-iso8859-1.cap", "thunderstorm.cap"} <= valid  # as the folder's README says
    assert not {"invalid.cap", "noaa_errors.cap"} & valid
