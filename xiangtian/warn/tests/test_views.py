"""The desk through the web: who may do what, what is refused in words, and that nothing typed runs as script."""

import json
import re

import pytest
from django.test import Client

from xiangtian.core.models import LedgerEntry
from xiangtian.kit.tests.frame import plain
from xiangtian.warn import actions
from xiangtian.warn.models import Draft, Event, Message, Proposal
from xiangtian.warn.tests.desk import CHANGSHU, KUNSHAN, WUZHONG, edit, proposed, station
from xiangtian.warn.tests.makers import NOW

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def exercise(settings, at) -> None:
    plain(settings)
    at(NOW)


@pytest.fixture
def forecaster(person):
    return person("forecaster", "forecaster")


@pytest.fixture
def signer(person):
    return person("signer", "signer")


def text(answer) -> str:
    return answer.content.decode()


def form(draft: Draft, **changes: object) -> dict[str, object]:
    """What a browser posts for the form of a draft."""
    names = ("colour", "happened", "expected", "happened_en", "expected_en", "reason", "valid_hours", "districts")
    return {name: getattr(draft, name) for name in names} | {"revision": draft.revision} | changes


@pytest.fixture
def submitted(forecaster) -> Draft:
    draft = actions.accept(forecaster, proposed().pk)
    return actions.submit(forecaster, draft.pk, draft.revision)


@pytest.fixture
def event(client, submitted, signer) -> Event:
    client.force_login(signer)
    client.post(f"/warn/drafts/{submitted.pk}/sign/", {"revision": submitted.revision})
    return Event.objects.get()


PLACES = ("/warn/", "/warn/proposals/1/", "/warn/drafts/1/", "/warn/events/1/")
VERBS = (
    "/warn/proposals/1/accept/",
    "/warn/proposals/1/dismiss/",
    "/warn/drafts/1/save/",
    "/warn/drafts/1/submit/",
    "/warn/drafts/1/withdraw/",
    "/warn/drafts/1/send-back/",
    "/warn/drafts/1/sign/",
    "/warn/events/1/change/",
)


class TestDoor:
    """Who comes in at all."""

    @pytest.mark.parametrize("place", [*PLACES, *VERBS])
    def test_strangers_are_sent_to_the_log_in(self, client, place) -> None:
        answer = client.post(place) if place in VERBS else client.get(place)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/log-in/")

    @pytest.mark.parametrize("place", VERBS)
    def test_verbs_are_posts_with_a_token(self, place, forecaster) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(forecaster)
        assert client.get(place).status_code == 405
        assert client.post(place).status_code == 403

    @pytest.mark.parametrize("place", [*PLACES[1:], *VERBS])
    def test_what_is_not_there_is_not_found(self, client, forecaster, place) -> None:
        client.force_login(forecaster)
        answer = client.post(place) if place in VERBS else client.get(place)
        assert answer.status_code == 404

    def test_without_a_role_nothing_is_shown(self, client, person) -> None:
        client.force_login(person("nobody"))
        assert client.get("/warn/").status_code == 403


class TestDesk:
    """The lists."""

    def test_an_empty_desk_says_so(self, client, forecaster) -> None:
        client.force_login(forecaster)
        page = text(client.get("/warn/"))
        for words in (
            "没有待处理的建议",
            "没有待签发的稿件",
            "没有正在编写的稿件",
            "没有生效中的预警",
            "还没有发布过消息",
        ):
            assert words in page

    def test_it_shows_what_waits_with_mark_age_and_link(self, client, forecaster, at) -> None:
        one = proposed()
        at("2026-07-01T02:19")  # four minutes after it was proposed
        client.force_login(forecaster)
        page = text(client.get("/warn/lists/"))
        assert f'href="/warn/proposals/{one.pk}/"' in page
        assert "吴中区" in page
        assert "4 分钟前" in page
        assert "【演练】" in page

    def test_drafts_and_events_stand_in_their_lists(self, client, forecaster, event) -> None:
        client.force_login(forecaster)
        draft = actions.change(forecaster, event.pk, "EXT", "雨还在下")
        page = client.get("/warn/")
        assert [one.row.pk for one in page.context["being_written"]] == [draft.pk]
        assert [one.row.event_id for one in page.context["in_force"]] == [event.pk]
        assert f"/verify/trace/{Message.objects.get().identifier}/" in text(page)

    def test_in_english(self, client, forecaster) -> None:
        proposed()
        client.force_login(forecaster)
        client.post("/language/", {"language": "en", "next": "/warn/"})
        page = text(client.get("/warn/"))
        assert "Proposals waiting" in page
        assert "Wuzhong" in page
        assert "待处理" not in page

    def test_it_asks_few_questions_however_much_there_is(
        self, client, forecaster, event, django_assert_max_num_queries
    ) -> None:
        client.force_login(forecaster)
        for action in ("EXT", "CON", "COR", "CAN"):
            draft = actions.change(forecaster, event.pk, action, "试")
            if action == "CON":
                actions.submit(forecaster, draft.pk, draft.revision)
        proposed((WUZHONG, KUNSHAN), "EXA")
        with django_assert_max_num_queries(12):
            client.get("/warn/")


class TestProposal:
    """Its evidence, and the two answers."""

    def test_the_evidence_is_all_there(self, client, forecaster) -> None:
        station()
        one = proposed()
        client.force_login(forecaster)
        answer = client.get(f"/warn/proposals/{one.pk}/")
        line = answer.context["stations"][0]
        # 60 mm in the three hours to 10:15 Beijing, nothing of it expected: the observed branch of orange
        assert (line.name, line.observed_mm, line.nowcast_mm) == ("东山", pytest.approx(60), 0)
        assert (line.coverage_pct, line.rule) == (100, "rainstorm-national-2007/orange/observed-3h-50mm")
        met = {(rule.colour, rule.branch.basis): rule.met_in for rule in answer.context["rules"]}
        assert met["orange", "observed"] == ("吴中区",)
        assert met["red", "observed"] == met["yellow", "observed"] == ()
        assert len(met) == 8  # CMA Order 16: four colours, each fallen or expected
        page = text(answer)
        assert "nowcast/run" in page
        assert one.rule_version in page

    def test_the_map_is_given_as_the_page_script_reads_it(self, client, forecaster) -> None:
        station()
        one = proposed()
        client.force_login(forecaster)
        page = text(client.get(f"/warn/proposals/{one.pk}/"))
        block = re.search(r'<script id="evidence-of-proposal" type="application/json">(.*?)</script>', page)
        told = json.loads(block[1])
        assert 'data-evidence="evidence-of-proposal"' in page
        assert told["marked"] == {WUZHONG: {"colour": "orange", "words": "橙色"}}
        assert told["stations"] == [
            {"id": "s0", "zh": "东山", "lon": 120.43, "lat": 31.07, "value": 60.0, "flag": 0, "meets": True}
        ]
        assert {"code", "zh", "en", "lon", "lat"} <= set(told["districts"]["features"][0]["properties"])
        assert len(told["bounds"]) == 4

    def test_a_district_warned_already_is_told_from_one_that_meets_the_criterion_now(self, client, forecaster) -> None:
        one = proposed((WUZHONG,), "EXA")
        Proposal.objects.update(districts=[WUZHONG, KUNSHAN])
        client.force_login(forecaster)
        marked = client.get(f"/warn/proposals/{one.pk}/").context["map"]["marked"]
        assert {code: mark["words"] for code, mark in marked.items()} == {WUZHONG: "橙色", KUNSHAN: "沿用橙色"}

    def test_accept_leads_to_the_draft(self, client, forecaster) -> None:
        one = proposed()
        client.force_login(forecaster)
        answer = client.post(f"/warn/proposals/{one.pk}/accept/")
        draft = Draft.objects.get()
        assert answer["Location"] == f"/warn/drafts/{draft.pk}/"
        assert (draft.drafter, draft.colour) == (forecaster, "orange")

    def test_twice_is_once(self, client, forecaster) -> None:
        one = proposed()
        client.force_login(forecaster)
        client.post(f"/warn/proposals/{one.pk}/accept/")
        again = client.post(f"/warn/proposals/{one.pk}/accept/")
        assert again.status_code == 409
        assert "已采纳，不能再处理" in text(again)
        assert Draft.objects.count() == 1

    def test_a_viewer_is_refused_in_words(self, client, person) -> None:
        one = proposed()
        client.force_login(person("mayor", "viewer"))
        assert "warn.draft" in text(client.get(f"/warn/proposals/{one.pk}/"))  # told before anything is pressed
        answer = client.post(f"/warn/proposals/{one.pk}/accept/")
        assert answer.status_code == 403
        assert "没有权限“warn.draft”" in text(answer)
        assert Proposal.objects.get().state == "waiting"

    def test_a_county_officer_can_not_act_outside_the_county(self, client, person) -> None:
        one = proposed((WUZHONG, CHANGSHU))
        client.force_login(person("county", "forecaster", districts=(CHANGSHU,)))
        for verb, posted in (("accept", {}), ("dismiss", {"reason": "不需要"})):
            answer = client.post(f"/warn/proposals/{one.pk}/{verb}/", posted)
            assert answer.status_code == 403
            assert f"不能代表行政区 {WUZHONG} 操作" in text(answer)
        assert Proposal.objects.get().state == "waiting"

    def test_off_shift_is_refused(self, client, person) -> None:
        one = proposed()
        client.force_login(person("home", "forecaster", duty=False))
        answer = client.post(f"/warn/proposals/{one.pk}/accept/")
        assert answer.status_code == 403
        assert "不在班" in text(answer)

    def test_no_needs_a_reason(self, client, forecaster) -> None:
        one = proposed()
        client.force_login(forecaster)
        empty = client.post(f"/warn/proposals/{one.pk}/dismiss/", {"reason": "  "})
        assert empty.status_code == 409
        assert "否决建议必须写明原因" in text(empty)
        done = client.post(f"/warn/proposals/{one.pk}/dismiss/", {"reason": SCRIPT}, follow=True)
        assert done.redirect_chain == [("/warn/", 302)]
        assert Proposal.objects.get().state == "dismissed"
        page = text(client.get(f"/warn/proposals/{one.pk}/"))
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert SCRIPT not in page

    def test_a_lifting_has_no_stations_and_still_a_page(self, client, forecaster) -> None:
        one = proposed()
        Proposal.objects.update(action="CAN", evidence={**one.evidence, "findings": []})
        client.force_login(forecaster)
        answer = client.get(f"/warn/proposals/{one.pk}/")
        assert answer.status_code == 200
        assert "没有达标的站点" in text(answer)

    def test_a_station_name_is_text(self, client, forecaster) -> None:
        station(zh=SCRIPT)
        one = proposed()
        client.force_login(forecaster)
        page = text(client.get(f"/warn/proposals/{one.pk}/"))
        assert "&lt;script&gt;alert(1)" in page
        assert "\\u003Cscript\\u003Ealert(1)" in page  # in the map's data
        assert SCRIPT not in page

    def test_a_rule_table_that_is_gone_is_said(self, client, forecaster) -> None:
        one = proposed()
        Proposal.objects.update(rule_version="0123456789ab")
        client.force_login(forecaster)
        assert "已没有版本为 0123456789ab 的规则表" in text(client.get(f"/warn/proposals/{one.pk}/"))


class TestDraft:
    """Writing, handing over, signing."""

    @pytest.fixture
    def draft(self, forecaster) -> Draft:
        return actions.accept(forecaster, proposed().pk)

    def test_save_stores_what_was_typed(self, client, forecaster, draft) -> None:
        client.force_login(forecaster)
        posted = form(
            draft, colour="red", districts=[WUZHONG, KUNSHAN], happened="东山三小时已降雨六十毫米。", valid_hours="2.5"
        )
        assert client.post(f"/warn/drafts/{draft.pk}/save/", posted)["Location"] == f"/warn/drafts/{draft.pk}/"
        draft.refresh_from_db()
        assert (draft.colour, draft.districts, draft.valid_hours) == ("red", [WUZHONG, KUNSHAN], 2.5)
        assert (draft.happened, draft.revision) == ("东山三小时已降雨六十毫米", 2)

    def test_save_and_submit_in_one(self, client, forecaster, draft) -> None:
        client.force_login(forecaster)
        client.post(f"/warn/drafts/{draft.pk}/save/", form(draft, submit="yes"))
        draft.refresh_from_db()
        assert (draft.state, draft.revision) == ("submitted", 2)

    def test_an_edit_of_an_old_revision_is_refused_and_nothing_typed_is_lost(self, client, forecaster, draft) -> None:
        client.force_login(forecaster)
        client.post(f"/warn/drafts/{draft.pk}/save/", form(draft, happened="甲"))
        late = client.post(f"/warn/drafts/{draft.pk}/save/", form(draft, happened=f"乙{SCRIPT}"))
        assert late.status_code == 409
        assert "已被改为第 2 版，您看到的是第 1 版" in text(late)
        assert "乙&lt;script&gt;" in text(late)
        assert SCRIPT not in text(late)
        draft.refresh_from_db()
        assert (draft.happened, draft.revision) == ("甲", 2)

    @pytest.mark.parametrize(
        ("changes", "status", "words"),
        [
            ({"valid_hours": "许久"}, 409, "有效时长“许久”不是数字"),
            ({"valid_hours": "nan"}, 409, "有效时长 nan 小时不可用"),
            ({"valid_hours": "25"}, 409, "不超过 24 小时"),
            ({"districts": []}, 409, "区域 为空 不可用"),
            ({"districts": ["999999"]}, 403, "不能代表行政区 999999 操作"),
            ({"colour": "pink"}, 409, "暴雨没有“pink”级别"),
            ({"revision": ""}, 409, "第几版"),
        ],
    )
    def test_what_can_not_be_used_is_said(self, client, forecaster, draft, changes, status, words) -> None:
        client.force_login(forecaster)
        answer = client.post(f"/warn/drafts/{draft.pk}/save/", form(draft, **changes))
        assert answer.status_code == status
        assert words in text(answer).replace("&#x27;", "'")
        draft.refresh_from_db()
        assert draft.revision == 1

    def test_a_county_officer_can_not_add_another_district(self, client, person) -> None:
        officer = person("county", "forecaster", districts=(CHANGSHU,))
        draft = actions.accept(officer, proposed((CHANGSHU,)).pk)
        client.force_login(officer)
        answer = client.post(f"/warn/drafts/{draft.pk}/save/", form(draft, districts=[CHANGSHU, WUZHONG]))
        assert answer.status_code == 403
        assert f"不能代表行政区 {WUZHONG} 操作" in text(answer)

    def test_the_preview_tells_what_is_typed_and_stores_nothing(self, client, forecaster, draft) -> None:
        client.force_login(forecaster)
        posted = form(draft, colour="red", expected=f"预计{SCRIPT}")
        page = text(client.post(f"/warn/drafts/{draft.pk}/preview/", posted, headers={"HX-Request": "true"}))
        # the headline's form is the bureau's own: office, time of issue in Beijing, verb, kind, colour
        assert "【演练】苏州市气象台2026年7月1日10时15分发布暴雨红色预警信号" in page
        assert "预计&lt;script&gt;" in page
        draft.refresh_from_db()
        assert (draft.colour, draft.revision) == ("orange", 1)

    @pytest.mark.parametrize(
        "changes", [{"valid_hours": "inf"}, {"valid_hours": "x"}, {"districts": []}, {"colour": "pink"}]
    )
    def test_a_preview_that_can_not_be_made_says_why(self, client, forecaster, draft, changes) -> None:
        client.force_login(forecaster)
        answer = client.post(f"/warn/drafts/{draft.pk}/preview/", form(draft, **changes))
        assert answer.status_code == 200
        assert "暂时不能预览" in text(answer)

    def test_what_the_signer_reads_is_what_is_released(self, client, submitted, signer) -> None:
        client.force_login(signer)
        told = client.get(f"/warn/drafts/{submitted.pk}/").context["said"]
        client.post(f"/warn/drafts/{submitted.pk}/sign/", {"revision": submitted.revision})
        message = Message.objects.get()
        assert message.headline == told.headline
        assert message.texts["short"] == told.short
        assert message.texts["full"] == f"{told.description}\n{told.instruction}"
        assert message.texts["en"] == f"{told.description_en}\n{told.instruction_en}"
        assert (message.onset, message.expires) == (told.onset, told.expires)

    def test_a_drafter_can_not_sign_what_they_wrote(self, client, person) -> None:
        both = person("both", "signer")  # may draft and may sign
        draft = actions.accept(both, proposed().pk)
        actions.submit(both, draft.pk, draft.revision)
        client.force_login(both)
        page = text(client.get(f"/warn/drafts/{draft.pk}/"))
        assert "拟稿人不能签发自己的稿件" in page
        answer = client.post(f"/warn/drafts/{draft.pk}/sign/", {"revision": draft.revision})
        assert answer.status_code == 409
        assert "拟稿人不能签发自己的稿件" in text(answer)
        assert not Message.objects.exists()

    def test_a_forecaster_without_the_right_can_not_sign(self, client, submitted, person) -> None:
        client.force_login(person("other", "forecaster"))
        answer = client.post(f"/warn/drafts/{submitted.pk}/sign/", {"revision": submitted.revision})
        assert answer.status_code == 403
        assert "warn.sign" in text(answer)

    def test_a_signature_of_another_revision_is_refused(self, client, submitted, signer, forecaster) -> None:
        client.force_login(signer)
        answer = client.post(f"/warn/drafts/{submitted.pk}/sign/", {"revision": submitted.revision + 1})
        assert answer.status_code == 409
        assert "请重新阅读后再签发" in text(answer)
        assert not Message.objects.exists()

    def test_sent_back_it_tells_why_and_can_be_written_again(self, client, submitted, signer, forecaster) -> None:
        client.force_login(signer)
        assert client.post(f"/warn/drafts/{submitted.pk}/send-back/", {"why": ""}).status_code == 409
        client.post(f"/warn/drafts/{submitted.pk}/send-back/", {"why": f"区域写错{SCRIPT}"})
        client.force_login(forecaster)
        page = text(client.get(f"/warn/drafts/{submitted.pk}/"))
        assert "被退回：区域写错&lt;script&gt;" in page
        assert 'id="draft-form"' in page
        assert SCRIPT not in text(client.get("/warn/"))

    def test_withdrawn_it_is_gone_from_the_desk(self, client, draft, forecaster) -> None:
        client.force_login(forecaster)
        assert client.post(f"/warn/drafts/{draft.pk}/withdraw/", {"why": ""}).status_code == 409
        client.post(f"/warn/drafts/{draft.pk}/withdraw/", {"why": "雨停了"})
        assert "没有正在编写的稿件" in text(client.get("/warn/"))
        assert client.post(f"/warn/drafts/{draft.pk}/submit/", {"revision": 1}).status_code == 409

    def test_an_edit_between_reading_and_submitting_is_noticed(self, client, draft, forecaster) -> None:
        actions.edit(forecaster, draft.pk, 1, edit(draft, reason="改"), {WUZHONG})
        client.force_login(forecaster)
        answer = client.post(f"/warn/drafts/{draft.pk}/submit/", {"revision": 1})
        assert answer.status_code == 409
        draft.refresh_from_db()
        assert draft.state == "editing"


class TestEvent:
    """The chain and what may follow."""

    def test_it_shows_the_chain_with_its_people_and_links(self, client, event) -> None:
        message = Message.objects.get()
        page = text(client.get(f"/warn/events/{event.pk}/"))
        assert message.headline in page
        assert f'href="/feed/cap/{message.identifier}.xml" download="{message.identifier}.xml"' in page
        assert f'href="/publish/?message={message.identifier}"' in page
        assert f'hx-get="/verify/of/{event.code}/"' in page
        assert client.get(f"/feed/cap/{message.identifier}.xml").content.decode() == message.cap

    def test_what_may_follow_is_offered_and_done(self, client, event, forecaster) -> None:
        # NWSI 10-1703: a product in force may be extended, changed, corrected or cancelled
        answer = client.get(f"/warn/events/{event.pk}/")
        assert answer.context["actions"] == ["EXT", "EXA", "UPG", "DNG", "CON", "COR", "CAN"]
        client.force_login(forecaster)
        done = client.post(f"/warn/events/{event.pk}/change/", {"action": "CAN", "reason": "雨停了"})
        draft = Draft.objects.get(state="editing")
        assert done["Location"] == f"/warn/drafts/{draft.pk}/"
        assert (draft.action, draft.reason) == ("CAN", "雨停了")
        assert LedgerEntry.objects.filter(verb="warn.change", subject=event.code).count() == 1

    def test_over_time_nothing_may_follow(self, client, event, forecaster, at, person) -> None:
        at("2026-07-01T09:00")  # orange is valid for three hours
        late = person("late", "forecaster")
        client.force_login(late)
        page = client.get(f"/warn/events/{event.pk}/")
        assert (page.context["phase"], page.context["actions"]) == ("expired", [])
        refused = client.post(f"/warn/events/{event.pk}/change/", {"action": "EXT", "reason": "再等等"})
        assert refused.status_code == 409
        assert "现在不能做 EXT" in text(refused)

    @pytest.mark.parametrize("posted", [{"action": "NEW", "reason": "x"}, {"action": "EXT", "reason": ""}, {}])
    def test_what_does_not_fit_is_said(self, client, event, forecaster, posted) -> None:
        client.force_login(forecaster)
        assert client.post(f"/warn/events/{event.pk}/change/", posted).status_code == 409
        assert not Draft.objects.filter(state="editing").exists()
