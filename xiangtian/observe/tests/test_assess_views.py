"""The pages of the assessment: who sees what, what the forms do, what they say when they are refused."""

import datetime as dt

import pytest

from xiangtian.core.clock import UTC
from xiangtian.kit.tests.frame import plain
from xiangtian.observe.actions.finding import find_defects
from xiangtian.observe.models import Appeal, Charge, Defect, Exemption, RosterShift
from xiangtian.observe.queries import readings
from xiangtian.observe.tests.assess_house import CHANGSHU, WUZHONG, moments, say, station
from xiangtian.observe.views.assess_showing import shade

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def frame(settings, home, at) -> None:
    plain(settings)
    readings.cache_clear()
    at("2026-07-01T12:16")
    station("A")
    station("B", CHANGSHU)
    say(home, ["A"], moments("2026-06-30T12:05", "2026-07-01T12:05"))
    say(home, ["B"], moments("2026-06-30T12:05", "2026-07-01T02:00"))


@pytest.fixture
def boss(person):
    return person("boss", "assessor", duty=False)


@pytest.fixture
def engineer(person):
    return person("li", "engineer", duty=False)


def text(answer) -> str:
    return answer.content.decode()


PAGES = ("assess/", "assess/table/", "assess/station/A/", "assess/station/A/2026-07-01/minutes/", "defects/", "roster/",
         "exemptions/", "appeals/")  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_who_may_look(client, person, page) -> None:
    assert client.get(f"/observe/{page}").status_code == 302
    client.force_login(person("nobody", duty=False))
    assert client.get(f"/observe/{page}").status_code == 403
    client.force_login(person("v", "viewer", duty=False))
    assert client.get(f"/observe/{page}").status_code == 200


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["区域站网"]),
        ("by=district", ["320581", "320506"]),  # worst first
        ("by=station", ["B", "A"]),
        ("by=station&order=key", ["A", "B"]),
        ("by=station&district=320581", ["B"]),
        ("by=station&q=a", ["A"]),
        ("by=element", ["air_temperature"]),
        ("by=person", ["-"]),
        ("by=%27&page=x&month=2026-99&district=%27&order=%27", ["区域站网"]),
        ("by=station&q=zzz", []),
    ],
)
def test_the_table_of_a_month(client, boss, query, expected) -> None:
    client.force_login(boss)
    page = client.get(f"/observe/assess/table/?{query}").context["page"]
    found = [one.row.name if one.row.group == "network" else one.key for one in page]
    assert found == expected


def test_a_month_without_anything_says_so(client, boss) -> None:
    client.force_login(boss)
    assert "这个月没有应到的报" in text(client.get("/observe/assess/table/?month=2026-05"))


def test_a_station_shows_its_work(client, boss) -> None:
    client.force_login(boss)
    answer = client.get("/observe/assess/station/B/?month=2026-07")
    figures = {metric: one for metric, _, one in answer.context["metrics"]}
    # 168 of the 288 reports up to 02:00, and 2 of 2 July (12:05, 12:10) are due by 12:15
    assert (figures["arrival"].numerator, figures["arrival"].denominator) == (168, 290)
    assert "缺省规则，未经批准" in text(answer)
    for address in ("station/Z/", "galaxy/B/", "station/A/2026-13-01/minutes/", "station/A/0001-01-01/minutes/"):
        assert client.get(f"/observe/assess/{address}").status_code == 404


def test_the_exact_minutes_of_a_day(client, boss) -> None:
    client.force_login(boss)
    answer = client.get("/observe/assess/station/B/2026-07-01/minutes/")
    (one,) = [one for _, _, one in answer.context["spans"]]
    # the first one lost is 02:05 UTC
    assert (one.kind, one.first, one.number) == ("lost", dt.datetime(2026, 7, 1, 2, 5, tzinfo=UTC), 120)
    assert "没有不正常的时次" in text(client.get("/observe/assess/station/A/2026-07-01/minutes/"))


def test_a_defect_from_found_to_appeal(client, home, boss, engineer) -> None:
    find_defects(home)
    row = Defect.objects.get()
    client.force_login(boss)
    told = {"username": "li", "duty": "maintainer", "network": "regional", "starts": "2026-07-01T00:00",
            "ends": "2026-07-03T00:00"}  # fmt: skip
    assert client.post("/observe/roster/add/", told).status_code == 302
    client.force_login(engineer)
    page = f"/observe/defects/{row.pk}/"
    assert [one.pk for _, one in client.get("/observe/defects/?q=b&kind=silence&cause=none").context["defects"]] == [
        row.pk
    ]
    assert client.post(f"{page}notice/").status_code == 302
    assert client.post(f"{page}handle/", {"handled_words": "重启"}).status_code == 409  # the cause comes first
    assert client.post(f"{page}cause/", {"cause": "equipment", "cause_words": SCRIPT}).status_code == 302
    charge = Charge.objects.get()
    assert charge.person == engineer
    assert SCRIPT not in text(client.get(page))
    assert client.post(f"{page}charges/{charge.pk}/appeal/", {"reason": "已报备"}).status_code == 302
    assert client.post(f"{page}charges/{charge.pk + 1}/appeal/").status_code == 404
    assert client.post(f"{page}dismiss/", {"dismiss_words": "误报"}).status_code == 403
    assert client.post(f"{page}handle/", {"handled_words": "重启"}).status_code == 302
    appeal = Appeal.objects.get()
    assert (
        client.post(f"/observe/appeals/{appeal.pk}/judge/", {"upheld": "yes", "judgement": "属实"}).status_code == 403
    )
    client.force_login(boss)
    assert "已报备" in text(client.get("/observe/appeals/"))
    assert client.post(f"/observe/appeals/{appeal.pk}/judge/", {"upheld": "yes", "judgement": ""}).status_code == 409
    assert (
        client.post(f"/observe/appeals/{appeal.pk}/judge/", {"upheld": "yes", "judgement": "属实"}).status_code == 302
    )
    assert Charge.objects.get().void_words == f"申诉 {appeal.pk} 成立"
    assert client.get("/observe/defects/999/").status_code == 404


def test_a_defect_by_hand(client, engineer) -> None:
    client.force_login(engineer)
    told = {"station": "A", "element": "", "starts": "2026-07-01T10:00", "words": "围栏倒伏"}
    assert client.post("/observe/defects/add/", told | {"starts": "x"}).status_code == 409
    answer = client.post("/observe/defects/add/", told | {"station": "Z"})
    assert (answer.status_code, "未登记" in text(answer)) == (409, True)
    assert client.post("/observe/defects/add/", told).status_code == 302
    # 10:00 in Beijing
    assert Defect.objects.get().starts == dt.datetime(2026, 7, 1, 2, 0, tzinfo=UTC)


def test_the_roster(client, boss, engineer) -> None:
    client.force_login(boss)
    assert [len(one.stations) for one, _, _ in client.get("/observe/roster/?from=2026-07-01").context["gaps"]] == [2]
    told = {"username": "li", "duty": "responsible", "district": WUZHONG, "starts": "2026-07-01T00:00",
            "ends": "2026-07-09T00:00"}  # fmt: skip
    answer = client.post("/observe/roster/add/", told | {"station": "A"})
    assert (answer.status_code, "且只须填写一项" in text(answer)) == (409, True)
    assert client.post("/observe/roster/add/", told).status_code == 302
    assert client.post("/observe/roster/add/", told).status_code == 409  # overlaps itself
    answer = client.get("/observe/roster/?from=2026-07-01")
    assert [one.stations for one, _, _ in answer.context["gaps"]] == [("B",)]
    row = RosterShift.objects.get()
    client.force_login(engineer)
    assert client.get("/observe/roster/").context["form"] is None
    assert client.post(f"/observe/roster/{row.pk}/withdraw/", {"reason": "换班"}).status_code == 403
    client.force_login(boss)
    assert client.post(f"/observe/roster/{row.pk}/withdraw/", {"reason": "换班"}).status_code == 302
    assert client.post("/observe/roster/999/withdraw/", {"reason": "换班"}).status_code == 409


def test_an_exemption(client, boss, engineer) -> None:
    client.force_login(engineer)
    begun = client.get("/observe/exemptions/?stations=A B&starts=2026-07-01T10:00").context["form"]
    assert begun.initial == {"stations": "A B", "starts": "2026-07-01T10:00"}
    told = {"stations": "A，B", "kind": "power", "starts": "2026-07-01T10:00", "ends": "2026-07-01T12:00",
            "reason": "线路检修"}  # fmt: skip
    assert client.post("/observe/exemptions/apply/", told | {"kind": "x"}).status_code == 409
    assert client.post("/observe/exemptions/apply/", told | {"stations": "Q"}).status_code == 409
    assert client.post("/observe/exemptions/apply/", told).status_code == 302
    row = Exemption.objects.get()
    assert (row.stations, row.districts) == (["A", "B"], [WUZHONG, CHANGSHU])
    page = f"/observe/exemptions/{row.pk}/"
    assert client.post(f"{page}decide/", {"approve": "yes", "decision": "同意"}).status_code == 403
    client.force_login(boss)
    assert client.get(page).context["may_decide"] is True
    assert client.post(f"{page}withdraw/").status_code == 403
    assert client.post(f"{page}decide/", {"approve": "yes", "decision": "同意"}).status_code == 302
    assert [one.pk for _, one in client.get("/observe/exemptions/?state=approved").context["rows"]] == [row.pk]


def test_an_appeal_against_a_line(client, boss, engineer) -> None:
    client.force_login(engineer)
    page = "/observe/assess/station/B/"
    assert client.get(page).context["may_appeal"] is True
    assert client.get("/observe/assess/element/air_temperature/").context["may_appeal"] is False
    assert client.post(f"{page}appeal/?month=2026-07", {"metric": "beauty", "reason": "x"}).status_code == 409
    assert client.post(f"{page}appeal/?month=2026-07", {"metric": "arrival", "reason": "通信割接"}).status_code == 302
    row = Appeal.objects.get()
    assert (row.target, row.metric, f"{row.month:%Y-%m}") == ("B", "arrival", "2026-07")
    assert "站B 资料到报率" in text(client.get("/observe/appeals/"))
    assert client.post(f"/observe/appeals/{row.pk}/withdraw/").status_code == 302
    assert "已撤回" in text(client.get(f"/observe/appeals/{row.pk}/"))


def test_shades_of_a_day() -> None:
    assert [shade(value) for value in (None, 89.99, 90, 95, 98, 99.5, 100)] == [0, 1, 2, 3, 4, 5, 5]
