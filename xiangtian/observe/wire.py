"""What the workshop and its worker say to each other: plain values in `marshal`, each piece with its length before it.

`marshal` knows numbers, texts, bytes, tuples, lists and tables, nothing that runs when it is read: a worker whose
memory a message has corrupted can't make the house run anything. It is also twice as fast here as `pickle`. Both ends
are the same program of the same installation, so that its format may change from one Python to the next.
"""

from __future__ import annotations

import datetime as dt
import marshal
from collections.abc import Sequence
from dataclasses import replace

from xiangtian.core.flags import Mark
from xiangtian.observe.reading import Decoded, Envelope, Reading, Refusal

Job = tuple[bytes, Envelope]
"""A message, and what is known of it."""
LENGTH_BYTES = 8
WORK, MAPPINGS = b"w", b"m"
"""What a piece for the worker begins with: messages, or the operator's tables."""
READY, MEMORY = b"r", b"m"
"""In place of an answer: the worker can begin; the memory did not suffice."""
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)
_MARKS = {int(mark): mark for mark in Mark}


def framed(piece: bytes) -> bytes:
    """Put the length before a piece."""
    return len(piece).to_bytes(LENGTH_BYTES, "big") + piece


def pack_jobs(jobs: Sequence[Job]) -> bytes:
    """Write messages for the worker."""
    return marshal.dumps([(body, _micros(envelope.received), envelope.name) for body, envelope in jobs])


def unpack_jobs(piece: bytes) -> list[Job]:
    """Read what `pack_jobs` wrote."""
    return [(body, Envelope(_moment(received), name)) for body, received, name in marshal.loads(piece)]  # noqa: S302


def pack_decoded(found: Decoded) -> bytes:
    """Write what a message held.

    Raises
    ------
    ValueError
        If a value is no plain number or text.
    """
    readings = [
        (
            one.station,
            _micros(one.time),
            one.values,
            [(name, int(mark)) for name, mark in one.marks.items()] if one.marks else None,
            one.lon,
            one.lat,
            one.alt_m,
            one.correction,
        )
        for one in found.readings
    ]
    return marshal.dumps((found.format, readings, [(refusal.reason, refusal.part) for refusal in found.refusals]))


def unpack_decoded(piece: bytes) -> Decoded:
    """Read what `pack_decoded` wrote."""
    form, told, refused = marshal.loads(piece)  # noqa: S302 plain values of our own worker
    times: dict[int, dt.datetime] = {}
    readings = []
    for station, micros, values, marks, lon, lat, alt, correction in told:
        time = times.get(micros)
        if time is None:
            time = times[micros] = _moment(micros)
        readings.append(Reading(station, time, values, _marks(marks), lon, lat, alt, correction))
    return Decoded(form, tuple(readings), tuple(Refusal(reason, part) for reason, part in refused))


def _marks(marks: list[tuple[str, int]] | None) -> dict[str, Mark]:
    return {name: _MARKS[mark] for name, mark in marks} if marks else {}


def _micros(time: dt.datetime) -> int:
    return (time - EPOCH) // MICROSECOND


def _moment(micros: int) -> dt.datetime:
    return EPOCH + micros * MICROSECOND


def plain(found: Decoded) -> Decoded:
    """Give the same with values that are exactly Python's floats (a decoder may have left numpy's)."""
    readings = tuple(
        replace(
            one,
            station=str(one.station),
            values={str(name): float(value) for name, value in one.values.items()},
            lon=_number(one.lon),
            lat=_number(one.lat),
            alt_m=_number(one.alt_m),
            correction=str(one.correction),
        )
        for one in found.readings
    )
    refusals = tuple(Refusal(str(refusal.reason), str(refusal.part)) for refusal in found.refusals)
    return Decoded(str(found.format), readings, refusals)


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)
