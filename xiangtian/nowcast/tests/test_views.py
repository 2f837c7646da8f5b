"""The page of the next two hours: chances, severe weather, cells; empty, wrong and refused."""

import datetime as dt

import pytest

from xiangtian.core.places import city
from xiangtian.kit.tests.frame import plain
from xiangtian.nowcast import actions

pytestmark = pytest.mark.django_db
MOMENT = dt.datetime(2026, 7, 1, 2, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def frame(settings, at) -> None:
    plain(settings)
    at(MOMENT + dt.timedelta(minutes=1))
    actions._skies.clear()


@pytest.fixture
def storm(home, store) -> None:
    for minutes in (-10, -5, 0):
        newest = store(minutes)
    run = actions.make(home, newest)
    actions.imagine(home, newest)
    actions.watch_storms(home, run)


@pytest.mark.parametrize("place", ["/nowcast/", "/nowcast/parts/"])
def test_who_may_look(client, person, place) -> None:
    assert client.get(place).status_code in (302, 401, 403) or "log-in" in str(client.get(place).headers)
    client.force_login(person("nobody"))
    assert client.get(place).status_code == 403


def test_nothing_yet_says_what_to_wait_for(client, person) -> None:
    client.force_login(person("v", "viewer"))
    page = client.get("/nowcast/").content.decode()
    assert "还没有可用的集合预报" in page
    assert "还没有风暴分析" in page


def test_places_come_with_the_likeliest_first(client, person, storm) -> None:
    client.force_login(person("v", "viewer"))
    answer = client.get("/nowcast/?minutes=30&mm=5")
    shares = [line.percent for line in answer.context["lines"]]
    assert len(shares) == len(city().districts)
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 50  # a shower of 30 mm/h stands over the city
    page = answer.content.decode()
    for words in ("24 个成员", "强对流可能性", "雨强 ≥ 20 毫米/时", "无法判断", "未经本地检验", "东 48 km/h"):
        assert words in page, words


def test_more_rain_is_less_likely(client, person, storm) -> None:
    client.force_login(person("v", "viewer"))
    few, much = (
        max(line.percent for line in client.get(f"/nowcast/?minutes=60&mm={mm}").context["lines"]) for mm in (1, 70)
    )
    assert few > much


def test_a_wrong_question_gets_the_usual_answer_and_a_kind_filters(client, person, storm) -> None:
    client.force_login(person("v", "viewer"))
    told = client.get("/nowcast/?minutes=7&mm=x&window=9&kind=moon").context
    assert (told["minutes"], told["mm"], told["window"], told["kind"]) == (60, 20, 1, "")
    assert "没有这一类地点" in client.get("/nowcast/?kind=metro").content.decode()


def test_the_parts_are_the_page_s_tables(client, person, storm) -> None:
    client.force_login(person("v", "viewer"))
    part = client.get("/nowcast/parts/?minutes=30&mm=5").content.decode()
    assert "<html" not in part
    assert "风暴单体" in part


def test_old_runs_are_not_shown(client, person, storm, at) -> None:
    client.force_login(person("v", "viewer"))
    at(MOMENT + dt.timedelta(minutes=31))
    assert "还没有可用的集合预报" in client.get("/nowcast/").content.decode()
