"""The simulators behave as the real ones are said to."""

import httpx
import pytest

from xiangtian.core import clock
from xiangtian.publish import seal
from xiangtian.publish.simulator import Faults, Simulators, SmsGateway

CLIENT = httpx.Client(trust_env=False)


def post(gateway: SmsGateway, key: str, secret: str = "k") -> httpx.Response:
    import json

    order = {"messages": [{"to": "1", "text": "x", "key": key}]}
    body, stamp = json.dumps(order).encode(), str(int(clock.wall()))
    headers = {seal.TIME_HEADER: stamp, seal.HEADER: seal.sign(secret, stamp, body)}
    url = f"http://127.0.0.1:{gateway.port}/messages"
    return CLIENT.post(url, content=body, headers=headers)


def test_a_message_is_taken_once_and_answered_with_the_same_number(started) -> None:
    gateway = started(SmsGateway("k"))
    first, second = post(gateway, "a" * 32), post(gateway, "a" * 32)
    assert first.json() == second.json()
    assert gateway.counts == {"taken": 1, "duplicates": 1}
    assert post(gateway, "a" * 32 + "-r1").json() != first.json(), "a new round is a new message"


def test_a_wrong_seal_is_refused(started) -> None:
    assert post(started(SmsGateway("k")), "a" * 32, "x").status_code == 401


def test_shares_of_faults_are_kept_and_fixed_by_the_key(started) -> None:
    # binomial, 400 draws at 0.3: 120 with a standard deviation of 9
    gateway = started(SmsGateway("k", Faults(refused=0.3)))
    first = [post(gateway, f"{n:032d}").json()["results"][0] for n in range(400)]
    refused = sum("error" in one for one in first)
    assert 84 < refused < 156
    assert [post(gateway, f"{n:032d}").json()["results"][0] for n in range(40)] == first[:40]
    assert gateway.counts["refused"] == refused, "each refused number counts once"


def test_a_cursor_of_an_earlier_life_counts_for_nothing(started) -> None:
    from xiangtian.publish.channels.contract import Endpoints
    from xiangtian.publish.channels.sms import Sms

    old, new = started(SmsGateway("k")), started(SmsGateway("k"))
    post(old, "a" * 32)
    _, cursor = Sms().poll(Endpoints("exercise", sms_url=old.url), "")
    post(new, "b" * 32)
    news, _ = Sms().poll(Endpoints("exercise", sms_url=new.url), cursor)
    assert [one.key for one in news] == ["b" * 32]


def test_all_together_start_on_free_ports_and_stop() -> None:
    simulators = Simulators()
    where = simulators.start()
    assert len({where.sms, where.webhook, where.smtp}) == 3
    assert httpx.post(where.webhook, content=b"{}", trust_env=False).status_code == 401
    simulators.stop()
    with pytest.raises(httpx.HTTPError):
        httpx.post(where.webhook, content=b"{}", trust_env=False)


def test_before_the_start_there_is_no_address() -> None:
    with pytest.raises(RuntimeError, match="not started"):
        _ = SmsGateway().url
