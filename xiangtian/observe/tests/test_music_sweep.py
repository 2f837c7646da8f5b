"""Nothing is left out: late reports, outages, cut answers; and nothing is asked in an exercise."""

import datetime as dt

import pytest

from xiangtian.core.models import LedgerEntry
from xiangtian.core.settings import SettingError
from xiangtian.lake import raw
from xiangtian.lake.observations import Observations
from xiangtian.observe import decode
from xiangtian.observe.actions import music
from xiangtian.observe.intake import Intake
from xiangtian.observe.jobs import music as job
from xiangtian.observe.models import Batch, Cursor
from xiangtian.observe.music.client import MusicError, Patience
from xiangtian.observe.reading import Envelope
from xiangtian.observe.tests.music_server import PASSWORD, Centre

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)
QUICK = Patience(10_000_000, read_s=5, tries=1)


@pytest.fixture
def centre(monkeypatch):
    one = Centre()
    monkeypatch.setenv("XIANGTIAN_MUSIC_URL", one.url)
    monkeypatch.setenv("XIANGTIAN_MUSIC_USER", "U1")
    monkeypatch.setenv("XIANGTIAN_MUSIC_PASSWORD", PASSWORD)
    monkeypatch.setenv("XIANGTIAN_MUSIC_BACK_HOURS", "24")
    yield one
    one.server.shutdown()
    one.server.server_close()


def moments(home):
    """The moments of all reports that lie in the spool, as the decoders read them."""
    found = set()
    for kept in raw.arrivals(home, 0):
        assert kept.source == "music"
        decoded = decode.decode(raw.body(home, kept.sha256), Envelope(dt.datetime(2027, 1, 1, tzinfo=dt.UTC)))
        assert decoded.refusals == ()
        found |= {f"{reading.time:%d%H%M}" for reading in decoded.readings}
    return found


def later(**span):
    return NOON + dt.timedelta(**span)


def test_what_came_is_in_the_spool_and_the_history_is_filled_once(home, centre):
    centre.report("202606301500")
    centre.report("202607011150")
    assert music.sweep(home, NOON, QUICK) == "25 次请求，2 行"
    assert moments(home) == {"301500", "011150"}
    assert music.sweep(home, NOON, QUICK) == ""


def test_it_goes_the_way_of_every_message_and_is_stored_once(home, centre):
    centre.report("202607011150", PRE_1h="999990")
    music.sweep(home, NOON, QUICK)
    music.sweep(home, later(hours=2), QUICK)
    assert Intake(home).sweep() == 2
    rows = Observations(home).read(later(days=-1), NOON, resolve=False)
    assert rows.select("station", "time", "air_temperature", "precipitation_amount_1h").rows() == [
        ("58358", later(minutes=-10), 20.1, 0.0)
    ]
    (batch,) = Batch.objects.all()
    assert (batch.readings, batch.duplicates, batch.refused) == (1, 1, 0)


def test_a_late_report_is_found_when_its_hour_is_asked_for_again(home, centre):
    music.sweep(home, NOON, QUICK)
    centre.report("202607011130")
    music.sweep(home, later(minutes=10), QUICK)
    assert moments(home) == set()
    music.sweep(home, later(hours=2), QUICK)
    assert moments(home) == {"011130"}


def test_an_outage_is_filled(home, centre):
    music.sweep(home, NOON, QUICK)
    for hour in range(13, 19):
        centre.report(f"20260701{hour}00")
    centre.faults = ["500"] * 4
    for hour in range(2, 6):
        with pytest.raises(MusicError, match="HTTP 500"):
            music.sweep(home, later(hours=hour), QUICK)
    music.sweep(home, later(hours=7), QUICK)
    assert moments(home) == {f"01{hour}00" for hour in range(13, 19)}


def test_what_fails_in_the_middle_is_asked_for_again(home, centre):
    centre.report("202607011100")
    centre.faults = [""] * 23 + ["truncated"]
    with pytest.raises(MusicError, match="不是 JSON"):
        music.sweep(home, NOON, QUICK)
    assert moments(home) == set()
    assert music.sweep(home, NOON, QUICK).endswith("1 行")
    assert moments(home) == {"011100"}


def test_an_answer_that_is_cut_short_is_asked_for_in_halves(home, centre):
    music.sweep(home, NOON, QUICK)
    for minute in range(0, 60, 10):
        centre.report(f"2026070112{minute:02d}")
    centre.most_rows = 2
    music.sweep(home, later(hours=1, minutes=5), QUICK)
    assert moments(home) == {f"0112{minute:02d}" for minute in range(0, 60, 10)}


def test_an_outage_that_is_too_long_is_written_down(home, centre):
    music.sweep(home, NOON, QUICK)
    music.sweep(home, later(hours=30), QUICK)
    line = LedgerEntry.objects.get(verb="observe.music_gap")
    assert line.subject == "SURF_CHN_MUL_HOR"
    assert line.detail == {"from": "2026-07-01T11:57:00+00:00", "to": "2026-07-01T18:00:00+00:00"}


def test_another_area_has_its_own_memory(home, centre, monkeypatch):
    music.sweep(home, NOON, QUICK)
    monkeypatch.setenv("XIANGTIAN_MUSIC_AREA", "")
    assert music.sweep(home, NOON, QUICK).startswith("25 次请求")
    assert Cursor.objects.filter(reader__startswith="music-").count() == 8


def test_nothing_is_asked_in_an_exercise_or_without_an_address(home, centre, at, monkeypatch):
    at(NOON)
    assert job.fetch() == ""
    monkeypatch.setenv("XIANGTIAN_MUSIC_URL", "")
    assert music.errands() == []
    assert centre.asked == []


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("XIANGTIAN_MUSIC_TABLES", "SURF_CHN_MUL_DAY", "known are"),
        ("XIANGTIAN_MUSIC_AREA", "1,2", "south,west,north,east"),
        ("XIANGTIAN_MUSIC_PASSWORD", "", "needed"),
        ("XIANGTIAN_MUSIC_BACK_HOURS", "5", "24 or more"),
    ],
)
def test_settings_that_cannot_be_used(home, centre, monkeypatch, name, value, word):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingError, match=word):
        music.errands()


def test_one_span_by_hand(home, centre):
    centre.report("202607011130")
    (errand,) = music.errands()
    done = music.fetch_span(home, errand, (later(hours=-2), NOON))
    assert (done.questions, done.rows) == (2, 1)
    assert moments(home) == {"011130"}
