"""Decoding world SYNOPs from BUFR: ours beside the bare ecCodes loop, in one run.

The bare loop does what anybody would write: unpack every message, get the same keys one by one, keep them in a dict.
Ours gives readings in the units of the catalogue with marks and positions, the two parts of a report joined.
Time is that of the processor (the machine may be shared); runs alternate, the median counts. Budget: ratio at most 1.1.
Then what the workshop costs, decoding in a process of its own (observe/workshop.py): the clock's time of the same work
in this process and through the workshop, for the BUFR file, for its messages one by one, and for a minute of 70 000
stations as JSON.
Run: python benchmarks/bench_decode.py [--shared DIR] [--rounds 3]   (bounded: about a minute)
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pyproj  # noqa: F401 must be loaded before eccodes

from xiangtian.observe import decode
from xiangtian.observe.reading import Envelope
from xiangtian.observe.worker import Limits
from xiangtian.observe.workshop import Workshop

eccodes = importlib.import_module("eccodes")

FILE = "bufr-messages/pdbufr/perf_synop_80pct.bufr"
RECEIVED = dt.datetime(2018, 11, 2, 12, 30, tzinfo=dt.UTC)
BUDGET = 1.1
STATIONS, MESSAGES = 70_000, 7
KEYS = (
    "blockNumber",
    "stationNumber",
    "year",
    "month",
    "day",
    "hour",
    "minute",
    "latitude",
    "longitude",
    "heightOfStation",
    "nonCoordinatePressure",
    "pressureReducedToMeanSeaLevel",
    "windDirectionAt10M",
    "windSpeedAt10M",
    "maximumWindGustSpeed",
    "airTemperatureAt2M",
    "dewpointTemperatureAt2M",
    "relativeHumidity",
    "horizontalVisibility",
    "cloudCoverTotal",
    "totalPrecipitationPast6Hours",
    "totalPrecipitationPast12Hours",
    "totalPrecipitationPast24Hours",
)


def bare(body: bytes) -> int:
    """Unpack every message and get the keys one by one; give the number of messages."""
    rows = []
    place = 0
    while (begin := body.find(b"BUFR", place)) >= 0:
        place = begin + int.from_bytes(body[begin + 4 : begin + 7], "big")
        handle = eccodes.codes_new_from_message(body[begin:place])
        eccodes.codes_set(handle, "unpack", 1)
        row = {}
        for key in KEYS:
            try:
                row[key] = eccodes.codes_get(handle, key)
            except eccodes.KeyValueNotFoundError:
                row[key] = None
        rows.append(row)
        eccodes.codes_release(handle)
    return len(rows)


def ours(body: bytes) -> int:
    """Decode the file; give the number of readings."""
    return len(decode.decode(body, Envelope(RECEIVED, "synop.bufr")).readings)


def seconds(work: Callable[[bytes], int], body: bytes) -> tuple[float, int]:
    """Give the processor's seconds that a piece of work takes, and its count."""
    begun = time.process_time()
    count = work(body)
    return time.process_time() - begun, count


def split(body: bytes) -> list[bytes]:
    """Cut a file of BUFR messages into its messages."""
    messages, place = [], 0
    while (begin := body.find(b"BUFR", place)) >= 0:
        place = begin + int.from_bytes(body[begin + 4 : begin + 7], "big")
        messages.append(body[begin:place])
    return messages


def minute() -> list[bytes]:
    """Make a minute of the nation's stations as messages of JSON."""
    elements = {"air_temperature": 25.1, "relative_humidity": 61, "surface_air_pressure": 1000.1, "wind_speed": 3.2}
    elements |= {"wind_from_direction": 90, "precipitation_amount": 0.1, "precipitation_period": 1}
    time_ = RECEIVED.isoformat()
    rows = [{"station": f"S{number:05d}", "time": time_, "elements": elements} for number in range(STATIONS)]
    each = STATIONS // MESSAGES
    return [json.dumps(rows[begin : begin + each]).encode() for begin in range(0, STATIONS, each)]


def workshop(rounds: int, body: bytes) -> None:
    """Print what the workshop costs."""
    shop = Workshop(Limits(60, 1024))
    for name, bodies in (
        ("one BUFR file", [body]),
        ("its messages one by one", split(body)),
        (f"{STATIONS} stations as JSON", minute()),
    ):
        jobs = [(one, Envelope(RECEIVED, "synop.bufr")) for one in bodies]
        times = []
        for _ in range(rounds + 1):
            begun = time.perf_counter()
            here = sum(len(decode.decode(*job).readings) for job in jobs)
            between = time.perf_counter()
            there = sum(len(found.readings) for found in shop.decode(jobs))
            times.append((between - begun, time.perf_counter() - between))
            assert here == there
        here_s, there_s = (statistics.median(one[place] for one in times[1:]) for place in (0, 1))
        print(f"{name}: in this process {here_s:.2f} s, through the workshop {there_s:.2f} s ({there_s / here_s:.2f})")
    shop.close()


def main() -> None:
    """Print the times and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    path = chosen.shared / FILE
    if not path.is_file():
        print(f"no {path}: give the folder of shared sample data with --shared")
        return
    body = path.read_bytes()
    few = body[: body.index(b"BUFR", 20_000)]
    bare(few), ours(few)
    rounds = [(seconds(bare, body), seconds(ours, body)) for _ in range(chosen.rounds)]
    bare_s, ours_s = (statistics.median(one[place][0] for one in rounds) for place in (0, 1))
    messages, readings = rounds[0][0][1], rounds[0][1][1]
    print(f"bare ecCodes loop: {bare_s:.2f} s for {messages} messages ({messages / bare_s:.0f} messages/s)")
    print(f"ours:              {ours_s:.2f} s for {readings} readings ({messages / ours_s:.0f} messages/s)")
    print(f"ratio ours / bare: {ours_s / bare_s:.2f} (budget {BUDGET})")
    workshop(chosen.rounds, body)


if __name__ == "__main__":
    main()
