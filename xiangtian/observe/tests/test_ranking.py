"""Ranking of stations: places, scopes, the page and its CSV."""

import csv
import io

import pytest

from xiangtian.kit.tests.frame import plain
from xiangtian.observe.queries.field import shown, wanted
from xiangtian.observe.queries.ranking import Scope, ranking
from xiangtian.observe.tests.maps import CHANGSHU, NOW, fresh, network, tell

pytestmark = pytest.mark.django_db
T = "air_temperature"
VALUES = [20.0, 25.0, 25.04, 18.0, 30.0, 22.0, 22.0, 21.0, 19.0, 17.0, 55.0, None]
FLAGS = [0, 0, 0, 0, 1, 0, 9, 0, 0, 0, 2, 8]


@pytest.fixture(autouse=True)
def house(settings, at, home) -> None:
    plain(settings)
    fresh()
    at(NOW)
    network()
    tell(home, -5, air_temperature=VALUES, air_temperature_qc=FLAGS)


def places(home, scope=None, **how):
    return [(one.place, one.spot.site.code) for one in ranking(shown(home, wanted(T)), scope or Scope(), **how)]


def test_equal_values_share_the_better_place_and_doubted_ones_have_none(home):
    # by one decimal 25.0 and 25.04 are equal; 30 is suspect, 55 wrong, T11 missing
    assert places(home)[:5] == [(1, "T01"), (1, "T02"), (3, "T05"), (3, "T06"), (5, "T07")]


def test_the_lowest_first(home):
    assert places(home, lowest=True, most=2) == [(1, "T09"), (2, "T03")]


def test_a_tie_at_the_end_is_not_cut(home):
    assert len(places(home, most=3)) == 4


def test_doubted_values_are_ranked_when_asked_for(home):
    assert places(home, Scope(good=False))[:2] == [(1, "T10"), (2, "T04")]


def test_scopes(home):
    assert {code for _, code in places(home, Scope(network="national"))} == {"T00", "T01"}
    assert {code for _, code in places(home, Scope(district=CHANGSHU))} == {"T01", "T03", "T05", "T07", "T09"}
    assert places(home, Scope(district="320599")) == []


class TestPage:
    """The page, its part that renews itself, and its CSV."""

    def test_who_may_look(self, client, person):
        assert client.get("/observe/ranking/").status_code == 302
        client.force_login(person("nobody"))
        for path in ("", "csv/", "lines/"):
            assert client.get(f"/observe/ranking/{path}").status_code == 403

    def test_the_table_and_its_filters(self, client, person):
        client.force_login(person("v", "viewer"))
        page = client.get("/observe/ranking/", {"n": 3, "district": CHANGSHU}).content.decode()
        assert page.index("站T01") < page.index("站T05") < page.index("站T07")
        assert "站T02" not in page
        assert 'href="/observe/stations/T01/"' in page

    def test_what_cannot_be_read_is_as_usual(self, client, person):
        client.force_login(person("v", "viewer"))
        told = client.get(
            "/observe/ranking/", {"element": "mood", "how": "x", "n": "-1", "district": "1", "hours": "x"}
        )
        assert told.context["asked"].element == T
        assert len(told.context["lines"]) == 9

    @pytest.mark.parametrize("asked", [{"at": "2026-09-01T00:00"}, {"how": "max", "hours": "9999"}, {"at": "soon"}])
    def test_what_cannot_be_asked_is_said_in_words(self, client, person, asked):
        client.force_login(person("v", "viewer"))
        assert "允许" in client.get("/observe/ranking/", asked).content.decode()
        assert client.get("/observe/ranking/csv/", asked).status_code == 422

    def test_a_moment_of_the_form_is_beijing_time(self, client, person):
        client.force_login(person("v", "viewer"))
        told = client.get("/observe/ranking/", {"at": "2026-07-01T11:50"})  # 03:50 UTC, before anything was known
        assert told.context["lines"] == []
        assert "没有可用的值" in told.content.decode()
        assert 'value="2026-07-01T11:50"' in told.content.decode()

    def test_the_table_as_csv(self, client, person):
        client.force_login(person("v", "viewer"))
        body = client.get("/observe/ranking/csv/", {"n": 2, "order": "low"}).content.decode("utf-8-sig")
        head, *rows = csv.reader(io.StringIO(body))
        assert head[:3] == ["名次", "站号", "站名"]
        assert [row[:2] for row in rows] == [["1", "T09"], ["2", "T03"]]


def test_the_map_page_names_what_is_fetched_early(client, person):
    assert client.get("/observe/map/").status_code == 302
    client.force_login(person("nobody"))
    assert client.get("/observe/map/").status_code == 403
    client.force_login(person("v", "viewer"))
    early = client.get("/observe/map/").context["early"]
    assert early[-1] == "/api/map/field?element=air_temperature&how=now"
    assert len(client.get("/observe/map/", {"element": "wind_speed"}).context["early"]) == len(early) - 1
