"""Dated records of stations: register, move, swap; periods that meet are refused by the verb and by the database."""

import datetime as dt

import polars as pl
import pytest
from django.db import IntegrityError, transaction

from xiangtian.core import clock, ledger, stations
from xiangtian.core.models import LedgerEntry
from xiangtian.core.people import NotAllowed
from xiangtian.core.stations import Station as Known
from xiangtian.lake.observations import Observations
from xiangtian.observe import queries
from xiangtian.observe.actions import register_national, register_stations
from xiangtian.observe.actions.describing import Facts, close_station, describe
from xiangtian.observe.actions.devices import (
    Calibration,
    add_certificate,
    add_device,
    add_position,
    end_certificate,
    end_position,
)
from xiangtian.observe.actions.held import StationRefused
from xiangtian.observe.actions.installing import install, remove_device
from xiangtian.observe.actions.sites import Place, correct_place, relocate, stand
from xiangtian.observe.actions.tasks import Wanted, end_task, set_task
from xiangtian.observe.metadata.periods import Overlap, midnight
from xiangtian.observe.metadata.wigos import WigosError
from xiangtian.observe.models import Certificate, Installation, ObservingTask, SensorPosition, Site, Station
from xiangtian.observe.queries.devices import measured, touched

pytestmark = pytest.mark.django_db
WUZHONG, CHANGSHU = "320506", "320581"
D = dt.date
T = "air_temperature"
HERE, THERE = Place(120.43, 31.07, 18.0), Place(120.63, 31.27, 4.0)


def moment(day: int, hour: int = 0) -> dt.datetime:
    return dt.datetime(2026, 6, day, hour, tzinfo=clock.UTC)


@pytest.fixture
def now(at) -> dt.datetime:
    queries.readings.cache_clear()
    return at("2026-07-01T02:15")


@pytest.fixture
def engineer(now, person):
    return person("engineer", "engineer")


@pytest.fixture
def dongshan(now) -> Station:
    known = Known("58358", "东山", "Dongshan", "国家基本气象站", 120.43, 31.07, 18.0, WUZHONG, True, "test")
    register_stations([known])
    return Station.objects.get()


class TestRegistering:
    """New stations."""

    def test_the_national_stations_come_with_history_tasks_and_identifiers(self, now) -> None:
        assert register_national() == 7
        assert register_national() == 0
        assert Site.objects.count() == len(stations.national_periods())
        assert Station.objects.get(code="58349").wigos == "0-20000-0-58349"
        assert ObservingTask.objects.filter(station__code="58349").count() == 12
        before = {one.code: one for one in queries.sites(dt.datetime(2013, 12, 31, 15, tzinfo=clock.UTC))}
        after = {one.code: one for one in queries.sites(dt.datetime(2013, 12, 31, 16, tzinfo=clock.UTC))}
        assert (before["58349"].lat, after["58349"].lat) == (31.2667, 31.4167)
        assert (after["58349"].national, after["58349"].network, after["58349"].kind) == (
            True,
            "national",
            "国家气象观测站",
        )

    def test_others_have_their_tasks_from_today_and_exercises_always(self, now) -> None:
        told = ("区域站", 120.7, 31.4, 4.0, WUZHONG, False, "test")
        register_stations([Known("M1", "甲", "A", *told), Known("M1", "again", "A", *told)])
        register_stations([Known("D0001", "乙", "B", *told)], drill=True)
        starts = dict(ObservingTask.objects.filter(element=T).values_list("station__code", "valid_from"))
        assert starts == {"M1": midnight(D(2026, 7, 1)), "D0001": midnight(D(1949, 10, 1))}
        assert Station.objects.get(code="M1").zh == "甲"
        assert [one.station for one in queries.tasks(now, now, "M1")] == ["M1"] * 6
        assert LedgerEntry.objects.filter(verb="observe.stations_registered").count() == 2

    def test_an_unknown_network_is_refused(self, now) -> None:
        one = Known("M1", "甲", "A", "区域站", 120.7, 31.4, 4.0, WUZHONG, False, "test", network="moon")
        with pytest.raises(ValueError, match="站网"):
            register_stations([one])


class TestPlaces:
    """Where a station stood when."""

    def test_a_move_keeps_what_was_before(self, engineer, dongshan) -> None:
        relocate(engineer, "58358", D(2026, 6, 10), THERE, "市局 2026 年第 1 号文")
        assert [(one.valid_from, one.valid_to, one.lon) for one in dongshan.sites.order_by("valid_from")] == [
            (D(1949, 10, 1), D(2026, 6, 9), 120.43),
            (D(2026, 6, 10), None, 120.63),
        ]
        (line,) = LedgerEntry.objects.filter(verb="observe.station_moved")
        assert line.detail["before"][0]["lon"] == 120.43
        assert ledger.verify().sound

    def test_a_move_entered_late_divides_its_own_period_only(self, engineer, dongshan) -> None:
        relocate(engineer, "58358", D(2026, 6, 10), THERE, "first")
        relocate(engineer, "58358", D(2026, 6, 1), Place(120.5, 31.1, 9.0), "late")
        places = [one.lon for one in dongshan.sites.order_by("valid_from")]
        assert places == [120.43, 120.5, 120.63]

    def test_a_period_in_the_middle_leaves_both_sides(self, engineer, dongshan) -> None:
        stand(engineer, "58358", (D(2000, 1, 1), D(2000, 12, 31)), THERE, "archive")
        found = [(one.valid_from, one.valid_to, one.lon) for one in dongshan.sites.order_by("valid_from")]
        assert found == [
            (D(1949, 10, 1), D(1999, 12, 31), 120.43),
            (D(2000, 1, 1), D(2000, 12, 31), 120.63),
            (D(2001, 1, 1), None, 120.43),
        ]

    def test_a_correction_changes_the_row_itself(self, engineer, dongshan) -> None:
        correct_place(engineer, "58358", D(1949, 10, 1), Place(120.44, 31.08, 16.7, 17.8), "measured")
        (site,) = queries.sites()
        assert (site.lon, site.alt_m, site.pressure_alt_m, site.district) == (120.44, 16.7, 17.8, WUZHONG)

    def test_what_can_not_be_is_refused(self, engineer, dongshan) -> None:
        with pytest.raises(Overlap):
            relocate(engineer, "58358", D(1949, 10, 1), THERE, "why")
        with pytest.raises(StationRefused, match="没有位置记录"):
            relocate(engineer, "58358", D(1940, 1, 1), THERE, "why")
        with pytest.raises(StationRefused, match="原因"):
            relocate(engineer, "58358", D(2026, 6, 1), THERE, " ")
        with pytest.raises(StationRefused, match="纬度"):
            relocate(engineer, "58358", D(2026, 6, 1), Place(120, 120.63, 4), "why")
        with pytest.raises(StationRefused, match="海拔"):
            relocate(engineer, "58358", D(2026, 6, 1), Place(120, 31, float("nan")), "why")
        with pytest.raises(StationRefused, match="没有站号"):
            relocate(engineer, "nobody", D(2026, 6, 1), THERE, "why")
        assert Site.objects.count() == 1

    def test_who_may_not(self, now, dongshan, person) -> None:
        with pytest.raises(NotAllowed, match=r"observe\.stations"):
            relocate(person("looker", "viewer"), "58358", D(2026, 6, 1), THERE, "why")
        with pytest.raises(NotAllowed, match=WUZHONG):
            relocate(person("north", "engineer", districts=(CHANGSHU,)), "58358", D(2026, 6, 1), THERE, "why")

    def test_the_database_refuses_places_that_meet(self, dongshan) -> None:
        place = {"lon": 1, "lat": 1, "alt_m": 1, "station": dongshan}
        for begins, ends in ((D(2020, 1, 1), None), (D(1940, 1, 1), D(1949, 10, 1))):
            with pytest.raises(IntegrityError), transaction.atomic():
                Site.objects.create(**place, valid_from=begins, valid_to=ends)
        Site.objects.create(**place, valid_from=D(1940, 1, 1), valid_to=D(1949, 9, 30))
        with pytest.raises(IntegrityError), transaction.atomic():
            Site.objects.filter(valid_from=D(1940, 1, 1)).update(valid_to=D(1949, 10, 1))


class TestFacts:
    """Names, network, identifier; closing."""

    def test_they_change_with_a_line_in_the_ledger(self, engineer, dongshan) -> None:
        facts = Facts("东山站", "Dongshan", "国家基准气候站", "national", "0-20000-0-58358")
        assert describe(engineer, "58358", facts, "改名").zh == "东山站"
        (line,) = LedgerEntry.objects.filter(verb="observe.station_described")
        assert (line.detail["before"]["zh"], line.detail["after"]["zh"]) == ("东山", "东山站")

    def test_an_identifier_belongs_to_one_station(self, engineer, dongshan) -> None:
        register_stations([Known("M1", "甲", "A", "区域站", 120.7, 31.4, 4.0, WUZHONG, False, "test")])
        with pytest.raises(StationRefused, match="已属于"):
            describe(engineer, "M1", Facts("甲", "A", "区域站", "regional", "0-20000-0-58358"), "why")
        with pytest.raises(WigosError):
            describe(engineer, "M1", Facts("甲", "A", "区域站", "regional", "58358"), "why")
        with pytest.raises(StationRefused, match="站名"):
            describe(engineer, "M1", Facts(" ", "A", "区域站", "regional"), "why")
        with pytest.raises(StationRefused, match="站网"):
            describe(engineer, "M1", Facts("甲", "A", "区域站", "moon"), "why")

    def test_a_closed_station_is_gone_after_its_last_day_and_owes_nothing(self, engineer, dongshan) -> None:
        close_station(engineer, "58358", D(2026, 6, 30), "撤站")
        assert queries.sites(dt.datetime(2026, 6, 30, 15, 59, tzinfo=clock.UTC))
        assert queries.sites(dt.datetime(2026, 6, 30, 16, 0, tzinfo=clock.UTC)) == ()
        assert queries.tasks(moment(30, 16), moment(30, 17)) == ()
        close_station(engineer, "58358", None, "恢复")
        assert len(queries.sites()) == 1


class TestTasks:
    """What must be reported when."""

    def test_a_change_divides_the_time(self, engineer, dongshan) -> None:
        ObservingTask.objects.update(valid_from=moment(1))
        set_task(engineer, "58358", Wanted(T, 5, 0, moment(10)), "节电")
        found = [one for one in queries.tasks(moment(1), moment(20)) if one.element == T]
        assert [(one.interval_min, one.valid_from, one.valid_to) for one in found] == [
            (1, moment(1), moment(10)),
            (5, moment(10), None),
        ]
        set_task(engineer, "58358", Wanted(T, 10, 0, moment(10)), "again")
        end_task(engineer, "58358", T, moment(12), "拆除")
        (last,) = [one for one in queries.tasks(moment(11), moment(20)) if one.element == T]
        assert (last.interval_min, last.valid_to) == (10, moment(12))

    def test_what_can_not_be_is_refused(self, engineer, dongshan, person) -> None:
        ObservingTask.objects.update(valid_from=moment(10))
        for wanted, words in (
            (Wanted("warmth", 5, 0, moment(11)), "要素目录"),
            (Wanted(T, 7, 0, moment(11)), "约数"),
            (Wanted(T, 5, 5, moment(11)), "偏移"),
            (Wanted(T, 5, 0, moment(9)), "更晚"),
            (Wanted(T, 5, 0, dt.datetime(2026, 6, 11)), "时区"),
        ):
            with pytest.raises(ValueError, match=words):
                set_task(engineer, "58358", wanted, "why")
        with pytest.raises(StationRefused, match="没有"):
            end_task(engineer, "58358", "visibility_in_air_minimum_1h", moment(11), "why")
        with pytest.raises(NotAllowed):
            end_task(person("looker", "viewer"), "58358", T, moment(11), "why")

    def test_the_database_refuses_tasks_that_meet(self, dongshan) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            ObservingTask.objects.create(
                station=dongshan, element=T, interval_min=5, network="national", valid_from=moment(30, 18)
            )


@pytest.fixture
def position(engineer, dongshan) -> SensorPosition:
    return add_position(engineer, "58358", T, 1.5, moment(1), "百叶箱")


class TestDevices:
    """Who measured."""

    def test_nobody_wrote_it_down(self, dongshan) -> None:
        found = measured("58358", T, moment(5))
        assert (found.position, found.device, found.calibration) == (None, None, "none")

    def test_position_device_and_certificate_at_a_moment(self, engineer, position) -> None:
        device = add_device(engineer, "华云", "WUSH-PT100", "A17")
        install(engineer, position.pk, device.pk, moment(2), None, "首次安装")
        corrections = ((-10.0, 0.1), (30.0, -0.1))
        add_certificate(
            engineer, device.pk, Calibration(T, "C-1", "省检定所", D(2025, 6, 6), D(2026, 6, 5), corrections)
        )
        assert measured("58358", T, moment(1, 12)).device is None
        assert measured("58358", T, moment(2)).device == device
        assert measured("58358", T, moment(5, 15)).calibration == "in force"  # 23:00 on the 5th in Beijing
        late = measured("58358", T, moment(5, 16))
        assert (late.calibration, late.certificate.number, late.position.height_m) == ("expired", "C-1", 1.5)
        assert measured("58358", "relative_humidity", moment(5)).position is None

    def test_a_swap_entered_late_changes_its_own_days_and_lists_the_readings(self, engineer, position, home) -> None:
        """Ten readings at 00 UTC of 1 to 10 June, the 4th received after the swap was entered."""
        first, second = (add_device(engineer, "华云", "PT100", serial) for serial in ("A", "B"))
        install(engineer, position.pk, first.pk, moment(1), None, "首次安装")
        received = [clock.now() + dt.timedelta(hours=1) if day == 4 else moment(day, 1) for day in range(1, 11)]
        rows = {"station": "58358", "time": [moment(day) for day in range(1, 11)], "received": received}
        values = [20.0 + day if day != 6 else None for day in range(1, 11)]
        frame = pl.DataFrame(rows | {T: values, f"{T}_qc": [0] * 10, "relative_humidity": [70.0] * 10})
        Observations(home).append(frame.with_columns(pl.lit("x").alias("source")))
        late = install(engineer, position.pk, second.pk, moment(3), moment(8), "补登记：更换")
        answers = [measured("58358", T, moment(day)).device for day in range(1, 11)]
        assert answers == [first] * 2 + [second] * 5 + [first] * 3
        found = touched(home, late)
        assert (found.count, found.times) == (3, (moment(3), moment(5), moment(7)))  # the 6th has no value
        assert touched(home, Installation.objects.get(device=first, valid_to=moment(3))).count == 2

    def test_without_an_end_it_lasts_until_the_next_one(self, engineer, position) -> None:
        one, two, three = (add_device(engineer, "华云", "PT100", serial) for serial in "ABC")
        install(engineer, position.pk, one.pk, moment(1), None, "a")
        install(engineer, position.pk, two.pk, moment(10), None, "b")
        install(engineer, position.pk, three.pk, moment(5), None, "late")
        spans = [(row.device.serial, row.valid_to) for row in Installation.objects.order_by("valid_from")]
        assert spans == [("A", moment(5)), ("C", moment(10)), ("B", None)]
        install(engineer, position.pk, three.pk, moment(10), None, "instead")
        assert [row.device.serial for row in Installation.objects.order_by("valid_from")] == ["A", "C", "C"]

    def test_a_device_stands_at_one_station_only(self, engineer, position) -> None:
        register_stations([Known("M1", "甲", "A", "区域站", 120.7, 31.4, 4.0, WUZHONG, False, "test")])
        other = add_position(engineer, "M1", T, 1.5, moment(1), "x")
        humid = add_position(engineer, "58358", "relative_humidity", 1.5, moment(1), "x")
        device = add_device(engineer, "Vaisala", "HMP155", "7")
        install(engineer, position.pk, device.pk, moment(1), moment(5), "x")
        install(engineer, humid.pk, device.pk, moment(1), None, "x")
        with pytest.raises(Overlap, match="其他站"):
            install(engineer, other.pk, device.pk, moment(4), None, "x")
        with pytest.raises(IntegrityError), transaction.atomic():
            Installation.objects.create(device=device, position=other, valid_from=moment(4), entered=moment(4))

    def test_the_database_refuses_two_devices_at_a_position(self, engineer, position) -> None:
        one, two = (add_device(engineer, "华云", "PT100", serial) for serial in "AB")
        install(engineer, position.pk, one.pk, moment(1), None, "a")
        with pytest.raises(IntegrityError), transaction.atomic():
            Installation.objects.create(device=two, position=position, valid_from=moment(9), entered=moment(9))
        with pytest.raises(IntegrityError), transaction.atomic():
            SensorPosition.objects.create(station=position.station, element=T, height_m=2, valid_from=moment(9))

    def test_a_position_ends_with_its_device(self, engineer, position) -> None:
        device = add_device(engineer, "华云", "PT100", "A")
        install(engineer, position.pk, device.pk, moment(1), None, "a")
        with pytest.raises(Overlap):
            add_position(engineer, "58358", T, 2.0, moment(9), "x")
        end_position(engineer, position.pk, moment(9), "迁移")
        assert Installation.objects.get().valid_to == moment(9)
        assert add_position(engineer, "58358", T, 2.0, moment(9), "x").height_m == 2.0
        with pytest.raises(StationRefused, match="时段"):
            end_position(engineer, position.pk, moment(10), "again")
        with pytest.raises(StationRefused, match="其中"):
            install(engineer, position.pk, device.pk, moment(10), None, "x")

    def test_a_device_that_is_taken_away(self, engineer, position) -> None:
        device = add_device(engineer, "华云", "PT100", "A")
        row = install(engineer, position.pk, device.pk, moment(1), None, "a")
        remove_device(engineer, row.pk, moment(5), "送检")
        assert measured("58358", T, moment(6)).device is None
        with pytest.raises(StationRefused, match="拆下"):
            remove_device(engineer, row.pk, moment(6), "again")
        with pytest.raises(Overlap, match="不晚于"):
            install(engineer, position.pk, device.pk, moment(6), moment(6), "x")

    def test_certificates_do_not_meet_and_can_end_early(self, engineer, position) -> None:
        device = add_device(engineer, "华云", "PT100", "A")
        one = add_certificate(engineer, device.pk, Calibration(T, "C-1", "", D(2025, 1, 1), D(2026, 12, 31)))
        renewed = Calibration(T, "C-2", "", D(2026, 6, 1), D(2027, 5, 31))
        with pytest.raises(Overlap, match="证书"):
            add_certificate(engineer, device.pk, renewed)
        with pytest.raises(IntegrityError), transaction.atomic():
            told = {"number": "C-3", "valid_from": D(2026, 12, 31), "valid_to": D(2027, 1, 1)}
            Certificate.objects.create(device=device, element=T, **told)
        end_certificate(engineer, one.pk, D(2026, 5, 31), "换证")
        assert add_certificate(engineer, device.pk, renewed).number == "C-2"
        with pytest.raises(StationRefused, match="止期"):
            end_certificate(engineer, one.pk, D(2026, 6, 1), "x")
        with pytest.raises(StationRefused, match="订正值"):
            add_certificate(
                engineer, device.pk, Calibration(T, "C", "", D(2030, 1, 1), D(2031, 1, 1), ((1, 0), (1, 0)))
            )

    def test_what_can_not_be_is_refused(self, engineer, position, person) -> None:
        with pytest.raises(StationRefused, match="厂家"):
            add_device(engineer, "华云", " ", "A")
        with pytest.raises(StationRefused, match="高度"):
            add_position(engineer, "58358", "relative_humidity", 900, moment(1), "x")
        with pytest.raises(StationRefused, match="要素目录"):
            add_position(engineer, "58358", "warmth", 2, moment(1), "x")
        with pytest.raises(NotAllowed):
            add_position(
                person("north", "engineer", districts=(CHANGSHU,)), "58358", "relative_humidity", 2, moment(1), "x"
            )
        with pytest.raises(NotAllowed):
            add_device(person("looker", "viewer"), "华云", "PT100", "A")
        assert add_device(engineer, "华云", "PT100", "A") == add_device(engineer, "华云", "PT100", "A")
