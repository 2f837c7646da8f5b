import datetime as dt

import pytest
import yaml

from xiangtian.core.flags import Mark
from xiangtian.observe.decode import decode as front
from xiangtian.observe.decode.mapped_csv import MappedTable, compass, shipped
from xiangtian.observe.decode.mapping import parse
from xiangtian.observe.mappings import load_mappings, read_mapping
from xiangtian.observe.reading import Envelope

ENVELOPE = Envelope(dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC))
YAML = """
name: ponds
header: [Site, Date, Time, Temp]
delimiter: ";"
station: {column: Site}
time: {columns: [Date, Time], format: "%Y-%m-%d %H:%M", zone: Asia/Shanghai}
position: {lon: Lon, lat: Lat}
missing: ["-999", "NA"]
elements:
  air_temperature: {column: Temp, unit: degF}
  wind_from_direction: {column: Dir, unit: compass}
  precipitation_amount: {column: Rain}
constants: {precipitation_period: 10}
"""
HEADING = "Site;Date;Time;Temp;Dir;Rain;Lon;Lat"


def mapping(**change):
    return parse({**yaml.safe_load(YAML), **change}, "ponds.yaml")


def told(*rows):
    return MappedTable(mapping()).decode("\n".join([HEADING, *rows]).encode(), ENVELOPE)


def test_an_ordinary_row():
    (reading,) = told("P1;2026-07-01;08:00;77;SSE;1.5;120.6;31.3").readings
    assert (reading.station, reading.time) == ("P1", dt.datetime(2026, 7, 1, tzinfo=dt.UTC))  # 08:00 in Beijing
    assert reading.values == {
        "air_temperature": 25.0,  # (77 - 32) * 5/9
        "wind_from_direction": 157.5,
        "precipitation_amount": 1.5,
        "precipitation_period": 10,
    }
    assert (reading.lon, reading.lat) == (120.6, 31.3)


def test_missing_calm_and_all_missing():
    first, second = told("P1;2026-07-01;08:00;-999;CALM;0;;", "P1;2026-07-01;08:05;NA;;;;").readings
    assert first.marks == {"air_temperature": Mark.MISSING, "wind_from_direction": Mark.CALM}
    assert first.lon is None
    assert second.values == {}
    assert set(second.marks.values()) == {Mark.MISSING}


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("P1;2026-07-01;25:00;77;N;0;;", "no time"),
        (";2026-07-01;08:00;77;N;0;;", "no station"),
        ("P1;2026-07-01;08:00;77", "ends early"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_alone(row, word):
    found = told(row, "P2;2026-07-01;08:00;77;N;0;;")
    assert [reading.station for reading in found.readings] == ["P2"]
    assert word in found.refusals[0].reason
    assert found.refusals[0].part == "line 2"


@pytest.mark.parametrize("text", ["warm", "nan", "inf", "1e999"])
def test_a_value_that_is_none_is_refused_alone(text):
    found = told(f"P1;2026-07-01;08:00;{text};N;0;;")
    assert set(found.readings[0].values) == {"wind_from_direction", "precipitation_amount", "precipitation_period"}
    assert "Temp (air_temperature)" in found.refusals[0].reason


def test_no_rows():
    assert "no rows" in told().refusals[0].reason


def test_compass_points():
    """Sixteen points of 22.5 degrees; north is 360, since 0 is calm (WMO-No. 306, code table 0877)."""
    assert [compass(point) for point in ("N", "e", "SSW", "NNW", "", "?")] == [360.0, 90.0, 202.5, 337.5, None, None]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"elements": {"soil_moisture": "Temp"}}, "not in the catalogue"),
        ({"elements": {"air_temperature": {"column": "Temp", "unit": "hPa"}}}, "degC, K, degF"),
        ({"elements": {"air_temperature": {"column": "Temp", "unit": "compass"}}}, "degC"),
        ({"elements": [1]}, "table of keys"),
        ({"time": {"column": "Time"}}, "needs a zone"),
        ({"time": {"column": "Time", "zone": "Mars/Olympus"}}, "needs a zone"),
        ({"station": {}}, "needs a column"),
        ({"header": []}, "list of column names"),
        ({"delimiter": "::"}, "one sign"),
        ({"constants": {"precipitation_period": "ten"}}, "with a number"),
        ({"colour": "red"}, "unknown: ['colour']"),
        ({"constants": [1]}, "table of keys"),
    ],
)
def test_a_wrong_mapping_says_what_is_allowed(change, word):
    with pytest.raises(ValueError, match=r"ponds\.yaml: ") as told_error:
        mapping(**change)
    assert word in str(told_error.value)


def test_a_mapping_must_be_a_table():
    with pytest.raises(ValueError, match="table of keys"):
        parse(["name"], "x.yaml")


def test_the_operators_folder(tmp_path, caplog):
    (tmp_path / "b.yaml").write_text(YAML, encoding="utf-8")
    (tmp_path / "a.yaml").write_text("name: [", encoding="utf-8")
    (tmp_path / "c.txt").write_text("no mapping", encoding="utf-8")
    (loaded,) = load_mappings(tmp_path)
    assert loaded.name == "ponds"
    assert "a.yaml" in caplog.text
    assert load_mappings(tmp_path / "absent") == ()
    with pytest.raises(ValueError, match=r"a\.yaml: this is no YAML"):
        read_mapping(tmp_path / "a.yaml")


def test_an_operators_table_goes_before_the_shipped_ones():
    found = front((HEADING + "\nP1;2026-07-01;08:00;77;N;0;;\n").encode(), ENVELOPE, (mapping(),))
    assert found.format == "ponds"
    assert len(found.readings) == 1


def test_the_shipped_mappings_are_valid():
    assert {one.name for one in shipped()} == {"campbell-synop", "oklahoma-mesonet-current"}


@pytest.mark.shared
def test_oklahoma_in_units_of_the_country(shared):
    """Ada by hand: 91 degF = 32.78 degC, 68 degF = 20 degC, SSE = 157.5, 12 mph = 5.364 m/s; 14:55 CDT = 19:55 UTC."""
    found = front((shared / "obs-mesonet-5min/oklahoma/mesonet_sample_201909091455.txt").read_bytes(), ENVELOPE)
    assert (len(found.readings), found.refusals) == (120, ())
    (ada,) = [reading for reading in found.readings if reading.station == "ADAX"]
    assert ada.time == dt.datetime(2019, 9, 9, 19, 55, tzinfo=dt.UTC)
    assert ada.values == pytest.approx(
        {
            "air_temperature": 32.7778,
            "dew_point_temperature": 20.0,
            "relative_humidity": 47,
            "wind_from_direction": 157.5,
            "wind_speed": 5.36448,
            "wind_speed_of_gust": 8.9408,
            "air_pressure_at_mean_sea_level": 1014.72,
        },
        abs=1e-4,
    )
    (acme,) = [reading for reading in found.readings if reading.station == "ACME"]
    assert acme.values == {}


@pytest.mark.shared
def test_logger_tables_with_and_without_the_lines_of_units(shared):
    """Namitambo, 2021-07-07: the logger's 16:55 is 14:55 UTC; 93284.05 Pa = 932.8405 hPa, 288.7 K = 15.55 degC."""
    table = (shared / "bufr-messages/csv2bufr/input/Namitambo_SYNOP.csv").read_bytes()
    toa5 = (shared / "bufr-messages/wis2box-observations/malawi/WIGOS_0-454-2-AWSNAMITAMBO_2021-07-07.csv").read_bytes()
    for body in (table, toa5):
        found = front(body, ENVELOPE)
        assert found.refusals == ()
        first = found.readings[0]
        assert first.time == dt.datetime(2021, 7, 7, 14, 55, tzinfo=dt.UTC)
        assert first.values["surface_air_pressure"] == pytest.approx(932.8405)
        assert first.values["air_temperature"] == pytest.approx(15.55)
