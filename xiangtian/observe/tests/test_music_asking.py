"""Questions to MUSIC. The signature is computed outside: `printf '...' | md5sum` over the sorted words."""

import datetime as dt

import pytest

from xiangtian.observe.music.asking import (
    Account,
    Rectangle,
    columns,
    pieces,
    query,
    rectangle,
    signature,
    signed,
)

NOON = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
ACCOUNT = Account("http://host/music-ws/api", "U1", "p1", "NODE")


def test_the_signature():
    """printf 'dataCode=D&nonce=N&pwd=p1&timestamp=1&userId=U1' | md5sum."""
    sent = {"userId": "U1", "timestamp": "1", "nonce": "N", "dataCode": "D", "sign": "old"}
    assert signature(sent, "p1") == "C2FB33F173ABF83771B3E584051E4396"


def test_cmadaas_gets_a_signature_and_cimiss_the_password():
    asked = query("SURF_CHN_MUL_HOR", (NOON, NOON + HOUR))
    sent = signed(ACCOUNT, asked, 1751371200000, "n")
    assert "pwd" not in sent
    assert (sent["serviceNodeId"], sent["timestamp"], sent["nonce"]) == ("NODE", "1751371200000", "n")
    assert sent["sign"] == signature(sent, "p1")
    old = signed(Account("http://host/cimiss-web/api", "U1", "p1"), asked, 1, "n")
    assert old == {"userId": "U1", "pwd": "p1", **asked}


def test_the_password_is_not_shown():
    assert "p1" not in repr(ACCOUNT)


def test_a_question_by_time_and_by_area():
    asked = query("SURF_CHN_MUL_HOR", (NOON, NOON + HOUR))
    assert asked["interfaceId"] == "getSurfEleByTimeRange"
    assert asked["timeRange"] == "[20260701120000,20260701130000)"
    assert {"Station_Id_C", "Datetime", "TEM", "Q_TEM", "WIN_S_Inst_Max", "GST_40Cm"} <= set(
        asked["elements"].split(",")
    )
    inside = query("SURF_CHN_MAIN_MIN", (NOON, NOON + HOUR), Rectangle(30.7, 119.8, 32.1, 121.5))
    assert inside["interfaceId"] == "getSurfEleInRectByTimeRange"
    assert [inside[key] for key in ("minLat", "minLon", "maxLat", "maxLon")] == ["30.7", "119.8", "32.1", "121.5"]


def test_local_times_are_asked_for_in_utc():
    beijing = dt.timezone(dt.timedelta(hours=8))
    start = dt.datetime(2026, 7, 1, 20, tzinfo=beijing)
    assert query("SURF_CHN_MUL_HOR", (start, start + HOUR))["timeRange"] == "[20260701120000,20260701130000)"


def test_every_column_is_asked_for_once():
    for table in ("SURF_CHN_MUL_HOR", "SURF_CHN_MUL_MIN", "SURF_CHN_MAIN_MIN"):
        assert len(set(columns(table))) == len(columns(table))


def test_an_unknown_table():
    with pytest.raises(ValueError, match="SURF_CHN_MUL_HOR, SURF_CHN_MUL_MIN"):
        columns("SURF_CHN_MUL_DAY")


@pytest.mark.parametrize("text", ["1,2,3", "32,119,30,121", "a,b,c,d", "30,121,31,120", "nan,119,31,121"])
def test_what_is_no_area(text):
    with pytest.raises(ValueError):
        rectangle(text)


def test_an_area():
    assert rectangle("") is None
    assert rectangle("30.7, 119.8, 32.1, 121.5") == Rectangle(30.7, 119.8, 32.1, 121.5)


def test_pieces_end_at_full_hours_and_miss_nothing():
    start, end = NOON - dt.timedelta(minutes=10), NOON + dt.timedelta(minutes=70)
    assert pieces(start, end, HOUR, 9) == [(start, NOON), (NOON, NOON + HOUR), (NOON + HOUR, end)]
    assert pieces(start, end, HOUR, 1) == [(start, NOON)]
    assert pieces(NOON, NOON, HOUR, 9) == pieces(end, start, HOUR, 9) == []
