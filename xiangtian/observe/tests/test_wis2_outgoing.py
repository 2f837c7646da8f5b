"""A report becomes BUFR that ecCodes reads back, with the number of its correction, and a notification of it."""

import datetime as dt

import pytest

from xiangtian.observe.decode.bufr.library import opened
from xiangtian.observe.encode.bufr_surface import StationFacts
from xiangtian.observe.reading import Reading
from xiangtian.observe.wis2 import messages, outgoing
from xiangtian.observe.wis2.outgoing import Node, OutgoingError

AT = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
FACTS = StationFacts("0-20000-0-58358", "Dongshan", 120.43, 31.07, 18.0)
READING = Reading("58358", AT, {"air_temperature": 25.3, "relative_humidity": 80.0})
NODE = Node("cn-cma-suzhou-test", "https://example.org/wis2")


def keys(body: bytes, *names: str) -> list:
    with opened() as library:
        handle = library.codes_new_from_message(body)
        library.codes_set(handle, "unpack", 1)
        found = [library.codes_get(handle, name) for name in names]
        library.codes_release(handle)
    return found


def test_the_file_holds_the_reading_and_a_correction_its_number() -> None:
    first, second = outgoing.encode(READING, FACTS), outgoing.encode(READING, FACTS, 2)
    temperature, number, local = keys(
        first.body, "airTemperature", "updateSequenceNumber", "wigosLocalIdentifierCharacter"
    )
    assert (round(temperature - 273.15, 2), number, local.strip()) == (25.3, 0, "58358")
    assert keys(second.body, "updateSequenceNumber") == [2]
    assert first.digest == second.digest  # they say the same


def test_another_value_has_another_digest() -> None:
    other = Reading("58358", AT, {"air_temperature": 25.4, "relative_humidity": 80.0})
    assert outgoing.encode(other, FACTS).digest != outgoing.encode(READING, FACTS).digest


def test_what_bufr_cannot_hold_and_too_many_corrections_are_refused() -> None:
    with pytest.raises(OutgoingError, match="relative_humidity"):
        outgoing.encode(Reading("58358", AT, {"relative_humidity": 500.0}), FACTS)
    with pytest.raises(OutgoingError, match="CCX"):
        outgoing.encode(READING, FACTS, 25)


def test_the_notification_tells_where_when_and_of_which_station() -> None:
    document = outgoing.announce(NODE, READING, FACTS, "NAME", "20260701/f.bufr4", b"x", update=False, now=AT)
    found = messages.read(messages.write(document))
    assert found.link.href == "https://example.org/wis2/data/20260701/f.bufr4"
    assert found.data_id == "cn-cma-suzhou-test/data/core/weather/surface-based-observations/synop/NAME"
    properties = document["properties"]
    assert properties["wigos_station_identifier"] == "0-20000-0-58358"
    assert properties["metadata_id"] == "urn:wmo:md:cn-cma-suzhou-test:surface-based-observations.synop"
    assert document["geometry"] == {"type": "Point", "coordinates": [120.43, 31.07, 18.0]}


def test_the_record_is_announced_without_a_time_of_its_own() -> None:
    document = outgoing.announce_record(NODE, b"{}", update=True, now=AT)
    found = messages.read(messages.write(document))
    assert (found.operation, document["properties"]["datetime"], document["geometry"]) == ("update", None, None)
    name = "urn:wmo:md:cn-cma-suzhou-test:surface-based-observations.synop"
    assert found.link.href == f"https://example.org/wis2/metadata/{name}.json"
