"""The jobs page, and what the pages of all rooms share: rights, refusals in words, parts that log in again."""

import datetime as dt

import pytest
from django.http import HttpResponse
from django.urls import path

from xiangtian.core.people import NotAllowed
from xiangtian.kit.models import JobRun
from xiangtian.kit.tests.frame import plain
from xiangtian.kit.views import attempt, states, viewer
from xiangtian.web.urls import urlpatterns as site

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
NOW = dt.datetime(2026, 7, 1, 2, 15, tzinfo=dt.UTC)


def _try(request, refusal: str) -> HttpResponse:
    def verb() -> HttpResponse:
        if refusal == "right":
            raise NotAllowed("没有权限<script>")
        if refusal == "state":
            raise ValueError("状态不对")
        if refusal == "bug":
            raise KeyError("a fault of ours")
        return HttpResponse("done")

    viewer(request)
    return attempt(request, verb, lambda: HttpResponse("the page"), ValueError)


urlpatterns = [path("try/<str:refusal>/", _try), *site]


@pytest.fixture(autouse=True)
def plain_frame(settings, home) -> None:
    plain(settings)


def ran(job: str, ago: dt.timedelta, state: str = "done", words: str = "1 radar frames stored") -> JobRun:
    return JobRun.objects.create(job=job, started=NOW - ago, seconds=0.5, state=state, words=words)


def test_a_refusal_is_words_on_the_page_with_its_status(client, person) -> None:
    client.force_login(person("v", "viewer"))
    assert client.get("/try/none/").content == b"done"
    for refusal, status in (("right", 403), ("state", 409)):
        answer = client.get(f"/try/{refusal}/")
        assert (answer.status_code, answer.content) == (status, b"the page")
    assert [str(one) for one in client.get("/jobs/").context["messages"]] == ["没有权限<script>", "状态不对"]
    with pytest.raises(KeyError):  # what nobody foresaw is not dressed up as a refusal
        client.get("/try/bug/")


def test_words_of_a_refusal_are_escaped(client, person) -> None:
    client.force_login(person("v", "viewer"))
    client.get("/try/right/")
    assert "没有权限&lt;script&gt;" in client.get("/jobs/").content.decode()


def test_who_has_no_role_sees_nothing(client, person) -> None:
    assert client.get("/jobs/").status_code == 302
    client.force_login(person("nobody"))
    assert client.get("/jobs/").status_code == 403
    assert client.get("/jobs/lists/").status_code == 403


def test_a_part_sends_the_page_to_the_log_in_when_the_session_is_over(client) -> None:
    # htmx follows HX-Redirect whatever the status (its reference, "Response Headers")
    answer = client.get("/jobs/lists/", headers={"HX-Request": "true", "HX-Current-URL": "http://h/jobs/?job=a"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/log-in/?next=%2Fjobs%2F")
    assert answer.content == b""
    bare = client.get("/jobs/lists/")
    assert (bare.status_code, bare["Location"]) == (302, "/log-in/?next=%2F")


def test_states_worked_by_hand() -> None:
    assert states(NOW) == []
    ran("a.old", dt.timedelta(hours=30), "failed")
    ran("a.old", dt.timedelta(hours=2))
    ran("b.now", dt.timedelta(minutes=5))
    last = ran("b.now", dt.timedelta(minutes=1), "failed", "OSError: disk full")
    found = [(one.last.job, one.last.state, one.runs, one.failures) for one in states(NOW)]
    # the failing one first; the failure of 30 h ago is not of the last 24 h
    assert found == [("b.now", "failed", 2, 1), ("a.old", "done", 1, 0)]
    assert states(NOW)[0].last.pk == last.pk


def test_the_page_shows_and_filters_runs(client, person, at) -> None:
    at(NOW)
    client.force_login(person("v", "viewer"))
    assert "还没有作业运行过" in client.get("/jobs/").content.decode()
    ran("radar.ingest", dt.timedelta(minutes=9))
    ran("warn.watch", dt.timedelta(minutes=8), "failed", "ValueError: <script>alert(1)</script>")
    page = client.get("/jobs/").content.decode()
    assert "1 radar frames stored" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>" not in page
    failed = client.get("/jobs/lists/?state=failed")
    assert [run.job for run in failed.context["runs"]] == ["warn.watch"]
    assert failed["Cache-Control"] == "no-store"
    assert [run.job for run in client.get("/jobs/?job=radar.ingest").context["runs"]] == ["radar.ingest"]
    assert "没有这样的运行" in client.get("/jobs/?job=none").content.decode()


def test_the_page_asks_few_questions(client, person, at, django_assert_max_num_queries) -> None:
    at(NOW)
    client.force_login(person("v", "viewer"))
    for number in range(40):
        ran(f"job.{number % 7}", dt.timedelta(minutes=number))
    with django_assert_max_num_queries(7):
        client.get("/jobs/")
