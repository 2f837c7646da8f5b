"""All kinds of signals: their tables, drafts on a forecaster's own judgement, and who approves the rules."""

import pytest
import yaml
from django.utils import translation

from xiangtian.core import clock
from xiangtian.core.models import LedgerEntry
from xiangtian.core.people import NotAllowed
from xiangtian.core.places import city
from xiangtian.kit.tests.frame import plain
from xiangtian.publish import actions as publish
from xiangtian.warn import actions, queries, release, tabled
from xiangtian.warn.actions import NotPossible
from xiangtian.warn.colours import Colour
from xiangtian.warn.models import Draft, Message, RuleDecision
from xiangtian.warn.rules import RuleTable, in_force
from xiangtian.warn.tests.desk import CHANGSHU, WUZHONG, edit
from xiangtian.warn.tests.makers import NOW
from xiangtian.warn.views.rules import level_shown

pytestmark = pytest.mark.django_db
NATIONAL = {table.kind: table for table in tabled.rule_tables() if table.region == "CN"}


@pytest.fixture(autouse=True)
def morning(at, settings) -> None:
    plain(settings)
    at(NOW)
    publish.open_house_channels("job:test")


@pytest.fixture
def forecaster(person):
    return person("forecaster", "forecaster")


@pytest.fixture
def signer(person):
    return person("signer", "signer")


def begun(forecaster, table: RuleTable, colour: str = "", districts: tuple[str, ...] = (WUZHONG,)) -> Draft:
    return actions.begin(forecaster, table, colour or table.levels[-1].colour.key, districts, "上游实况与模式均支持")


def released(home, forecaster, signer, table: RuleTable) -> Message:
    draft = begun(forecaster, table)
    draft = actions.edit(forecaster, draft.pk, 1, edit(draft, expected="预计将达到标准"), set(city().by_code))
    actions.submit(forecaster, draft.pk, draft.revision)
    return release.issue(home, signer, draft.pk, draft.revision)


@pytest.mark.shared
def test_the_national_tables_have_the_kinds_colours_and_leads_of_the_regulation(shared) -> None:
    told = yaml.safe_load((shared.parent / "domain/warning-signals.yaml").read_text(encoding="utf-8"))
    expected = {}
    for hazard in told["hazards"]:
        for colour, level in hazard["levels"].items():
            leads = [way["lead_h"] for way in level["any"] if way["basis"].startswith("forecast")]
            expected[hazard["id"], hazard["zh"], hazard["event_code"]["cap12379"], colour] = max(leads)
    ours = {
        (table.kind, table.zh, table.event_code, level.colour.key): level.valid_h
        for table in NATIONAL.values()
        for level in table.levels
    }
    assert ours == expected
    assert (len(NATIONAL), len(ours)) == (14, 45)  # CMA Order 16 (2007) as amended for haze in 2013


def test_facts_of_the_regulation_in_words() -> None:
    def says(kind: str, colour: Colour) -> list[str]:
        return [one.zh for one in NATIONAL[kind].level(colour).criteria]

    assert says("heat", Colour.ORANGE) == ["未来24小时内：日最高气温≥37℃"]
    assert says("heat", Colour.YELLOW) == ["未来72小时内：日最高气温≥35℃，连续天数≥3天"]
    assert "已经出现：能见度<200米，由雾造成（不是霾或降水），且可能持续" in says("fog", Colour.ORANGE)
    assert says("snowstorm", Colour.RED)[0].startswith("未来6小时内：6小时降雪量（水当量）≥15毫米")
    assert not NATIONAL["gale"].computed
    assert NATIONAL["rainstorm"].computed


def test_here_the_province_s_own_kind_stands_beside_the_national_ones() -> None:
    assert set(in_force(tabled.rule_tables(), "320500", NOW)) == {*NATIONAL, "thunder_gale"}
    assert set(in_force(tabled.rule_tables(), "310000", NOW)) == set(NATIONAL)


@pytest.mark.parametrize("kind", sorted({table.kind for table in tabled.rule_tables()}))
def test_every_kind_is_released_right_in_both_profiles(home, forecaster, signer, kind) -> None:
    table = in_force(tabled.rule_tables(), "320500", NOW)[kind]
    message = released(home, forecaster, signer, table)  # the release itself checks its CAP in both profiles
    assert f"发布{table.zh}{table.levels[-1].colour.zh}预警信号" in message.headline
    assert f"<value>{table.event_code}</value>" in message.cap
    assert message.event.hazard == kind
    assert (message.expires - message.sent).total_seconds() == table.levels[-1].valid_h * 3600


def test_ten_releases_in_one_second_get_ten_identifiers(home, forecaster, signer) -> None:
    messages = [released(home, forecaster, signer, table) for table in list(NATIONAL.values())[:10]]
    assert len({one.identifier for one in messages}) == 10
    assert len({one.sent for one in messages}) == 1
    assert len(queries.in_force()) == 10  # different hazards are in force together


def test_one_s_own_judgement_is_kept_for_the_signer(client, forecaster, signer) -> None:
    draft = begun(forecaster, NATIONAL["gale"], "yellow")
    entry = LedgerEntry.objects.get(verb="warn.begin")
    assert (entry.actor, entry.detail["judgement"]) == ("forecaster", "上游实况与模式均支持")
    client.force_login(signer)
    page = client.get(f"/warn/drafts/{draft.pk}/").content.decode()
    assert "上游实况与模式均支持" in page
    assert page.count('name="colour"') == 4
    other = begun(forecaster, NATIONAL["hail"])
    assert client.get(f"/warn/drafts/{other.pk}/").content.decode().count('name="colour"') == 2


@pytest.mark.parametrize(
    ("colour", "districts", "judgement", "words"),
    [
        ("blue", (WUZHONG,), "依据", "高温没有“blue”级别"),
        ("red", (), "依据", "至少选择一个区域"),
        ("red", (WUZHONG,), " ", "必须写明原因"),
    ],
)
def test_a_draft_that_makes_no_sense_is_refused(forecaster, colour, districts, judgement, words) -> None:
    with pytest.raises(NotPossible, match=words):
        actions.begin(forecaster, NATIONAL["heat"], colour, districts, judgement)


def test_who_may_not_draft_is_refused(person) -> None:
    with pytest.raises(NotAllowed, match=r"warn\.draft"):
        begun(person("v", "viewer"), NATIONAL["heat"])
    with pytest.raises(NotAllowed, match="行政区"):
        begun(person("county", "forecaster", districts=[CHANGSHU]), NATIONAL["heat"])
    with pytest.raises(NotAllowed, match="不在班"):
        begun(person("off", "forecaster", duty=False), NATIONAL["heat"])


def test_a_second_event_of_a_kind_is_never_begun(home, forecaster, signer) -> None:
    released(home, forecaster, signer, NATIONAL["fog"])
    with pytest.raises(NotPossible, match="正在生效"):
        begun(forecaster, NATIONAL["fog"])


def test_only_approved_rules_drive_real_messages(monkeypatch, forecaster, signer, person, home) -> None:
    monkeypatch.setattr(clock, "status", lambda: "Actual")
    with pytest.raises(NotPossible, match="未经批准"):
        begun(forecaster, NATIONAL["gale"])
    version = NATIONAL["gale"].version
    with pytest.raises(NotAllowed, match=r"warn\.rules"):
        actions.decide_rules(forecaster, version, approved=True, note="已核对")
    manager = person("manager", "manager")
    with pytest.raises(NotPossible, match="必须写明原因"):
        actions.decide_rules(manager, version, approved=True, note="")
    actions.decide_rules(manager, version, approved=True, note="与附件逐条核对")
    table = queries.rule_table(version)
    assert (table.approved_by, table.version) == (str(manager), version)
    assert released(home, forecaster, signer, table).status == "Actual"
    with pytest.raises(NotPossible, match="已由"):
        actions.decide_rules(manager, version, approved=True, note="再批准")
    actions.decide_rules(manager, version, approved=False, note="省局新文件生效")
    assert queries.rule_table(version).approved_by is None
    assert [one.approved for one in RuleDecision.objects.order_by("id")] == [True, False]
    with pytest.raises(NotPossible, match="没有版本"):
        actions.decide_rules(manager, "0" * 12, approved=True, note="x")


def test_the_page_of_kinds_leads_to_a_draft(client, forecaster) -> None:
    client.force_login(forecaster)
    page = client.get("/warn/new/").content.decode()
    assert page.count("?kind=") == 15
    page = client.get("/warn/new/?kind=gale").content.decode()
    assert "未来6小时内：平均风力≥12级" in page
    answer = client.post(
        "/warn/new/", {"kind": "gale", "colour": "blue", "districts": [WUZHONG], "judgement": "冷空气"}
    )
    draft = Draft.objects.get()
    assert answer["Location"] == f"/warn/drafts/{draft.pk}/"
    assert (draft.hazard, draft.colour, draft.judgement, draft.valid_hours) == ("gale", "blue", "冷空气", 24)
    answer = client.post("/warn/new/", {"kind": "gale", "colour": "blue", "judgement": "<script>"})
    assert answer.status_code == 409
    assert "至少选择一个区域" in answer.content.decode()
    assert "<script>" not in answer.content.decode().split("judgement")[-1]
    assert client.get("/warn/new/?kind=locusts").status_code == 404


def test_the_page_says_what_is_in_the_way(client, home, forecaster, signer, monkeypatch, person) -> None:
    released(home, forecaster, signer, NATIONAL["fog"])
    client.force_login(forecaster)
    assert "同类预警正在生效" in client.get("/warn/new/?kind=fog").content.decode()
    client.force_login(person("v", "viewer"))
    assert "data-hindrance" in client.get("/warn/new/?kind=gale").content.decode()
    monkeypatch.setattr(clock, "status", lambda: "Actual")
    assert "未经批准" in client.get("/warn/new/?kind=gale").content.decode()


def test_the_page_of_rules_shows_all_and_lets_a_manager_decide(client, person) -> None:
    client.force_login(person("v", "viewer"))
    page = client.get("/warn/rules/").content.decode()
    assert "15 类信号，47 个级别；已批准 0 张表" in page
    assert 'name="note"' not in page
    version = NATIONAL["hail"].version
    assert client.post(f"/warn/rules/{version}/decide/", {"note": "x", "approve": "yes"}).status_code == 403
    client.force_login(person("m", "manager"))
    assert client.post(f"/warn/rules/{version}/decide/", {"note": "", "approve": "yes"}).status_code == 409
    client.post(f"/warn/rules/{version}/decide/", {"note": "与附件核对", "approve": "yes"})
    page = client.get("/warn/rules/").content.decode()
    assert "已批准 1 张表" in page
    assert "与附件核对" in page
    client.post(f"/warn/rules/{version}/decide/", {"note": "停用", "revoke": "yes"})
    assert "已批准 0 张表" in client.get("/warn/rules/").content.decode()
    with translation.override("en"):
        assert level_shown(NATIONAL["fog"].levels[-1]).ways[0].startswith("Within 2 h: visibility < 50 m")


def test_rules_outlive_the_table_that_shipped_with_them(home, forecaster, signer, monkeypatch) -> None:
    event = released(home, forecaster, signer, NATIONAL["haze"]).event
    shipped = tuple(table for table in tabled.rule_tables() if table.kind != "haze")
    monkeypatch.setattr(tabled, "rule_tables", lambda: shipped)  # an upgrade changed the file
    draft = actions.change(forecaster, event.pk, "CAN", "霾已消散")
    actions.submit(forecaster, draft.pk, draft.revision)
    assert release.issue(home, signer, draft.pk, draft.revision).headline.endswith("解除霾红色预警信号")
