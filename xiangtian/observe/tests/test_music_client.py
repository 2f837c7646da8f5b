"""The client against a data centre on loopback that checks what it is sent and fails as it is told."""

import datetime as dt

import pytest

from xiangtian.observe.music.asking import Account, query
from xiangtian.observe.music.client import CutShort, Patience, Refused, Unreachable, ask
from xiangtian.observe.tests.music_server import PASSWORD, Centre

NOON = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)
ASKED = query("SURF_CHN_MUL_HOR", (NOON, NOON + dt.timedelta(hours=1)))


@pytest.fixture
def centre():
    one = Centre()
    one.report("202607011200")
    yield one
    one.server.shutdown()
    one.server.server_close()


def question(centre, rests=None, node="NODE", password=PASSWORD, **patience):
    account = Account(centre.url, "U1", password, node)
    limits = Patience(100_000, read_s=0.4, **patience)
    return ask(account, ASKED, limits, (rests if rests is not None else []).append)


@pytest.mark.parametrize("node", ["NODE", ""])
def test_an_answer_comes_as_it_was_sent(centre, node):
    found = question(centre, node=node)
    assert found.rows == 1
    assert found.body.startswith(b'{"returnCode": "0"')


def test_no_rows_is_no_failure(centre):
    centre.rows.clear()
    assert question(centre).rows == 0


@pytest.mark.parametrize("fault", ["500", "truncated", "hangs up", "timeout"])
def test_a_server_that_stumbles_is_asked_again_with_longer_pauses(centre, fault):
    centre.faults, rests = [fault, fault], []
    assert question(centre, rests).rows == 1
    assert rests == [2, 4]
    assert len({said["nonce"] for said in centre.asked}) == 3


def test_at_last_it_is_given_up(centre):
    centre.faults = ["500"] * 9
    with pytest.raises(Unreachable, match=r"HTTP 500.*已试 3 次"):
        question(centre)
    assert len(centre.asked) == 3


@pytest.mark.parametrize(("fault", "word"), [("refused", "-1 no authority"), ("404", "XIANGTIAN_MUSIC_URL")])
def test_a_refusal_is_not_asked_again(centre, fault, word):
    centre.faults = [fault]
    with pytest.raises(Refused, match=word):
        question(centre)
    assert len(centre.asked) == 1


def test_a_wrong_password_is_told_in_the_servers_words(centre):
    with pytest.raises(Refused, match="wrong sign"):
        question(centre, password="guess")


def test_rows_that_are_missing(centre):
    centre.report("202607011210")
    centre.most_rows = 1
    with pytest.raises(CutShort, match="称 2 行，实收 1 行"):
        question(centre)


def test_an_answer_that_is_too_large(centre):
    centre.report("202607011210", Station_Name="x" * 200_000)
    with pytest.raises(CutShort, match="超过 100000 字节"):
        question(centre)


def test_nobody_there_and_no_password_in_the_words(centre):
    account = Account("http://127.0.0.1:9/api", "U1", PASSWORD, "")
    with pytest.raises(Unreachable) as error:
        ask(account, ASKED, Patience(1000, tries=1))
    assert PASSWORD not in str(error.value)
    with pytest.raises(Unreachable):
        ask(Account("ftp://127.0.0.1/", "U1", PASSWORD), ASKED, Patience(1000, tries=1))
