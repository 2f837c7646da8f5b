"""A message to many phones: handed over how fast, each exactly once, with failures and the sender killed in the middle.

    python benchmarks/reach.py --targets 100000 --fail 0.03 --kill --json

A gateway on the loopback, in a process of its own, takes the messages, refuses a share for good, is busy the first time
for as large a share, and counts what reaches it. With `--kill` the sending process gets signal 9 when a third is
handed over, and another one takes up its rows. The records stay in `XIANGTIAN_HOME` (default: a new folder).

What is counted, at the end, from both sides: `sent` (rows that reached the gateway, by our records), `given_up`,
`open` (rows that still wait), `lost` (sent by our records, unknown to the gateway), `unrecorded` (taken by the gateway,
not sent by our records), `duplicates` (phones that got the message more than once), `repeats` (requests that came again
after the kill, because the dead process could not record them any more; the gateway tells them by their key and drops
them). Waits run from the moment the row was queued, `per_second` from then to the last row handed over, the kill and
the new start included; `seconds` is the whole life of the sending processes, receipts taken in included.
"""

# ruff: noqa: PLC0415 (the rooms may be imported only once the home is named)

from __future__ import annotations

import argparse
import datetime as dt
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

PASSES = 40
"""Looks at the records while waiting are this many to the second at most."""
MESSAGE = "32050041600000_20260701101500_0"
WORK = """
import django; django.setup()
from xiangtian.publish import jobs
jobs.reclaim()
courier = jobs.Courier()
print(jobs.drain({patience}, courier=courier).complete, flush=True)
courier.close()
"""


def gateway(door: Connection, fail: float) -> None:
    """Serve as the gateway until told to stop; then say what was taken."""
    from xiangtian.publish.simulator import Faults, SmsGateway

    simulator = SmsGateway("bench", Faults(refused=fail, first_time=fail))
    simulator.start()
    door.send(simulator.url)
    while door.recv() == "count":
        door.send(dict(simulator.counts))
    numbers = Counter(order["to"] for order in simulator.taken.values())
    door.send((dict(simulator.counts), sorted(simulator.taken), sum(1 for n in numbers.values() if n > 1)))
    simulator.stop()


def set_up(targets: int, url: str) -> float:
    """Make the records, the targets and one message for all of them; give how long the queueing took, seconds."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    from xiangtian.core import clock
    from xiangtian.publish import actions
    from xiangtian.publish.notice import Notice

    call_command("migrate", verbosity=0)
    codes = ("320505", "320506", "320507", "320508", "320509", "320581", "320582", "320583", "320585")
    for begin in range(0, targets, 5000):
        numbers = range(begin, min(targets, begin + 5000))
        actions.add_exercise_targets(
            "job:bench", [actions.TargetSpec(f"r{n}", "sms", f"1{n:010d}", areas=(codes[n % 9],)) for n in numbers]
        )
    actions.use_exercise_endpoints("job:bench", {"sms": url})
    now = clock.now()
    short = "【演练】苏州市气象台发布暴雨红色预警信号，请注意防范。"
    bodies = dict.fromkeys(("cap", "text", "full", "en"), "rain") | {"short": short}
    begun = time.perf_counter()
    with transaction.atomic():
        later = now + dt.timedelta(hours=6)
        actions.enqueue(
            Notice(MESSAGE, "E1", "Exercise", "NEW", "rainstorm", "red", codes, "暴雨红色预警信号", bodies, now, later)
        )
    return time.perf_counter() - begun


def worker(patience_s: float) -> subprocess.Popen[str]:
    """Start a sending process."""
    return subprocess.Popen([sys.executable, "-c", WORK.format(patience=patience_s)], stdout=subprocess.PIPE, text=True)


def send_all(counts: Connection, targets: int, kill: bool, patience_s: float) -> float:
    """Let a worker send everything; give the seconds from its start to its end, a kill and a second start included."""
    begun = time.perf_counter()
    sending = worker(patience_s)
    if kill:
        while sending.poll() is None:
            counts.send("count")
            if counts.recv().get("taken", 0) >= targets / 3:
                break
            time.sleep(1 / PASSES)
        os.kill(sending.pid, signal.SIGKILL)
        sending.wait()
        sending = worker(patience_s)
    sending.wait()
    return time.perf_counter() - begun


def judge(taken: list[str]) -> dict[str, float]:
    """Compare our records with what the gateway has."""
    from xiangtian.publish.models import Delivery

    rows = list(Delivery.objects.values_list("key", "state", "queued_wall", "handed_over_wall"))
    states = Counter(state for _, state, _, _ in rows)
    sent = {key for key, state, _, _ in rows if state in ("sent", "delivered", "confirmed")}
    waits = [handed - queued for _, _, queued, handed in rows if handed is not None]
    p50, p95, last = (float(np.percentile(waits, q)) for q in (50, 95, 100)) if waits else (0.0, 0.0, 0.0)
    return {
        "targets": len(rows),
        "sent": len(sent),
        "given_up": states["given_up"],
        "open": states["queued"] + states["failed"],
        "lost": len(sent - set(taken)),
        "unrecorded": len(set(taken) - sent),
        "p50_s": round(p50, 2),
        "p95_s": round(p95, 2),
        "last_s": round(last, 2),
    }


def measure(targets: int, fail: float, kill: bool, patience_s: float) -> dict[str, object]:
    """Send one message to so many phones and give the figures."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    far = multiprocessing.get_context("spawn").Process(target=gateway, args=(there, fail), daemon=True)
    far.start()
    queued_s = set_up(targets, here.recv())
    took_s = send_all(here, targets, kill, patience_s)
    here.send("stop")
    counts, taken, rung_twice = here.recv()
    far.join(10)
    judged = judge(taken)
    found: dict[str, object] = dict(judged)
    found |= {"duplicates": rung_twice, "repeats": counts.get("duplicates", 0), "refused": counts.get("refused", 0)}
    found |= {"busy_once": counts.get("failed_once", 0), "killed": kill, "home": os.environ["XIANGTIAN_HOME"]}
    found |= {"queueing_s": round(queued_s, 2), "seconds": round(took_s, 2)}
    return found | {"per_second": round(targets / judged["last_s"])}


def main() -> int:
    """Measure, print, and give 1 if anything was lost, left open or rang twice."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--targets", type=int, default=10_000)
    parser.add_argument("--fail", type=float, default=0.03)
    parser.add_argument("--kill", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--patience", type=float, default=900.0, help="longest time a sender may take, seconds")
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xiangtian.web.settings")
    home = Path(os.environ.setdefault("XIANGTIAN_HOME", tempfile.mkdtemp(prefix="reach-")))
    (home / "secrets").mkdir(parents=True, exist_ok=True)
    found = measure(given.targets, given.fail, given.kill, given.patience)
    if given.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        for name, value in found.items():
            print(f"{name:>12} {value}")
    return 1 if found["lost"] or found["unrecorded"] or found["open"] or found["duplicates"] else 0


if __name__ == "__main__":
    sys.exit(main())
