"""The monthly bulletin: one content in all its forms, four eyes, nothing changes a frozen one, a chain that holds."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from click.testing import CliRunner
from django.db import DatabaseError, connection, transaction
from docx import Document
from docx.shared import Mm
from openpyxl import load_workbook

from xiangtian.cli.main import main
from xiangtian.core import ledger
from xiangtian.core.models import LedgerEntry
from xiangtian.core.people import NotAllowed
from xiangtian.kit.tests.frame import plain
from xiangtian.observe.actions import appeals
from xiangtian.observe.actions import bulletin as actions
from xiangtian.observe.actions.assess import AssessRefused
from xiangtian.observe.bulletin import content as contents
from xiangtian.observe.bulletin import excel, pdf, word
from xiangtian.observe.bulletin.content import GENESIS, canonical, differences, linked, percent, sentences, tables
from xiangtian.observe.models import Addendum, Bulletin, ClosedMonth
from xiangtian.observe.queries import bulletin as queries
from xiangtian.observe.queries import readings
from xiangtian.observe.tests.assess_house import WUZHONG, moments, review, say, station

JUNE = dt.date(2026, 6, 1)
NUMBER = "苏气测〔2026〕6号"


def row(key: str, name: str, index: float | None) -> dict:
    # the worked example of the trade: 720 due, 714 received, 705 on time; 4320 values, 36 missing, 5 wrong
    figures = {"arrival": [714, 720, 0], "timeliness": [705, 720, 0], "availability": [4279, 4320, 0],
               "correctness": [4279, 4284, 0], "running": [714, 720, 0]}  # fmt: skip
    return {"key": key, "name": name, "district": "", "index": index, "figures": figures}


def example() -> dict:
    made = {
        "schema": 1, "title": "月通报", "number": NUMBER, "issuer": "苏州市气象局", "month": "2026-06",
        "month_zh": "2026年6月", "dated": "2026年7月8日", "lake_version": 7, "total": row("all", "全市", 98.87),
        "rules": [{"zh": "缺省", "version": "ab12", "approved": "缺省值，未核定", "source": "缺省", "weights": {}}],
        "networks": [row("national", "国家站", 98.87)], "districts": [row(WUZHONG, "吴中区", 98.87)],
        "stations": [row("58358", "东山", 98.87), row("M3501", "=1+1", 100.0)], "elements": [row("t", "气温", None)],
        "persons": [row("3", "甲", 98.87) | {"personal": [43200.0, 3.0, 0.69, 2]}],
        "defects": [{"station": "M3501", "kind": "未按时到报", "element": "", "starts": "2026-06-03 10:00", "ends": "",
                     "cause": "通信故障", "charged": "网络岗 甲", "state": "已处理"}],
        "exemptions": [], "appeals": [],
    }  # fmt: skip
    made["summary"] = sentences(made, 98.5, None)
    return made


class TestForms:
    """One content, four forms."""

    def test_the_worked_example_in_words_and_rates(self) -> None:
        figures = example()["total"]["figures"]
        # by hand: 714/720, 705/720, 4279/4320, 4279/4284
        assert [percent(figures[name]) for name in ("arrival", "timeliness", "availability", "correctness")] == [
            99.17, 97.92, 99.05, 99.88,
        ]  # fmt: skip
        first, second, third, _ = example()["summary"]
        assert "应到报文 720 份，实到 714 份" in first
        assert "综合质量指数 98.87%，比上月上升 0.37 个百分点" in first
        assert second == "2 个站参评，1 个站为 100%；指数最低的是东山（58358，98.87%）。"
        assert third == "登记缺陷 1 起，其中通信故障 1 起。"
        assert sentences(example() | {"total": None}, None, None) == ["本月没有应到资料，不作评价。"]

    def test_the_workbook_holds_every_figure_and_counts_it_anew(self) -> None:
        book = load_workbook(io.BytesIO(excel.workbook(example())))
        assert book.sheetnames[:3] == ["通报", "台网质量", "行政区质量"]
        sheet = book["站点质量"]
        assert [cell.value for cell in sheet[2]][:6] == [
            "58358", "东山", 98.87, '=IF(F2=0,"",ROUND(100*E2/F2,2))', 714, 720,
        ]  # fmt: skip
        assert sheet["B3"].value == "'=1+1"  # a name is no formula
        assert sheet["B3"].data_type == "s"
        assert book["申诉"].max_row == 1

    def test_the_document_keeps_the_layout_of_official_papers(self) -> None:
        paper = Document(io.BytesIO(word.document(example())))
        section = paper.sections[0]
        # GB/T 9704-2012, 5.2: A4, top 37 mm, left 28 mm, text 156 mm wide and 225 mm high
        assert (round(section.top_margin.mm), round(section.left_margin.mm)) == (37, 28)
        assert round(Mm(section.page_width.mm - section.left_margin.mm - section.right_margin.mm).mm) == 156
        assert round(section.page_height.mm - section.top_margin.mm - section.bottom_margin.mm) == 225
        words = [one.text for one in paper.paragraphs]
        assert words[:3] == ["苏州市气象局", NUMBER, "月通报（2026年6月）"]
        assert [one for one in words if one.startswith("一、")] == ["一、台网质量"]
        assert paper.tables[2].rows[1].cells[1].text == "东山"

    def test_the_same_content_gives_the_same_bytes(self) -> None:
        for writer in (excel.workbook, word.document, pdf.printed):
            assert writer(example()) == writer(example())
        printed = pdf.printed(example())
        assert printed.startswith(b"%PDF-")
        assert printed.count(b"/Type /Page\n") + printed.count(b"/Type/Page") >= 1

    def test_a_month_without_anything_is_written_as_well(self) -> None:
        empty = example() | {name: [] for name in (*contents.GROUPS, "defects")} | {"total": None}
        empty["summary"] = sentences(empty, None, None)
        assert not [table for table in tables(empty) if table.rows]
        for writer in (excel.workbook, word.document, pdf.printed):
            assert writer(empty)

    def test_the_chain_depends_on_every_sign(self) -> None:
        other = example()
        other["stations"][0]["figures"]["arrival"][0] -= 1
        assert linked(GENESIS, example()) != linked(GENESIS, other)
        assert linked("1" * 64, example()) != linked(GENESIS, example())
        assert canonical(example()) == canonical(dict(reversed(example().items())))
        (changed,) = differences(example(), other)
        assert (changed["group"], changed["key"]) == ("stations", "58358")
        gone = example() | {"stations": []}
        assert [one["index_now"] for one in differences(example(), gone)] == [None, None]


@pytest.fixture
def people(person):
    return {name: person(name, "assessor") for name in ("drafter", "freezer")} | {"li": person("li", "engineer")}


@pytest.fixture
def june(home, at, settings, db):
    """A month in which station A reported every five minutes on its first two days and then no more."""
    plain(settings)
    readings.cache_clear()
    at("2026-07-01T13:00")
    station("A")
    say(home, ["A"], moments("2026-05-31T12:05", "2026-06-02T12:00"))
    return home


class TestLife:
    """Draft, open, freeze, add."""

    def test_from_draft_to_addendum(self, june, people, at) -> None:
        drafted = actions.draft(people["drafter"], 2026, 6, NUMBER)
        # its tasks hold from 1 June 00:00: twelve an hour for 36 h, and the first
        assert drafted.content["stations"][0]["figures"]["arrival"][0] == 433
        assert drafted.content["number"] == NUMBER
        with pytest.raises(AssessRefused, match="公示之后"):
            actions.freeze(june, people["freezer"], JUNE)
        opened = actions.open_for_appeals(people["drafter"], JUNE)
        with pytest.raises(AssessRefused, match="申诉期"):
            actions.freeze(june, people["freezer"], JUNE)
        at(opened.appeals_until + dt.timedelta(minutes=1))
        with pytest.raises(NotAllowed, match="起草人"):
            actions.freeze(june, people["drafter"], JUNE)
        with pytest.raises(NotAllowed):
            actions.freeze(june, people["li"], JUNE)
        frozen = actions.freeze(june, people["freezer"], JUNE)
        assert frozen.hash == linked(GENESIS, frozen.content)
        assert ClosedMonth.objects.get().reference == frozen.hash
        for kind, digest in frozen.files.items():
            assert (june.bulletins / f"{digest}.{kind}").exists()
        review(june, moments("2026-06-01T00:00", "2026-06-01T01:00"), flag=2)
        added = actions.add(people["freezer"], JUNE, "复核发现气温错误")
        assert added.previous == frozen.hash
        assert {one["group"] for one in added.content["changed"]} >= {"stations", "elements"}
        assert Bulletin.objects.get().content == frozen.content
        assert queries.faults(june) == []
        done = CliRunner().invoke(main, ["bulletin", "verify", "--home", str(june.root)])
        assert (done.exit_code, done.output) == (0, "2 links, 0 faults\n")
        assert ledger.verify().sound

    def test_an_open_appeal_holds_the_bulletin_back(self, june, people, at) -> None:
        actions.draft(people["drafter"], 2026, 6, NUMBER)
        opened = actions.open_for_appeals(people["drafter"], JUNE)
        appeals.appeal_line(people["li"], appeals.Line(2026, 6, "station", "A", "arrival"), "当日电网停电")
        at(opened.appeals_until + dt.timedelta(minutes=1))
        with pytest.raises(AssessRefused, match="1 件申诉"):
            actions.freeze(june, people["freezer"], JUNE)
        assert Bulletin.objects.get().state == "open"
        assert not ClosedMonth.objects.exists()

    @pytest.mark.parametrize("sql", [
        "UPDATE observe_bulletin SET number = 'x'", "DELETE FROM observe_bulletin",
        "UPDATE observe_addendum SET place = 9", "DELETE FROM observe_addendum",
    ])  # fmt: skip
    def test_the_database_refuses_to_change_what_is_frozen(self, june, people, at, sql) -> None:
        freeze(june, people, at)
        actions.add(people["freezer"], JUNE, "补充说明")
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)

    def test_tampering_past_the_database_is_found(self, june, people, at) -> None:
        freeze(june, people, at)
        row = Bulletin.objects.get()
        (june.bulletins / f"{row.files['pdf']}.pdf").write_bytes(b"another")
        (june.bulletins / f"{row.files['xlsx']}.xlsx").unlink()
        row.content["stations"][0]["index"] = 100.0
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(queries, "links", lambda: [row])
            found = " ".join(queries.faults(june))
        for words in ("内容与散列不符", "PDF 文件被改动", "Excel 文件不在"):
            assert words in found

    def test_what_is_not_possible_is_refused(self, june, people) -> None:
        with pytest.raises(AssessRefused, match="尚未结束"):
            actions.draft(people["drafter"], 2026, 7, NUMBER)
        with pytest.raises(AssessRefused, match="发文字号"):
            actions.draft(people["drafter"], 2026, 6, " ")
        with pytest.raises(NotAllowed):
            actions.draft(people["li"], 2026, 6, NUMBER)
        with pytest.raises(AssessRefused, match="先起草"):
            actions.open_for_appeals(people["drafter"], JUNE)
        actions.draft(people["drafter"], 2026, 6, NUMBER)
        with pytest.raises(AssessRefused, match="直接改正"):
            actions.add(people["freezer"], JUNE, "x")
        actions.open_for_appeals(people["drafter"], JUNE)
        with pytest.raises(AssessRefused, match="不能重新起草"):
            actions.draft(people["drafter"], 2026, 6, NUMBER)


def freeze(home, people, at) -> None:
    actions.draft(people["drafter"], 2026, 6, NUMBER)
    at(actions.open_for_appeals(people["drafter"], JUNE).appeals_until + dt.timedelta(minutes=1))
    actions.freeze(home, people["freezer"], JUNE)


class TestPages:
    """The pages and the files."""

    def test_the_whole_life_at_the_screen(self, june, people, at, client) -> None:
        client.force_login(people["drafter"])
        assert "还没有通报" in client.get("/observe/bulletins/").content.decode()
        told = {"month": "2026-06", "number": NUMBER}
        assert client.post("/observe/bulletins/draft/", told).status_code == 302
        page = client.get("/observe/bulletins/2026-06/").content.decode()
        assert "公示，接受申诉" in page
        assert "站点质量" in page
        draft = client.get("/observe/bulletins/2026-06/file/pdf/")
        assert "draft" in draft["Content-Disposition"]
        assert client.post("/observe/bulletins/2026-06/open/").status_code == 302
        assert "disabled" in client.get("/observe/bulletins/2026-06/").content.decode()
        at(Bulletin.objects.get().appeals_until + dt.timedelta(minutes=1))
        assert client.post("/observe/bulletins/2026-06/freeze/").status_code == 403
        client.force_login(people["freezer"])
        assert client.post("/observe/bulletins/2026-06/freeze/").status_code == 302
        assert client.post("/observe/bulletins/2026-06/add/", {"reason": ""}).status_code == 409
        assert client.post("/observe/bulletins/2026-06/add/", {"reason": "补充说明"}).status_code == 302
        assert "补充说明" in client.get("/observe/bulletins/2026-06/").content.decode()
        for kind, head in (("pdf", b"%PDF"), ("docx", b"PK"), ("xlsx", b"PK")):
            assert client.get(f"/observe/bulletins/2026-06/file/{kind}/").content.startswith(head)
        assert Addendum.objects.count() == 1
        assert LedgerEntry.objects.filter(verb="observe.bulletin_frozen").count() == 1

    def test_what_is_not_there(self, june, people, client) -> None:
        client.force_login(people["li"])
        for path in ("2026-05/", "never/", "2026-06/file/exe/"):
            assert client.get(f"/observe/bulletins/{path}").status_code == 404
        assert client.post("/observe/bulletins/draft/", {"month": "2026-06", "number": NUMBER}).status_code == 403
        assert client.post("/observe/bulletins/draft/", {"month": "x", "number": NUMBER}).status_code == 404
