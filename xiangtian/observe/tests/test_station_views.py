"""The pages of stations: list, tasks, lists that disagree, record; who may look and who may change."""

import datetime as dt

import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from xiangtian.core import clock
from xiangtian.core.stations import Station as Known
from xiangtian.kit.tests.frame import plain
from xiangtian.lake.observations import Observations
from xiangtian.observe import queries
from xiangtian.observe.actions import register_national, register_stations
from xiangtian.observe.models import Certificate, Conflict, Device, Installation, ObservingTask, SensorPosition, Station
from xiangtian.observe.views.station_conflicts import written
from xiangtian.observe.views.station_forms import FieldRefused, Fields

pytestmark = pytest.mark.django_db
T = "air_temperature"
SCRIPT = "<script>alert(1)</script>"
HEAD = "id,zh,en,kind,lon,lat,alt_m\n"
MOVED = "58349,苏州,Suzhou,国家气象观测站,120.6012,31.3011,12.0\n"
RECORD = "/observe/stations/58349/record/"


@pytest.fixture(autouse=True)
def frame(settings, at) -> None:
    plain(settings)
    queries.readings.cache_clear()
    at("2026-07-01T02:15")
    register_national()


@pytest.fixture
def engineer(client, person):
    client.force_login(person("engineer", "engineer"))
    return client


@pytest.fixture
def looker(client, person):
    client.force_login(person("looker", "viewer"))
    return client


def text(answer) -> str:
    return answer.content.decode()


def bring(client, rows: str, **fields: str):
    file = SimpleUploadedFile("list.csv", (HEAD + rows).encode())
    return client.post("/observe/stations/import/", {"list": file, "form": "csv"} | fields, follow=True)


PAGES = ("", "tasks/", "import/", "conflicts/", "58349/record/")


@pytest.mark.parametrize("page", PAGES)
def test_who_may_look(client, person, page: str) -> None:
    assert client.get(f"/observe/stations/{page}").status_code == 302
    client.force_login(person("nobody"))
    assert client.get(f"/observe/stations/{page}").status_code == 403


def test_the_list_by_filters(looker) -> None:
    register_stations([Known("M1", SCRIPT, "A", "四要素", 120.7, 31.4, 4.0, "320506", False, "test")])
    page = looker.get("/observe/stations/")
    assert "8 个站" in text(page)
    assert SCRIPT not in text(page)

    def found(query: str) -> list[str]:
        return [one.code for one, *_ in looker.get(f"/observe/stations/?{query}").context["stations"]]

    assert found("network=regional") == ["M1"]
    assert found("kind=四要素") == ["M1"]
    assert found("district=320581") == ["58352"]
    assert found("q=dongshan") == ["58358"]
    assert found("q=0-20000-0-58358") == ["58358"]
    assert found("q=nowhere&page=x") == []


def test_what_is_due_of_the_networks(looker) -> None:
    page = looker.get("/observe/stations/tasks/?network=national")
    lines = {one.element: one for one, *_ in page.context["lines"]}
    assert (lines[T].stations, lines[T].interval_min) == (7, 1)
    assert lines[T].due == dt.datetime(2026, 7, 1, 2, 16, tzinfo=dt.UTC)
    assert lines["precipitation_amount_1h"].due == dt.datetime(2026, 7, 1, 3, 0, tzinfo=dt.UTC)
    assert lines["precipitation_amount_1h"].deadline > lines["precipitation_amount_1h"].due
    assert looker.get("/observe/stations/tasks/?district=320581").context["lines"][0][0].stations == 1
    assert "没有观测任务" in text(looker.get("/observe/stations/tasks/?network=special"))


class TestLists:
    """Import and conflicts."""

    def test_a_list_is_compared_and_its_conflicts_settled(self, engineer) -> None:
        page = bring(engineer, MOVED)
        assert "新增待处理差异 2 条" in text(page)
        lines = {one["row"].field: one for one in page.context["lines"]}
        assert lines["position"]["ours"] == "120.5667°E 31.4167°N"
        assert lines["altitude"]["theirs"] == "12 m"
        number = lines["position"]["row"].pk
        fields = {"decision": "move", "since": "2026-06-01", "reason": "迁站"}
        page = engineer.post(f"/observe/stations/conflicts/{number}/", fields, follow=True)
        assert "记为迁站" in text(page)
        assert Station.objects.get(code="58349").sites.filter(valid_from=dt.date(2026, 6, 1)).exists()
        settled = engineer.get("/observe/stations/conflicts/?state=settled").context["lines"]
        assert [(one["decided"], one["row"].settled_by) for one in settled] == [("记为迁站", "engineer")]
        assert "list.csv" in text(engineer.get("/observe/stations/import/"))

    def test_a_refusal_stays_on_the_page(self, engineer, person) -> None:
        bring(engineer, MOVED)
        number = Conflict.objects.get(field="position").pk
        for fields, words in (({"decision": "take"}, "依据"), ({"decision": "take", "since": "x"}, "不是日期")):
            page = engineer.post(f"/observe/stations/conflicts/{number}/", fields)
            assert (page.status_code, words in text(page)) == (409, True)
        assert engineer.post("/observe/stations/conflicts/999/", {}).status_code == 404
        engineer.force_login(person("north", "engineer", districts=("320581",)))
        page = engineer.post(f"/observe/stations/conflicts/{number}/", {"decision": "keep", "reason": "x"})
        assert page.status_code == 403

    def test_many_at_once(self, engineer) -> None:
        bring(engineer, MOVED + "58352,常熟,Changshu,国家气象观测站,120.7,31.7,9.5\n")
        first = Conflict.objects.first().pk
        fields = {"which": "chosen", "chosen": [str(first), "x"], "decision": "keep", "reason": "以本库为准"}
        assert "已处理 1 条" in text(engineer.post("/observe/stations/conflicts/many/", fields, follow=True))
        fields = {"which": "form", "form": "csv", "decision": "keep", "reason": "以本库为准"}
        assert "已处理 3 条" in text(engineer.post("/observe/stations/conflicts/many/", fields, follow=True))
        assert not Conflict.objects.filter(decision="").exists()
        page = engineer.post("/observe/stations/conflicts/many/", fields | {"decision": "other"})
        assert page.status_code == 409

    def test_what_is_no_list_and_who_may_not(self, engineer, person) -> None:
        assert engineer.post("/observe/stations/import/", {}).status_code == 409
        file = SimpleUploadedFile("x.txt", b"hello")
        page = engineer.post("/observe/stations/import/", {"list": file, "form": ""})
        assert (page.status_code, "不是已知的站点列表" in text(page)) == (409, True)
        engineer.force_login(person("looker", "viewer"))
        file = SimpleUploadedFile("x.csv", (HEAD + MOVED).encode())
        assert engineer.post("/observe/stations/import/", {"list": file}).status_code == 403

    def test_values_as_people_read_them(self) -> None:
        assert written(None) == "–"
        assert written({"lon": None, "lat": 1.0}) == "–"
        assert written({"zh": "吴中"}) == "吴中"
        assert (
            written({"lon": 120.5, "lat": 31.0, "alt_m": 4.5, "zh": "跨塘", "kind": ""})
            == "120.5000°E 31.0000°N · 4.5 m · 跨塘"
        )
        assert written("1995-01-01") == "1995-01-01"


class TestRecord:
    """The record and its forms."""

    def post(self, client, verb: str, **fields: object):
        return client.post(f"{RECORD}{verb}/", fields, follow=True)

    def test_it_shows_every_place(self, looker) -> None:
        page = looker.get(RECORD)
        assert (page.status_code, "3 段" in text(page), "迁站" in text(page)) == (200, True, True)
        assert "新址起用日期" not in text(page)
        assert looker.get("/observe/stations/nobody/record/").status_code == 404

    def test_a_life_of_a_sensor_by_forms(self, engineer, home) -> None:
        rows = {"station": "58349", "time": [clock.now() - dt.timedelta(minutes=one) for one in range(60)]}
        frame = pl.DataFrame(rows | {T: [20.0] * 60, f"{T}_qc": [0] * 60, "source": "x"})
        Observations(home).append(frame.with_columns(pl.col("time").alias("received")))
        self.post(engineer, "position", element=T, height_m="1.5", since="2026-06-01T08:00", reason="百叶箱")
        position = SensorPosition.objects.get()
        assert position.valid_from == dt.datetime(2026, 6, 1, 0, 0, tzinfo=dt.UTC)
        new = {"maker": "华云", "model": "PT100", "serial": "A", "reason": "更换", "position": position.pk}
        page = self.post(engineer, "install", begins="2026-07-01T09:45", ends="2026-07-01T10:00", **new)
        assert page.context["count"] == 15  # 09:45 to 09:59 in Beijing, a reading each minute
        assert "改变了 15 个" in text(page)
        row = Installation.objects.get()
        sheet = engineer.get(f"{RECORD}touched/{row.pk}/?format=csv").content.decode("utf-8-sig").splitlines()
        assert (len(sheet), sheet[1]) == (16, f"58349,{T},2026-07-01T01:45:00+00:00,2026-07-01 09:45,华云 PT100 A")
        told = {
            "number": "C-1",
            "valid_from": "2026-01-01",
            "valid_to": "2026-12-31",
            "corrections": "-10 0.1\n30, -0.1",
        }
        self.post(engineer, "certificate", device=Device.objects.get().pk, element=T, **told)
        assert Certificate.objects.get().corrections == [[-10.0, 0.1], [30.0, -0.1]]
        who = engineer.get(f"{RECORD}?element={T}&at=2026-07-01T09:50").context["who"]
        assert (str(who.device), who.calibration) == ("华云 PT100 A", "in force")
        assert engineer.get(f"{RECORD}?element={T}&at=2026-07-01T10:00").context["who"].device is None
        self.post(engineer, "end-certificate", certificate=Certificate.objects.get().pk, last="2026-06-30", reason="x")
        assert Certificate.objects.get().valid_to == dt.date(2026, 6, 30)
        self.post(engineer, "end-position", position=position.pk, ends="2026-07-01T11:00", reason="x")
        assert SensorPosition.objects.get().valid_to is not None

    def test_places_names_tasks_and_closing_by_forms(self, engineer) -> None:
        place = {"lon": "120.60", "lat": "31.30", "alt_m": "5", "reason": "市局批准"}
        assert "已登记" in text(self.post(engineer, "relocate", since="2026-06-10", **place))
        self.post(engineer, "correct", valid_from="2026-06-10", **place | {"alt_m": "6", "pressure_alt_m": "7.2"})
        station = Station.objects.get(code="58349")
        assert station.sites.get(valid_to=None).pressure_alt_m == 7.2
        facts = {"zh": "吴中", "en": "", "kind": "国家站", "network": "national", "wigos": "", "reason": "更名"}
        self.post(engineer, "describe", **facts)
        task = {"element": T, "interval_min": "10", "offset_min": "0", "reason": "节电"}
        self.post(engineer, "task", since="2026-07-01T08:00", **task)
        assert ObservingTask.objects.get(station=station, element=T, valid_to=None).interval_min == 10
        self.post(engineer, "end-task", element=T, ends="2026-07-01T09:00", reason="x")
        page = self.post(engineer, "close", closed="2026-07-01", reason="撤站")
        assert [one.verb for one, _ in page.context["history"]] == [
            "observe.station_closed", "observe.station_task_ended", "observe.station_task_set",
            "observe.station_described", "observe.station_place_corrected", "observe.station_moved",
        ]  # fmt: skip
        station.refresh_from_db()
        assert (station.zh, station.closed) == ("吴中", dt.date(2026, 7, 1))

    def test_a_refusal_stays_on_the_page(self, engineer, person) -> None:
        for verb, fields, words in (
            ("relocate", {"reason": "x"}, "请填写日期"),
            ("relocate", {"since": "2026-06-10", "lon": "x", "reason": "x"}, "不是数字"),
            ("task", {"interval_min": "1.5"}, "不是整数"),
            ("end-position", {"position": "999", "ends": "2026-07-01T11:00"}, "已不存在"),
        ):
            page = engineer.post(f"{RECORD}{verb}/", fields)
            assert (page.status_code, words in text(page)) == (409, True), verb
        assert engineer.post(f"{RECORD}burn/", {}).status_code == 404
        assert "不是时间" in text(engineer.get(f"{RECORD}?element={T}&at=noon"))
        engineer.force_login(person("looker", "viewer"))
        assert engineer.post(f"{RECORD}close/", {"closed": "", "reason": "x"}).status_code == 403


def test_fields_of_a_form() -> None:
    fields = Fields({"a": " 1.5 ", "b": "", "c": "1 2\n\n3,4", "d": "1 2 3"})
    assert (fields.number("a"), fields.maybe("b"), fields.day("b"), fields.moment("b")) == (1.5, None, None, None)
    assert fields.pairs("c") == ((1.0, 2.0), (3.0, 4.0))
    assert fields.pairs("b") == ()
    with pytest.raises(FieldRefused):
        fields.pairs("d")
    with pytest.raises(FieldRefused):
        fields.a_moment("b")
