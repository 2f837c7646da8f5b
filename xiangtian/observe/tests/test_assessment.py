"""The month as a whole, from the lake to its rows: figures, people, exemptions, what is kept and what made anew."""

import datetime as dt

import pytest

from xiangtian.core.clock import UTC
from xiangtian.core.models import Shift
from xiangtian.observe.actions import defects, exemptions, roster
from xiangtian.observe.assess.counts import Figure
from xiangtian.observe.queries import assess_days, readings
from xiangtian.observe.queries.assessment import assessment, roster_gaps, station_spans
from xiangtian.observe.tests.assess_house import CHANGSHU, WUZHONG, moments, review, say, station

pytestmark = pytest.mark.django_db
A_DAY = ("2026-06-30T12:05", "2026-07-01T12:00")
"""The climate day of 1 July, in UTC."""


@pytest.fixture(autouse=True)
def fresh(home, at) -> None:
    readings.cache_clear()
    at("2026-07-01T13:01")


@pytest.fixture
def people(person):
    return {name: person(name, role, duty=False) for name, role in
            (("boss", "assessor"), ("judge", "assessor"), ("li", "engineer"), ("wang", "engineer"))}  # fmt: skip


def put_on(people, who: str, first: str, last: str, **more) -> None:
    told = {"scope": "district", "target": WUZHONG, "duty": "responsible"} | more
    starts, ends = (dt.datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (first, last))
    roster.add_shift(people["boss"], roster.Wanted(who, told["scope"], told["target"], told["duty"], starts, ends))


def test_a_network_of_three_stations(home) -> None:
    for code, district in (("A", WUZHONG), ("B", CHANGSHU), ("C", WUZHONG)):
        station(code, district)
    say(home, ["A"], moments(*A_DAY))
    say(home, ["B"], moments("2026-06-30T12:05", "2026-07-01T00:00"))  # half the day
    say(home, ["C"], moments(*A_DAY), delay_min=6)  # one minute too late, all day
    told = assessment(2026, 7)
    arrival = {row.key: row.figures["arrival"] for row in told.stations}
    # the climate day of 2 July has begun: 12:05 to 12:55 are judged as well (13:00 - 5 min), 11 reports
    assert arrival == {"A": Figure(288, 299, 0), "B": Figure(144, 299, 0), "C": Figure(288, 299, 0)}
    assert {row.key: row.figures["timeliness"].numerator for row in told.districts} == {WUZHONG: 288, CHANGSHU: 144}
    (element,) = told.elements
    assert (element.key, element.name, element.figures["arrival"]) == ("air_temperature", "气温", Figure(720, 897, 0))
    assert [row.name for row in told.networks] == ["区域站网"]
    assert told.total is not None
    assert told.total.figures["availability"] == Figure(720, 897, 0)
    assert (told.days, told.approved, told.closed) == ((dt.date(2026, 7, 1), dt.date(2026, 7, 2)), False, None)
    assert told.stations[0].rules == (told.rules[0].version,)
    assert told.stations[1].district == CHANGSHU


def test_what_comes_later_and_what_is_corrected(home, at) -> None:
    station("A")
    at("2026-07-03T00:00")
    times = moments(*A_DAY)
    say(home, ["A"], times[10:], flag=2)

    def figures():
        (row,) = assessment(2026, 7).stations
        return [(row.figures[name].numerator, row.figures[name].denominator)
                for name in ("arrival", "timeliness", "availability")]  # fmt: skip

    due = (
        288
        + len(moments("2026-07-01T12:05", "2026-07-02T12:00"))
        + len(moments("2026-07-02T12:05", "2026-07-02T23:50"))
    )
    assert figures() == [(278, due), (278, due), (0, due)]
    say(home, ["A"], times[:10], delay_min=600)  # arrives ten hours late
    assert figures() == [(288, due), (278, due), (10, due)]
    say(home, ["A"], times[10:20], delay_min=700, value=21.0)  # corrected: right by now, and on time as before
    assert figures() == [(288, due), (278, due), (20, due)]
    review(home, times[20:30])  # a reviewer finds them good
    assert figures() == [(288, due), (278, due), (30, due)]


def test_exemptions_and_the_persons_who_owned_the_minutes(home, people) -> None:
    station("A")
    put_on(people, "li", "2026-06-30T12:00", "2026-06-30T20:00")
    put_on(people, "wang", "2026-06-30T20:00", "2026-07-01T04:00")
    say(home, ["A"], moments("2026-06-30T12:05", "2026-07-01T00:00"))
    two, three = (dt.datetime(2026, 7, 1, hour, tzinfo=UTC) for hour in (2, 3))
    wanted = exemptions.Wanted(["A"], "", two, three, "power", "线路检修")
    row = exemptions.apply_exemption(people["li"], wanted)

    def persons():
        return {one.key: (one.figures["arrival"].numerator, one.figures["arrival"].denominator,
                          one.figures["arrival"].exempt) for one in assessment(2026, 7).persons}  # fmt: skip

    # li: 12:05 to 19:55 = 95; wang: 20:00 to 03:55 = 96, of which 49 up to 00:00 came; nobody: 97 and 11 of 2 July
    assert persons() == {"li": (95, 95, 0), "wang": (49, 96, 0), "": (0, 108, 0)}
    exemptions.decide_exemption(people["boss"], row.pk, True, "同意")
    # 02:00 to 03:00, both included, are 13 reports
    assert persons() == {"li": (95, 95, 0), "wang": (49, 83, 13), "": (0, 108, 0)}
    assert [one.kind for one in station_spans("A", dt.date(2026, 7, 1)) if not one.element] == [
        "lost",
        "exempt",
        "lost",
    ]


def test_personal_measures(home, people) -> None:
    """Base: 95 reports x 1 + 1 defect handled x 5 = 100; one charge = 1 error: 100 per 10 000."""
    station("A")
    put_on(people, "li", "2026-06-30T12:00", "2026-06-30T20:00")
    put_on(people, "li", "2026-06-30T12:00", "2026-07-02T20:00", duty="maintainer")
    seen = defects.Seen(
        "A", "", dt.datetime(2026, 6, 30, 14, tzinfo=UTC), dt.datetime(2026, 6, 30, 15, tzinfo=UTC), "坏了"
    )
    row = defects.report_defect(people["wang"], seen)
    defects.set_cause(people["wang"], row.pk, "equipment", "主板")
    defects.handle(people["li"], row.pk, "更换")
    told = assessment(2026, 7)
    assert told.defects == (row,)
    of = {one.key: one.personal for one in told.persons}
    assert (of["li"].base, of["li"].errors, of["li"].rate, of["li"].charged) == (100, 1, pytest.approx(100), 1)
    assert (of[""].errors, of[""].rate) == (0, 0)
    assert "wang" not in of


def test_the_duty_list_of_the_house_owns_national_stations(home, people) -> None:
    station("A", network="national", interval=60)
    begin = dt.datetime(2026, 6, 30, 12, tzinfo=UTC)
    Shift.objects.create(person=people["wang"], starts=begin, ends=begin + dt.timedelta(hours=24))
    # hours 13 to 11 are wang's (23), 12:00 falls to the next shift, which is nobody's
    assert {one.key: one.counts["reports"] for one in assessment(2026, 7).persons} == {"wang": 23, "": 1}


def test_the_last_moment_of_a_day_belongs_to_the_shift_that_begins_with_it(home, people) -> None:
    station("A")
    put_on(people, "li", "2026-06-30T12:00", "2026-07-01T12:00")
    put_on(people, "wang", "2026-07-01T12:00", "2026-07-02T12:00")
    # li: 12:05 to 11:55 = 287; wang: 12:00 of the first day and 11 of the second up to 12:55
    assert {one.key: one.counts["reports"] for one in assessment(2026, 7).persons} == {"li": 287, "wang": 12}


def test_days_are_judged_once_until_something_changes(home, at, monkeypatch) -> None:
    station("A")
    at("2026-07-05T12:00:30")
    say(home, ["A"], moments(*A_DAY))
    judged: list[dt.datetime] = []
    stretch = assess_days.stretch
    monkeypatch.setattr(assess_days, "stretch", lambda *told: (judged.append(told[2]), stretch(*told))[1])
    assessment(2026, 7)
    assert len(judged) == 5
    judged.clear()
    first = assessment(2026, 7)
    assert judged == []
    say(home, ["A"], moments("2026-07-02T12:05", "2026-07-02T12:10"))
    assert assessment(2026, 7).stations[0].figures["arrival"].numerator == 290
    # both climate days that share the UTC day of the new rows
    assert [f"{one:%m-%d}" for one in judged] == ["07-01", "07-02"]
    assert first.stations[0].figures["arrival"].numerator == 288
    path = home.cache / "assess/2026-07-01.npz"
    path.write_bytes(path.read_bytes()[:100])  # torn: judged anew
    judged.clear()
    assessment(2026, 7)
    assert [f"{one:%m-%d}" for one in judged] == ["06-30"]


def test_gaps_in_the_roster(home, people) -> None:
    station("A")
    put_on(people, "li", "2026-07-01T00:00", "2026-07-01T08:00")
    start = dt.datetime(2026, 7, 1, tzinfo=UTC)
    told = [(one.station, one.starts.hour, one.ends.hour) for one in roster_gaps(start, start + dt.timedelta(hours=12))]
    assert told == [("A", 8, 12)]


def test_a_month_without_tasks_and_one_ahead(home) -> None:
    for told in (assessment(2026, 7), assessment(2027, 1)):
        assert (told.total, told.stations, told.persons, told.defects) == (None, (), (), ())
    with pytest.raises(ValueError, match="不是月份"):
        assessment(2026, 13)


def test_the_operators_own_table_judges(home) -> None:
    station("A")
    say(home, ["A"], moments(*A_DAY), delay_min=4)
    from importlib import resources

    text = (resources.files("xiangtian.observe.assess") / "tables/surface-default.yaml").read_text(encoding="utf-8")
    text = text.replace("region: CN", 'region: "3205"').replace("id: surface-default", "id: suzhou")
    text = text.replace("approved_by: null", "approved_by: 观测处").replace(
        "interval_min: 5, deadline_min: 5", "interval_min: 5, deadline_min: 3"
    )
    folder = home.root / "assess"
    folder.mkdir()
    (folder / "suzhou.yaml").write_text(text, encoding="utf-8")
    told = assessment(2026, 7)
    assert (told.rules[0].id, told.approved, told.stations[0].figures["timeliness"].numerator) == ("suzhou", True, 0)
