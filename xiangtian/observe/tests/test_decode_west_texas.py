"""West Texas loggers; the layout is that of the network's notebook, expected values are read off a line by hand."""

import datetime as dt
import gzip

import pytest

from xiangtian.core.flags import Mark
from xiangtian.observe.decode import decode as front
from xiangtian.observe.decode.west_texas import decode, sniff
from xiangtian.observe.reading import Envelope

RECEIVED = dt.datetime(2019, 3, 24, tzinfo=dt.UTC)
ENVELOPE = Envelope(RECEIVED)
LINE = "1,81,2355,54,2.337,2.334,84.9,2.864,.199,2.842,11.81,12.95,12.03,55.08,350.8,.02,2.855,1.195,12"


def told(*lines, received=RECEIVED):
    return decode("\r\n".join(lines).encode(), Envelope(received))


def line(time="2355", station="54", day="81", **change):
    fields = LINE.split(",")
    fields[1], fields[2], fields[3] = day, time, station
    for place, text in change.items():
        fields[int(place[1:])] = text
    return ",".join(fields)


def test_a_line_by_hand():
    (reading,) = told(LINE).readings
    assert (reading.station, reading.time) == ("54", dt.datetime(2019, 3, 22, 23, 55, tzinfo=dt.UTC))
    assert reading.values == {
        "wind_speed": 2.337,
        "wind_from_direction": 84.9,
        "wind_speed_of_gust": 2.842,
        "air_temperature": 11.81,
        "relative_humidity": 55.08,
        "surface_air_pressure": 950.8,  # 350.8 + 600
        "precipitation_amount": 0.02,
        "precipitation_period": 5,
        "dew_point_temperature": 2.855,
        "surface_downwelling_shortwave_flux": 12,
    }


@pytest.mark.parametrize(
    ("received", "day", "year", "month_day"),
    [
        (dt.datetime(2026, 3, 21, 23, 59), "81", 2025, (3, 22)),  # the day is still to come this year
        (dt.datetime(2026, 3, 22, 0, 0), "81", 2026, (3, 22)),
        (dt.datetime(2024, 12, 1), "81", 2024, (3, 21)),  # a leap year
        (dt.datetime(2026, 12, 1), "366", 2024, (12, 31)),  # only leap years have a day 366
        (dt.datetime(2026, 1, 1, 0, 2), "365", 2025, (12, 31)),
    ],
)
def test_the_year_is_the_latest_that_fits(received, day, year, month_day):
    (reading,) = told(line(time="0", day=day), received=received.replace(tzinfo=dt.UTC)).readings
    assert (reading.time.year, (reading.time.month, reading.time.day)) == (year, month_day)


def test_hour_24_is_the_next_midnight():
    assert told(line(time="2400")).readings[0].time == dt.datetime(2019, 3, 23, tzinfo=dt.UTC)


def test_the_rain_period_is_the_spacing_of_the_station():
    lines = [line("0", "60"), line("1", "60"), line("3", "60"), line("0"), line("5"), line("15")]
    periods = [(reading.station, reading.values["precipitation_period"]) for reading in told(*lines).readings]
    assert periods == [("60", 1)] * 3 + [("54", 5)] * 3


def test_a_gap_does_not_lengthen_the_period():
    readings = told(line("0"), line("100")).readings
    assert [reading.values["precipitation_period"] for reading in readings] == [5, 5]


@pytest.mark.parametrize("text", ["", "-6999", "99999", "-", "NAN"])
def test_missing_values(text):
    (reading,) = told(line(f10=text)).readings
    assert "air_temperature" not in reading.values
    assert reading.marks == {"air_temperature": Mark.MISSING}


def test_other_kinds_and_a_twentieth_field_are_told():
    lines = [LINE + ",3.618", "2,81,0,54,15.05,15.18", "2,81,15,54,15.05,15.18", "3,81,0,1,3.791", "x,y"]
    found = told(*lines)
    assert len(found.readings) == 1
    reasons = [refusal.reason for refusal in found.refusals]
    assert "2 records of kind '2' (soil)" in reasons[0]
    assert "1 records of kind '3' (a wind tower)" in reasons[1]
    assert "not known here" in reasons[2]
    assert "20th field" in reasons[3]


@pytest.mark.parametrize("bad", ["1,81,2355,54,2.3", line(day="0"), line(time="2360"), line(day="400"), LINE + ",1,2"])
def test_a_wrong_line_is_refused_alone(bad):
    found = told(LINE, bad)
    assert len(found.readings) == 1
    assert found.refusals[0].part == "line 2"


def test_sniffing():
    assert sniff(LINE.encode() + b"\n2,81", "")
    assert not sniff(b"1,2,3\n", "")
    assert not sniff(b"STID,NAME\n", "")


@pytest.mark.shared
def test_the_day_of_the_network(shared):
    """Counts of the folder's README: 17,567 weather rows of 57 stations, 5,376 of soil, 1,440 times."""
    path = shared / "obs-mesonet-5min/west_texas/FIVEMIN_82.txt.gz"
    found = front(path.read_bytes(), Envelope(RECEIVED, path.name))
    assert len(found.readings) == 17567
    assert len({reading.station for reading in found.readings}) == 57
    assert len({reading.time for reading in found.readings}) == 1440
    assert {reading.time.date() for reading in found.readings} == {dt.date(2019, 3, 22)}
    assert any("5376 records of kind '2'" in refusal.reason for refusal in found.refusals)
    assert any("288 records of station 42" in refusal.reason for refusal in found.refusals)
    first = gzip.decompress(path.read_bytes()).split(b"\n")[0].decode().split(",")
    assert found.readings[0].values["surface_air_pressure"] == pytest.approx(float(first[14]) + 600)
