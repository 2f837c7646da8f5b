"""Readers of lists. Lines are copied in form from the public lists; expected degrees are worked by hand."""

import datetime as dt
import gzip
import math

import pytest

from xiangtian.observe.metadata import lists
from xiangtian.observe.metadata.listed import ListError
from xiangtian.observe.metadata.position import MINUTE

DIAMOND = """diamond 3 \\table.txt
2099 01 01 08 -1 0 0 0 0
1 2
58349\t120.630\t31.270\t{alt}\t0
773901\t120.690\t31.350\t0.000\t0
"""
LIST_2016 = """ID,prov,site,name,type,lat,lon,alt,alt_pres,info
1173,江苏,58349,苏州,一般站,3125,12034,8,9.1,
1174,江苏,58000,某地,基本站,3160,12034,,,
"""
MOVES = """site,moveTimes,tag,lon,lat,alt,period_date_begin,period_date_end,date_begin,date_end,n_all,n_period
58349,3,1,12038,3116,0.48,1995-01-01,2011-12-31,1995-01-01,2020-03-31,9222,6209
58349,3,2,12038,3116,0.48,2012-01-01,2013-12-31,1995-01-01,2020-03-31,9222,731
58349,3,3,12034,3125,0.8,2014-01-01,2020-03-31,1995-01-01,2020-03-31,9222,2282
58357,1,1,12038,3114,0.28,1961-01-01,1994-12-31,1961-01-01,1994-12-31,12418,638
"""
ISD = """USAF,WBAN,STATION NAME,CTRY,STATE,ICAO,LAT,LON,ELEV(M),BEGIN,END
583580,99999,SUZHOU,CH,,,+31.267,+120.617,+0019.0,19570602,19971231
A00001,99999,NOWHERE,CH,,,,,-0999.0,20050101,20060101
"""
METEOSTAT = """id,name,region,wmo,icao,iata,usaf,ghcn,mosmix,latitude,longitude,elevation,timezone,active
58358,Suzhou,JS,58358,,,,,,31.2667,120.6167,19,Asia/Shanghai,False
06659,Alpnachstad / Pilatus Mtn,NT,06659,,,,,06659,46.9789,8.2522,2106,Europe/Zurich,True
"""
OWN = """id,zh,en,kind,lon,lat,alt_m,pressure_alt_m,opened
M3901,跨塘,Kuatang,四要素区域站,120.6912,31.3504,4.2,5.4,2014-05-01
"""


def read(text: str, form: str = ""):
    return lists.read(text.encode(), form)


def test_diamond_3_with_its_letters_as_numbers() -> None:
    form, (first, second) = read(DIAMOND.format(alt="2.000"))
    assert form == "micaps3"
    assert (first.code, first.lon, first.lat, first.alt_m, first.step_deg) == ("58349", 120.63, 31.27, 2.0, 0.01)
    assert (second.code, second.alt_m, second.line) == ("M3901", 0.0, 5)  # 77 is M


def test_altitudes_that_are_all_zero_are_none() -> None:
    assert [one.alt_m for one in read(DIAMOND.format(alt="0.000"))[1]] == [None, None]


def test_the_list_of_2016_is_in_degrees_and_minutes() -> None:
    form, (suzhou, broken) = read(LIST_2016)
    assert form == "tidymet"
    assert (suzhou.lon, suzhou.lat) == (pytest.approx(120 + 34 / 60), pytest.approx(31 + 25 / 60))
    assert (suzhou.zh, suzhou.kind, suzhou.alt_m, suzhou.pressure_alt_m) == ("苏州", "国家气象观测站", 8.0, 9.1)
    assert suzhou.step_deg == MINUTE
    assert math.isnan(broken.lat)
    assert broken.alt_m is None


def test_moves_have_tens_of_metres_and_periods_that_are_joined() -> None:
    form, rows = read(MOVES)
    assert form == "tidymet-moves"
    early, late, closed = rows
    assert (early.begins, early.ends, early.alt_m) == (dt.date(1995, 1, 1), dt.date(2013, 12, 31), 4.8)
    assert (late.begins, late.ends, late.alt_m, late.closed) == (dt.date(2014, 1, 1), None, 8.0, None)
    assert (closed.ends, closed.closed) == (dt.date(1994, 12, 31), dt.date(1994, 12, 31))
    assert {one.opened for one in rows} == {dt.date(1995, 1, 1), dt.date(1961, 1, 1)}


def test_the_isd_history() -> None:
    form, (suzhou, nowhere) = read(ISD)
    assert form == "isd-history"
    assert (suzhou.code, suzhou.en, suzhou.alt_m, suzhou.step_deg) == ("58358", "Suzhou", 19.0, MINUTE)
    assert (suzhou.opened, suzhou.data_from) == (None, dt.date(1957, 6, 2))
    assert (nowhere.code, nowhere.alt_m, math.isnan(nowhere.lon)) == ("A00001", None, True)


def test_meteostat() -> None:
    form, rows = read(METEOSTAT)
    assert form == "meteostat"
    assert [(one.code, one.en, one.alt_m) for one in rows] == [
        ("58358", "Suzhou", 19.0),
        ("06659", "Alpnachstad / Pilatus Mtn", 2106.0),
    ]


def test_the_operators_own_list() -> None:
    form, (one,) = read(OWN)
    assert form == "csv"
    assert (one.code, one.zh, one.lon, one.step_deg) == ("M3901", "跨塘", 120.6912, 0.0001)
    assert (one.pressure_alt_m, one.opened, one.closed) == (5.4, dt.date(2014, 5, 1), None)


def test_packed_and_in_the_national_encoding() -> None:
    assert lists.read(gzip.compress(MOVES.encode()))[0] == "tidymet-moves"
    assert lists.read(OWN.encode("gb18030"))[1][0].zh == "跨塘"
    assert lists.read(b"\xef\xbb\xbf" + OWN.encode())[0] == "csv"


@pytest.mark.parametrize(
    ("body", "form", "words"),
    [
        (b"", "", "不是已知"),
        (b"50136 \xe9\xbb\x91\n", "", "不是已知"),
        (OWN.encode(), "xml", "没有格式"),
        (OWN.encode(), "isd-history", "缺少列"),
        (OWN.encode().splitlines()[0], "csv", "没有站点"),
        (OWN.encode().replace(b"2014-05-01", b"in May"), "", "不是日期"),
        (b"\x1f\x8b broken", "", "损坏"),
        (b"\xff\xfe\x00\x81", "", "编码"),
        (b"58349 120.6\n", "micaps3", "首行"),
        (DIAMOND.replace("\t{alt}\t0", "").replace("\t31.270", "").encode(), "", "只有 2 列"),
        (gzip.compress(b"x" * (lists.MOST_BYTES + 1), mtime=0), "", "超过"),
    ],
)
def test_what_is_no_list_is_refused(body: bytes, form: str, words: str) -> None:
    with pytest.raises(ListError, match=words):
        lists.read(body, form)


@pytest.mark.shared
def test_the_public_lists(shared) -> None:
    """Rows as their README counts them; the six-digit numbers of the public table are letters and four digits."""
    folder = shared / "stations-china"
    sizes = {
        "meteva/sta2411_alt.txt": ("micaps3", 2411),
        "meteva/stat10461.txt": ("micaps3", 10460),
        "tidymet/st2400_2016_origin.csv": ("tidymet", 2423),
        "tidymet/mete2481_station_moves_195101-202003.csv.gz": ("tidymet-moves", None),
        "noaa/isd-history_CH-HK-TW-MC.csv": ("isd-history", 1395),
        "meteostat/meteostat_stations_CN.csv": ("meteostat", 790),
    }
    for name, (form, count) in sizes.items():
        found, rows = lists.read((folder / name).read_bytes())
        assert found == form
        assert count is None or len(rows) == count
        if name == "meteva/stat10461.txt":
            assert {one.alt_m for one in rows} == {None}
            assert "M3901" in {one.code for one in rows}
