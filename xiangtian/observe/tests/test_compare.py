"""Several stations side by side."""

import csv
import io

import numpy as np
import pytest

from xiangtian.kit.tests.frame import plain
from xiangtian.observe import queries
from xiangtian.observe.queries import station_page
from xiangtian.observe.queries.compare import compare
from xiangtian.observe.tests.makers import station
from xiangtian.observe.tests.rows import put

pytestmark = pytest.mark.django_db
TEMPERATURE = "air_temperature"


@pytest.fixture(autouse=True)
def frame(settings, at) -> None:
    plain(settings)
    queries.readings.cache_clear()
    station_page.rollups.cache_clear()
    at("2026-07-01T02:30")


def said(code: str, values: dict[str, float], **more: object) -> list[dict]:
    return [
        {"station": code, "time": f"2026-07-01T{time}", TEMPERATURE: value, **more} for time, value in values.items()
    ]


def test_differences_on_common_moments(home) -> None:
    put(
        home,
        *said("A", {"01:00": 20.0, "01:05": 21.0, "01:10": 22.0, "01:15": 23.0}),
        *said("B", {"01:00": 20.5, "01:05": 21.5, "01:15": 24.5}),
    )
    found = compare(home, ["A", "B"], TEMPERATURE, 2, None)
    a, b = found.figures
    assert (found.step_min, len(found.times), a.n, a.missing, b.n, b.missing) == (5, 4, 4, 0, 3, 1)
    assert (a.mean, a.low, a.high, a.against) == (21.5, 20.0, 23.0, None)
    # differences 0.5, 0.5, 1.5
    assert b.against.bias == pytest.approx(2.5 / 3)
    assert b.against.rms == pytest.approx(((0.25 + 0.25 + 2.25) / 3) ** 0.5)
    assert (b.against.pairs, b.against.missing) == (3, 1)


def test_the_slower_station_sets_the_moments(home) -> None:
    put(
        home,
        *said("A", {f"01:{minute:02d}": 20.0 + minute for minute in range(31)}),
        *said("B", {f"01:{minute:02d}": 20.0 + minute for minute in range(0, 31, 10)}),
    )
    found = compare(home, ["A", "B"], TEMPERATURE, 2, None)
    assert (found.step_min, [time.minute for time in found.times]) == (10, [0, 10, 20, 30])
    assert [one.missing for one in found.figures] == [0, 0]
    assert found.figures[1].against.correlation == pytest.approx(1.0)


def test_doubted_values_are_left_out(home) -> None:
    put(home, *said("A", {"01:00": 20.0, "01:05": 21.0}), *said("A", {"01:10": 60.0}, air_temperature_qc=2))
    found = compare(home, ["A"], TEMPERATURE, 2, None)
    assert np.isnan(found.values[0, -1])
    assert found.figures[0].high == 21.0


def test_long_periods_are_compared_by_hours(home) -> None:
    put(home, *said("A", {"01:10": 20.0, "01:50": 22.0, "02:10": 30.0}))
    found = compare(home, ["A"], TEMPERATURE, 73, None)
    assert (found.hourly, found.step_min) == (True, 60)
    assert found.values[0].tolist() == [21.0]  # the hour that ends at 02:00; the running one has not ended


def test_rain_is_added_up(home) -> None:
    put(
        home,
        *({"station": "A", "time": f"2026-07-01T01:{minute}", "precipitation_amount": 0.5, "precipitation_period": 5.0}
          for minute in ("05", "10", "15")),
    )  # fmt: skip
    assert compare(home, ["A"], "precipitation_amount", 2, None).figures[0].total == 1.5


def test_nothing_known_and_bad_questions(home) -> None:
    found = compare(home, ["A", "B"], TEMPERATURE, 24, None)
    assert (found.times, found.figures[1].against.pairs) == ((), 0)
    for codes in ([], ["A", "A"], [str(n) for n in range(9)]):
        with pytest.raises(ValueError, match="站点"):
            compare(home, codes, TEMPERATURE, 24, None)
    for hours in (0, 745):
        with pytest.raises(ValueError, match="时段"):
            compare(home, ["A"], TEMPERATURE, hours, None)


class TestDoors:
    """The page and the API."""

    def test_choose_by_search_add_and_take_out(self, client, person, home) -> None:
        for code, zh in (("A", "东山"), ("B", "西山"), ("C", "虞山")):
            station(code, zh)
        client.force_login(person("v", "viewer"))
        first = client.get("/observe/compare/?q=山&stations=A").context
        assert [site.code for site in first["searched"]] == ["B", "C"]
        assert client.get("/observe/compare/?stations=A&add=B").context["codes"] == "A,B"
        assert client.get("/observe/compare/?stations=A,B&drop=A").context["codes"] == "B"
        assert client.get("/observe/compare/?stations=A,nonsense,A").context["codes"] == "A"
        assert "还没有选站" in client.get("/observe/compare/").content.decode()

    def test_figures_on_the_page(self, client, person, home) -> None:
        station("A", "东山")
        station("B", "西山")
        put(home, *said("A", {"01:00": 20.0, "01:05": 21.0}), *said("B", {"01:00": 22.0, "01:05": 23.0}))
        client.force_login(person("v", "viewer"))
        page = client.get("/observe/compare/?stations=A,B&element=air_temperature&hours=24").content.decode()
        assert '<td class="num">2.00</td>' in page
        assert "参照" in page

    def test_as_json_and_csv(self, client, person, home) -> None:
        station("A", "东山")
        put(home, *said("A", {"01:00": 20.0, "01:05": 21.0, "01:10": 22.0, "01:15": 23.0}))
        client.force_login(person("v", "viewer"))
        told = client.get("/api/compare?stations=A,B&hours=2").json()
        assert told["values"] == [[20.0, 21.0, 22.0, 23.0], [None] * 4]
        answer = client.get("/api/compare.csv?stations=A,B&hours=2").content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(answer)))
        assert rows[0] == ["时间(北京时)", "气温(degC) 东山 A", "气温(degC)  B"]
        assert rows[1] == ["2026-07-01 09:00", "20.0", ""]

    @pytest.mark.parametrize(
        "query",
        ["stations=", "stations=A&element=nonsense", "stations=A&hours=0", "stations=A&hours=nan", "stations=A&at=x"],
    )
    def test_what_can_not_be_asked(self, client, person, home, query: str) -> None:
        client.force_login(person("v", "viewer"))
        assert client.get(f"/api/compare?{query}").status_code == 422

    def test_who_may_look(self, client, person) -> None:
        assert client.get("/observe/compare/").status_code == 302
        client.force_login(person("nobody"))
        assert client.get("/observe/compare/").status_code == 403
