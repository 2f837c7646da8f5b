"""What stands on a terminal."""

import datetime as dt
import json

from xiangtian.publish.terminals import Signal, in_force, read_state, state

T0 = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)


def signal(
    serial: int, event: str, action: str = "NEW", colour: str = "yellow", areas=("320505",), hours: float = 6
) -> Signal:
    return Signal(
        serial, f"M{serial}", event, action, "rainstorm", colour, areas, "标题", "正文", T0 + dt.timedelta(hours=hours)
    )


def test_only_the_last_message_of_an_event_speaks() -> None:
    signals = [signal(1, "E1"), signal(2, "E2", colour="red"), signal(3, "E1", "UPG", "orange")]
    assert [(s.event, s.colour) for s in in_force(signals, T0)] == [("E1", "orange"), ("E2", "red")]


def test_a_lift_that_expires_before_the_warning_still_lifts_it() -> None:
    signals = [signal(1, "E1", hours=6), signal(2, "E1", "CAN", hours=1)]
    assert in_force(signals, T0 + dt.timedelta(hours=3)) == []


def test_expiry_holds_from_its_instant_on() -> None:
    one = [signal(1, "E1", hours=6)]
    assert in_force(one, T0 + dt.timedelta(hours=6) - dt.timedelta(seconds=1)) == one
    assert in_force(one, T0 + dt.timedelta(hours=6)) == []


def test_the_state_tells_district_and_first_expiry() -> None:
    signals = [signal(1, "E1", hours=6), signal(2, "E2", areas=("320506",)), signal(3, "E3", colour="red", hours=2)]
    text = state("320505", signals, 9, "live")
    said = json.loads(text)
    assert [entry["message"] for entry in said["in_force"]] == ["M1", "M3"]
    assert read_state(text) == (9, T0 + dt.timedelta(hours=2))


def test_nothing_in_force_is_said_and_not_silence() -> None:
    said = json.loads(state("320505", [], 4, "live"))
    assert said == {"area": "320505", "list": "live", "serial": 4, "until": None, "in_force": []}
    assert read_state(state("320505", [], 4, "live")) == (4, None)
