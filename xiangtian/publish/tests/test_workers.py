"""Two sender processes over one database file, and one of them killed with signal 9."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from xiangtian.publish.simulator import SmsGateway

NUMBER = 600
SET_UP = """
import django; django.setup()
from django.core.management import call_command
from django.db import transaction
for room in ("core", "kit", "publish"):
    call_command("migrate", room, verbosity=0)
import datetime as dt, sys
from xiangtian.core import clock
from xiangtian.publish import actions
from xiangtian.publish.notice import Notice
specs = [actions.TargetSpec(f"r{n}", "sms", f"1{n:010d}") for n in range(int(sys.argv[2]))]
actions.add_exercise_targets("job:test", specs)
actions.use_exercise_endpoints("job:test", {"sms": sys.argv[1]})
bodies = dict(cap="<alert/>", short="雨", text="雨", full="雨", en="rain")
now = clock.now()
with transaction.atomic():
    actions.enqueue(Notice("M1", "E1", "Exercise", "NEW", "rainstorm", "red", ("320505",), "雨", bodies, now,
                           now + dt.timedelta(hours=6)))
"""
WORK = """
import django; django.setup()
from xiangtian.publish import jobs
jobs.reclaim() if {reclaim} else None
courier = jobs.Courier(lease_s=30)
print("working", flush=True)
print(jobs.drain(60, courier=courier).complete, flush=True)
courier.close()
"""
COUNT = """
import django; django.setup()
from collections import Counter
from xiangtian.publish.models import Delivery
print(dict(Counter(Delivery.objects.values_list("state", flat=True))))
"""


@pytest.fixture
def python(tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    """Run Python in a home of its own, on a database file."""
    (tmp_path / "secrets").mkdir()
    settings = {"DJANGO_SETTINGS_MODULE": "xiangtian.web.settings", "XIANGTIAN_HOME": str(tmp_path)}
    environment = {**os.environ, **settings, "XIANGTIAN_DATABASE_URL": ""}

    def run(script: str, *arguments: object) -> subprocess.Popen[str]:
        words = [sys.executable, "-c", script, *map(str, arguments)]
        return subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True)

    return run


def finished(process: subprocess.Popen[str]) -> str:
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return said.strip().splitlines()[-1] if said.strip() else ""


@pytest.mark.slow
def test_each_recipient_once_with_two_workers_and_a_kill(python, started) -> None:
    gateway = started(SmsGateway("k"))
    finished(python(SET_UP, gateway.url, NUMBER))
    first, second = (python(WORK.format(reclaim=False)) for _ in range(2))
    while gateway.counts["taken"] < NUMBER // 4:
        assert first.poll() is None
        time.sleep(0.01)
    assert gateway.counts["duplicates"] == 0, "two workers never take the same row"
    for worker in (first, second):
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)
    before = gateway.counts["taken"]
    assert before < NUMBER
    assert finished(python(WORK.format(reclaim=True))) == "True"
    assert finished(python(COUNT)) == f"{{'delivered': {NUMBER}}}"
    assert len({order["to"] for order in gateway.taken.values()}) == gateway.counts["taken"] == NUMBER
