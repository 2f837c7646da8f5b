"""Human review: who may, what is refused, what stands in the lake afterwards, and the pages."""

from __future__ import annotations

import datetime as dt
import json

import polars as pl
import pytest
from django.db import IntegrityError, transaction

from xiangtian.core import clock, facts
from xiangtian.core.models import LedgerEntry
from xiangtian.core.people import NotAllowed
from xiangtian.kit.tests.frame import plain
from xiangtian.lake import raw
from xiangtian.observe import actions
from xiangtian.observe.actions.review import Decision, review, store
from xiangtian.observe.intake import Intake
from xiangtian.observe.jobs import keeping
from xiangtian.observe.models import Review
from xiangtian.observe.queries import readings
from xiangtian.observe.queries import review as queries
from xiangtian.observe.tests.makers import station

pytestmark = pytest.mark.django_db
WUZHONG, CHANGSHU = "320506", "320581"
T = "air_temperature"
START = dt.datetime(2026, 7, 1, 2, 0, tzinfo=dt.UTC)


def minute(number: float) -> dt.datetime:
    return START + dt.timedelta(minutes=number)


@pytest.fixture(autouse=True)
def frame(settings, at) -> None:
    plain(settings)
    readings.cache_clear()
    at("2026-07-01T03:00")


def rows(code: str, values: dict[int, tuple[float, int, int]], body: str = "a", late: float = 0.1) -> pl.DataFrame:
    """Rows as the judge gives them: minute to value, flag, packed tests."""
    return pl.DataFrame(
        [
            {"station": code, "time": minute(m), "received": minute(m + late), "source": f"{body}{m}", T: value,
             f"{T}_qc": flag, f"{T}_tests": tests}
            for m, (value, flag, tests) in values.items()
        ]
    )  # fmt: skip


@pytest.fixture
def stuck(home):
    """Station A jumps to 41 degC for three minutes (limits passed, step failed: 1 + 3 * 16 = 49); B near by doesn't."""
    station("A", "东山")
    station("B", "西山", lon=120.45)
    station("C", "虞山", CHANGSHU, lon=120.75, lat=31.65)
    good, bad = (25.0, 0, 5), (41.0, 2, 49)
    values = {m: bad if m in (10, 11, 12) else good for m in range(20)}
    readings(home).append(pl.concat([rows("A", values), rows("B", {10: (25.5, 0, 5)}), rows("C", {5: (40.0, 1, 33)})]))
    return home


def decision(flag: int, **changed: object) -> Decision:
    told = {"station": "A", "element": T, "first": minute(10), "last": minute(12), "flag": flag, "reason": "雷击后"}
    return Decision(**(told | changed))


def counted(home, code: str = "A") -> dict[int, tuple[float, int]]:
    found = readings(home).series(code, START, minute(59), [T])
    return {
        int((time - START).total_seconds() // 60): (value, flag)
        for time, value, flag in found.select("time", T, f"{T}_qc").iter_rows()
    }


class TestDeciding:
    """The action."""

    def test_a_run_is_called_wrong(self, stuck, person) -> None:
        somebody = person("o", "observer")
        made = review(stuck, somebody, decision(0))
        assert [(one.value, one.old_flag, one.new_flag, one.tests, one.district) for one in made] == [
            (41.0, 2, 0, 49, WUZHONG)
        ] * 3
        assert {m: v for m, v in counted(stuck).items() if 9 <= m <= 13} == {
            9: (25.0, 0), 10: (41.0, 0), 11: (41.0, 0), 12: (41.0, 0), 13: (25.0, 0),
        }  # fmt: skip
        assert set(Review.objects.values_list("state", "person__username")) == {("stored", "o")}
        line = LedgerEntry.objects.get(verb="observe.review")
        assert (line.actor, line.detail["values"], line.detail["reason"]) == ("o", 3, "雷击后")
        (fact,) = facts.unheard("test", ["observations.reviewed"])
        assert fact.subject == line.subject == f"review:{made[0].decision}"

    def test_a_corrected_run_gets_the_offset_and_an_estimate_replaces(self, stuck, person) -> None:
        somebody = person("o", "observer")
        review(stuck, somebody, decision(3, offset=-16.2))
        assert counted(stuck)[11] == (24.8, 3)
        review(stuck, somebody, decision(4, value=25.1, first=minute(11), last=minute(11), every=True))
        assert [counted(stuck)[m] for m in (10, 11)] == [(24.8, 3), (25.1, 4)]
        versions = readings(stuck).read(minute(11), minute(11), ["A"], [T], resolve=False)
        assert versions[T].to_list() == [41.0, 24.8, 25.1]

    def test_only_what_is_in_doubt_unless_all_is_asked_for(self, stuck, person) -> None:
        somebody = person("o", "observer")
        assert len(review(stuck, somebody, decision(2, first=minute(8), last=minute(11)))) == 2
        assert len(review(stuck, somebody, decision(2, first=minute(8), last=minute(11), every=True))) == 4

    @pytest.mark.parametrize(
        ("changed", "words"),
        [
            ({"flag": 1}, "只能设为"),
            ({"flag": 9}, "只能设为"),
            ({"reason": "  "}, "写明原因"),
            ({"flag": 3}, "订正量"),
            ({"flag": 4}, "给出新值"),
            ({"flag": 4, "value": 99.0}, "超出 气温 允许的 -80 至 60"),
            ({"element": "weather"}, "没有要素"),
            ({"first": minute(13)}, "早于"),
            ({"first": minute(0), "last": minute(9)}, "没有可审核的值"),
            ({"station": "X"}, "未登记"),
        ],
    )
    def test_what_is_refused(self, stuck, person, changed, words) -> None:
        with pytest.raises(ValueError, match=words):
            review(stuck, person("o", "observer"), decision(**({"flag": 2} | changed)))
        assert not Review.objects.exists()

    def test_who_may(self, stuck, person) -> None:
        with pytest.raises(NotAllowed, match="没有权限"):
            review(stuck, person("v", "viewer", "engineer"), decision(2))
        with pytest.raises(NotAllowed, match="不能代表"):
            review(stuck, person("c", "observer", districts=(CHANGSHU,)), decision(2))
        assert len(review(stuck, person("w", "observer", districts=(WUZHONG,)), decision(2))) == 3

    def test_a_station_without_district_is_for_the_city(self, stuck, person) -> None:
        station("D", "外站", "")
        readings(stuck).append(rows("D", {1: (50.0, 2, 49)}))
        asked = decision(2, station="D", first=minute(0), last=minute(5))
        with pytest.raises(NotAllowed):
            review(stuck, person("c", "observer", districts=(CHANGSHU,)), asked)
        assert len(review(stuck, person("o", "observer"), asked)) == 1

    def test_the_database_refuses_other_flags(self, stuck, person) -> None:
        one = review(stuck, person("o", "observer"), decision(2))[0]
        for changed in ({"new_flag": 1}, {"new_flag": 3}, {"new_value": 1.0}, {"reason": ""}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Review.objects.filter(pk=one.pk).update(**changed)

    def test_a_decision_that_did_not_reach_the_lake_is_stored_by_the_job(self, stuck, person, monkeypatch) -> None:
        with monkeypatch.context() as patch:
            patch.setattr("xiangtian.observe.actions.review.store", lambda home: 0)
            review(stuck, person("o", "observer"), decision(0))
        assert counted(stuck)[11] == (41.0, 2)
        assert keeping.reviews() == "3 reviewed values stored"
        assert counted(stuck)[11] == (41.0, 0)
        assert keeping.reviews() == ""
        Review.objects.update(state="decided")  # killed after the lake had it
        version = readings(stuck).version()
        assert (store(stuck), readings(stuck).version()) == (3, version)

    def test_a_correction_that_came_first_is_not_undone(self, stuck, person, monkeypatch) -> None:
        with monkeypatch.context() as patch:
            patch.setattr("xiangtian.observe.actions.review.store", lambda home: 0)
            review(stuck, person("o", "observer"), decision(2))
        readings(stuck).append(rows("A", {11: (25.2, 0, 5)}, body="corrected"))
        assert store(stuck) == 2
        assert counted(stuck)[11] == (25.2, 0)
        assert Review.objects.get(time=minute(11)).state == "overtaken"

    def test_from_the_message_to_the_review_and_back(self, home, person, at) -> None:
        """The walk: a jump is doubted by the judge, reviewed, sent again, and then truly corrected."""
        station("A")

        def arrive(value: float, minutes: int) -> None:
            body = {"station": "A", "time": minute(minutes).isoformat(), "elements": {T: value}}
            actions.receive(home, [raw.Incoming(json.dumps(body).encode(), "mqtt", "stations/A", clock.now())])
            intake = Intake(home)
            while intake.sweep():
                pass

        arrive(25.0, 0)
        arrive(45.0, 1)
        assert counted(home)[1] == (45.0, 2)
        review(home, person("o", "observer"), decision(0, first=minute(1), last=minute(1)))
        arrive(45.0, 1)
        assert counted(home)[1] == (45.0, 0)
        at("2026-07-01T03:10")
        arrive(25.1, 1)
        assert counted(home)[1] == (25.1, 0)
        assert readings(home).read(minute(1), minute(1), ["A"], [T], as_of=minute(60))[f"{T}_qc"].to_list() == [2]


class TestQuestions:
    """The work list and the evidence."""

    def test_runs_newest_first(self, stuck) -> None:
        runs = queries.doubted(stuck, START, minute(59))
        assert [(run.station, run.first, run.last, run.values, run.flag, run.tests) for run in runs] == [
            ("A", minute(10), minute(12), 3, 2, ("step",)), ("C", minute(5), minute(5), 1, 1, ("step",)),
        ]  # fmt: skip
        assert queries.doubted(stuck, START, minute(59), ["wind_speed"]) == []
        assert queries.doubted(stuck, START, minute(59), test="limits") == []
        assert len(queries.doubted(stuck, START, minute(59), [T], "step")) == 2
        assert queries.doubted(stuck, minute(30), minute(59)) == []

    def test_what_was_decided_leaves_the_list(self, stuck, person) -> None:
        review(stuck, person("o", "observer"), decision(2))
        assert [run.station for run in queries.doubted(stuck, START, minute(59))] == ["C"]
        readings(stuck).append(rows("A", {11: (44.0, 2, 49)}, "corrected", 60))
        assert [run.values for run in queries.doubted(stuck, START, minute(59))] == [1, 1]

    def test_values_with_what_each_test_said(self, stuck, person) -> None:
        review(stuck, person("o", "observer"), decision(2))
        found = {one.time: one for one in queries.series(stuck, "A", T, minute(9), minute(10))}
        assert (found[minute(9)].said, found[minute(9)].doubted) == ((("limits", 1), ("range", 1)), False)
        assert found[minute(10)].said == (("limits", 1), ("step", 3))
        assert found[minute(10)].reviewed
        assert not found[minute(9)].reviewed

    def test_neighbours_nearest_first_within_reach(self, stuck) -> None:
        (near,) = queries.neighbours(stuck, "A", T, minute(12))
        # 0.02 degrees of longitude at 31.07 N: 6371 * pi / 180 * 0.02 * cos(31.07) = 1.905 km
        assert (near.site.code, round(near.km, 2), near.value) == ("B", 1.9, 25.5)
        assert queries.neighbours(stuck, "X", T, minute(12)) == []
        assert queries.neighbours(stuck, "A", "wind_speed", minute(12)) == []

    def test_decisions_one_line_each(self, stuck, person) -> None:
        somebody = person("o", "observer")
        review(stuck, somebody, decision(2))
        review(stuck, somebody, decision(0, station="C", first=minute(5), last=minute(5)))
        assert [(one.station, one.values, one.until) for one in queries.decisions()] == [
            ("C", 1, minute(5)), ("A", 3, minute(12)),
        ]  # fmt: skip
        assert [one.station for one in queries.decisions("A")] == ["A"]


class TestPages:
    """What people see."""

    URL = f"/observe/review/A/{T}/"
    SPAN = {"from": minute(10).isoformat(), "to": minute(12).isoformat()}

    def test_the_list(self, client, person, stuck) -> None:
        client.force_login(person("v", "viewer"))
        page = client.get("/observe/review/")
        assert [line.run.station for line in page.context["lines"]] == ["A", "C"]
        assert [
            line.run.station for line in client.get("/observe/review/", {"district": CHANGSHU}).context["lines"]
        ] == ["C"]
        words = page.content.decode()
        assert "东山" in words
        assert "41.0" in words
        assert "时间变化" in words
        assert client.get("/observe/review/lists/", {"hours": "6", "test": "rain"}).context["hours"] == 6

    def test_nothing_in_doubt_says_so(self, client, person, home) -> None:
        client.force_login(person("v", "viewer"))
        assert "没有待审核的值" in client.get("/observe/review/").content.decode()
        client.force_login(person("nobody"))
        assert client.get("/observe/review/").status_code == 403

    def test_the_evidence(self, client, person, stuck) -> None:
        client.force_login(person("o", "observer"))
        page = client.get(self.URL, self.SPAN)
        words = page.content.decode()
        assert words.count("<circle") == 3
        assert "时间变化 不通过" in words
        assert "西山" in words
        assert 'value="2026-07-01T10:10"' in words
        client.force_login(person("v", "viewer"))
        assert "您的岗位不能审核" in client.get(self.URL, self.SPAN).content.decode()

    @pytest.mark.parametrize(
        "span", [("", ""), ("x", "y"), ("2026-07-01T02:00", "2026-07-01T03:00"), ("2026-07-01T02Z", "2026-07-01T01Z")]
    )
    def test_a_span_that_is_none(self, client, person, span) -> None:
        client.force_login(person("o", "observer"))
        assert client.get(self.URL, dict(zip(("from", "to"), span, strict=True))).status_code == 404

    def test_deciding(self, client, person, stuck) -> None:
        client.force_login(person("o", "observer"))
        told = {"first": "2026-07-01T10:10", "last": "2026-07-01T10:12", "flag": "2", "reason": "传感器故障"}
        address = f"{self.URL}decide/?from={minute(10):%Y-%m-%dT%H:%MZ}&to={minute(12):%Y-%m-%dT%H:%MZ}"
        assert client.post(address, told | {"reason": ""}).status_code == 409
        assert client.post(address, told | {"flag": "1"}).status_code == 409
        assert client.post(address, told | {"flag": "4"}).status_code == 409
        assert client.post(address, told).status_code == 302
        assert counted(stuck)[11] == (41.0, 2)
        assert Review.objects.count() == 3
        client.force_login(person("v", "viewer"))
        assert client.post(address, told).status_code == 403
