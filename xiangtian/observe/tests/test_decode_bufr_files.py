"""Every real message at hand: decoded, or refused by its true category; and compared with the decodes of others."""

import json

import pyproj  # noqa: F401 must be loaded before eccodes
import pytest

from xiangtian.observe.decode import decode as front
from xiangtian.observe.decode.bufr import decode
from xiangtian.observe.reading import Envelope
from xiangtian.observe.tests.bufr_makers import ENVELOPE, eccodes

pytestmark = pytest.mark.shared
OF_THE_SEA = {"grst_26.bufr", "gst4_26.bufr"}
"""Sea-surface temperatures by satellite, filed under ships: they hold no element of the catalogue."""
PREPARED = {"prepbufr.bufr", "btem_111.bufr"}
"""An archive of another centre's own categories, one message without a subset; a message with a short section."""


def categories(path):
    """Read the data categories of a file's messages with ecCodes, None for one that ecCodes can't read."""
    found = []
    with path.open("rb") as file:
        while True:
            try:
                handle = eccodes.codes_bufr_new_from_file(file, headers_only=True)
            except eccodes.CodesInternalError:
                found.append(None)
                continue
            if handle is None:
                return found
            found.append(eccodes.codes_get(handle, "dataCategory"))
            eccodes.codes_release(handle)


def test_every_file_is_decoded_or_refused_by_its_category(shared):
    folder = shared / "bufr-messages"
    files = [path for path in sorted(folder.rglob("*.b*")) if path.suffix in (".bufr", ".bufr4", ".bin")]
    assert len(files) > 160
    for path in files:
        found = front(path.read_bytes(), Envelope(ENVELOPE.received, path.name))
        there = set(categories(path))
        reasons = " ".join(refusal.reason for refusal in found.refusals)
        if path.name in PREPARED:
            assert found.refusals
        elif path.name in OF_THE_SEA:
            assert "seaSurfaceTemperature" in reasons
        else:
            assert bool(found.readings) is bool(there & {0, 1}), path.name
            assert all(f"data category {one}," in reasons for one in there - {0, 1}), path.name


def test_every_other_file_gives_a_reading_or_a_reason(shared):
    for path in sorted((shared / "bufr-messages").rglob("*")):
        if path.suffix in (".csv", ".json", ".txt", ".md"):
            found = front(path.read_bytes(), Envelope(ENVELOPE.received, path.name))
            assert found.readings or found.refusals, path.name


PLACES = {
    13: ("surface_air_pressure", 100, 0),
    14: ("air_pressure_at_mean_sea_level", 100, 0),
    15: ("tendency_of_surface_air_pressure_3h", 100, 0),
    21: ("air_temperature", 1, 273.15),
    22: ("dew_point_temperature", 1, 273.15),
    23: ("relative_humidity", 1, 0),
    25: ("visibility_in_air", 1, 0),
    32: ("cloud_base_altitude", 1, 0),
}
"""Where these stand in the values of 3 07 080 as pybufrkit lists them, up to the first replication; divisor, offset."""
CLOUD_COVER, SKY_HIDDEN = 29, 113


def test_czech_synops_agree_with_pybufrkit(shared):
    """The values that pybufrkit, a decoder of its own in pure Python, gives for the first message (its test data)."""
    folder = shared / "bufr-messages/pybufrkit-data"
    subsets = json.loads((folder / "ISMD01_OKPR.json").read_text())[3][2]
    found = decode((folder / "ISMD01_OKPR.bufr").read_bytes(), ENVELOPE).readings
    readings = {reading.station: reading for reading in reversed(found)}  # of each station that of the first message
    compared = 0
    for values in subsets:
        reading = readings[f"{values[0]:02d}{values[1]:03d}"]
        assert (reading.lat, reading.lon, reading.alt_m) == (values[9], values[10], values[11])
        for place, (name, divisor, offset) in PLACES.items():
            if values[place] is not None:
                assert reading.values[name] == pytest.approx(values[place] / divisor - offset, abs=1e-4), name
                compared += 1
        assert ("cloud_area_fraction" in reading.values) is (values[CLOUD_COVER] not in (None, SKY_HIDDEN))
    assert compared > 40


RESOLUTION = {"relative_humidity": 1, "wind_from_direction": 1}


@pytest.mark.parametrize("station", ["BALAKA", "KAYEREKERA", "NAMITAMBO", "TOLEZA"])
def test_malawi_tables_and_the_messages_made_of_them(shared, station):
    """csv2bufr, WMO's converter, made the messages: both ways lead to the same values within BUFR's resolution."""
    folder = shared / "bufr-messages"
    message = folder / f"csv2bufr/bufr-campbell/0-454-2-aws{station.lower()}_2021-11-18_0955.bufr"
    table = folder / f"wis2box-observations/malawi/WIGOS_0-454-2-AWS{station}_2021-11-18T0955.csv"
    (sent,) = decode(message.read_bytes(), ENVELOPE).readings
    rows = front(table.read_bytes(), ENVELOPE).readings
    (row,) = [row for row in rows if row.time == sent.time]
    assert sent.station.lower() == row.station.lower()
    common = (set(sent.values) & set(row.values)) - {"wind_speed_of_gust"}  # the table's is of another period
    assert len(common) >= 7
    for name in common:
        assert sent.values[name] == pytest.approx(row.values[name], abs=RESOLUTION.get(name, 0.1)), name


def test_extremes_and_wind_of_real_reports_agree_with_access_by_key(shared):
    """Indonesia, template 3 07 080: maximum, minimum, mean wind and their periods, read key by key with ecCodes."""
    path = shared / "bufr-messages/bufr2geojson/A_ISIA21EIDB202100_C_EDZW_20220320210902_11839953.bin"
    body = path.read_bytes()
    readings = {reading.station: reading for reading in decode(body, ENVELOPE).readings}
    begin = body.index(b"BUFR")
    handle = eccodes.codes_new_from_message(body[begin:])
    eccodes.codes_set(handle, "unpack", 1)
    numbers = eccodes.codes_get_array(handle, "stationNumber")
    blocks = eccodes.codes_get_array(handle, "blockNumber")
    speeds = eccodes.codes_get_array(handle, "windSpeed")
    eccodes.codes_release(handle)
    told = {f"{b:02d}{n:03d}": v for b, n, v in zip(blocks, numbers, speeds, strict=True) if v > -1e99}
    assert len(told) > 5
    for station, speed in told.items():
        assert readings[station].values["wind_speed_10min"] == pytest.approx(speed)
