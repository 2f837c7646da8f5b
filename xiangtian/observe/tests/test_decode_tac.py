"""SYNOP and METAR text: the code tables by hand, Romanian reports beside their reference BUFR, an hour of the world."""

from __future__ import annotations

import datetime as dt
import gzip
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiangtian.core.flags import Mark
from xiangtian.observe import decode
from xiangtian.observe.decode import tac
from xiangtian.observe.decode.refusals import Refusals, Unfit
from xiangtian.observe.decode.tac import gts, metar
from xiangtian.observe.decode.tac.synop_tables import visibility
from xiangtian.observe.reading import Decoded, Envelope, Reading

NOON = Envelope(dt.datetime(2022, 3, 21, 12, 5, tzinfo=dt.UTC))


def read(text: str, envelope: Envelope = NOON) -> Decoded:
    return decode.decode(text.encode(), envelope)


def one(text: str, envelope: Envelope = NOON) -> Reading:
    found = read(text, envelope)
    assert len(found.readings) == 1, found.refusals
    return found.readings[0]


def test_every_group_of_a_synop_by_hand() -> None:
    # read by hand with WMO-No. 306, volume I.1, FM 12
    report = one(
        "SMCI01 BABJ 211200 CCA\nAAXX 21124\n58358 11456 72510 11056 21068 39997 40132 57012 60171 75155 84500 91155\n"
        "333 42012 55307 21200 60055 70185 82820 83640 90710 91015 91118=\n"
    )
    knot = 1852 / 3600
    assert (report.station, report.time, report.correction) == (
        "58358",
        NOON.received.replace(minute=55, hour=11),
        "CCA",
    )
    assert report.values == pytest.approx({
        "visibility_in_air": 6000, "cloud_area_fraction": 88, "wind_from_direction": 250, "wind_speed": 10 * knot,
        "air_temperature": -5.6, "dew_point_temperature": -6.8, "surface_air_pressure": 999.7,
        "air_pressure_at_mean_sea_level": 1013.2, "tendency_of_surface_air_pressure_3h": -1.2,
        "precipitation_amount_6h": 17, "present_weather": 51, "surface_snow_thickness": 12,
        "duration_of_sunshine_1h": 42, "surface_downwelling_shortwave_flux": 1200 / 3.6,
        "precipitation_amount_1h": 5, "precipitation_amount": 5, "precipitation_period": 60,
        "precipitation_amount_24h": 18.5, "cloud_base_altitude": 600, "wind_speed_of_gust": 15 * knot,
        "wind_speed_of_gust_1h": 18 * knot,
    }, abs=1e-3)  # fmt: skip


def test_calm_trace_missing_and_humidity() -> None:
    report = one("AAXX 21121 58358 01//0 00000 1//// 29087 3//// 69905 70=")
    assert report.marks["wind_speed"] is report.marks["wind_from_direction"] is Mark.CALM
    assert report.marks["precipitation_amount_1h"] is Mark.TRACE
    assert report.values["precipitation_amount_1h"] == 0
    assert report.values["relative_humidity"] == 87
    assert {report.marks[name] for name in ("air_temperature", "surface_air_pressure", "visibility_in_air")} == {
        Mark.MISSING
    }


def test_a_wind_of_a_hundred_and_more_stands_in_a_group_of_its_own() -> None:
    assert one("AAXX 21121 58358 01650 81899 00112 10250=").values["wind_speed"] == 112


def test_ships_and_mobile_stations_tell_where_they_are() -> None:
    ship = one("BBXX ABCD1 21124 99312 11215 41/98 82520 10150 40101=")
    assert (ship.station, ship.lat, ship.lon) == ("ABCD1", 31.2, 121.5)
    mobile = one("OOXX VAN07 21121 99312 71215 68312 01201 41/98 82520 10150=")
    assert (mobile.lat, mobile.lon, mobile.alt_m) == (31.2, -121.5, 120)


def test_one_broken_group_costs_no_more_than_itself() -> None:
    found = read("AAXX 21121 58358 01650 81803 10250 2XX11 40101=58349 NIL= 5834X 01650 81803=")
    assert found.readings[0].values["air_pressure_at_mean_sea_level"] == 1010.1
    assert "dew_point_temperature" not in found.readings[0].values
    assert [refusal.part for refusal in found.refusals] == ["58358 2XX11", "58349", "5834X 01650 81803"]


@pytest.mark.parametrize("text", ["AAXX", "AAXX 99999", "AAXX 21121", "AAXX 21121 58358", "BBXX AB1 21121 99312 01215"])
def test_what_is_no_report_is_refused_with_words(text: str) -> None:
    found = read(text)
    assert not found.readings
    assert all(refusal.reason for refusal in found.refusals)
    assert found.refusals


def test_unused_visibility_is_refused() -> None:
    with pytest.raises(Unfit, match="4377"):
        visibility("53")


def test_the_day_of_a_report_is_the_latest_before_its_receipt() -> None:
    leap = dt.datetime(2024, 3, 1, 0, 2, tzinfo=dt.UTC)
    assert gts.moment(29, 23, 0, leap) == dt.datetime(2024, 2, 29, 23, tzinfo=dt.UTC)
    assert gts.moment(1, 0, 10, leap) == dt.datetime(2024, 3, 1, 0, 10, tzinfo=dt.UTC)
    with pytest.raises(Unfit, match="day 32"):
        gts.moment(32, 0, 0, leap)


def test_metar_by_hand() -> None:
    # read by hand with ICAO Annex 3, appendix 3, table A3-2; 18 kt = 9.26 m/s; 600 ft = 182.88 m
    report = one("METAR COR ZSSS 211130Z 13018G32KT 100V160 0800 R18/1000U +TSRA BKN006 FEW020CB M01/M03 Q0987 NOSIG=")
    assert report.correction == "COR"
    assert report.values == pytest.approx({
        "wind_from_direction": 130, "wind_speed": 18 * 1852 / 3600, "wind_speed_of_gust": 32 * 1852 / 3600,
        "visibility_in_air": 800, "cloud_base_altitude": 182.88, "air_temperature": -1, "dew_point_temperature": -3,
    }, abs=1e-3)  # fmt: skip


def test_remarks_of_the_united_states_by_hand() -> None:
    # FMH-1 (2019), 12.7: SLP013 = 1001.3 hPa, P0012 = 0.12 in, 7.. = 24 h, T10061011 = -0.6/-1.1, 56021 = -2.1 hPa
    report = one("SPECI KBWI 211151Z VRB03KT 1 1/2SM OVC012 M01/M01 A2956 RMK SLP013 P0012 70300 T10061011 56021=")
    assert report.values["visibility_in_air"] == pytest.approx(1.5 * 1609.344)
    assert report.values["air_pressure_at_mean_sea_level"] == 1001.3
    assert (report.values["air_temperature"], report.values["dew_point_temperature"]) == (-0.6, -1.1)
    assert report.values["tendency_of_surface_air_pressure_3h"] == -2.1
    assert "precipitation_amount_1h" not in report.values  # a SPECI's amount has no fixed period
    routine = one("METAR KBWI 211151Z 00000KT 10SM CLR M01/M01 RMK P0012 60000 70300 400121006=")
    assert routine.values["precipitation_amount_1h"] == pytest.approx(3.048)
    assert routine.values["precipitation_amount_24h"] == pytest.approx(76.2)
    assert routine.marks["precipitation_amount_6h"] is Mark.TRACE
    assert (routine.values["air_temperature_maximum_24h"], routine.values["air_temperature_minimum_24h"]) == (1.2, -0.6)
    assert routine.marks["wind_speed"] is Mark.CALM


def test_a_second_report_without_an_end_before_it_keeps_its_own_values() -> None:
    found = read("METAR MDST 211200Z 10010KT 9999 26/24 Q1018 METAR MDPC 211200Z 10010KT 9999 28/23 Q1018=")
    assert {one.station: one.values["air_temperature"] for one in found.readings} == {"MDST": 26, "MDPC": 28}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("FTUS41 KOKX 251341\nTAFJFK\nTAF\nKJFK 251341Z 2514/2618 05006KT P6SM BKN018=", "TAF"),
        ("WSUS32 KKCI 111655\nSIGC\nCONVECTIVE SIGMET 62C\nVALID UNTIL 1855Z", "SIGMET"),
        ("SRUS53 KIND 170000\nRR2IND\n.B IND 0917 Z DH0000/QTIRZ\nMCXI3 DM09162145/ 0.49:", "SHEF"),
        ("NOUS42 KWNO 111655\nADMNFD\nSENIOR DUTY METEOROLOGIST", "NO"),
        ("SACN80 CWAO 211200\nVAS SA 1200 AUTO8 M M M=", "Canadian"),
    ],
)
def test_other_codes_are_refused_by_name(text: str, named: str) -> None:
    found = read(text)
    assert not found.readings
    assert any(named in refusal.reason for refusal in found.refusals)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text("AXBMETRSPCI 0123456789/=Z\nKTOV", max_size=300).map(str.encode)))
def test_whatever_comes_gives_readings_or_refusals(body: bytes) -> None:
    found = tac.decode(b"AAXX 21121\n" + body, NOON)
    assert found.readings or found.refusals
    found = tac.decode(b"METAR\n" + body, NOON)
    assert found.readings or found.refusals


@pytest.mark.shared
def test_romanian_reports_say_what_their_reference_bufr_says(shared: Path) -> None:
    # the BUFR files were made of these reports by another program (wmo-im/synop2bufr)
    folder = shared / "tac-messages/synop2bufr/example_with_bufr"
    (bulletin,) = folder.glob("A_SMRO01*.txt")
    ours = {reading.station: reading for reading in decode.decode(bulletin.read_bytes(), NOON).readings}
    compared = 0
    for path in sorted((folder / "reference_bufr").iterdir()):
        (theirs,) = decode.decode(path.read_bytes(), NOON).readings
        reading = ours[theirs.station]
        assert reading.time == theirs.time
        both = reading.values.keys() & theirs.values.keys()
        compared += len(both)
        for name in both:
            assert reading.values[name] == pytest.approx(theirs.values[name], abs=0.051), (theirs.station, name)
    assert compared > 200


@pytest.mark.shared
def test_every_text_message_is_read_or_refused_by_name(shared: Path) -> None:
    for path in sorted((shared / "tac-messages").rglob("*")):
        if path.suffix not in (".txt", ".00", ".gz"):
            continue
        received = dt.datetime(2023, 1, 20, 13, tzinfo=dt.UTC)
        found = decode.decode(path.read_bytes(), Envelope(received, path.name))
        assert found.format == "tac", path
        assert found.readings or found.refusals, path
        if "METAR" in path.parts[-2] or "synop2bufr" in path.parts:
            assert found.readings, path
        elif path.parent.name != "metar":
            assert not found.readings, path


@pytest.mark.shared
def test_an_hour_of_the_worlds_metars_agrees_with_another_reader(shared: Path) -> None:
    # python-metar reads the same reports; every value that both give is the same
    from metar import Metar

    body = gzip.decompress((shared / "tac-messages/metar/metar_20190701_1200_first80pct.txt.gz").read_bytes())
    received = dt.datetime(2019, 7, 1, 13, tzinfo=dt.UTC)
    seen = differs = 0
    for bulletin in gts.bulletins(gts.plain(body)):
        for words in list(metar._reports(bulletin.text))[:3]:
            text = " ".join(words if words[0] in ("METAR", "SPECI") else ["METAR", *words])
            single = metar.read(gts.Bulletin("SA", "", "", text), received, Refusals())
            if len(single) != 1:
                continue
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    peer = Metar.Metar(text, month=7, year=2019, strict=False)
                except Metar.ParserError:
                    continue
            for name, value in _told(peer).items():
                if value is not None and name in single[0].values:
                    seen += 1
                    differs += abs(single[0].values[name] - value) > max(0.06, abs(value) / 100)
    assert seen > 10_000
    assert differs == 0


def _told(peer) -> dict[str, float | None]:
    units = {
        "air_temperature": (peer.temp, "C"),
        "dew_point_temperature": (peer.dewpt, "C"),
        "wind_speed": (peer.wind_speed, "MPS"),
        "wind_speed_of_gust": (peer.wind_gust, "MPS"),
        "visibility_in_air": (peer.vis, "M"),
        "air_pressure_at_mean_sea_level": (peer.press_sea_level, "MB"),
    }
    told = {name: quantity.value(unit) if quantity else None for name, (quantity, unit) in units.items()}
    return told | {"wind_from_direction": peer.wind_dir.value() if peer.wind_dir else None}


@pytest.mark.shared
def test_nearly_all_reports_of_the_hour_are_read(shared: Path) -> None:
    body = (shared / "tac-messages/metar/metar_20190701_1200_first80pct.txt.gz").read_bytes()
    found = decode.decode(body, Envelope(dt.datetime(2019, 7, 1, 13, tzinfo=dt.UTC)))
    assert len(found.readings) > 14_000
    assert len({reading.station for reading in found.readings}) > 4_800
    chinese = {reading.station for reading in found.readings if reading.station[:2] in ("ZB", "ZG", "ZH", "ZS", "ZU")}
    assert {"ZSSS", "ZSPD", "ZSNJ", "ZSHC"} <= chinese
    unread = [refusal for refusal in found.refusals if "no group of the report could be read" in refusal.reason]
    assert all("and 3 more" in refusal.part for refusal in unread)  # six reports that hold nothing but their time
