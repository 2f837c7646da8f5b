"""Verbs of the assessment: rights, scope, four eyes (also in the database), charges by cause, closed months."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from xiangtian.core import clock
from xiangtian.core.clock import UTC
from xiangtian.core.models import LedgerEntry
from xiangtian.core.people import NotAllowed
from xiangtian.observe.actions import appeals, defects, exemptions, roster
from xiangtian.observe.actions.assess import AssessRefused, close_month
from xiangtian.observe.models import Appeal, Charge, Defect, Exemption, RosterShift
from xiangtian.observe.tests.assess_house import CHANGSHU, WUZHONG, station
from xiangtian.observe.tests.assessing import T

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 7, 2, 4, tzinfo=UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def network(home, at) -> None:
    at(NOON + 6 * HOUR)
    station("A")
    station("B", CHANGSHU)


@pytest.fixture
def people(person):
    told = {"boss": "assessor", "judge": "assessor", "li": "engineer", "wang": "observer", "viewer": "viewer"}
    return {name: person(name, role, duty=False) for name, role in told.items()} | {
        "county": person("county", "engineer", "assessor", districts=(CHANGSHU,), duty=False)
    }


def watch(username="li", first=0.0, last=8.0, scope="district", target=WUZHONG, duty="maintainer", joint=False):
    return roster.Wanted(username, scope, target, duty, NOON + first * HOUR, NOON + last * HOUR, joint)


def seen(code="A", **more) -> defects.Seen:
    told = {"element": "", "starts": NOON + HOUR, "ends": NOON + 2 * HOUR, "words": "采集器无响应"} | more
    return defects.Seen(code, **told)


def wanted(*codes: str, **more) -> exemptions.Wanted:
    told = {"element": "", "starts": NOON, "ends": NOON + 3 * HOUR, "kind": "maintenance", "reason": "年检"} | more
    return exemptions.Wanted(codes or ("A",), **told)


class TestRoster:
    def test_a_shift_is_entered_and_withdrawn(self, people) -> None:
        row = roster.add_shift(people["boss"], watch())
        assert (row.person, row.made_by) == (people["li"], people["boss"])
        roster.withdraw_shift(people["boss"], row.pk, "换班")
        assert RosterShift.objects.filter(withdrawn=None).count() == 0
        assert [one.verb for one in LedgerEntry.objects.order_by("id")] == [
            "observe.roster_added", "observe.roster_withdrawn"]  # fmt: skip
        with pytest.raises(AssessRefused, match="已撤销"):
            roster.withdraw_shift(people["boss"], row.pk, "换班")

    @pytest.mark.parametrize("who", ["li", "viewer", "county"])
    def test_who_may_not(self, people, who) -> None:
        with pytest.raises(NotAllowed):
            roster.add_shift(people[who], watch())

    def test_a_county_may_for_its_own_but_not_for_a_network(self, people) -> None:
        roster.add_shift(people["county"], watch(target=CHANGSHU))
        roster.add_shift(people["county"], watch(scope="station", target="B"))
        with pytest.raises(NotAllowed):
            roster.add_shift(people["county"], watch(scope="network", target="regional"))

    @pytest.mark.parametrize(
        ("asked", "words"),
        [
            (watch("nobody"), "没有在用的账号"),
            (watch(target="999999"), "不可用"),
            (watch(scope="station", target="Z"), "未登记"),
            (watch(scope="planet"), "不可用"),
            (watch(duty="king"), "岗位"),
            (watch(first=3, last=2), "早于开始"),
            (watch(first=3, last=3), "一班须长于 0"),
            (watch(last=24 * 400), "不超过"),
        ],
    )
    def test_what_is_refused(self, people, asked, words) -> None:
        with pytest.raises(AssessRefused, match=words):
            roster.add_shift(people["boss"], asked)

    def test_overlap_only_where_stated(self, people) -> None:
        roster.add_shift(people["boss"], watch())
        with pytest.raises(AssessRefused, match="重叠"):
            roster.add_shift(people["boss"], watch("wang", 7, 9))
        roster.add_shift(people["boss"], watch("wang", 7, 9, joint=True))
        roster.add_shift(people["boss"], watch("wang", 8, 10, duty="chief"))
        assert RosterShift.objects.count() == 3


class TestDefects:
    def test_the_whole_way(self, people) -> None:
        roster.add_shift(people["boss"], watch())
        row = defects.report_defect(people["wang"], seen())
        assert (row.kind, row.found_by, row.noticed_by, row.owner, row.district) == (
            "other", "wang", people["wang"], None, WUZHONG)  # fmt: skip
        with pytest.raises(AssessRefused, match="请先填写原因"):
            defects.handle(people["wang"], row.pk, "更换")
        defects.set_cause(people["wang"], row.pk, "equipment", "主板损坏")
        (charge,) = Charge.objects.filter(voided=None)
        assert (charge.person, charge.duty) == (people["li"], "maintainer")
        defects.set_cause(people["wang"], row.pk, "power", "其实是停电")
        assert Charge.objects.filter(voided=None).count() == 0
        assert Charge.objects.get().void_words == "原因改定"
        assert defects.handle(people["wang"], row.pk, "复电").state == "handled"
        with pytest.raises(AssessRefused, match="不能再处理"):
            defects.handle(people["wang"], row.pk, "复电")

    def test_a_gap_in_the_roster_stands_in_the_persons_place(self, people) -> None:
        row = defects.report_defect(people["wang"], seen())
        defects.set_cause(people["wang"], row.pk, "communication", "光缆断")
        assert [(one.person, one.duty) for one in Charge.objects.all()] == [(None, "network")]

    def test_a_shared_defect_is_laid_to_each_person_once(self, people) -> None:
        station("C")
        for target, who in ((WUZHONG, "li"), (CHANGSHU, "county")):
            roster.add_shift(people["boss"], watch(who, target=target))
        told = {"kind": "silence", "starts": NOON + HOUR, "ends": NOON + 2 * HOUR, "found_by": "job:observe.defects"}
        told |= {"found_at": NOON + HOUR, "rule": "x"}
        parent = Defect.objects.create(**told)
        for code, district in (("A", WUZHONG), ("B", CHANGSHU), ("C", WUZHONG)):
            Defect.objects.create(parent=parent, station=code, district=district, **told)
        with pytest.raises(NotAllowed):
            defects.set_cause(people["county"], parent.pk, "equipment", "同批设备")
        defects.set_cause(people["wang"], parent.pk, "equipment", "同批设备")
        charged = Charge.objects.filter(defect=parent).values_list("person__username", flat=True)
        assert sorted(charged) == ["county", "li"]
        with pytest.raises(AssessRefused, match="属于多站缺陷"):
            defects.notice(people["wang"], parent.children.first().pk)

    @pytest.mark.parametrize(
        ("asked", "words"),
        [
            (seen("Z"), "未登记"),
            (seen(element="gold"), "不在要素目录"),
            (seen(words=" "), "必须填写"),
            (seen(words="字" * 2001), "最多 2000"),
            (seen(ends=NOON), "早于开始"),
            (seen(starts=NOON + 9 * HOUR, ends=None), "在将来"),
        ],
    )
    def test_what_is_refused(self, people, asked, words) -> None:
        with pytest.raises(AssessRefused, match=words):
            defects.report_defect(people["wang"], asked)

    def test_the_same_twice_is_refused(self, people) -> None:
        defects.report_defect(people["wang"], seen(element=T))
        with pytest.raises(AssessRefused, match="已登记"):
            defects.report_defect(people["li"], seen(element=T))
        with pytest.raises(IntegrityError), transaction.atomic():
            Defect.objects.create(
                station="A", element=T, kind="other", starts=NOON + HOUR, found_by="x", found_at=NOON, rule="x"
            )

    def test_scope_and_rights(self, people) -> None:
        row = defects.report_defect(people["wang"], seen())
        for who in ("county", "viewer"):
            with pytest.raises(NotAllowed):
                defects.set_cause(people[who], row.pk, "power", "停电")
        with pytest.raises(NotAllowed):
            defects.dismiss(people["wang"], row.pk, "误报")  # an assessor's business
        defects.set_cause(people["wang"], row.pk, "metadata", "经纬度填错")
        assert defects.dismiss(people["boss"], row.pk, "误报").state == "dismissed"
        assert Charge.objects.filter(voided=None).count() == 0

    @pytest.mark.parametrize("cause", ["", "gremlins", "unnoticed"])
    def test_causes_that_nobody_may_give(self, people, cause) -> None:
        row = defects.report_defect(people["wang"], seen())
        with pytest.raises(AssessRefused, match="原因"):
            defects.set_cause(people["wang"], row.pk, cause, "不明")

    def test_noticed_late(self, people, at) -> None:
        roster.add_shift(people["boss"], watch("li", duty="duty"))
        row = Defect.objects.create(
            station="A", district=WUZHONG, kind="silence", starts=NOON, found_by="job:observe.defects",
            found_at=NOON + HOUR, rule="x",
        )  # fmt: skip
        defects.notice(people["wang"], row.pk)
        assert [(one.cause, one.person) for one in Charge.objects.all()] == [("unnoticed", people["li"])]
        with pytest.raises(AssessRefused, match="已有人签收"):
            defects.notice(people["wang"], row.pk)


class TestExemptions:
    def test_four_eyes(self, people) -> None:
        row = exemptions.apply_exemption(people["boss"], wanted())
        with pytest.raises(NotAllowed, match="须由另一人审批"):
            exemptions.decide_exemption(people["boss"], row.pk, True, "同意")
        with pytest.raises(NotAllowed):
            exemptions.decide_exemption(people["li"], row.pk, True, "同意")
        with pytest.raises(IntegrityError), transaction.atomic():
            Exemption.objects.filter(pk=row.pk).update(state="approved", decided_by=people["boss"], decided=NOON)
        with pytest.raises(IntegrityError), transaction.atomic():
            Exemption.objects.filter(pk=row.pk).update(state="approved")
        assert exemptions.decide_exemption(people["judge"], row.pk, True, "同意").state == "approved"
        with pytest.raises(AssessRefused, match="已批准"):
            exemptions.decide_exemption(people["judge"], row.pk, False, "改主意")

    def test_approval_voids_what_it_covers_wholly(self, people) -> None:
        roster.add_shift(people["boss"], watch())
        inside = defects.report_defect(people["wang"], seen())
        beyond = defects.report_defect(people["wang"], seen(ends=NOON + 4 * HOUR, starts=NOON + 2 * HOUR))
        for row in (inside, beyond):
            defects.set_cause(people["wang"], row.pk, "equipment", "坏了")
        row = exemptions.apply_exemption(people["li"], wanted())
        assert Charge.objects.filter(voided=None).count() == 2
        exemptions.decide_exemption(people["boss"], row.pk, True, "同意")
        assert [one.defect for one in Charge.objects.filter(voided=None)] == [beyond]
        assert inside.charges.get().void_words == f"豁免 {row.pk}"

    def test_a_refused_one_counts_nothing_and_a_withdrawn_one_is_over(self, people) -> None:
        first, second = (exemptions.apply_exemption(people["li"], wanted()) for _ in range(2))
        exemptions.decide_exemption(people["boss"], first.pk, False, "材料不全")
        with pytest.raises(NotAllowed):
            exemptions.withdraw_exemption(people["boss"], second.pk)
        exemptions.withdraw_exemption(people["li"], second.pk)
        assert sorted(Exemption.objects.values_list("state", flat=True)) == ["refused", "withdrawn"]

    @pytest.mark.parametrize(
        ("asked", "words"),
        [
            (wanted("Z"), "未登记"),
            (wanted(kind="holiday"), "豁免类别"),
            (wanted(reason=""), "必须填写"),
            (wanted(element="gold"), "不在要素目录"),
            (wanted(ends=NOON - HOUR), "早于开始"),
            (wanted(ends=NOON + dt.timedelta(days=400)), "不超过"),
            (wanted(*[f"X{number}" for number in range(501)]), "一次最多"),
        ],
    )
    def test_what_is_refused(self, people, asked, words) -> None:
        with pytest.raises(AssessRefused, match=words):
            exemptions.apply_exemption(people["li"], asked)

    def test_no_station_at_all(self, people) -> None:
        with pytest.raises(AssessRefused, match="至少"):
            exemptions.apply_exemption(people["li"], exemptions.Wanted([], "", NOON, NOON, "flood", "涝"))

    def test_scope(self, people) -> None:
        with pytest.raises(NotAllowed):
            exemptions.apply_exemption(people["county"], wanted("A", "B"))
        row = exemptions.apply_exemption(people["li"], wanted("A", "B"))
        with pytest.raises(NotAllowed):
            exemptions.decide_exemption(people["county"], row.pk, True, "同意")


@pytest.fixture
def charge(people) -> Charge:
    roster.add_shift(people["boss"], watch())
    row = defects.report_defect(people["wang"], seen())
    defects.set_cause(people["wang"], row.pk, "equipment", "坏了")
    return Charge.objects.get()


class TestAppeals:
    def test_upheld_voids_the_charge(self, people, charge) -> None:
        row = appeals.appeal_charge(people["li"], charge.pk, "当时在检修")
        with pytest.raises(AssessRefused, match="正在处理"):
            appeals.appeal_charge(people["wang"], charge.pk, "同上")
        with pytest.raises(NotAllowed):
            appeals.judge_appeal(people["wang"], row.pk, True, "成立")
        assert appeals.judge_appeal(people["boss"], row.pk, True, "属实").state == "upheld"
        charge.refresh_from_db()
        assert charge.void_words == f"申诉 {row.pk} 成立"
        with pytest.raises(AssessRefused, match="已撤销"):
            appeals.appeal_charge(people["li"], charge.pk, "再申诉")

    def test_rejected_leaves_it(self, people, charge) -> None:
        row = appeals.appeal_charge(people["li"], charge.pk, "当时在检修")
        appeals.judge_appeal(people["boss"], row.pk, False, "无检修记录")
        charge.refresh_from_db()
        assert charge.voided is None
        with pytest.raises(AssessRefused, match="不成立"):
            appeals.judge_appeal(people["boss"], row.pk, True, "改主意")

    def test_who_may_not_appeal(self, people, charge) -> None:
        for who in ("viewer", "county", "boss"):
            with pytest.raises(NotAllowed):
                appeals.appeal_charge(people[who], charge.pk, "不服")

    def test_whoever_is_concerned_may_not_judge(self, people, charge) -> None:
        people["li"].roles = ["engineer", "assessor"]
        people["li"].save()
        row = appeals.appeal_charge(people["wang"], charge.pk, "当时在检修")
        with pytest.raises(NotAllowed, match="当事人"):
            appeals.judge_appeal(people["li"], row.pk, True, "属实")
        with pytest.raises(IntegrityError), transaction.atomic():
            Appeal.objects.filter(pk=row.pk).update(judged_by=people["wang"])

    def test_lines_of_the_scores(self, people) -> None:
        line = appeals.Line(2026, 7, "station", "A", "availability")
        row = appeals.appeal_line(people["wang"], line, "传感器已报备")
        with pytest.raises(AssessRefused, match="正在处理"):
            appeals.appeal_line(people["wang"], line, "传感器已报备")
        with pytest.raises(NotAllowed):
            appeals.appeal_line(people["county"], line, "传感器已报备")
        with pytest.raises(NotAllowed):
            appeals.judge_appeal(people["county"], row.pk, True, "同意")  # a county judges its own only
        appeals.appeal_line(people["li"], appeals.Line(2026, 7, "person", "li", "index"), "排班有误")
        with pytest.raises(NotAllowed, match="本人"):
            appeals.appeal_line(people["li"], appeals.Line(2026, 7, "person", "wang", "index"), "排班有误")
        with pytest.raises(NotAllowed, match="不是申诉人"):
            appeals.withdraw_appeal(people["li"], row.pk)
        assert appeals.withdraw_appeal(people["wang"], row.pk).state == "withdrawn"

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            (appeals.Line(2026, 7, "station", "Z", "index"), "没有成绩项"),
            (appeals.Line(2026, 7, "galaxy", "A", "index"), "没有成绩项"),
            (appeals.Line(2026, 7, "station", "A", "beauty"), "指标"),
            (appeals.Line(2026, 9, "station", "A", "index"), "尚未开始"),
            (appeals.Line(2026, 13, "station", "A", "index"), "不是月份"),
        ],
    )
    def test_what_is_refused(self, people, line, words) -> None:
        with pytest.raises(ValueError, match=words):
            appeals.appeal_line(people["wang"], line, "不服")


class TestClosed:
    def test_nothing_changes_a_closed_month(self, people, charge, at) -> None:
        waiting = exemptions.apply_exemption(people["li"], wanted())
        late = appeals.appeal_charge(people["li"], charge.pk, "不服")
        with pytest.raises(AssessRefused, match="尚未结束"):
            close_month(people["boss"], 2026, 7, "苏气测 2026-7")
        at("2026-08-03T00:00")
        with pytest.raises(AssessRefused, match="1 件申诉未裁定"):
            close_month(people["boss"], 2026, 7, "苏气测 2026-7")
        appeals.judge_appeal(people["judge"], late.pk, False, "不成立")
        with pytest.raises(NotAllowed):
            close_month(people["li"], 2026, 7, "苏气测 2026-7")
        assert close_month(people["boss"], 2026, 7, "苏气测 2026-7").month == dt.date(2026, 7, 1)
        for refused in (
            lambda: close_month(people["boss"], 2026, 7, "again"),
            lambda: appeals.appeal_charge(people["li"], charge.pk, "不服"),
            lambda: appeals.appeal_line(people["wang"], appeals.Line(2026, 7, "station", "A", "index"), "不服"),
            lambda: exemptions.decide_exemption(people["boss"], waiting.pk, True, "同意"),
            lambda: exemptions.apply_exemption(people["li"], wanted()),
            lambda: defects.report_defect(people["wang"], seen(element=T)),
            lambda: defects.set_cause(people["wang"], charge.defect_id, "power", "停电"),
            lambda: roster.add_shift(people["boss"], watch("wang", duty="chief")),
            lambda: roster.withdraw_shift(people["boss"], RosterShift.objects.get().pk, "换班"),
        ):
            with pytest.raises(AssessRefused, match="已定稿"):
                refused()

    def test_the_climate_day_decides_the_month(self, people, at) -> None:
        """20:00 on 31 July belongs to July, one minute later to August (Beijing time)."""
        at("2026-08-03T00:00")
        close_month(people["boss"], 2026, 7, "x")
        edge = dt.datetime(2026, 7, 31, 20, 0, tzinfo=clock.BEIJING)
        with pytest.raises(AssessRefused, match="已定稿"):
            defects.report_defect(people["wang"], seen(starts=edge, ends=None))
        defects.report_defect(people["wang"], seen(starts=edge + dt.timedelta(minutes=1), ends=None))
