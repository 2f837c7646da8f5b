"""`xiangtian music fetch`: one span by hand, and what keeps it from asking."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from xiangtian.cli.main import main

SPAN = ("--from", "2026-07-01T00:00", "--to", "2026-07-01T03:00")


def fetch(home: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["music", "fetch", "--home", str(home), *words])


@pytest.mark.django_db
def test_what_keeps_it_from_asking(home, at, monkeypatch) -> None:
    assert "set XIANGTIAN_MUSIC_URL" in fetch(home.root, *SPAN).output
    assert "--from lies before --to" in fetch(home.root, "--from", SPAN[3], "--to", SPAN[1]).output
    monkeypatch.setenv("XIANGTIAN_MUSIC_URL", "http://127.0.0.1:9/api")
    assert "XIANGTIAN_MUSIC_USER" in fetch(home.root, *SPAN).output
    monkeypatch.setenv("XIANGTIAN_MUSIC_USER", "U1")
    monkeypatch.setenv("XIANGTIAN_MUSIC_PASSWORD", "secret")
    nobody = fetch(home.root, *SPAN)
    assert nobody.exit_code == 1
    assert "无应答" in nobody.output
    assert "secret" not in nobody.output
    at("2026-07-01T12:00:00")
    assert "in an exercise" in fetch(home.root, *SPAN).output
