"""The health of the network: due from tasks, arrived from the lake, by hour."""

import csv
import datetime as dt
import io

import pytest

from xiangtian.core.clock import UTC
from xiangtian.kit.tests.frame import plain
from xiangtian.observe import queries
from xiangtian.observe.models import ObservingTask
from xiangtian.observe.queries.health import health
from xiangtian.observe.tests.makers import station
from xiangtian.observe.tests.rows import put

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def frame(settings, at) -> None:
    plain(settings)
    queries.readings.cache_clear()
    at("2026-07-01T02:30")


def task(
    one, every: int, element: str = "air_temperature", since: str = "2020-01-01", until: str | None = None
) -> None:
    begins, ends = (dt.datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None for text in (since, until))
    ObservingTask.objects.create(
        station=one, element=element, interval_min=every, network=one.network, valid_from=begins, valid_to=ends
    )


def said(code: str, *times: str, late_s: float = 10) -> list[dict]:
    return [{"station": code, "time": time, "late_s": late_s, "air_temperature": 20.0} for time in times]


def of(found, code: str) -> dict[str, list[int]]:
    row = [site.code for site in found.sites].index(code)
    counts = found.presence
    return {name: getattr(counts, name)[row].tolist() for name in ("due", "arrived", "punctual")}


class TestHealth:
    """The question."""

    def test_due_arrived_and_punctual_by_hand(self, home) -> None:
        task(station("A"), 30)
        put(home, *said("A", "2026-07-01T00:30", "2026-07-01T01:00"), *said("A", "2026-07-01T01:30", late_s=301))
        found = health(home, 3)
        assert [end.strftime("%H:%M") for end in found.ends] == ["01:00", "02:00", "03:00"]
        # 00:30 and 01:00 came; 01:30 after 5 min 1 s (regional deadline 5 min), 02:00 not; 02:30 may still come
        assert of(found, "A") == {"due": [2, 2, 0], "arrived": [2, 1, 0], "punctual": [2, 0, 0]}

    def test_of_several_tasks_each_minute_counts_once_by_the_strictest_deadline(self, home) -> None:
        one = station("N", network="national")
        task(one, 1)
        task(one, 60, "visibility_in_air")
        put(home, *said("N", "2026-07-01T02:00", late_s=200))
        # 60 one-minute reports; at 02:00 the minute report may take 3 min and the hourly one 5: 200 s is late
        assert of(health(home, 2), "N") == {"due": [60, 27], "arrived": [1, 0], "punctual": [0, 0]}

    def test_a_task_that_began_or_ended_meanwhile(self, home) -> None:
        task(station("A"), 60, since="2026-07-01T01:00")
        task(station("B"), 60, until="2026-07-01T01:00")
        found = health(home, 4)  # hours that end at 00, 01, 02, 03; a task is over at its `valid_to`
        assert of(found, "A")["due"] == [0, 1, 1, 0]
        assert of(found, "B")["due"] == [1, 0, 0, 0]

    def test_without_task_the_usual_interval_is_guessed(self, home) -> None:
        station("A")
        station("B")
        put(home, *said("A", *(f"2026-07-01T01:{minute:02d}" for minute in (10, 20, 30, 50))))
        found = health(home, 2)
        assert found.guessed == {"A"}
        # from the first report on: 01:10 to 02:00 are six, 02:10 and 02:20 are over; 02:30 may still come
        assert of(found, "A") == {"due": [6, 2], "arrived": [4, 0], "punctual": [4, 0]}
        assert of(found, "B")["due"] == [0, 0]

    def test_as_it_was_known_then(self, home) -> None:
        task(station("A"), 60)
        put(home, *said("A", "2026-07-01T01:00", late_s=3600))
        early = health(home, 1, dt.datetime(2026, 7, 1, 1, 30, tzinfo=UTC))
        assert of(early, "A") == {"due": [0], "arrived": [0], "punctual": [0]}  # 02:00 lies ahead
        early = health(home, 2, dt.datetime(2026, 7, 1, 1, 30, tzinfo=UTC))
        assert of(early, "A")["arrived"] == [0, 0]
        assert of(health(home, 2), "A")["arrived"] == [0, 0]  # 01:00 belongs to the hour before these two
        assert of(health(home, 3), "A")["arrived"] == [1, 0, 0]

    def test_no_station_and_no_reading(self, home) -> None:
        assert health(home, 24).presence.due.shape == (0, 24)
        task(station("A"), 60)
        assert sum(of(health(home, 24), "A")["due"]) == 23  # from 04:00 to 02:00 on the hour; 03:00 lies ahead

    @pytest.mark.parametrize("hours", [0, -1, 73])
    def test_hours_that_are_not_allowed(self, home, hours: int) -> None:
        with pytest.raises(ValueError, match="1 to 72"):
            health(home, hours)


class TestDoors:
    """The page and the API."""

    def test_who_may_look(self, client, person) -> None:
        assert client.get("/observe/health/").status_code == 302
        assert client.get("/api/network/health").status_code == 401
        client.force_login(person("nobody"))
        assert client.get("/observe/health/").status_code == 403

    def test_the_matrix_as_json_and_csv(self, client, person, home) -> None:
        task(station("A", "=东山"), 60)
        put(home, *said("A", "2026-07-01T02:00"))
        client.force_login(person("v", "viewer"))
        told = client.get("/api/network/health?hours=2").json()
        (one,) = told["stations"]
        assert (one["id"], one["due"], one["arrived"], one["punctual"]) == ("A", [1, 0], [1, 0], [1, 0])
        answer = client.get("/api/network/health.csv?hours=2")
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert rows[1:] == [["A", "'=东山", "2026-07-01 10:00", "1", "1", "1"]]  # no formula for the spreadsheet

    @pytest.mark.parametrize("query", ["hours=0", "hours=99", "at=yesterday", "at=2099-01-01T00:00:00Z"])
    def test_what_can_not_be_asked(self, client, person, query: str) -> None:
        client.force_login(person("v", "viewer"))
        assert client.get(f"/api/network/health?{query}").status_code == 422

    def test_the_page_stands_and_takes_beijing_time(self, client, person) -> None:
        client.force_login(person("v", "viewer"))
        page = client.get("/observe/health/?hours=72&at=2026-07-01T10:00").content.decode()
        assert 'data-at="2026-07-01T10:00:00+08:00"' in page
        assert 'value="72" checked' in page
        assert client.get("/observe/health/?at=nonsense").status_code == 400
