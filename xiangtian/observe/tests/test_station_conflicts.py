"""Lists that disagree: compared, written down once, settled once. The public lists' real traps are among them."""

import datetime as dt

import pytest

from xiangtian.core import clock
from xiangtian.core.models import LedgerEntry
from xiangtian.core.people import NotAllowed
from xiangtian.observe import queries
from xiangtian.observe.actions import register_national
from xiangtian.observe.actions.lists import import_list
from xiangtian.observe.actions.settling import settle, settle_many
from xiangtian.observe.metadata.listed import ListError
from xiangtian.observe.metadata.settling import Settlement, SettleRefused, value
from xiangtian.observe.models import Conflict, Site, Station
from xiangtian.observe.queries.registered import conflicts, waiting_by_form

pytestmark = pytest.mark.django_db
D = dt.date
CHANGSHU = "320581"
HEAD = "id,zh,en,kind,lon,lat,alt_m,opened\n"


@pytest.fixture
def engineer(at, person):
    at("2026-07-01T02:15")
    register_national()
    return person("engineer", "engineer")


def compare(person, *rows: str, head: str = HEAD):
    return import_list(person, "ours.csv", (head + "\n".join(rows) + "\n").encode(), "csv")


def field(name: str, code: str = "58349") -> Conflict:
    return Conflict.objects.get(code=code, field=name)


def site(code: str, moment: dt.datetime | None = None) -> queries.Site:
    return {one.code: one for one in queries.sites(moment)}[code]


NORTH = "58349,苏州,Suzhou,国家气象观测站,120.5623,31.4401,8.0,"
MOVED = "58349,苏州,Suzhou,国家气象观测站,120.6012,31.3011,12.0,"


class TestComparing:
    """What is written down."""

    def test_what_agrees_is_only_counted(self, engineer) -> None:
        row = compare(engineer, "58349,苏州,Suzhou,国家气象观测站,120.57,31.42,8.0,")
        assert row.counts == {"same": 1, "elsewhere": 0, "differences": 0, "fresh": 0, "settled": 0}
        assert LedgerEntry.objects.filter(verb="observe.list_compared").count() == 1

    def test_differences_are_written_down_once(self, engineer) -> None:
        assert compare(engineer, MOVED).counts["fresh"] == 2
        again = compare(engineer, MOVED)
        assert (again.counts["differences"], again.counts["fresh"]) == (2, 0)
        assert {(one.field, one.district) for one in conflicts()} == {("position", "320507"), ("altitude", "320507")}
        assert waiting_by_form() == [("csv", 2)]

    def test_stations_of_elsewhere_and_broken_lines(self, engineer) -> None:
        row = compare(engineer, "54511,北京,Beijing,国家站,116.47,39.8,31,", "99999,无处,Nowhere,国家站,0,0,0,")
        assert row.counts["elsewhere"] == 2
        assert row.refused == [[3, "99999", "没有可用的经纬度 (no usable position)"]]
        assert not Conflict.objects.exists()

    def test_who_may_not_and_what_is_no_list(self, engineer, person) -> None:
        with pytest.raises(NotAllowed):
            compare(person("looker", "viewer"), MOVED)
        with pytest.raises(ListError):
            compare(engineer, MOVED, head="id,zh\n")


class TestSettling:
    """The four decisions."""

    def test_ours_is_kept_and_the_claim_does_not_come_back(self, engineer) -> None:
        compare(engineer, MOVED)
        settle(engineer, field("position").pk, Settlement("keep", reason="实测"))
        assert (site("58349").lon, field("position").settled_by) == (120.5667, "engineer")
        row = compare(engineer, MOVED)
        assert (row.counts["fresh"], row.counts["settled"]) == (0, 1)
        assert [one.field for one in conflicts()] == ["altitude"]
        (line,) = LedgerEntry.objects.filter(verb="observe.station_conflict_settled")
        assert (line.subject, line.detail["decision"], line.detail["reason"]) == ("58349", "keep", "实测")

    def test_another_claim_of_the_same_station_is_asked_anew(self, engineer) -> None:
        compare(engineer, MOVED)
        settle(engineer, field("position").pk, Settlement("keep", reason="实测"))
        assert compare(engineer, MOVED.replace("120.6012", "120.6112")).counts["fresh"] == 1

    def test_theirs_is_taken_as_a_correction(self, engineer) -> None:
        compare(engineer, MOVED)
        for name in ("position", "altitude"):
            settle(engineer, field(name).pk, Settlement("take", reason="测绘成果"))
        now, before = site("58349"), site("58349", dt.datetime(2013, 6, 1, tzinfo=clock.UTC))
        assert (now.lon, now.lat, now.alt_m, before.lon) == (120.6012, 31.3011, 12.0, 120.6333)
        assert compare(engineer, MOVED).counts["same"] == 1

    def test_theirs_is_a_move_from_a_day_on(self, engineer) -> None:
        compare(engineer, MOVED)
        settle(engineer, field("position").pk, Settlement("move", since=D(2026, 6, 1), reason="迁站"))
        may, june = (dt.datetime(2026, month, 15, tzinfo=clock.UTC) for month in (5, 6))
        assert (site("58349", may).lon, site("58349", june).lon) == (120.5667, 120.6012)
        assert site("58349", june).alt_m == 8.0

    def test_another_value_is_written(self, engineer) -> None:
        compare(engineer, MOVED)
        settle(engineer, field("position").pk, Settlement("other", "120.58， 31.43", reason="实测"))
        settle(engineer, field("altitude").pk, Settlement("other", "8.4", reason="实测"))
        assert (site("58349").lon, site("58349").lat, site("58349").alt_m) == (120.58, 31.43, 8.4)

    def test_names_and_dates(self, engineer) -> None:
        compare(engineer, "58349,吴中,Suzhou,国家气象观测站,120.57,31.42,8.0,1990-01-01")
        settle(engineer, field("name").pk, Settlement("take", reason="更名"))
        settle(engineer, field("opened").pk, Settlement("other", "1991-02-03", reason="档案"))
        station = Station.objects.get(code="58349")
        assert (station.zh, station.opened) == ("吴中", D(1991, 2, 3))

    def test_a_new_station_is_registered(self, engineer) -> None:
        compare(engineer, "M3901,跨塘,Kuatang,四要素区域站,120.6912,31.3504,4.2,2014-05-01")
        settle(engineer, field("new", "M3901").pk, Settlement("take", reason="新建"))
        station = Station.objects.get(code="M3901")
        assert (station.network, station.opened, station.tasks.count()) == ("regional", D(2014, 5, 1), 4)
        assert (site("M3901").district, site("M3901").alt_m) == ("320506", 4.2)
        assert compare(engineer, "M3901,跨塘,Kuatang,四要素区域站,120.6912,31.3504,4.2,2014-05-01").counts["same"] == 1

    def test_a_new_station_without_altitude_needs_one(self, engineer) -> None:
        compare(engineer, "M3901,,,,120.6912,31.3504,,")
        row = field("new", "M3901")
        with pytest.raises(SettleRefused, match="缺少"):
            settle(engineer, row.pk, Settlement("take", reason="x"))
        settle(engineer, row.pk, Settlement("other", "跨塘, 4.5", reason="x"))
        assert (site("M3901").zh, site("M3901").alt_m) == ("跨塘", 4.5)

    def test_what_is_impossible_is_taken_as_it_was_meant(self, engineer) -> None:
        compare(engineer, "58349,苏州,Suzhou,国家气象观测站,31.4401,120.5623,8.0,", "M9,甲,A,区域站,31.35,120.69,4.2,")
        settle(engineer, field("impossible").pk, Settlement("take", reason="颠倒"))
        settle(engineer, field("impossible", "M9").pk, Settlement("take", reason="颠倒"))
        assert (site("58349").lon, site("58349").lat) == (120.5623, 31.4401)
        assert (site("M9").lon, site("M9").lat) == (120.69, 31.35)

    def test_what_can_not_be_is_refused_and_stays_open(self, engineer, person) -> None:
        compare(engineer, MOVED, "58352,常熟,Changshu,国家气象观测站,0,0,4.5,")
        row, lost = field("position"), field("impossible", "58352")
        for settlement, words in (
            (Settlement("burn", reason="x"), "只能选"),
            (Settlement("move", reason="x"), "迁站日期"),
            (Settlement("other", reason="x"), "不能为空"),
            (Settlement("other", "here", reason="x"), "应写作"),
            (Settlement("other", "nan, 31", reason="x"), "应写作"),
            (Settlement("other", "31, 120", reason="x"), "纬度"),
            (Settlement("keep"), "依据"),
        ):
            with pytest.raises(ValueError, match=words):
                settle(engineer, row.pk, settlement)
        with pytest.raises(SettleRefused, match="推断"):
            settle(engineer, lost.pk, Settlement("take", reason="x"))
        with pytest.raises(NotAllowed):
            settle(person("north", "engineer", districts=(CHANGSHU,)), row.pk, Settlement("keep", reason="x"))
        assert not Conflict.objects.exclude(decision="").exists()
        settle(engineer, row.pk, Settlement("keep", reason="x"))
        with pytest.raises(SettleRefused, match="已由 engineer"):
            settle(engineer, row.pk, Settlement("take", reason="x"))

    def test_many_at_once_each_on_its_own(self, engineer, person) -> None:
        compare(engineer, MOVED, "58352,常熟,Changshu,国家气象观测站,120.7,31.7,4.5,")
        north = person("north", "engineer", districts=(CHANGSHU,))
        done = settle_many(north, [one.pk for one in conflicts()], Settlement("keep", reason="以本库为准"))
        assert (done.count, {code for code, _ in done.refused}) == (1, {"58349"})
        with pytest.raises(SettleRefused, match="逐条"):
            settle_many(north, [], Settlement("other", "1, 2", reason="x"))


def test_hand_written_values() -> None:
    assert value("position", "120.5667, 31.4167") == {"lon": 120.5667, "lat": 31.4167}
    assert value("closed", "20140101") == "2014-01-01"
    assert value("name", " 东山 ") == "东山"
    for name, text in (("new", "跨塘"), ("altitude", "high"), ("opened", "May"), ("position", "1,2,3")):
        with pytest.raises(SettleRefused):
            value(name, text)


@pytest.mark.shared
class TestPublicLists:
    """The traps that the README of the sample data names, from the real files."""

    def found(self, engineer, shared, name: str) -> dict[tuple[str, str], Conflict]:
        row = import_list(engineer, name, (shared / "stations-china" / name).read_bytes())
        return {(one.code, one.field): one for one in row.conflicts.all()}

    def test_58349_stands_where_it_stood_until_2014(self, engineer, shared) -> None:
        found = self.found(engineer, shared, "meteva/sta2411_alt.txt")
        assert set(found) == {("58349", "position"), ("58349", "altitude"), ("58353", "altitude"),
                              ("58377", "position"), ("58377", "altitude")}  # fmt: skip
        assert "1995-01-01 – 2011-12-31" in found["58349", "position"].note
        assert found["58349", "position"].distance_m == pytest.approx(17_400, abs=100)

    @pytest.mark.parametrize("name", ["noaa/isd-history_CH-HK-TW-MC.csv", "meteostat/meteostat_stations_CN.csv"])
    def test_58358_is_called_suzhou(self, engineer, shared, name: str) -> None:
        found = self.found(engineer, shared, name)
        assert set(found) == {("58358", "position"), ("58358", "altitude"), ("58358", "name")}
        assert "58349" in found["58358", "name"].note
        assert "58349" in found["58358", "position"].note

    def test_degrees_and_minutes_agree_with_the_register(self, engineer, shared) -> None:
        assert self.found(engineer, shared, "tidymet/st2400_2016_origin.csv") == {}

    def test_the_relocations_in_tens_of_metres_agree_but_for_an_old_station(self, engineer, shared) -> None:
        found = self.found(engineer, shared, "tidymet/mete2481_station_moves_195101-202003.csv.gz")
        assert set(found) == {("58357", "new")}
        settle(engineer, found["58357", "new"].pk, Settlement("take", reason="历史站"))
        station = Station.objects.get(code="58357")
        assert (station.closed, station.tasks.count()) == (D(1994, 12, 31), 0)
        assert Site.objects.get(station=station).alt_m == 5.8
        assert "58357" not in {one.code for one in queries.sites()}

    def test_the_regional_points_are_new(self, engineer, shared) -> None:
        found = self.found(engineer, shared, "meteva/stat10461.txt")
        assert len(found) == 15
        assert {name for _, name in found} == {"new"}
        assert all(code.startswith("M") for code, _ in found)
