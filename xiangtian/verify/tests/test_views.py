"""The pages of verification, and the chain of evidence of a warning that was really released."""

import pytest

from xiangtian.core.models import LedgerEntry
from xiangtian.kit.tests.frame import plain
from xiangtian.verify.tests.test_queries import line
from xiangtian.warn import actions, release
from xiangtian.warn.models import Message
from xiangtian.warn.tests.desk import proposed, station
from xiangtian.warn.tests.makers import NOW

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def exercise(settings, at) -> None:
    plain(settings)
    at(NOW)


@pytest.fixture
def message(home, person) -> Message:
    station(zh=SCRIPT)
    writer, signer = person("writer", "forecaster"), person("signer", "signer")
    draft = actions.accept(writer, proposed().pk)
    actions.submit(writer, draft.pk, draft.revision)
    return release.issue(home, signer, draft.pk, draft.revision)


def text(answer) -> str:
    return answer.content.decode()


@pytest.mark.parametrize("place", ["/verify/", "/verify/trace/x/", "/verify/of/x/"])
def test_who_may_look(client, person, place) -> None:
    assert client.get(place).status_code == 302
    client.force_login(person("nobody"))
    assert client.get(place).status_code == 403


def test_nothing_scored_says_so(client, person) -> None:
    client.force_login(person("v", "viewer"))
    assert text(client.get("/verify/")).count("还没有评分") == 2


def test_scores_show_what_they_are_made_of(client, person) -> None:
    line("hit", lead_min=84.3, station="s0", most_mm=65.5, window_h=3.0)
    line("false_alarm")
    client.force_login(person("v", "viewer"))
    page = text(client.get("/verify/"))
    assert "【演练】" in page
    assert "1/1" in page  # POD: one hit of one episode
    assert "1/2" in page  # FAR: one false alarm of two claims
    for words in ("84.3", "65.5", "r1", "claim-episode-1", "吴中区"):
        assert words in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["late", "hit"]),
        ("?status=Actual", ["miss"]),
        ("?outcome=hit", ["hit"]),
        ("?status=x&outcome=%22", ["late", "hit"]),
    ],
)
def test_filters(client, person, query, expected) -> None:
    line("hit")
    line("late")
    line("miss", status="Actual")
    client.force_login(person("v", "viewer"))
    answer = client.get(f"/verify/{query}")
    assert [one.row.outcome for one in answer.context["lines"]] == expected


def test_the_lines_of_an_event_stand_on_its_page(client, person, message) -> None:
    line("hit", event=message.event.code, message=message.identifier, station="s0")
    line("hit")
    client.force_login(person("v", "viewer"))
    answer = client.get(f"/verify/of/{message.event.code}/")
    (one,) = answer.context["lines"]
    assert one.event_id == message.event_id
    assert SCRIPT not in text(answer)
    assert "&lt;script&gt;alert(1)" in text(answer)


def test_the_board_asks_few_questions(client, person, django_assert_max_num_queries) -> None:
    for _ in range(30):
        line("hit", message="M", station="s0")
    client.force_login(person("v", "viewer"))
    with django_assert_max_num_queries(8):
        client.get("/verify/")


def test_a_chain_names_everybody_and_everything(client, person, message) -> None:
    client.force_login(person("v", "viewer"))
    for identifier in (message.identifier, message.event.code):
        page = text(client.get(f"/verify/trace/{identifier}/"))
        assert message.cap_sha256 in page
        assert "writer" in page
        assert "signer" in page
        assert f"/warn/proposals/{message.draft.proposal_id}/" in page
        assert "rainstorm-national-2007/orange/observed-3h-50mm" in page
        assert "2026-07-01 10:15:00" in page  # Beijing time
        assert "哈希链完好" in page
        assert SCRIPT not in page


def test_a_ledger_that_was_changed_is_said(client, person, message) -> None:
    from django.db import connection

    last = LedgerEntry.objects.latest("id")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":  # past the guard, as somebody with the file in hand could
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'core_ledgerentry'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        else:
            cursor.execute("ALTER TABLE core_ledgerentry DISABLE TRIGGER USER")
        cursor.execute("UPDATE core_ledgerentry SET actor = 'nobody' WHERE id = %s", [last.pk])
    client.force_login(person("v", "viewer"))
    assert "哈希链被改动" in text(client.get(f"/verify/trace/{message.identifier}/"))


def test_what_is_unknown_is_said(client, person, message) -> None:
    client.force_login(person("v", "viewer"))
    answer = client.get(f"/verify/trace/{'%3Cscript%3E'}/")
    assert answer.status_code == 404
    assert "没有这个标识的消息或事件" in text(answer)
    assert message.identifier in text(answer)  # the newest ones are named
    assert "<script>" not in text(answer)
