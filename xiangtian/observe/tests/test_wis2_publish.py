"""Our observations go out: once, corrected where they were, from the stations that may, never in an exercise."""

import base64
import datetime as dt
import hashlib
import json

import polars as pl
import pytest

from xiangtian.core import clock
from xiangtian.core.flags import Flag
from xiangtian.core.models import LedgerEntry
from xiangtian.core.settings import SettingError
from xiangtian.lake.observations import Observations
from xiangtian.observe.actions import wis2_publish as out
from xiangtian.observe.actions.wis2_export import export
from xiangtian.observe.decode import decode
from xiangtian.observe.models import Wis2Message, Wis2Notice
from xiangtian.observe.queries import wis2 as queries
from xiangtian.observe.reading import Envelope
from xiangtian.observe.tests.makers import station
from xiangtian.observe.wis2 import messages, publishing
from xiangtian.observe.wis2.publishing import Sent

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def ten(home, monkeypatch: pytest.MonkeyPatch) -> dt.datetime:
    """A broker is named; real time, so that this is no exercise; the last full hour."""
    monkeypatch.setenv("XIANGTIAN_WIS2_PUBLISH", "mqtt://127.0.0.1:1")
    for name in ("XIANGTIAN_WIS2_STATIONS", "XIANGTIAN_WIS2_CENTRE", "XIANGTIAN_PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)
    station("58358", network="national", wigos="0-20000-0-58358", en="Dongshan")
    station("M3501", zh="区域站")
    station("D0001", zh="演习站", drill=True)
    return clock.now().replace(minute=0, second=0, microsecond=0)


def store(home, time: dt.datetime, code: str = "58358", later_min: float = 2, **values: float) -> None:
    received = time + dt.timedelta(minutes=later_min)
    row = {"station": [code], "time": [time], "received": [received], "source": [f"{time:%H}{later_min}{code}"]}
    for name, value in (values or {"air_temperature": 25.3}).items():
        row |= {name: [value], f"{name}_qc": [int(Flag.GOOD)], f"{name}_tests": [1]}
    frame = pl.DataFrame(row, schema_overrides={"time": pl.Datetime("us", "UTC"), "received": pl.Datetime("us", "UTC")})
    Observations(home).append(frame)
    queries.readings.cache_clear()


def reports() -> list[Wis2Message]:
    return list(Wis2Message.objects.exclude(station="").order_by("id"))


def read(home, row: Wis2Message):
    day, name = row.path.split("/")
    return publishing.body(publishing.folder(home), day, name)


def test_a_report_goes_out_once_with_file_hash_and_record(home, ten) -> None:
    store(home, ten)
    assert out.prepare(home) == 2  # the discovery record first, then the report
    assert out.prepare(home) == 0
    record, report = Wis2Message.objects.order_by("id")
    assert (record.station, record.topic) == ("", "origin/a/wis2/cn-cma-suzhou-test/metadata")
    assert report.topic == "origin/a/wis2/cn-cma-suzhou-test/data/core/weather/surface-based-observations/synop"
    body, told = read(home, report), json.loads(report.document)
    assert base64.b64decode(told["properties"]["integrity"]["value"]) == hashlib.sha512(body).digest()
    assert told["links"][0]["href"] == f"http://127.0.0.1:8000/wis2/data/{report.path}"
    (reading,) = decode(body, Envelope(clock.now())).readings
    assert (reading.time, round(reading.values["air_temperature"], 1)) == (ten, 25.3)
    assert publishing.record(home, "cn-cma-suzhou-test") is not None
    announced = json.loads(record.document)
    held = publishing.record(home, "cn-cma-suzhou-test")
    assert base64.b64decode(announced["properties"]["integrity"]["value"]) == hashlib.sha512(held).digest()
    assert [entry.verb for entry in LedgerEntry.objects.all()] == ["observe.wis2_prepare"]


def test_only_the_stations_that_may_go_out(home, ten, monkeypatch) -> None:
    for code in ("58358", "M3501", "D0001", "UNKNOWN"):
        store(home, ten, code)
    out.prepare(home)
    assert [row.station for row in reports()] == ["58358"]
    monkeypatch.setenv("XIANGTIAN_WIS2_STATIONS", "all")
    out.prepare(home)
    assert [row.station for row in reports()] == ["58358", "M3501"]  # one of exercises never goes out
    assert json.loads(reports()[1].document)["properties"]["wigos_station_identifier"] == "0-156-0-M3501"


def test_a_correction_goes_out_as_an_update_of_the_same_data(home, ten) -> None:
    store(home, ten)
    out.prepare(home)
    store(home, ten, later_min=5, air_temperature=25.3)  # says the same
    assert out.prepare(home) == 0
    store(home, ten, later_min=9, air_temperature=24.8)
    assert out.prepare(home) == 1
    first, second = reports()
    assert (second.revision, second.data_id) == (1, first.data_id)
    assert [link["rel"] for link in json.loads(second.document)["links"]] == ["update", "canonical"]
    assert read(home, first) != read(home, second)  # the first file stays as it was
    (reading,) = decode(read(home, second), Envelope(clock.now())).readings
    assert (reading.correction, round(reading.values["air_temperature"], 1)) == ("CCA", 24.8)


def test_a_late_report_goes_out_for_six_hours(home, ten) -> None:
    store(home, ten - 5 * HOUR, later_min=280)
    store(home, ten - 8 * HOUR, later_min=480)
    out.prepare(home)
    assert [row.time for row in reports()] == [ten - 5 * HOUR]


def test_what_does_not_fit_is_written_down_once_and_goes_out_when_it_fits(home, ten) -> None:
    store(home, ten, surface_air_pressure=1.0e6)
    assert out.prepare(home) == 1  # the record only
    assert out.prepare(home) == 0
    (row,) = reports()
    assert row.state == "refused"
    assert "surface_air_pressure" in row.reason
    store(home, ten, later_min=5, surface_air_pressure=2.0e6)
    out.prepare(home)
    assert [one.state for one in reports()] == ["refused"]
    store(home, ten, later_min=9, surface_air_pressure=1003.4)
    assert out.prepare(home) == 1
    (row,) = reports()
    assert (row.state, row.revision) == ("waiting", 0)
    assert [link["rel"] for link in json.loads(row.document)["links"]] == ["canonical"]


def test_nothing_goes_out_in_an_exercise_or_without_a_broker(home, ten, at, monkeypatch) -> None:
    store(home, ten)
    monkeypatch.setenv("XIANGTIAN_WIS2_PUBLISH", "")
    assert (out.prepare(home), out.send_due()) == (0, "")
    monkeypatch.setenv("XIANGTIAN_WIS2_PUBLISH", "mqtt://127.0.0.1:1")
    at(ten + HOUR)
    assert (out.prepare(home), out.send_due()) == (0, "")
    assert not Wis2Message.objects.exists()


def test_the_record_is_announced_again_only_when_it_says_something_else(home, ten, monkeypatch) -> None:
    store(home, ten - HOUR)
    out.prepare(home)
    store(home, ten)
    assert out.prepare(home) == 1
    monkeypatch.setenv("XIANGTIAN_WIS2_CONTACT", "data@example.org")
    store(home, ten, later_min=8, air_temperature=1.0)
    assert out.prepare(home) == 2
    first, second = Wis2Message.objects.filter(station="").order_by("id")
    assert json.loads(second.document)["links"][0]["rel"] == "update"
    record = json.loads(publishing.record(home, "cn-cma-suzhou-test"))
    assert record["properties"]["created"] == messages.rfc3339(first.prepared)
    assert record["time"]["interval"][0] == (ten - HOUR).date().isoformat()


def test_what_the_broker_acknowledged_is_sent_and_the_rest_waits(home, ten, monkeypatch) -> None:
    store(home, ten)
    out.prepare(home)
    letters = []

    def send(where, told, client_id) -> Sent:
        letters.append([topic for topic, _ in told])
        return Sent(frozenset({0}), "MQTT 服务未在时限内确认（PUBACK）")

    monkeypatch.setattr(publishing, "send", send)
    assert "未发出 1" in out.send_due()
    record, report = Wis2Message.objects.order_by("id")
    assert (record.state, report.state, report.tries) == ("sent", "waiting", 1)
    assert "PUBACK" in report.reason
    assert out.send_due() == ""  # its pause is not over
    Wis2Message.objects.update(next_try=0)
    out.send_due()
    assert letters[1] == [report.topic]
    assert Wis2Message.objects.filter(state="sent").count() == 2


def test_a_broker_that_is_away_for_long_is_given_up_in_the_end(home, ten) -> None:
    store(home, ten)
    out.prepare(home)
    Wis2Message.objects.update(tries=out.PATIENCE.tries - 1)
    assert "无法连接" in out.send_due()  # nobody listens on port 1
    assert set(Wis2Message.objects.values_list("state", flat=True)) == {"given_up"}


def test_old_files_and_rows_are_forgotten(home, ten) -> None:
    store(home, ten)
    out.prepare(home)
    old = ten - dt.timedelta(days=40)
    report = reports()[0]
    publishing.keep(publishing.folder(home), "WIGOS_0-20000-0-58358_20200101T000000", old.date(), b"x")
    Wis2Message.objects.update(prepared=old)
    for state in ("done", "waiting"):
        Wis2Notice.objects.create(message_id=state, data_id=state, topic="", document="", received=old, state=state)
    assert out.tidy(home) != ""
    assert read(home, report) is not None
    assert len(list(publishing.folder(home).iterdir())) == 1
    assert [row.station for row in Wis2Message.objects.all()] == [""]  # the record is still announced
    assert [row.state for row in Wis2Notice.objects.all()] == ["waiting"]


@pytest.mark.parametrize(("name", "value"), [
    ("XIANGTIAN_WIS2_CENTRE", "苏州"), ("XIANGTIAN_WIS2_STATIONS", "some"), ("XIANGTIAN_WIS2_TOPICS", "xiangtian/#"),
])  # fmt: skip
def test_settings_that_can_not_be_used_are_named(monkeypatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingError, match=name):
        (queries.node(), queries.whose(), queries.subscriptions())


def test_an_export_writes_notifications_record_and_data_that_fit_together(home, ten, tmp_path) -> None:
    for back in range(3):
        store(home, ten - back * HOUR)
        store(home, ten - back * HOUR, "M3501", air_temperature=20.0 + back)
    store(home, ten - 2 * HOUR, later_min=3, code="M3501", surface_air_pressure=1.0e6)
    done = export(home, tmp_path / "out", hours=24, wanted="all", base_url="https://example.org/x/")
    assert (done.notifications, done.stations, done.centre) == (5, 2, "cn-cma-suzhou-test")
    assert sum(done.refused.values()) == 1
    for path in (tmp_path / "out").glob("notification-*.json"):
        found = messages.read(path.read_bytes())
        body = (tmp_path / "out" / found.link.href.removeprefix("https://example.org/x/")).read_bytes()
        assert base64.b64decode(found.integrity["value"]) == hashlib.sha512(body).digest()
        assert found.id in path.name
    assert len(list((tmp_path / "out").glob("notification-*.json"))) == 5
    (record,) = (tmp_path / "out").glob("discovery-*.json")
    assert json.loads(record.read_text(encoding="utf-8"))["time"]["interval"] == [f"{ten - 2 * HOUR:%Y-%m-%d}", ".."]
    assert not Wis2Message.objects.exists()  # nothing is sent by it
    last = export(home, tmp_path / "last", hours=1, wanted="national")
    assert (last.notifications, last.stations) == (1, 1)


def test_an_export_of_an_exercise_says_so_and_of_an_empty_home_is_a_record(home, at, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XIANGTIAN_WIS2_CENTRE", "cn-cma-suzhou")
    at("2026-07-01T02:00")
    done = export(home, tmp_path, hours=24, wanted="all")
    assert (done.notifications, done.centre) == (0, "cn-cma-suzhou-test")
    (record,) = tmp_path.glob("*.json")
    assert "EXERCISE" in json.loads(record.read_text(encoding="utf-8"))["properties"]["description"]
