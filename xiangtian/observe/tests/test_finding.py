"""Defects born by themselves: silence, its end, what arrives later, thirty stations at once, notice in time."""

import datetime as dt

import pytest

from xiangtian.core.clock import UTC
from xiangtian.observe.actions.defects import set_cause
from xiangtian.observe.actions.exemptions import Wanted, apply_exemption, decide_exemption
from xiangtian.observe.actions.finding import find_defects
from xiangtian.observe.actions.roster import Wanted as Watch
from xiangtian.observe.actions.roster import add_shift
from xiangtian.observe.jobs import defects as jobs
from xiangtian.observe.models import Charge, Defect, KeptRule
from xiangtian.observe.queries import readings
from xiangtian.observe.tests.assess_house import WUZHONG, moments, say, station

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh(home) -> None:
    readings.cache_clear()


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=UTC)


def told() -> list[tuple]:
    rows = Defect.objects.order_by("starts", "station")
    return [
        (one.station, one.kind, f"{one.starts:%H:%M}", one.ends and f"{one.ends:%H:%M}", one.due, one.lost)
        for one in rows
    ]


def test_a_silence_begins_goes_on_and_ends(home, at) -> None:
    station("A")
    at("2026-07-02T00:20:59")
    say(home, ["A"], moments("2026-07-01T00:00", "2026-07-02T00:00"))
    find_defects(home)
    assert told() == []  # 00:05, 00:10, 00:15 are due; the last deadline is just over
    at("2026-07-02T00:26")
    assert find_defects(home).words == "1 new"
    assert told() == [("A", "silence", "00:05", None, 4, 4)]
    at("2026-07-02T00:51")
    assert find_defects(home).words == ""
    assert told() == [("A", "silence", "00:05", None, 9, 9)]
    say(home, ["A"], moments("2026-07-02T00:45", "2026-07-02T01:00"))
    at("2026-07-02T01:01")
    assert find_defects(home).words == "1 ended, 1 not noticed in time"  # found 00:26, nobody noticed by 00:56
    assert told() == [("A", "silence", "00:05", "00:40", 8, 8)]
    say(home, ["A"], moments("2026-07-02T00:05", "2026-07-02T00:30"), delay_min=50)
    find_defects(home)
    assert told() == [("A", "silence", "00:05", "00:40", 8, 2)]
    assert KeptRule.objects.count() == 1


def test_a_silence_of_days_is_counted_whole_when_it_ends(home, at) -> None:
    station("A", interval=60)
    hourly = moments("2026-06-30T13:00", "2026-07-01T12:00", 60)
    at("2026-07-01T14:01")
    say(home, ["A"], hourly)
    find_defects(home)
    for day in (2, 3, 4):
        at(f"2026-07-0{day}T14:01")
        find_defects(home)
    # from 13:00 on 1 July to 13:00 on 4 July: 3 x 24 + 1 reports, every one lost
    assert [(one[4], one[5]) for one in told()] == [(73, 73)]
    say(home, ["A"], moments("2026-07-02T00:00", "2026-07-02T09:00", 60), delay_min=3600)
    say(home, ["A"], moments("2026-07-04T14:00", "2026-07-04T16:00", 60))
    at("2026-07-04T16:11")
    find_defects(home)
    assert told() == [("A", "silence", "13:00", "13:00", 73, 63)]


def test_thirty_stations_are_one_defect_with_thirty_children(home, at) -> None:
    codes = [f"M{number:04d}" for number in range(32)]
    for code in codes:
        station(code)
    say(home, codes, moments("2026-07-01T00:00", "2026-07-02T00:00"))
    say(home, codes[:2], moments("2026-07-02T00:05", "2026-07-02T03:00"))
    at("2026-07-02T00:31")
    found = find_defects(home)
    assert (found.born, found.shared) == (30, 1)
    (one,) = Defect.objects.filter(parent=None)
    assert (one.station, one.children.count(), one.due, one.ends) == ("", 30, 150, None)
    say(home, codes[2:], moments("2026-07-02T00:30", "2026-07-02T01:30"))
    at("2026-07-02T01:31")
    find_defects(home)
    one.refresh_from_db()
    assert (f"{one.ends:%H:%M}", Defect.objects.filter(parent=None).count()) == ("00:25", 1)


def test_stations_that_join_later_join_the_same_defect(home, at) -> None:
    codes = list("ABCDEF")
    for code in codes:
        station(code)
    say(home, codes, moments("2026-07-01T00:00", "2026-07-02T00:00"))
    say(home, codes[4:], moments("2026-07-02T00:05", "2026-07-02T00:10"))
    at("2026-07-02T00:26")
    assert find_defects(home).words == "4 new"
    at("2026-07-02T00:36")
    assert find_defects(home).words == "2 new, 1 shared"
    assert Defect.objects.get(parent=None).children.count() == 6


def test_missing_and_wrong_values(home, at) -> None:
    station("A")
    say(home, ["A"], moments("2026-07-01T00:00", "2026-07-01T20:00"))
    say(home, ["A"], moments("2026-07-01T20:05", "2026-07-01T20:40"), value=None, flag=8)
    say(home, ["A"], moments("2026-07-01T20:45", "2026-07-02T00:20"), flag=2)
    at("2026-07-02T00:26")
    find_defects(home)
    assert told() == [("A", "missing", "20:05", "20:40", 8, 8), ("A", "doubt", "20:45", None, 44, 44)]


def test_not_noticed_in_time_is_laid_to_the_duty_officer_once(home, at, person) -> None:
    at("2026-07-02T00:21")
    duty, boss = person("duty", "observer", duty=False), person("boss", "assessor", duty=False)
    station("A")
    add_shift(boss, Watch("duty", "district", WUZHONG, "duty", utc("2026-07-02T00:00"), utc("2026-07-02T08:00")))
    at("2026-07-02T00:31")
    say(home, ["A"], moments("2026-07-01T00:00", "2026-07-02T00:05"))
    find_defects(home)
    at("2026-07-02T01:01")
    assert find_defects(home).charged == 0  # half an hour to the second
    at("2026-07-02T01:06")
    assert find_defects(home).words == "1 not noticed in time"
    assert find_defects(home).charged == 0
    one = Charge.objects.get()
    assert (one.cause, one.person, one.duty) == ("unnoticed", duty, "duty")


def test_what_becomes_exempt_ends(home, at, person) -> None:
    at("2026-07-02T00:31")
    engineer, boss = person("engineer", "engineer"), person("boss", "assessor")
    station("A")
    say(home, ["A"], moments("2026-07-01T00:00", "2026-07-02T00:05"))
    find_defects(home)
    assert [one[3] for one in told()] == [None]
    wanted = Wanted(["A"], "", utc("2026-07-02T00:00"), utc("2026-07-02T06:00"), "maintenance", "更换主板")
    decide_exemption(boss, apply_exemption(engineer, wanted).pk, True, "同意")
    assert find_defects(home).words == "1 ended"
    assert told() == [("A", "silence", "00:10", "00:10", 0, 0)]


def test_charges_of_what_became_exempt_are_void(home, at, person) -> None:
    at("2026-07-02T00:31")
    engineer, boss = person("engineer", "engineer"), person("boss", "assessor")
    station("A")
    say(home, ["A"], moments("2026-07-01T00:00", "2026-07-02T00:05"))
    find_defects(home)
    set_cause(engineer, Defect.objects.get().pk, "equipment", "主板")
    wanted = Wanted(["A"], "", utc("2026-07-02T00:00"), utc("2026-07-02T06:00"), "maintenance", "更换主板")
    decide_exemption(boss, apply_exemption(engineer, wanted).pk, True, "同意")
    assert Charge.objects.get().voided is None  # it goes on: nobody knows yet whether the exemption covers it all
    find_defects(home)
    assert Charge.objects.get().void_words == "已获豁免"


def test_the_jobs(home, at) -> None:
    station("A")
    at("2026-07-02T00:31")
    found, judged = jobs.JOBS
    assert (found.sweep(), found.sweep(), judged.sweep()) == ("1 new", "", "")
    assert KeptRule.objects.count() == 1
    assert sorted(path.stem for path in (home.cache / "assess").iterdir()) == ["2026-07-01", "2026-07-02"]


def test_an_empty_house_finds_nothing(home, at) -> None:
    at("2026-07-02T00:31")
    assert find_defects(home).words == ""
