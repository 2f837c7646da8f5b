import datetime as dt
import json

from xiangtian.core.flags import Mark
from xiangtian.observe.decode.refusals import MOST_REASONS, Refusals
from xiangtian.observe.lines import lines
from xiangtian.observe.reading import Decoded, Reading, Refusal

TIME = dt.datetime(2026, 7, 1, 0, 5, tzinfo=dt.UTC)


def test_a_reading_and_a_refusal():
    reading = Reading("M3501", TIME, {"air_temperature": 26.1}, {"relative_humidity": Mark.NO_TASK}, 120.6, 31.3)
    told = lines("a.json", Decoded("x", (reading,), (Refusal("too bad", "line 3"),)))
    assert told == [
        {
            "file": "a.json",
            "station": "M3501",
            "time": "2026-07-01T00:05:00Z",
            "air_temperature": 26.1,
            "marks": {"relative_humidity": "no_task"},
            "lon": 120.6,
            "lat": 31.3,
        },
        {"file": "a.json", "reason": "line 3: too bad"},
    ]
    assert json.loads(json.dumps(told)) == told


def test_a_correction_is_shown_and_nothing_empty():
    (line,) = lines("a", Decoded("x", (Reading("M3501", TIME, {}, correction="CCA"),)))
    assert line == {"file": "a", "station": "M3501", "time": "2026-07-01T00:05:00Z", "correction": "CCA"}


def test_there_is_always_a_line():
    (line,) = lines("a", Decoded("x"))
    assert set(line) == {"file", "reason"}


def test_equal_reasons_become_one():
    refusals = Refusals()
    for number in range(1, 6):
        refusals.add("too short", f"line {number}")
    refusals.add("odd")
    refusals.add("odd")
    assert refusals.told() == (
        Refusal("too short", "line 1, line 2, line 3 and 2 more"),
        Refusal("odd", "2 times"),
    )


def test_a_flood_of_reasons_is_counted():
    refusals = Refusals()
    refusals.extend(Refusal(f"reason {number}") for number in range(MOST_REASONS + 7))
    told = refusals.told()
    assert len(told) == MOST_REASONS + 1
    assert told[-1].reason.startswith("7 further parts")
    assert not Refusals()
