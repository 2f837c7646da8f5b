"""Fixtures for the whole house: the sample data, a fresh home with its clock, and people who may act in it."""

from __future__ import annotations

import atexit
import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

NOWHERE = tempfile.mkdtemp(prefix="xiangtian-tests-")  # a test that forgets the fixture touches nobody's own home
os.environ["XIANGTIAN_HOME"] = NOWHERE
atexit.register(shutil.rmtree, NOWHERE, ignore_errors=True)
(Path(os.environ["XIANGTIAN_HOME"]) / "cache/static").mkdir(parents=True)

import pytest  # noqa: E402 (the home must be set first)

SHARED = Path(os.environ.get("XIANGTIAN_SHARED", Path(__file__).resolve().parent.parent / "shared")) / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of shared sample data, or skip where it is absent (in CI its absence is a failure)."""
    if not SHARED.is_dir():
        reason = f"the shared sample data are not at {SHARED}; set XIANGTIAN_SHARED to the folder that holds data/"
        if os.environ.get("CI") and os.environ.get("XIANGTIAN_REQUIRE_SHARED"):
            pytest.fail(reason)
        pytest.skip(reason)
    return SHARED


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Give a fresh home that `XIANGTIAN_HOME` names, and follow its clock (real time until a test sets it)."""
    from xiangtian.core import clock
    from xiangtian.core.home import Home

    place = Home(tmp_path / "home").prepare()
    monkeypatch.setenv("XIANGTIAN_HOME", str(place.root))
    clock.bind(place.clock)
    yield place
    clock.bind(None)


@pytest.fixture
def at(home: Any) -> Callable[..., dt.datetime]:
    """Let the home's clock stand at a moment (UTC, ISO 8601); a home with such a clock is in an exercise."""
    from xiangtian.core import clock

    def stand(moment: str | dt.datetime, **notes: str) -> dt.datetime:
        time = dt.datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        time = time.replace(tzinfo=dt.UTC) if time.tzinfo is None else time
        clock.set_scenario(home.clock, time, 0, notes)
        return time

    return stand


@pytest.fixture
def person(db: None) -> Callable[..., Any]:
    """Register people: a log-in name, roles, and the districts of their unit (default: the whole city); on shift."""
    from xiangtian.core import clock
    from xiangtian.core.models import Person, Shift, Unit
    from xiangtian.core.places import suzhou

    def register(username: str, *roles: str, districts: tuple[str, ...] | None = None, duty: bool = True) -> Person:
        scope = sorted(suzhou().by_code) if districts is None else list(districts)
        code = "32050041600000" if districts is None else f"U{'-'.join(districts)}"[:14]
        unit, _ = Unit.objects.get_or_create(code=code, defaults={"zh": code, "en": code, "districts": scope})
        somebody = Person.objects.create(username=username, zh=username, roles=list(roles), unit=unit)
        if duty:
            now = clock.now()
            day = dt.timedelta(hours=24)
            Shift.objects.create(person=somebody, starts=now - day, ends=now + day)
        return somebody

    return register


@pytest.fixture
def committed(transactional_db: None) -> Iterator[None]:
    """Let a test commit for real; afterwards the rows that the database itself keeps from deletion are taken away."""
    from django.db import connection

    yield
    if connection.vendor != "sqlite":
        return  # PostgreSQL's TRUNCATE asks no trigger
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
        guards = cursor.fetchall()
        cursor.execute("PRAGMA foreign_keys = OFF")
        for name, _, _ in guards:
            cursor.execute(f"DROP TRIGGER {name}")
        for table in {table for _, table, _ in guards}:
            cursor.execute(f"DELETE FROM {table}")
        for _, _, sql in guards:
            cursor.execute(sql)
        cursor.execute("PRAGMA foreign_keys = ON")


@pytest.fixture
def wait_for() -> Callable[..., Any]:
    """Wait until something is true and give it; fail when it does not come."""
    import time

    def wait(true: Callable[[], Any], patience_s: float = 20.0, every_s: float = 0.02) -> Any:
        until = time.monotonic() + patience_s
        while not (found := true()):
            assert time.monotonic() < until, f"not so within {patience_s:g} s"
            time.sleep(every_s)
        return found

    return wait
